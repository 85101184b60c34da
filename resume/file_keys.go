package resume

import (
	"bytes"
	"encoding/json"
)

// keyed is what of a record is read before somebody asks for it.
type keyed struct {
	key   string
	state State
}

// keysOf gives the keys and states of a line's records. It looks at no more of the JSON than where strings, records and
// members begin, which is several times as quick as reading it. A line with an intact checksum that we cannot have written
// has none.
func keysOf(l line) []keyed {
	var keys []keyed
	var member string // of a record, whose value comes next
	depth := 0
	for at := 0; at < len(l.records); at++ {
		switch l.records[at] {
		case '{', '[':
			if depth++; depth == 2 {
				keys = append(keys, keyed{})
			}
		case '}', ']':
			depth--
		case '"':
			text := stringAt(l.records[at:])
			if text == nil {
				return nil
			}
			at += len(text) - 1
			switch isMember := at+1 < len(l.records) && l.records[at+1] == ':'; {
			case depth != 2:
			case isMember:
				member = string(text)
			default:
				keys[len(keys)-1].set(member, text)
			}
		}
	}
	if depth != 0 || len(keys) > maxRecords || !whole(keys) {
		return nil
	}
	return keys
}

// stringAt is the JSON string at the beginning of text, with its quotation marks; nil when it has no end.
func stringAt(text []byte) []byte {
	for end := 1; ; end++ {
		n := bytes.IndexAny(text[end:], `"\\`)
		if n < 0 {
			return nil
		}
		if end += n; text[end] == '"' {
			return text[:end+1]
		}
		end++ // what is escaped
		if end >= len(text) {
			return nil
		}
	}
}

// set takes the value of a member.
func (k *keyed) set(member string, value []byte) {
	switch member {
	case `"key"`:
		_ = json.Unmarshal(value, &k.key) // what is no string leaves it empty
	case `"state"`:
		_ = json.Unmarshal(value, &k.state)
	}
}

// whole reports whether each record has a key.
func whole(keys []keyed) bool {
	for _, k := range keys {
		if k.key == "" {
			return false
		}
	}
	return true
}

package mtom

import (
	"bytes"
	"fmt"
	"strings"
)

// fields are what a part's header says, as far as it matters.
type fields struct {
	id       string // Content-ID without <>, "" when there is none
	mime     string // Content-Type
	encoding string // Content-Transfer-Encoding, lower case
}

// parseFields reads a block of lines that each end in CRLF. offset is for errors.
func parseFields(block []byte, limits Limits, offset int64) (fields, error) {
	var f fields
	seen := map[string]bool{}
	count := int64(0)
	for len(block) > 0 {
		line, rest := foldedLine(block)
		block = rest
		if count++; count > limits.Fields {
			return f, &LimitError{"Fields", limits.Fields}
		}
		name, value, err := parseField(line)
		if err != nil {
			return f, &FormatError{offset, err.Error()}
		}
		switch name {
		case "content-id":
			f.id = strings.TrimSuffix(strings.TrimPrefix(value, "<"), ">")
		case "content-type":
			f.mime = value
		case "content-transfer-encoding":
			f.encoding = strings.ToLower(value)
		default:
			continue
		}
		if seen[name] {
			return f, &FormatError{offset, "a part has two fields " + name}
		}
		seen[name] = true
	}
	return f, nil
}

// foldedLine is the first field of a block: its line, and those that go on with it because they begin with a blank.
func foldedLine(block []byte) (line, rest []byte) {
	end := 0
	for {
		end += bytes.Index(block[end:], []byte("\r\n")) + 2
		if end >= len(block) || block[end] != ' ' && block[end] != '\t' {
			return block[:end-2], block[end:]
		}
	}
}

func parseField(line []byte) (name, value string, err error) {
	before, after, found := bytes.Cut(line, []byte(":"))
	if !found || len(before) == 0 {
		return "", "", fmt.Errorf("a part's field %.40q has no name", line)
	}
	for _, c := range before {
		if !isToken(c) {
			return "", "", fmt.Errorf("the name of a part's field %.40q has a %q in it", line, c)
		}
	}
	text := strings.ReplaceAll(string(after), "\r\n", "")
	for i := range len(text) {
		if c := text[i]; c < ' ' && c != '\t' || c == 0x7f {
			return "", "", fmt.Errorf("a part's field %.40q has a control character in it", line)
		}
	}
	return strings.ToLower(string(before)), strings.Trim(text, " \t"), nil
}

// isToken reports whether c may stand in a token of RFC 2045.
func isToken(c byte) bool {
	return c > ' ' && c < 0x7f && !strings.ContainsRune(`()<>@,;:\"/[]?=`, rune(c))
}

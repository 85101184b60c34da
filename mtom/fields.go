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
	strange  string // another field that says that the octets are coded; "" when there is none
}

// identity reports whether the part's octets are what it holds.
func (f fields) identity() bool {
	switch f.encoding {
	case "", "7bit", "8bit", "binary":
		return f.strange == ""
	}
	return false
}

// encoded is the error for a part whose octets are not what it holds.
func (f fields) encoded(what string) error {
	if f.strange != "" {
		return &FormatError{-1, fmt.Sprintf("%s is coded, by a field %.40s", what, f.strange)}
	}
	return &FormatError{-1, fmt.Sprintf("%s has the transfer encoding %.20q", what, f.encoding)}
}

// checkRoot refuses a part that cannot be read as a root.
func (f fields) checkRoot() error {
	if !f.identity() {
		return f.encoded("its root")
	}
	if f.mime == "" {
		return nil
	}
	media, err := parseMediaType(f.mime, defaults)
	if err != nil {
		return err
	}
	if !media.plain() {
		return &FormatError{-1, fmt.Sprintf("its root is of type %.60q", media.name)}
	}
	return media.utf8()
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
			f.id = trimID(value)
		case "content-type":
			f.mime = value
		case "content-transfer-encoding":
			f.encoding = strings.ToLower(value)
		default:
			if recodes(name, value) {
				f.strange = name
			}
			continue
		}
		if seen[name] {
			return f, &FormatError{offset, "a part has two fields " + name}
		}
		seen[name] = true
	}
	return f, nil
}

// recodes reports whether a field that is not known says that the part's octets are not the value's: a Content-Encoding, or
// the name of a coding in any other field, such as a Content-Transfer-Encoding with a slip in its name.
func recodes(name, value string) bool {
	value = strings.ToLower(value)
	if name == "content-encoding" {
		return value != "identity"
	}
	switch value {
	case "base64", "quoted-printable", "uuencode", "x-uuencode", "x-uue", "gzip", "x-gzip", "deflate", "compress", "x-compress", "br", "zstd":
		return true
	}
	return false
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

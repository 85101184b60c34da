package mtom

import (
	"fmt"
	"strings"
)

// mediaType is a Content-Type, taken apart.
type mediaType struct {
	name   string // lower case
	params map[string]string
}

// parseMediaType reads a Content-Type. It is stricter than mime.ParseMediaType where two readers could disagree (parameters
// named twice, continuations), and more tolerant where senders are known not to quote.
func parseMediaType(s string, limits Limits) (mediaType, error) {
	if int64(len(s)) > limits.ContentType {
		return mediaType{}, &LimitError{"ContentType", limits.ContentType}
	}
	for i := range len(s) {
		if c := s[i]; c < ' ' && c != '\t' || c == 0x7f {
			return mediaType{}, badType("a control character")
		}
	}
	name, rest, _ := strings.Cut(s, ";")
	m := mediaType{name: strings.ToLower(strings.Trim(name, blanks)), params: map[string]string{}}
	for rest = strings.TrimLeft(rest, blanks); rest != ""; rest = strings.TrimLeft(rest, blanks) {
		key, value, after, err := parseParam(rest)
		if err != nil {
			return mediaType{}, err
		}
		rest = after
		if key == "" {
			continue
		}
		if _, twice := m.params[key]; twice {
			return mediaType{}, badType("two parameters " + key)
		}
		m.params[key] = value
	}
	return m, nil
}

const blanks = " \t"

func badType(what string) error {
	return &FormatError{-1, "the Content-Type has " + what}
}

// parseParam reads one parameter and the semicolon behind it.
func parseParam(s string) (key, value, rest string, err error) {
	if s[0] == ';' {
		return "", "", s[1:], nil
	}
	before, after, found := strings.Cut(s, "=")
	key = strings.ToLower(strings.Trim(before, blanks))
	if !found || key == "" || strings.ContainsFunc(key, func(r rune) bool { return r >= 0x80 || !isToken(byte(r)) }) {
		return "", "", "", badType(fmt.Sprintf("a parameter that is none at %.20q", s))
	}
	if strings.Contains(key, "*") {
		return "", "", "", badType("a parameter in the form of RFC 2231")
	}
	after = strings.TrimLeft(after, blanks)
	if strings.HasPrefix(after, `"`) {
		value, after, err = quotedString(after[1:])
	} else {
		value, after = bareValue(after)
	}
	if err != nil {
		return "", "", "", err
	}
	after = strings.TrimLeft(after, blanks)
	if after != "" && after[0] != ';' {
		return "", "", "", badType(fmt.Sprintf("something between two parameters at %.20q", after))
	}
	return key, value, strings.TrimPrefix(after, ";"), nil
}

func quotedString(s string) (value, rest string, err error) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"':
			return b.String(), s[i+1:], nil
		case c == '\\' && i+1 < len(s):
			i++
			b.WriteByte(s[i])
		default:
			b.WriteByte(c)
		}
	}
	return "", "", badType("a quoted string without an end")
}

// bareValue is a value that is not quoted. QUIRK: some senders leave out the quotes although the value has '/', '=', ':' or
// '<' in it, so all is taken up to a semicolon or a blank.
func bareValue(s string) (value, rest string) {
	if end := strings.IndexAny(s, "; \t"); end >= 0 {
		return s[:end], s[end:]
	}
	return s, ""
}

// plain reports whether a message of that type is XML alone, or a part of it can be a root.
func (m mediaType) plain() bool {
	switch m.name {
	case "text/xml", "application/soap+xml", "application/xop+xml", "application/xml":
		return true
	}
	return false
}

// related checks that a message is of parts with XOP, and gives their boundary.
func (m mediaType) related() (string, error) {
	if m.name != "multipart/related" {
		return "", &FormatError{-1, fmt.Sprintf("its Content-Type is %.60q", m.name)}
	}
	if of, ok := m.params["type"]; ok && !strings.EqualFold(of, "application/xop+xml") {
		return "", &FormatError{-1, fmt.Sprintf("its parts are of type %.60q instead of application/xop+xml", of)}
	}
	return m.boundary()
}

// boundary is the boundary parameter, checked: 1 to 70 characters of RFC 2046.
func (m mediaType) boundary() (string, error) {
	b, ok := m.params["boundary"]
	switch {
	case !ok:
		return "", badType("no boundary")
	case b == "" || len(b) > 70:
		return "", badType(fmt.Sprintf("a boundary of %d characters, where 1 to 70 are allowed", len(b)))
	case strings.HasSuffix(b, " "):
		return "", badType("a boundary that ends in a blank")
	}
	for i := range len(b) {
		if !isBoundary(b[i]) {
			return "", badType(fmt.Sprintf("a boundary with %q in it", b[i]))
		}
	}
	return b, nil
}

func isBoundary(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || strings.IndexByte("'()+_,-./:=? ", c) >= 0
}

// utf8 refuses a charset that the root cannot be read in.
func (m mediaType) utf8() error {
	switch charset := strings.ToLower(m.params["charset"]); charset {
	case "", "utf-8", "utf8", "us-ascii":
		return nil
	default:
		return &FormatError{-1, fmt.Sprintf("its charset is %.20q, and only utf-8 is read", charset)}
	}
}

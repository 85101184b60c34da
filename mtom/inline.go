package mtom

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
)

// inlineValue is base64 that stands in the root. It is taken from the root's bytes as it comes, in constant memory.
type inlineValue struct {
	root    *root
	index   int
	element xml.Name
	text    base64Text
	first   []byte // octets that were decoded to learn that it is a value
	ended   bool
}

// value finds out what an element that may hold a value in place does hold: base64, nothing, or an xop:Include, which gives
// no value.
func (r *root) value(name xml.Name) (*inlineValue, error) {
	v := &inlineValue{root: r, index: r.count, element: name}
	if bytes.HasSuffix(r.in.kept, []byte("/>")) {
		token, err := r.token() // encoding/xml makes the end tag up
		if err != nil {
			return nil, err
		}
		v.ended = true
		r.count++
		return v, r.close(token.(xml.EndElement))
	}
	depth := len(r.stack)
	for {
		octets, err := v.piece()
		switch {
		case err != nil:
			return nil, err
		case len(r.stack) > depth: // an xop:Include has begun
			return nil, nil
		case v.text.begun || v.ended:
			v.first = octets
			r.count++
			return v, nil
		}
	}
}

func (v *inlineValue) chunk() ([]byte, error) {
	if first := v.first; len(first) > 0 {
		v.first = nil
		return first, nil
	}
	for !v.ended {
		if octets, err := v.piece(); err != nil || len(octets) > 0 {
			return octets, err
		}
	}
	return nil, io.EOF
}

// piece takes one stretch of text, or one token, and gives the octets it completes; perhaps none.
func (v *inlineValue) piece() ([]byte, error) {
	in := v.root.in
	v.text.offset = in.offset
	switch in.next() {
	case '<':
		return v.markup()
	case '&':
		return v.character()
	}
	text, err := in.text()
	if err != nil {
		return nil, within("a value in place", err)
	}
	return v.text.decode(text)
}

func (v *inlineValue) markup() ([]byte, error) {
	token, err := v.root.token()
	if errors.Is(err, io.EOF) {
		return nil, within("a value in place", err)
	}
	if err != nil {
		return nil, err
	}
	switch t := token.(type) {
	case xml.Comment:
		return nil, nil
	case xml.CharData: // CDATA
		return v.text.decode(t)
	case xml.EndElement:
		v.ended = true
		if err := v.text.end(); err != nil {
			return nil, err
		}
		return nil, v.root.close(t)
	case xml.StartElement:
		if v.text.begun {
			return nil, v.root.wrong("an element stands among the base64 of a value in place")
		}
		before := len(v.root.refs)
		if _, err := v.root.start(t); err != nil {
			return nil, err
		}
		if len(v.root.refs) == before {
			return nil, v.root.wrong("an element that should hold base64 holds other elements")
		}
		return nil, nil
	}
	return nil, v.root.wrong("a declaration stands in a value in place")
}

// longestReference is that of a numeric reference to a character of base64, with room for leading zeros.
const longestReference = 12

// character decodes a numeric character reference, the only kind that can stand for a character of base64 or a blank.
func (v *inlineValue) character() ([]byte, error) {
	in := v.root.in
	var ref strings.Builder
	for ref.Len() < longestReference && !strings.HasSuffix(ref.String(), ";") {
		if err := in.need(); err != nil {
			return nil, within("a value in place", err)
		}
		ref.WriteByte(in.next())
		in.take(1)
	}
	digits, ok := strings.CutPrefix(strings.TrimSuffix(ref.String(), ";"), "&#")
	base := 10
	if hex, isHex := strings.CutPrefix(digits, "x"); isHex {
		digits, base = hex, 16
	}
	n, err := strconv.ParseUint(digits, base, 7)
	if !ok || err != nil || !strings.HasSuffix(ref.String(), ";") {
		return nil, v.root.wrong("base64 has %q in it", ref.String())
	}
	return v.text.decode([]byte{byte(n)})
}

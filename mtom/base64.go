package mtom

import (
	"encoding/base64"
	"errors"
	"io"
	"strings"
)

// chunker gives bytes piece by piece, in memory that is its own and valid until the next call; io.EOF behind the last.
type chunker interface {
	chunk() ([]byte, error)
}

// base64Text decodes base64 as it comes, in pieces of any size. Blanks and line breaks may stand anywhere; padding is
// required; nothing may follow it. Bits of the last character that belong to no octet are ignored, as WCF and Java do.
type base64Text struct {
	carry  []byte // characters of a group that is not whole, fewer than 4
	text   []byte // without blanks, carry first
	out    []byte
	ended  bool // padding was seen
	begun  bool // a character was seen
	offset int64
}

// decode gives the octets that text completes. They are valid until the next call.
func (d *base64Text) decode(text []byte) ([]byte, error) {
	d.text = appendDense(append(d.text[:0], d.carry...), text)
	d.begun = d.begun || len(d.text) > 0
	if d.ended && len(d.text) > 0 {
		return nil, &FormatError{d.offset, "base64 goes on behind its padding"}
	}
	whole := len(d.text) &^ 3
	d.carry = append(d.carry[:0], d.text[whole:]...)
	if need := whole / 4 * 3; cap(d.out) < need {
		d.out = make([]byte, need)
	}
	n, err := base64.StdEncoding.Decode(d.out[:whole/4*3], d.text[:whole])
	if err != nil {
		return nil, &FormatError{d.offset, "what should be base64 is not"}
	}
	d.ended = d.ended || whole > 0 && d.text[whole-1] == '='
	return d.out[:n], nil
}

// appendDense appends text without its blanks, a run of characters at a time.
func appendDense(dst, text []byte) []byte {
	for len(text) > 0 {
		n := 0
		for n < len(text) && text[n] > ' ' {
			n++
		}
		dst = append(dst, text[:n]...)
		for text = text[n:]; len(text) > 0 && text[0] <= ' '; text = text[1:] {
			if strings.IndexByte(blanksXML, text[0]) < 0 {
				dst = append(dst, text[0]) // for the decoder to refuse
			}
		}
	}
	return dst
}

// end reports whether the text may end here.
func (d *base64Text) end() error {
	if len(d.carry) > 0 {
		return &FormatError{d.offset, "base64 ends within a group of four"}
	}
	return nil
}

// base64Part is a part with Content-Transfer-Encoding base64.
type base64Part struct {
	part chunker
	text base64Text
}

func (p *base64Part) chunk() ([]byte, error) {
	for {
		text, err := p.part.chunk()
		if errors.Is(err, io.EOF) {
			if err := p.text.end(); err != nil {
				return nil, err
			}
			return nil, io.EOF
		}
		if err != nil {
			return nil, err
		}
		if octets, err := p.text.decode(text); err != nil || len(octets) > 0 {
			return octets, err
		}
	}
}

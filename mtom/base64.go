package mtom

import (
	"encoding/binary"
	"errors"
	"io"
)

// chunker gives bytes piece by piece, in memory that is its own and valid until the next call; io.EOF behind the last.
type chunker interface {
	chunk() ([]byte, error)
}

// base64Text decodes base64 as it comes, in pieces of any size. Blanks and line breaks may stand anywhere; padding is
// required; nothing may follow it. Bits of the last character that belong to no octet are ignored, as WCF and Java do.
type base64Text struct {
	group   uint32 // bits of a group that is not whole
	have    int    // its characters, fewer than 4
	padding int    // those of them that are padding
	out     []byte
	ended   bool // padding was seen
	begun   bool // a character was seen
	offset  int64
}

// decode gives the octets that text completes. They are valid until the next call.
func (d *base64Text) decode(text []byte) ([]byte, error) {
	if need := len(text)/4*3 + 8; cap(d.out) < need {
		d.out = make([]byte, 0, need)
	}
	d.out = d.out[:0]
	for len(text) > 0 {
		if d.have == 0 && !d.ended && text[0] > ' ' {
			text = d.groups(text)
		}
		if len(text) > 0 {
			if err := d.character(text[0]); err != nil {
				return nil, err
			}
			text = text[1:]
		}
	}
	return d.out, nil
}

// groups decodes the whole groups that text begins with, two at a time while it can, and gives what is left: from the first
// group on that has anything else in it.
func (d *base64Text) groups(text []byte) []byte {
	all, out := len(text), d.out[len(d.out):cap(d.out)]
	for len(text) >= 8 && len(out) >= 8 {
		first := places[0][text[0]] | places[1][text[1]] | places[2][text[2]] | places[3][text[3]]
		second := places[0][text[4]] | places[1][text[5]] | places[2][text[6]] | places[3][text[7]]
		if (first|second)&notBase64 != 0 {
			break
		}
		binary.BigEndian.PutUint64(out, uint64(first)<<32|uint64(second)<<8)
		text, out = text[8:], out[6:]
	}
	if len(text) >= 4 && len(out) >= 4 {
		group := places[0][text[0]] | places[1][text[1]] | places[2][text[2]] | places[3][text[3]]
		if group&notBase64 == 0 {
			binary.BigEndian.PutUint32(out, group)
			text = text[4:]
		}
	}
	done := all - len(text)
	d.begun = d.begun || done > 0
	d.out = d.out[:len(d.out)+done/4*3]
	return text
}

// character takes one that stands alone: a blank, padding, or one of a group that is not in one piece.
func (d *base64Text) character(c byte) error {
	if c == '\n' || c == '\r' || c == ' ' || c == '\t' {
		return nil
	}
	if d.begun = true; d.ended {
		return &FormatError{d.offset, "base64 goes on behind its padding"}
	}
	bits := places[3][c]
	switch {
	case c == '=' && d.have >= 2:
		d.padding++
		bits = 0
	case bits == notBase64 || d.padding > 0:
		return &FormatError{d.offset, "what should be base64 is not"}
	}
	d.group = d.group<<6 | bits
	if d.have++; d.have == 4 {
		d.out = append(d.out, byte(d.group>>24), byte(d.group>>16), byte(d.group>>8))[:len(d.out)+3-d.padding]
		d.ended = d.padding > 0
		d.group, d.have, d.padding = 0, 0, 0
	}
	return nil
}

// places has the bits of each character at each of the four places of a group, in the upper three octets; notBase64 is in
// the lowest. encoding/base64 shifts and joins every character by itself, which takes longer.
var places = func() (places [4][256]uint32) {
	for i := range places {
		for c := range places[i] {
			places[i][c] = notBase64
		}
		for value, c := range []byte(alphabet) {
			places[i][c] = uint32(value) << (8 + 6*(3-i))
		}
	}
	return places
}()

const (
	notBase64 = 1
	alphabet  = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
)

// end reports whether the text may end here.
func (d *base64Text) end() error {
	if d.have > 0 {
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

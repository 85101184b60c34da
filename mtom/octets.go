package mtom

import (
	"bytes"
	"errors"
	"io"
)

// octets gives the root part to encoding/xml byte by byte, and to the decoder of values in place as stretches. encoding/xml
// reads no byte ahead from an io.ByteReader, which lets both take turns.
type octets struct {
	from   chunker
	chunk  []byte
	taken  int   // of chunk; counting costs less than cutting, for each byte of it
	offset int64 // of the next byte in the body, for errors
	err    error // what from ended with, apart from io.EOF
	ended  bool

	kept   []byte // what encoding/xml was given: the root without its values in place
	tag    tagGuard
	limits Limits
}

// ReadByte implements io.ByteReader.
func (o *octets) ReadByte() (byte, error) {
	if err := o.need(); err != nil {
		return 0, err
	}
	c := o.chunk[o.taken]
	o.tag.see(c)
	switch {
	case int64(len(o.kept)) >= o.limits.Root:
		o.err = &LimitError{"Root", o.limits.Root}
	case o.tag.values > o.limits.Attributes:
		o.err = &LimitError{"Attributes", o.limits.Attributes}
	}
	if o.err != nil {
		return 0, o.err
	}
	o.take(1)
	o.kept = append(o.kept, c)
	return c, nil
}

// Read is there because xml.NewDecoder asks for an io.Reader; it is never called.
func (o *octets) Read([]byte) (int, error) { return 0, errors.ErrUnsupported }

// rest is what is in memory and not yet taken.
func (o *octets) rest() []byte { return o.chunk[o.taken:] }

func (o *octets) take(n int) {
	o.taken += n
	o.offset += int64(n)
}

// need makes sure that there is a byte to be taken.
func (o *octets) need() error {
	for o.taken == len(o.chunk) {
		if o.err != nil {
			return o.err
		}
		if o.ended {
			return io.EOF
		}
		chunk, err := o.from.chunk()
		if errors.Is(err, io.EOF) {
			o.ended = true
		} else if err != nil {
			o.err = err
		}
		o.chunk, o.taken = chunk, 0
	}
	return nil
}

// text takes the text up to the next '<' or '&', or as much of it as is in memory; nothing when one of them is next. It is
// not kept.
func (o *octets) text() ([]byte, error) {
	if err := o.need(); err != nil {
		return nil, err
	}
	text := o.rest()
	if end := bytes.IndexByte(text, '<'); end >= 0 {
		text = text[:end]
	}
	if amp := bytes.IndexByte(text, '&'); amp >= 0 {
		text = text[:amp]
	}
	o.take(len(text))
	return text, nil
}

// next is the byte that comes next, 0 at the end.
func (o *octets) next() byte {
	if o.need() != nil {
		return 0
	}
	return o.chunk[o.taken]
}

// tagGuard counts the quoted values of a start tag as it goes by: encoding/xml holds them all before it can be asked how many
// there are.
type tagGuard struct {
	values int64
	last   byte
	within bool // a tag
	quote  byte // that a value within it has begun with; 0: none
}

func (g *tagGuard) see(c byte) {
	switch {
	case c == '<':
		*g = tagGuard{within: true}
	case g.last == '<' && (c == '!' || c == '?'), g.quote == 0 && c == '>':
		g.within = false
	case !g.within:
	case g.quote == c:
		g.quote = 0
	case g.quote == 0 && (c == '"' || c == '\''):
		g.quote = c
		g.values++
	}
	g.last = c
}

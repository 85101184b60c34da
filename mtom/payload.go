package mtom

import (
	"encoding/xml"
	"errors"
	"io"
)

// Via is how a binary value travels.
type Via uint8

// The two ways.
const (
	XOP    Via = iota // as a part of its own, which an xop:Include names
	Inline            // as base64 in its element
)

// String is "xop" or "inline".
func (v Via) String() string {
	if v == Inline {
		return "inline"
	}
	return "xop"
}

// Payload is one binary value: the content of an element. Its end is given only at its delimiter, and for the last value of a
// message only when the whole message was seen to its end and is good; so copying it to the end is a check of the message. Its
// errors stick.
type Payload struct {
	Index       int      // among the message's values, in the order of their elements
	Element     xml.Name // the element whose content it is
	Via         Via
	ContentID   string // of its part, without <>; "" in place
	ContentType string // of its part, as it stands; "" in place

	decoder *Decoder
	from    chunker
	rest    []byte
	err     error
}

// Read gives the next octets.
func (p *Payload) Read(b []byte) (int, error) {
	if len(b) == 0 {
		return 0, nil
	}
	if err := p.need(); err != nil {
		return 0, err
	}
	n := copy(b, p.rest)
	p.rest = p.rest[n:]
	return n, nil
}

// WriteTo writes the rest to w, straight from the decoder's buffer.
func (p *Payload) WriteTo(w io.Writer) (int64, error) {
	var written int64
	for {
		if err := p.need(); errors.Is(err, io.EOF) {
			return written, nil
		} else if err != nil {
			return written, err
		}
		n, err := w.Write(p.rest)
		written += int64(n)
		p.rest = p.rest[n:]
		if err == nil && len(p.rest) > 0 {
			err = io.ErrShortWrite
		}
		if err != nil {
			return written, err
		}
	}
}

// need makes sure that there is an octet to be given.
func (p *Payload) need() error {
	for len(p.rest) == 0 {
		if p.err != nil {
			return p.err
		}
		chunk, err := p.from.chunk()
		if errors.Is(err, io.EOF) {
			p.err = p.decoder.ended(p)
		} else if err != nil {
			p.err = p.decoder.fail(err)
		}
		p.rest = chunk
	}
	return nil
}

// skip passes over what was not read.
func (p *Payload) skip() error {
	p.rest = nil
	for {
		err := p.need()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		p.rest = nil
	}
}

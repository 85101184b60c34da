package mtom

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
)

// Options of a [Decoder]; nil and zero are good.
type Options struct {
	// Inline says which elements may hold base64 in place, instead of an xop:Include. nil: none.
	Inline func(xml.Name) bool
	// Token hears each token of the root that has passed the checks, what it holds only until it returns. The text of a value in
	// place is none. nil: nobody does.
	Token  func(xml.Token)
	Limits Limits
}

// Decoder reads one message: its root first, then its binary values as streams. It holds one buffer and the root, whatever
// the values' size. Its errors stick.
//
// A multipart message whose lines end in LF alone is refused. To a binary value an LF is an octet like any other, so where it
// ends would be a guess.
type Decoder struct {
	framing *framing // nil: a plain message, all root
	root    *root
	start   string // Content-ID of the root, "" for the first part

	ids     map[string]bool
	spool   spool        // parts that came before the root
	value   *inlineValue // found, not yet given
	current *Payload
	begun   bool // the root part has been reached
	whole   bool // the message was seen to its end
	err     error
}

// NewDecoder begins a message that comes with that Content-Type: multipart/related with a root of application/xop+xml, or a
// plain one of text/xml, application/soap+xml, application/xop+xml or application/xml. body is read to its end and not closed.
func NewDecoder(body io.Reader, contentType string, o *Options) (*Decoder, error) {
	return newDecoder(body, contentType, o, windowSize)
}

func newDecoder(body io.Reader, contentType string, o *Options, window int) (*Decoder, error) {
	if o == nil {
		o = &Options{}
	}
	limits := o.Limits.withDefaults()
	media, err := parseMediaType(contentType, limits)
	if err != nil {
		return nil, err
	}
	if err := media.utf8(); err != nil {
		return nil, err
	}
	d := &Decoder{ids: map[string]bool{}, spool: spool{limit: limits.Spool}}
	if media.plain() {
		d.begun = true
		d.root = newRoot(&plain{newWindow(body, window)}, o, limits)
		return d, nil
	}
	boundary, err := media.related()
	if err != nil {
		return nil, err
	}
	d.start = trimID(media.params["start"])
	d.framing = newFraming(body, boundary, limits, window)
	d.root = newRoot(d.framing, o, limits)
	return d, nil
}

// plain is a body that is all root.
type plain struct{ win *window }

func (p *plain) chunk() ([]byte, error) {
	if err := p.win.fill(); err != nil {
		return nil, err
	}
	data := p.win.bytes()
	p.win.skip(len(data))
	return data, nil
}

// Root gives the root part as far as it has been read: whole, or up to the first value that stands in place, with the open
// elements closed behind it. After [Decoder.Next] has given io.EOF it is whole in any case. An element whose value stood in
// place is empty.
func (d *Decoder) Root() ([]byte, error) {
	if err := d.readRoot(); err != nil {
		return nil, err
	}
	return d.root.soFar(), nil
}

// Next gives the next binary value in the order of the wire; what was not read of the one before is passed over, and checked
// as if it had been. io.EOF: there are no more, and the message has been seen to its end and is good.
func (d *Decoder) Next() (*Payload, error) {
	if err := d.readRoot(); err != nil {
		return nil, err
	}
	if d.current != nil {
		if err := d.current.skip(); err != nil {
			return nil, d.fail(err)
		}
	}
	payload, err := d.next()
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, d.fail(err)
	}
	d.current = payload
	return payload, err
}

func (d *Decoder) fail(err error) error {
	if d.err == nil {
		d.err = err
	}
	return d.err
}

// readRoot reads the root, once.
func (d *Decoder) readRoot() error {
	if d.err != nil {
		return d.err
	}
	if !d.begun {
		d.begun = true
		if err := d.findRoot(); err != nil {
			return d.fail(err)
		}
	}
	if d.root.begun {
		return nil
	}
	var err error
	if d.value, err = d.root.advance(); err != nil {
		return d.fail(err)
	}
	return nil
}

// findRoot goes to the root part and keeps what comes before it.
func (d *Decoder) findRoot() error {
	for {
		f, err := d.part()
		if errors.Is(err, io.EOF) {
			return &FormatError{-1, "it has no root part"}
		}
		if err != nil {
			return err
		}
		if d.start == "" || sameID(d.start, f.id) {
			d.root.in.offset = d.framing.win.offset()
			return f.checkRoot()
		}
		if err := d.spool.keep(f, d.framing); err != nil {
			return err
		}
	}
}

// part goes to the next part of the body.
func (d *Decoder) part() (fields, error) {
	f, err := d.framing.next()
	if err != nil {
		return f, err
	}
	if f.id != "" {
		if d.ids[f.id] {
			return f, d.repeated(f)
		}
		d.ids[f.id] = true
	}
	return f, nil
}

// repeated judges a part that has the Content-ID of another. It is no trick when it is the root's, nothing names it, and
// nothing is in it.
//
// QUIRK: a gSOAP server that was asked in a message of one part repeats that part's head behind its own root, which has
// taken over the Content-ID.
func (d *Decoder) repeated(f fields) error {
	trick := &FormatError{d.framing.win.offset(), "two parts have the same Content-ID"}
	if d.start == "" || !sameID(d.start, f.id) || d.root.find(f.id) != nil {
		return trick
	}
	switch _, err := d.framing.chunk(); {
	case err == nil:
		return trick
	case !errors.Is(err, io.EOF):
		return err
	}
	return nil
}

func (d *Decoder) next() (*Payload, error) {
	if d.whole {
		return nil, io.EOF
	}
	if value := d.value; value != nil {
		d.value = nil
		return &Payload{Index: value.index, Element: value.element, Via: Inline, decoder: d, from: value}, nil
	}
	for {
		f, from, err := d.nextPart()
		if err != nil {
			return nil, err
		}
		if ref := d.root.find(f.id); ref != nil && f.id != "" {
			return d.payload(f, from, ref)
		}
	}
}

// nextPart gives the parts that were kept, then those that come.
func (d *Decoder) nextPart() (fields, chunker, error) {
	if kept := d.spool.next(); kept != nil {
		return kept.fields, kept, nil
	}
	if d.framing == nil {
		return fields{}, nil, d.end()
	}
	f, err := d.part()
	if errors.Is(err, io.EOF) {
		err = d.end()
	}
	return f, d.framing, err
}

// end checks, at the end of the body, that nothing is missing. It gives io.EOF when all is well.
func (d *Decoder) end() error {
	if ref := d.root.missing(); ref != nil {
		return &FormatError{-1, fmt.Sprintf("no part has the Content-ID %.60q that %s names", ref.literal, ref.element.Local)}
	}
	d.whole = true
	return io.EOF
}

func (d *Decoder) payload(f fields, from chunker, ref *reference) (*Payload, error) {
	if ref.met {
		return nil, &FormatError{-1, "two parts answer to the same xop:Include"}
	}
	ref.met = true
	switch {
	case f.identity():
	case f.encoding == "base64" && f.strange == "":
		from = &base64Part{part: from}
	default:
		return nil, f.encoded("a part")
	}
	return &Payload{Index: ref.index, Element: ref.element, Via: XOP, ContentID: f.id, ContentType: f.mime, decoder: d, from: from}, nil
}

// ended is called when a value was read to its end. When it is the last that is expected, the rest of the message is read and
// checked, so that whoever has copied a value to its end knows that the message is whole.
func (d *Decoder) ended(p *Payload) error {
	if p.Via == Inline {
		value, err := d.root.advance()
		if err != nil {
			return d.fail(err)
		}
		d.value = value
	}
	if d.value != nil || d.root.missing() != nil {
		return io.EOF
	}
	_, err := d.next() // all values have come, so it gives no other
	if errors.Is(err, io.EOF) {
		return io.EOF
	}
	return d.fail(err)
}

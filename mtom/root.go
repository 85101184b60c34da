package mtom

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// root reads the root part: it checks what encoding/xml lets pass, finds the xop:Includes, and stops where a value stands in
// place.
//
// QUIRK: encoding/xml accepts a DOCTYPE, processing instructions anywhere, text or a second element behind the root, end tags
// are not compared by RawToken, attributes twice or without a blank between them, undeclared prefixes, and comments that are
// no UTF-8.
type root struct {
	in     *octets
	xml    *xml.Decoder
	inline func(xml.Name) bool
	hear   func(xml.Token)
	limits Limits

	names    names
	stack    []element
	elements int64 // so far
	roots    int
	begun    bool // a token was seen
	mark     int  // where in what was kept the last token begins
	refs     []*reference
	count    int // values so far, of both kinds
}

// element is one that is open.
type element struct {
	raw   xml.Name // prefix and local name
	name  xml.Name
	scope int  // how many namespace bindings there were outside
	text  bool // it holds something other than blanks and comments
	xop   bool // it holds an xop:Include
}

// reference is an xop:Include.
type reference struct {
	index   int
	element xml.Name
	literal string // behind "cid:", as it stands
	decoded string // percent-decoded; literal when that cannot be
	met     bool   // its part has come
}

// keptFirst holds most roots whole.
const keptFirst = 2 << 10

func newRoot(from chunker, o *Options, limits Limits) *root {
	in := &octets{from: from, limits: limits, kept: make([]byte, 0, keptFirst)}
	r := &root{in: in, xml: xml.NewDecoder(in), inline: o.Inline, hear: o.Token, limits: limits}
	if r.hear == nil {
		r.hear = func(xml.Token) {}
	}
	r.names.spaces = map[string]string{}
	r.xml.CharsetReader = func(charset string, _ io.Reader) (io.Reader, error) {
		return nil, fmt.Errorf("its charset is %.20q, and only utf-8 is read", charset)
	}
	return r
}

// advance reads up to the next value in place, which it gives, or to the end of the document: nil.
func (r *root) advance() (*inlineValue, error) {
	if !r.begun {
		if err := r.byteOrderMark(); err != nil {
			return nil, err
		}
	}
	for {
		token, err := r.token()
		if errors.Is(err, io.EOF) {
			return nil, r.end()
		}
		if err != nil {
			return nil, err
		}
		value, err := r.take(token)
		if value != nil || err != nil {
			return value, err
		}
	}
}

// byteOrderMark passes over a mark of UTF-8, and refuses one of UTF-16 by name.
func (r *root) byteOrderMark() error {
	const mark = "\uFEFF"
	switch c := r.in.next(); c {
	case 0xFE, 0xFF:
		return r.wrong("it is UTF-16, and only utf-8 is read")
	case mark[0]:
		for i := range len(mark) {
			if r.in.next() != mark[i] {
				return cmp.Or(r.in.err, r.wrong("it begins with a byte order mark that is none"))
			}
			r.in.take(1)
		}
	}
	return nil
}

func (r *root) wrong(format string, args ...any) error {
	return &FormatError{r.in.offset, fmt.Sprintf(format, args...)}
}

// token is the next one of encoding/xml, its errors told apart: io.EOF only at the end of a body that may end there.
func (r *root) token() (xml.Token, error) {
	r.mark = len(r.in.kept)
	token, err := r.xml.RawToken()
	switch {
	case err == nil:
		return token, nil
	case r.in.err != nil:
		return nil, within("the root", r.in.err)
	case errors.Is(err, io.EOF):
		return nil, io.EOF
	case r.in.ended && len(r.in.rest()) == 0:
		return nil, within("the root", io.EOF)
	}
	return nil, r.wrong("its XML is wrong: %v", err)
}

func (r *root) end() error {
	switch {
	case len(r.stack) > 0:
		return within("the root, within "+r.top().raw.Local, io.EOF)
	case r.roots == 0:
		return r.wrong("its root holds no element")
	}
	return r.characters()
}

// characters looks at what encoding/xml does not: comments.
func (r *root) characters() error {
	if !utf8.Valid(r.in.kept) {
		return r.wrong("its root is no UTF-8")
	}
	if bytes.ContainsFunc(r.in.kept, isNoCharacter) {
		return r.wrong("its root has a character that XML does not allow")
	}
	return nil
}

func isNoCharacter(c rune) bool {
	return c < ' ' && c != '\t' && c != '\n' && c != '\r' || c == 0xFFFE || c == 0xFFFF
}

func (r *root) top() *element { return &r.stack[len(r.stack)-1] }

func (r *root) take(token xml.Token) (*inlineValue, error) {
	first := !r.begun
	r.begun = true
	switch t := token.(type) {
	case xml.StartElement:
		return r.start(t)
	case xml.EndElement:
		return nil, r.close(t)
	case xml.CharData:
		err := r.chars(t)
		r.hear(t)
		return nil, err
	case xml.Comment:
		r.hear(t)
		return nil, nil
	case xml.ProcInst:
		if t.Target == "xml" && first {
			return nil, nil
		}
		return nil, r.wrong("it has a processing instruction")
	}
	return nil, r.wrong("it has a document type or another declaration")
}

func (r *root) chars(text xml.CharData) error {
	if len(r.stack) == 0 {
		return r.outside()
	}
	if len(bytes.Trim(text, blanksXML)) == 0 {
		return nil
	}
	return r.content()
}

const blanksXML = " \t\r\n"

// outside looks at what stands before or behind the root element, as it stands there: also an empty CDATA section or a
// reference to a blank is out of place. Of the tag that follows, encoding/xml has taken the '<' already.
func (r *root) outside() error {
	raw := bytes.TrimSuffix(r.in.kept[r.mark:], []byte("<"))
	if len(bytes.Trim(raw, blanksXML)) > 0 {
		return r.wrong("it has text outside its element")
	}
	return nil
}

// content notes that the open element holds something other than blanks and comments.
func (r *root) content() error {
	if len(r.stack) == 0 {
		return nil
	}
	top := r.top()
	if top.xop || top.name == includeName {
		return r.wrong("an xop:Include is not the only content of its element")
	}
	top.text = true
	return nil
}

func (r *root) start(t xml.StartElement) (*inlineValue, error) {
	if err := r.room(t); err != nil {
		return nil, err
	}
	e := element{raw: t.Name, scope: r.names.mark()}
	attributes, err := r.names.declare(t, r.in.kept)
	if err == nil {
		e.name, err = r.names.element(t.Name)
	}
	if err != nil {
		return nil, r.wrong("%v", err)
	}
	switch {
	case e.name == includeName:
		err = r.include(attributes)
	case isLikeInclude(e.name, attributes):
		err = r.wrong("<%s> is like an xop:Include and is none", e.name.Local)
	default:
		err = r.content()
	}
	if err != nil {
		return nil, err
	}
	r.stack = append(r.stack, e)
	r.hear(t)
	if r.inline != nil && r.inline(e.name) && !isNil(attributes) {
		return r.value(e.name)
	}
	return nil, nil
}

// room checks the counts.
func (r *root) room(t xml.StartElement) error {
	if len(r.stack) == 0 {
		if r.roots++; r.roots > 1 {
			return r.wrong("it has a second root element")
		}
	}
	if int64(len(r.stack)) >= r.limits.Depth {
		return &LimitError{"Depth", r.limits.Depth}
	}
	if int64(len(t.Attr)) > r.limits.Attributes {
		return &LimitError{"Attributes", r.limits.Attributes}
	}
	if r.elements++; r.elements > r.limits.Elements {
		return &LimitError{"Elements", r.limits.Elements}
	}
	return nil
}

func (r *root) close(t xml.EndElement) error {
	if len(r.stack) == 0 || r.top().raw != t.Name {
		return r.wrong("an end tag </%s> does not belong there", t.Name.Local)
	}
	r.names.forget(r.top().scope)
	r.stack = r.stack[:len(r.stack)-1]
	r.hear(t)
	return nil
}

// soFar is the root as far as it was read, with the open elements closed.
func (r *root) soFar() []byte {
	b := bytes.Clone(r.in.kept)
	for i := len(r.stack) - 1; i >= 0; i-- {
		raw := r.stack[i].raw
		if raw.Space != "" {
			raw.Local = raw.Space + ":" + raw.Local
		}
		b = append(b, "</"+raw.Local+">"...)
	}
	return b
}

func isNil(attributes []xml.Attr) bool {
	for _, a := range attributes {
		if a.Name.Space == "http://www.w3.org/2001/XMLSchema-instance" && a.Name.Local == "nil" && (a.Value == "true" || a.Value == "1") {
			return true
		}
	}
	return false
}

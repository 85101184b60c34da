// Package soap is one SOAP call over HTTP: envelope out, envelope or Fault back, an attachment either way.
//
// An envelope is a small tree ([etree.Element]); what may be large travels beside it as a stream and is never held in memory.
package soap

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/beevik/etree"
)

// Version is the version of SOAP that an endpoint speaks.
type Version uint8

// The two versions. Altinn's Basic binding speaks 1.1, its WS and EC2 bindings 1.2.
const (
	SOAP11 Version = iota
	SOAP12
)

const (
	namespace11 = "http://schemas.xmlsoap.org/soap/envelope/"
	namespace12 = "http://www.w3.org/2003/05/soap-envelope"
	namespaceXI = "http://www.w3.org/2001/XMLSchema-instance"
)

// Namespace is the namespace of the Envelope element.
func (v Version) Namespace() string {
	if v == SOAP12 {
		return namespace12
	}
	return namespace11
}

// MediaType is the type of a plain message, and the start-info of an MTOM message.
func (v Version) MediaType() string {
	if v == SOAP12 {
		return "application/soap+xml"
	}
	return "text/xml"
}

// Envelope is one message without what is streamed beside it.
type Envelope struct {
	Version Version
	Header  []*etree.Element // header blocks
	Body    *etree.Element   // the one child of Body, nil when Body is empty
}

// Bytes writes the envelope as UTF-8 XML without a declaration, as WCF does.
func (e *Envelope) Bytes() []byte {
	root := etree.NewElement("s:Envelope")
	root.CreateAttr("xmlns:s", e.Version.Namespace())
	if len(e.Header) > 0 {
		header := root.CreateElement("s:Header")
		for _, block := range e.Header {
			header.AddChild(block)
		}
	}
	body := root.CreateElement("s:Body")
	if e.Body != nil {
		body.AddChild(e.Body)
	}
	var text bytes.Buffer
	root.WriteTo(&text, &etree.WriteSettings{CanonicalText: true, CanonicalAttrVal: true})
	return text.Bytes()
}

// ParseEnvelope reads a message of either version. Its input has passed the decoder's checks (well-formed, no DTD, bounded).
func ParseEnvelope(root []byte) (*Envelope, error) {
	doc := etree.NewDocument()
	if err := doc.ReadFromBytes(root); err != nil {
		return nil, fmt.Errorf("read envelope: %w", err)
	}
	return envelopeOf(doc)
}

func envelopeOf(doc *etree.Document) (*Envelope, error) {
	top := doc.Root()
	if top == nil || top.Tag != "Envelope" {
		return nil, errors.New("read envelope: the root element is not an Envelope")
	}
	env := new(Envelope)
	switch ns := top.NamespaceURI(); ns {
	case namespace11:
		env.Version = SOAP11
	case namespace12:
		env.Version = SOAP12
	default:
		return nil, fmt.Errorf("read envelope: %q is not a SOAP namespace", ns)
	}
	return env, env.fill(top)
}

func (e *Envelope) fill(top *etree.Element) error {
	ns := e.Version.Namespace()
	if header := Child(top, ns, "Header"); header != nil {
		e.Header = header.ChildElements()
	}
	body := Child(top, ns, "Body")
	if body == nil {
		return errors.New("read envelope: it has no Body")
	}
	children := body.ChildElements()
	switch len(children) {
	case 0:
	case 1:
		e.Body = children[0]
	default:
		return fmt.Errorf("read envelope: its Body has %d children instead of one", len(children))
	}
	return nil
}

// NewElement makes an element in namespace ns, which its children inherit.
func NewElement(ns, name string) *etree.Element {
	el := etree.NewElement(name)
	el.CreateAttr("xmlns", ns)
	return el
}

// SetNil marks an element as null, the way a WCF or JAX-WS client does.
func SetNil(el *etree.Element) {
	el.CreateAttr("xmlns:i", namespaceXI)
	el.CreateAttr("i:nil", "true")
}

// IsNil reports whether an element is marked as null.
func IsNil(el *etree.Element) bool {
	for _, attr := range el.Attr {
		if attr.Key == "nil" && attr.NamespaceURI() == namespaceXI {
			return attr.Value == "true" || attr.Value == "1"
		}
	}
	return false
}

// Child finds the first child element with that namespace and local name, nil when there is none.
func Child(parent *etree.Element, ns, name string) *etree.Element {
	if parent == nil {
		return nil
	}
	for _, el := range parent.ChildElements() {
		if el.Tag == name && el.NamespaceURI() == ns {
			return el
		}
	}
	return nil
}

// Text is the trimmed text of a child element, "" when it is absent, empty or null.
func Text(parent *etree.Element, ns, name string) string {
	return Content(Child(parent, ns, name))
}

// Content is the trimmed text of el, "" when el is nil. Comments inside do not cut it short, as etree's own Text would.
func Content(el *etree.Element) string {
	if el == nil {
		return ""
	}
	var b strings.Builder
	for _, token := range el.Child {
		if text, ok := token.(*etree.CharData); ok {
			b.WriteString(text.Data)
		}
	}
	return strings.TrimSpace(b.String())
}

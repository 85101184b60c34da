package wiretest

import (
	"cmp"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/altinn-transfer/altinn-transfer/mtom"
	"github.com/beevik/etree"
)

// Message is a message as two senders of the same thing share it: without prefixes, blanks, comments and boundaries, its header
// blocks sorted, since their order means nothing; of ids, times and signatures only the form and what they refer to.
type Message struct {
	Path, Action string
	Media        string // the body's type, and of a multipart also its type and start-info
	Header       []string
	Body         string
	Payload      string
}

// newMessage takes a body apart, and gives the id of the message, which is "" where it has none.
func newMessage(header http.Header, body io.Reader) (*Message, string, error) {
	m := new(Message)
	if err := m.media(header); err != nil {
		return nil, "", err
	}
	decoder, err := mtom.NewDecoder(body, header.Get("Content-Type"), &mtom.Options{Inline: isStream})
	if err != nil {
		return nil, "", err
	}
	if err := m.payload(decoder); err != nil {
		return nil, "", err
	}
	root, err := decoder.Root()
	if err != nil {
		return nil, "", err
	}
	id, err := m.envelope(root)
	return m, id, err
}

func (m *Message) payload(decoder *mtom.Decoder) error {
	for {
		payload, err := decoder.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		value, err := io.ReadAll(payload)
		if err != nil {
			return err
		}
		m.Payload += string(value)
	}
}

func isStream(name xml.Name) bool { return strings.EqualFold(name.Local, "dataStream") }

// media takes from the fields of HTTP what they say of the body. SOAP 1.1 has the action in a field of its own, 1.2 in a
// parameter of the type.
func (m *Message) media(header http.Header) error {
	media, params, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil {
		return err
	}
	m.Media, m.Action = media, cmp.Or(header.Get("SOAPAction"), params["action"])
	if strings.HasPrefix(media, "multipart/") {
		m.Media = fmt.Sprintf("%s of %s around %s", media, params["type"], params["start-info"])
	}
	return nil
}

func (m *Message) envelope(root []byte) (id string, err error) {
	doc := etree.NewDocument()
	if err := doc.ReadFromBytes(root); err != nil {
		return "", err
	}
	for _, section := range doc.Root().ChildElements() {
		for _, el := range section.ChildElements() {
			if section.Tag == "Header" {
				m.Header = append(m.Header, describe(el, ""))
			} else {
				m.Body += describe(el, "")
			}
			if el.Tag == "MessageID" {
				id = el.Text()
			}
		}
	}
	slices.Sort(m.Header)
	return id, nil
}

// describe lays an element out, one line for each, with namespaces in full.
func describe(el *etree.Element, indent string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s{%s}%s", indent, el.NamespaceURI(), el.Tag)
	for _, line := range attributes(el) {
		b.WriteString(line)
	}
	text := ""
	for _, token := range el.Child {
		if data, ok := token.(*etree.CharData); ok {
			text += data.Data
		}
	}
	fmt.Fprintf(&b, " %q\n", form(el, strings.TrimSpace(text)))
	for _, child := range el.ChildElements() {
		b.WriteString(describe(child, indent+"  "))
	}
	return b.String()
}

func attributes(el *etree.Element) []string {
	var lines []string
	for _, a := range el.Attr {
		if a.Space == "xmlns" || a.Space == "" && a.Key == "xmlns" {
			continue
		}
		lines = append(lines, fmt.Sprintf(" {%s}%s=%q", a.NamespaceURI(), a.Key, attributeForm(el, a)))
	}
	slices.Sort(lines)
	return lines
}

package wiretest

import (
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

// Message is a message as two senders of the same thing share it: without prefixes, blanks, comments, ids and boundaries, its
// header blocks sorted, since their order means nothing.
type Message struct {
	Path, Action string
	Media        string // the body's type, and of a multipart also its type and start-info
	Header       []string
	Body         string
	Payload      string
}

// newMessage takes a body apart.
func newMessage(header http.Header, body io.Reader) (*Message, error) {
	media, err := describeMedia(header.Get("Content-Type"))
	if err != nil {
		return nil, err
	}
	m := &Message{Media: media}
	decoder, err := mtom.NewDecoder(body, header.Get("Content-Type"), &mtom.Options{Inline: isStream})
	if err != nil {
		return nil, err
	}
	for {
		payload, err := decoder.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		value, err := io.ReadAll(payload)
		if err != nil {
			return nil, err
		}
		m.Payload += string(value)
	}
	root, err := decoder.Root()
	if err != nil {
		return nil, err
	}
	return m, m.envelope(root)
}

func isStream(name xml.Name) bool { return strings.EqualFold(name.Local, "dataStream") }

func describeMedia(contentType string) (string, error) {
	media, params, err := mime.ParseMediaType(contentType)
	if err != nil || !strings.HasPrefix(media, "multipart/") {
		return media, err
	}
	return fmt.Sprintf("%s of %s around %s", media, params["type"], params["start-info"]), nil
}

func (m *Message) envelope(root []byte) error {
	doc := etree.NewDocument()
	if err := doc.ReadFromBytes(root); err != nil {
		return err
	}
	for _, section := range doc.Root().ChildElements() {
		for _, el := range section.ChildElements() {
			if section.Tag == "Header" {
				m.Header = append(m.Header, describe(el, ""))
			} else {
				m.Body += describe(el, "")
			}
		}
	}
	slices.Sort(m.Header)
	return nil
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
	fmt.Fprintf(&b, " %q\n", strings.TrimSpace(text))
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
		value := a.Value
		if strings.HasPrefix(value, "cid:") {
			value = "cid:"
		}
		lines = append(lines, fmt.Sprintf(" {%s}%s=%q", a.NamespaceURI(), a.Key, value))
	}
	slices.Sort(lines)
	return lines
}

package soap

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"

	"github.com/beevik/etree"
)

// entryDepth is how deep the entries of a list are: Envelope, Body, the answer, its result, an entry.
const entryDepth = 5

// parse reads a message. With entry, the entries of its list are given to that and dropped, so that memory does not follow
// their number: as a tree, each takes ten times its bytes.
func parse(root []byte, entry func(*etree.Element)) (*Envelope, error) {
	if entry == nil {
		return ParseEnvelope(root)
	}
	doc := etree.NewDocument()
	l := &list{at: &doc.Element, entry: entry}
	tokens := xml.NewDecoder(bytes.NewReader(root))
	for {
		token, err := tokens.RawToken()
		if errors.Is(err, io.EOF) {
			return envelopeOf(doc)
		}
		if err != nil {
			return nil, fmt.Errorf("read envelope: %w", err)
		}
		l.take(token)
	}
}

// list is a tree under construction.
type list struct {
	at    *etree.Element // whose end comes next
	depth int            // of at
	entry func(*etree.Element)
}

func (l *list) take(token xml.Token) {
	switch t := token.(type) {
	case xml.StartElement:
		l.at = l.at.CreateElement(qualifiedName(t.Name))
		for _, attr := range t.Attr {
			l.at.CreateAttr(qualifiedName(attr.Name), attr.Value)
		}
		l.depth++
	case xml.CharData:
		if l.depth >= entryDepth || len(bytes.TrimSpace(t)) > 0 {
			l.at.CreateText(string(t))
		}
	case xml.EndElement:
		l.end()
	}
}

func (l *list) end() {
	ended := l.at
	l.at = ended.Parent()
	if l.depth == entryDepth && isAnswer(l.at.Parent()) {
		l.entry(ended)
		l.at.RemoveChild(ended)
	}
	l.depth--
}

// isAnswer reports whether an element holds an answer; a fault and the blocks of the header do not.
func isAnswer(el *etree.Element) bool { return el.Tag != "Fault" && el.Parent().Tag == "Body" }

func qualifiedName(name xml.Name) string {
	if name.Space == "" {
		return name.Local
	}
	return name.Space + ":" + name.Local
}

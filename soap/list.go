package soap

import (
	"bytes"
	"encoding/xml"

	"github.com/beevik/etree"
)

// entryDepth is how deep the entries of a list are: Envelope, Body, the answer, its result, an entry.
const entryDepth = 5

// tree is an envelope under construction. With entry, the entries of its list are given to that and dropped, so that memory does
// not follow their number: as a tree, each takes ten times its bytes.
type tree struct {
	doc   *etree.Document
	at    *etree.Element // whose end comes next
	depth int            // of at
	entry func(*etree.Element)
}

func newTree(entry func(*etree.Element)) *tree {
	doc := etree.NewDocument()
	return &tree{doc: doc, at: &doc.Element, entry: entry}
}

// take takes the next token, of a document that is well-formed.
func (t *tree) take(token xml.Token) {
	switch token := token.(type) {
	case xml.StartElement:
		t.at = t.at.CreateElement(qualifiedName(token.Name))
		for _, attr := range token.Attr {
			t.at.CreateAttr(qualifiedName(attr.Name), attr.Value)
		}
		t.depth++
	case xml.CharData:
		if t.entry == nil || t.depth >= entryDepth || len(bytes.TrimSpace(token)) > 0 {
			t.at.CreateText(string(token))
		}
	case xml.EndElement:
		t.end()
	}
}

func (t *tree) end() {
	ended := t.at
	t.at = ended.Parent()
	if t.entry != nil && t.depth == entryDepth && isAnswer(t.at.Parent()) {
		t.entry(ended)
		t.at.RemoveChild(ended)
	}
	t.depth--
}

// envelope is what there is of it by now.
func (t *tree) envelope() (*Envelope, error) { return envelopeOf(t.doc) }

// isAnswer reports whether an element holds an answer; a fault and the blocks of the header do not.
func isAnswer(el *etree.Element) bool { return el.Tag != "Fault" && el.Parent().Tag == "Body" }

func qualifiedName(name xml.Name) string {
	if name.Space == "" {
		return name.Local
	}
	return name.Space + ":" + name.Local
}

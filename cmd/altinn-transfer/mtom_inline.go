package main

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"slices"
	"strings"

	"github.com/altinn-transfer/altinn-transfer/endpoint"
	"github.com/altinn-transfer/altinn-transfer/mtom"
)

// inlineElements are those that may hold base64 in place.
type inlineElements struct {
	local map[string]bool   // in any namespace, because senders get namespaces wrong
	found map[xml.Name]bool // by [guess]
	last  string            // the element that was asked for last
}

// Elements of type base64Binary of the services that do not stream. QUIRK: one of them is misspelled.
var heldElements = []string{"AttachementData", "AttachmentData"}

func newInlineElements(named []string) *inlineElements {
	e := &inlineElements{local: map[string]bool{}, found: map[xml.Name]bool{}}
	for _, name := range slices.Concat(named, heldElements) {
		e.local[name] = true
	}
	for o := range endpoint.All() {
		if o.Stream == endpoint.NoStream {
			continue
		}
		for _, name := range append([]string{o.Name}, o.Also...) {
			o.Name = name
			e.local[o.StreamElement()] = true
		}
	}
	return e
}

func (e *inlineElements) hold(name xml.Name) bool {
	e.last = name.Local
	return e.local[name.Local] || e.found[name]
}

// add reports whether any of names is new.
func (e *inlineElements) add(names []xml.Name) bool {
	for _, name := range names {
		e.found[name] = true
	}
	return len(names) > 0
}

// guess finds the elements of a root that hold base64 although nobody named them. An element of which one has other content
// is left alone, and so is all that the security of a message is made of.
func guess(root []byte) []xml.Name {
	g := &guesser{in: xml.NewDecoder(bytes.NewReader(root)), found: map[xml.Name]bool{}}
	for g.step() {
	}
	var names []xml.Name
	for name, good := range g.found {
		if good {
			names = append(names, name)
		}
	}
	return names
}

// guesser walks through a root that the decoder has found good.
type guesser struct {
	in    *xml.Decoder
	leaf  *xml.StartElement // the open element, as long as it has no child
	text  []byte            // of leaf
	found map[xml.Name]bool // false: refuted
}

func (g *guesser) step() bool {
	token, err := g.in.Token()
	if err != nil {
		return false
	}
	switch t := token.(type) {
	case xml.StartElement:
		g.start(t.Copy())
	case xml.CharData:
		g.text = append(g.text, t...)
	case xml.EndElement:
		if g.leaf != nil {
			g.judge()
		}
		g.leaf = nil
	}
	return true
}

func (g *guesser) start(t xml.StartElement) {
	if isSecurity(t.Name) {
		g.in.Skip()
		return
	}
	if g.leaf != nil && t.Name.Space != mtom.NamespaceXOP {
		g.found[g.leaf.Name] = false
	}
	g.leaf, g.text = &t, g.text[:0]
}

func (g *guesser) judge() {
	name := g.leaf.Name
	lines := strings.Fields(string(g.text))
	if len(lines) == 0 {
		return
	}
	text := strings.Join(lines, "")
	_, err := base64.StdEncoding.Strict().DecodeString(text)
	good, known := g.found[name]
	switch {
	case err != nil, areWords(lines):
		g.found[name] = false
	case !known || good:
		g.found[name] = good || declaresBinary(g.leaf.Attr) || isBinaryName(name.Local) || looksBinary(name.Local, text)
	}
}

// shortestLine is what encoders break lines at: 60, 64 or 76.
const shortestLine = 60

// areWords tells words from base64 that is broken into lines.
func areWords(lines []string) bool {
	return slices.ContainsFunc(lines[:len(lines)-1], func(line string) bool { return len(line) < shortestLine })
}

// isSecurity reports whether an element is a SOAP header or of a namespace of keys, signatures and tokens.
func isSecurity(name xml.Name) bool {
	switch name.Space {
	case "http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope":
		return name.Local == "Header"
	}
	return slices.ContainsFunc([]string{
		"http://www.w3.org/2000/09/xmldsig", "http://www.w3.org/2001/04/xmlenc", "http://docs.oasis-open.org/",
		"http://schemas.xmlsoap.org/ws/", "http://schemas.microsoft.com/ws/",
	}, func(prefix string) bool { return strings.HasPrefix(name.Space, prefix) })
}

// declaresBinary reports whether an element says itself that it holds base64: by its type, or by the media type of what it
// holds.
func declaresBinary(attributes []xml.Attr) bool {
	return slices.ContainsFunc(attributes, func(a xml.Attr) bool {
		switch a.Name.Space {
		case "http://www.w3.org/2001/XMLSchema-instance":
			return a.Name.Local == "type" && strings.HasSuffix(a.Value, "base64Binary")
		case "http://www.w3.org/2005/05/xmlmime", "http://www.w3.org/2004/11/xmlmime":
			return a.Name.Local == "contentType"
		}
		return false
	})
}

// isBinaryName reports whether a name is one that schemas give to binary values.
func isBinaryName(local string) bool {
	switch strings.ToLower(local) {
	case "data", "datastream", "stream", "payload", "binary", "binarydata", "bytes", "blob", "base64", "base64binary",
		"content", "attachment", "photo", "image":
		return true
	}
	return false
}

const (
	longText  = 64 // characters: in text of that length, letters of both cases with digits and no blank are hardly words
	shortText = 8  // with padding
)

// looksBinary reports whether base64 is too long or too well padded to be anything else. What is named like a secret or a
// digest is nothing to be taken apart.
func looksBinary(local, text string) bool {
	for _, part := range []string{"password", "pin", "token", "nonce", "digest", "signature", "checksum", "hash", "key"} {
		if strings.Contains(strings.ToLower(local), part) {
			return false
		}
	}
	if len(text) >= shortText && strings.HasSuffix(text, "=") {
		return true
	}
	return len(text) >= longText && strings.ContainsAny(text, "0123456789") &&
		strings.ToLower(text) != text && strings.ToUpper(text) != text
}

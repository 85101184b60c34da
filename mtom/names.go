package mtom

import (
	"encoding/xml"
	"fmt"
	"strings"
)

const (
	namespaceXML   = "http://www.w3.org/XML/1998/namespace"
	namespaceXMLNS = "http://www.w3.org/2000/xmlns/"
)

// names are the namespace bindings in force, and how to go back to those of an outer element.
type names struct {
	spaces map[string]string // by prefix
	outer  []binding
}

// binding is what a prefix meant before an inner element declared it.
type binding struct {
	prefix, space string
	bound         bool
}

func (n *names) mark() int { return len(n.outer) }

func (n *names) forget(mark int) {
	for i := len(n.outer) - 1; i >= mark; i-- {
		if was := n.outer[i]; was.bound {
			n.spaces[was.prefix] = was.space
		} else {
			delete(n.spaces, was.prefix)
		}
	}
	n.outer = n.outer[:mark]
}

// declare takes an element's namespace declarations and gives its attributes with their namespaces resolved. kept ends with the
// element's start tag.
func (n *names) declare(t xml.StartElement, kept []byte) ([]xml.Attr, error) {
	if len(t.Attr) > 1 && !spaced(kept) {
		return nil, fmt.Errorf("two attributes have no blank between them")
	}
	if err := wellNamed(t); err != nil {
		return nil, err
	}
	for _, a := range t.Attr {
		if err := n.bind(a); err != nil {
			return nil, err
		}
	}
	return n.resolve(t.Attr)
}

// wellNamed looks at the names as they stand: encoding/xml takes ":a" and "a:" for names without a prefix.
func wellNamed(t xml.StartElement) error {
	seen := make(map[xml.Name]bool, len(t.Attr))
	for _, a := range t.Attr {
		if seen[a.Name] {
			return fmt.Errorf("an element has two attributes %s", a.Name.Local)
		}
		seen[a.Name] = true
		if strings.Contains(a.Name.Local, ":") {
			return fmt.Errorf("%q is no name", a.Name.Local)
		}
	}
	if strings.Contains(t.Name.Local, ":") {
		return fmt.Errorf("%q is no name", t.Name.Local)
	}
	return nil
}

func (n *names) bind(a xml.Attr) error {
	prefix := ""
	switch {
	case a.Name.Space == "xmlns":
		prefix = a.Name.Local
	case a.Name.Space != "" || a.Name.Local != "xmlns":
		return nil
	}
	switch {
	case prefix == "xmlns", a.Value == namespaceXMLNS, (prefix == "xml") != (a.Value == namespaceXML):
		return fmt.Errorf("the prefix %q cannot be bound to %q", prefix, a.Value)
	case prefix != "" && a.Value == "":
		return fmt.Errorf("the prefix %q is bound to nothing", prefix)
	}
	space, bound := n.spaces[prefix]
	n.outer = append(n.outer, binding{prefix, space, bound})
	n.spaces[prefix] = a.Value
	return nil
}

func (n *names) resolve(raw []xml.Attr) ([]xml.Attr, error) {
	var attributes []xml.Attr
	seen := make(map[xml.Name]bool, len(raw))
	for _, a := range raw {
		if a.Name.Space == "xmlns" || a.Name.Space == "" && a.Name.Local == "xmlns" {
			continue
		}
		if a.Name.Space != "" {
			space, ok := n.space(a.Name.Space)
			if !ok {
				return nil, fmt.Errorf("the prefix %q is not declared", a.Name.Space)
			}
			a.Name.Space = space
		}
		if seen[a.Name] {
			return nil, fmt.Errorf("an element has two attributes %s", a.Name.Local)
		}
		seen[a.Name] = true
		attributes = append(attributes, a)
	}
	return attributes, nil
}

func (n *names) element(raw xml.Name) (xml.Name, error) {
	space, ok := n.space(raw.Space)
	if !ok {
		return raw, fmt.Errorf("the prefix of <%s:%s> is not declared", raw.Space, raw.Local)
	}
	return xml.Name{Space: space, Local: raw.Local}, nil
}

func (n *names) space(prefix string) (string, bool) {
	space, bound := n.spaces[prefix]
	switch {
	case bound:
		return space, true
	case prefix == "xml":
		return namespaceXML, true
	}
	return "", prefix == ""
}

// spaced reports whether each quoted value in the start tag that kept ends with is followed by a blank or the tag's end.
func spaced(kept []byte) bool {
	tag := kept[tagStart(kept):]
	quote := byte(0)
	for i, c := range tag {
		switch {
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		case quote != 0 && c == quote:
			quote = 0
			if !strings.ContainsRune(" \t\r\n/>", rune(tag[i+1])) {
				return false
			}
		}
	}
	return true
}

// tagStart is where the last tag begins. A '<' cannot stand within one.
func tagStart(kept []byte) int {
	i := len(kept) - 1
	for kept[i] != '<' {
		i--
	}
	return i
}

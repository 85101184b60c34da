// Package schema is XML of the catalogue's data types: laid out to be filled in, put in order, checked, and told as JSON.
//
// What it takes may come from a person's hand, without namespaces and in any order. What it leaves is what a service built upon
// .NET data contracts insists on: it skips, without a word, a member that is out of order or in a wrong namespace. A time that
// names no zone is Norwegian.
package schema

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/altinn-transfer/altinn-transfer/endpoint"
	"github.com/beevik/etree"
)

const (
	namespaceXSD = "http://www.w3.org/2001/XMLSchema"
	namespaceXSI = "http://www.w3.org/2001/XMLSchema-instance"
)

// shape is what may stand in an element of some type.
type shape uint8

const (
	unknown  shape = iota // anything: no contract of the type was ever found
	simple                // a text
	sequence              // members
)

// look tells what a type is like.
func look(t endpoint.Type) (shape, endpoint.DataType) {
	row, known := endpoint.LookupType(t)
	switch {
	case t.Name().Space == namespaceXSD, known && row.Base != "":
		return simple, row
	case known:
		return sequence, row
	}
	return unknown, row
}

// place is an element with its type, and a name to call it by in an error.
type place struct {
	el   *etree.Element
	t    endpoint.Type
	name string
}

// nobodyKnows is the type of an element that has no row.
const nobodyKnows endpoint.Type = "{}"

// noMember says what there is, in what is called by that name, instead of a member that is not.
func noMember(called string, row endpoint.DataType, member string) error {
	return fmt.Errorf("%s has %s, not %.100q", called, cmp.Or(membersOf(row), "nothing"), member)
}

func membersOf(row endpoint.DataType) string {
	names := make([]string, len(row.Members))
	for i, m := range row.Members {
		names[i] = m.Name
	}
	return list(names, "and")
}

// list writes names as a person would.
func list(names []string, last string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	end := len(names) - 1
	return strings.Join(names[:end], ", ") + " " + last + " " + names[end]
}

// newMember makes an element that may stand in el, which is of type t, without putting it there. What its namespace is nobody
// knows where t is not known; that of the surroundings is the likeliest.
func newMember(el *etree.Element, t endpoint.Type, name string) *etree.Element {
	member := etree.NewElement(name)
	if space := t.Name().Space; space != "" && space != inherited(el) {
		member.CreateAttr("xmlns", space)
	}
	return member
}

// inherited is the namespace that a child without a prefix has in el.
func inherited(el *etree.Element) string {
	for ; el != nil; el = el.Parent() {
		if attr := el.SelectAttr("xmlns"); attr != nil {
			return attr.Value
		}
	}
	return ""
}

func isNil(el *etree.Element) bool {
	attr := nilAttr(el)
	return attr != nil && (attr.Value == "true" || attr.Value == "1")
}

func nilAttr(el *etree.Element) *etree.Attr {
	i := slices.IndexFunc(el.Attr, func(a etree.Attr) bool { return a.Key == "nil" && a.NamespaceURI() == namespaceXSI })
	if i < 0 {
		return nil
	}
	return &el.Attr[i]
}

// removeNil lets an element that said it was null hold something.
func removeNil(el *etree.Element) {
	if attr := nilAttr(el); attr != nil {
		el.RemoveAttr(attr.FullKey())
	}
}

// content is all text of an element; comments inside do not cut it short.
func content(el *etree.Element) string {
	var b strings.Builder
	for _, token := range el.Child {
		if text, ok := token.(*etree.CharData); ok {
			b.WriteString(text.Data)
		}
	}
	return b.String()
}

// located is an error with the path to its place.
type located struct {
	path string
	err  error
}

func (e *located) Error() string { return e.path + ": " + e.err.Error() }
func (e *located) Unwrap() error { return e.err }

// in puts a step, or a path, in front of the place where an error was found.
func in(path string, err error) error {
	if err == nil || path == "" {
		return err
	}
	if below, ok := err.(*located); ok {
		return &located{path + "." + below.path, below.err}
	}
	return &located{path, err}
}

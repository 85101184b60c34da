package server

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"github.com/altinn-transfer/altinn-transfer/schema"
	"github.com/altinn-transfer/altinn-transfer/soap"
	"github.com/beevik/etree"
)

// data is an element of the service's data, whose members all have one namespace. The zero value is one that was not sent.
type data struct {
	el    *etree.Element
	space string
}

// data is a parameter that has members. As the real service does, it does not see those in another namespace.
func (x *exchange) data(name string) data {
	p := x.row(name)
	return data{x.find(p), p.Type.Name().Space}
}

func (d data) member(name string) data { return data{soap.Child(d.el, d.space, name), d.space} }

// text is a member's text, "" when it was not sent or is null.
func (d data) text(name string) string { return soap.Content(d.member(name).el) }

// items are the members of that name, of a list.
func (d data) items(name string) []data {
	if d.el == nil {
		return nil
	}
	var items []data
	for _, el := range d.el.ChildElements() {
		if el.Tag == name && el.NamespaceURI() == d.space {
			items = append(items, data{el, d.space})
		}
	}
	return items
}

// holds reports whether there are elements in it.
func (d data) holds() bool { return d.el != nil && len(d.el.ChildElements()) > 0 }

// number reads a member that holds a number of the service's; 0 when it was not sent.
func (d data) number(name string) (int64, error) { return parseNumber(name, d.text(name)) }

func parseNumber(name, text string) (int64, error) {
	n, err := strconv.ParseInt(cmp.Or(text, "0"), 10, 32)
	if err != nil || n < 0 {
		return 0, unreadable(fmt.Errorf("%s %.20q is not a number that this service gives", name, text))
	}
	return n, nil
}

// typed answers with what fill puts into the result, in the namespaces and the order of the operation's type.
func (x *exchange) typed(fill func(result *etree.Element)) (*reply, error) {
	result := etree.NewElement(x.op.ResultElement())
	fill(result)
	if err := schema.Arrange(result, x.op.Result); err != nil {
		return nil, fmt.Errorf("make the answer of %s: %w", x.op.Name, err)
	}
	return x.wrapped(result), nil
}

// wrapped is an answer with that result.
func (x *exchange) wrapped(result *etree.Element) *reply {
	wrapper := soap.NewElement(x.op.Namespace, x.op.ReplyWrapper())
	wrapper.AddChild(result)
	return &reply{body: wrapper}
}

// write gives an element members with texts, in the order of name, text, name, text.
func write(el *etree.Element, namesAndTexts ...string) {
	for pair := range slices.Chunk(namesAndTexts, 2) {
		el.CreateElement(pair[0]).SetText(pair[1])
	}
}

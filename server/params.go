package server

import (
	"fmt"
	"slices"

	"github.com/altinn-transfer/altinn-transfer/endpoint"
	"github.com/altinn-transfer/altinn-transfer/soap"
	"github.com/beevik/etree"
)

// param is the element of a parameter, wherever the operation's row has it; nil when it was not sent.
func (x *exchange) param(name string) *etree.Element { return x.find(x.row(name)) }

// row is what the operation's row says of a parameter.
func (x *exchange) row(name string) endpoint.Param {
	p, ok := x.op.Param(name)
	if !ok {
		panic("server: " + x.op.Name + " has no parameter " + name)
	}
	return p
}

// text is a parameter's text, "" when it was not sent or is null.
func (x *exchange) text(name string) string { return soap.Content(x.param(name)) }

func (x *exchange) credential(role endpoint.Role) string {
	for _, p := range slices.Concat(x.op.Headers, x.op.Params) {
		if p.Role == role {
			return soap.Content(x.find(p))
		}
	}
	return ""
}

// find looks for a parameter among the header blocks and in the body: in any order, although the contract has one for the
// body, since a client that errs there is told nothing by the real service either.
func (x *exchange) find(p endpoint.Param) *etree.Element {
	for _, el := range slices.Concat(x.envelope.Header, x.envelope.Body.ChildElements()) {
		if named(el, x.op.Namespace, p) {
			return el
		}
	}
	return nil
}

// named reports whether an element is a parameter's, by its name or another spelling of it.
func named(el *etree.Element, namespace string, p endpoint.Param) bool {
	return el.NamespaceURI() == namespace && (el.Tag == p.Name || slices.Contains(p.Also, el.Tag))
}

// maxText is the longest text of a client's that goes into a record, in bytes. Records are held in memory, and lists are made
// of them.
const maxText = 1 << 10

// checkLength refuses texts that are longer, in the order of name, text, name, text.
func checkLength(namesAndTexts ...string) error {
	for pair := range slices.Chunk(namesAndTexts, 2) {
		if len(pair[1]) > maxText {
			return unreadable(fmt.Errorf("%s has %d bytes, and %d are allowed", pair[0], len(pair[1]), maxText))
		}
	}
	return nil
}

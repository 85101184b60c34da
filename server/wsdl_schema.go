package server

import (
	"slices"

	"github.com/altinn-transfer/altinn-transfer/endpoint"
	"github.com/beevik/etree"
)

const (
	namespaceSchema = "http://www.w3.org/2001/XMLSchema"
	namespaceMIME   = "http://www.w3.org/2005/05/xmlmime"
)

// schema is the part of a contract's types that has one target namespace.
type schema struct {
	contract  *contract
	el        *etree.Element
	namespace string
	imports   []string
}

// types writes the elements of every message, with the data types that they lead to.
func (c *contract) types(operations []endpoint.Operation) {
	types := c.root.CreateElement("wsdl:types")
	for _, o := range operations {
		s := c.schema(types, o.Namespace)
		s.wrapper(o.RequestWrapper(), members(o.Params))
		s.wrapper(o.ReplyWrapper(), replyMembers(o))
		for _, h := range o.Headers {
			s.member(s.el, member{Name: h.Name, Type: h.Type, Flags: ifText(h.Type)})
		}
	}
	s := c.schema(types, faultDetail.Name().Space)
	s.member(s.el, member{Name: faultDetail.Name().Local, Type: faultDetail, Flags: nillable})
}

// members are parameters as members of a request's wrapper.
func members(params []endpoint.Param) []member {
	var all []member
	for _, p := range params {
		m := member{Name: p.Name, Type: p.Type}
		if p.Optional {
			m.Flags = optional
		}
		all = append(all, m)
	}
	return all
}

// replyMembers are what the reply's wrapper holds: one result, or what a streamed upload's receipt is made of. A result may
// be missing, but never a stream.
func replyMembers(o endpoint.Operation) []member {
	switch {
	case o.Stream == endpoint.StreamRequest:
		return schemaTypes[o.Result].members
	case o.Stream == endpoint.StreamReply:
		return []member{{Name: o.ResultElement(), Type: o.Result}}
	case o.Result != "":
		return []member{{Name: o.ResultElement(), Type: o.Result, Flags: optional | ifReference(o.Result)}}
	}
	return nil
}

// ifText is nillable for a string.
func ifText(t endpoint.Type) flags {
	if t == endpoint.TypeString {
		return nillable
	}
	return 0
}

// ifReference is nillable for what is null in .NET when it is missing: strings and data types.
func ifReference(t endpoint.Type) flags {
	if t.Name().Space != namespaceSchema {
		return nillable
	}
	return ifText(t)
}

func (c *contract) schema(types *etree.Element, namespace string) *schema {
	s, ok := c.schemas[namespace]
	if !ok {
		s = &schema{contract: c, el: types.CreateElement("xs:schema"), namespace: namespace}
		s.el.CreateAttr("targetNamespace", namespace)
		s.el.CreateAttr("elementFormDefault", "qualified")
		c.schemas[namespace] = s
	}
	return s
}

// wrapper writes the one element of a body.
func (s *schema) wrapper(name string, members []member) {
	s.sequence(withName(s.el, "xs:element", name).CreateElement("xs:complexType"), members)
}

func (s *schema) sequence(complexType *etree.Element, members []member) {
	sequence := complexType.CreateElement("xs:sequence")
	for _, m := range members {
		s.member(sequence, m)
	}
}

func (s *schema) member(parent *etree.Element, m member) {
	el := withName(parent, "xs:element", m.Name)
	el.CreateAttr("type", s.use(m.Type))
	for _, f := range []struct {
		flag        flags
		name, value string
	}{{optional, "minOccurs", "0"}, {many, "maxOccurs", "unbounded"}, {nillable, "nillable", "true"}} {
		if m.Flags&f.flag != 0 {
			el.CreateAttr(f.name, f.value)
		}
	}
	if m.Type == endpoint.TypeStream {
		el.CreateAttr("xmime:expectedContentTypes", "application/octet-stream") // makes a stream of it in Java, too
	}
}

// use gives a type's name, after it has been defined and imported.
func (s *schema) use(t endpoint.Type) string {
	name := t.Name()
	qname := s.contract.qname(name)
	if name.Space == namespaceSchema {
		return qname
	}
	if name.Space != s.namespace && !slices.Contains(s.imports, name.Space) {
		imported := etree.NewElement("xs:import")
		imported.CreateAttr("namespace", name.Space)
		s.el.InsertChildAt(len(s.imports), imported)
		s.imports = append(s.imports, name.Space)
	}
	s.define(t)
	return qname
}

// define writes a data type, once, into the schema of its namespace.
func (s *schema) define(t endpoint.Type) {
	if s.contract.defined[t] {
		return
	}
	s.contract.defined[t] = true
	row := schemaTypes[t]
	home := s.contract.schema(s.el.Parent(), t.Name().Space)
	if row.base == "" {
		home.sequence(withName(home.el, "xs:complexType", t.Name().Local), row.members)
		return
	}
	restriction := withName(home.el, "xs:simpleType", t.Name().Local).CreateElement("xs:restriction")
	restriction.CreateAttr("base", s.contract.qname(row.base.Name()))
	for _, value := range row.values {
		restriction.CreateElement("xs:enumeration").CreateAttr("value", value)
	}
}

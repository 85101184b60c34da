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

// schemaPart is the part of a contract's types that has one target namespace.
type schemaPart struct {
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
		s.wrapper(o.RequestWrapper(), members(o))
		s.wrapper(o.ReplyWrapper(), replyMembers(o))
		for _, h := range o.Headers {
			s.member(s.el, endpoint.Member{Name: h.Name, Type: h.Type, Flags: ifNull(o, h.Type)})
		}
	}
	s := c.schema(types, faultDetail.Name().Space)
	s.member(s.el, endpoint.Member{Name: faultDetail.Name().Local, Type: faultDetail, Flags: endpoint.Nillable})
}

// members are the parameters of an operation as members of its request's wrapper.
func members(o endpoint.Operation) []endpoint.Member {
	var all []endpoint.Member
	for _, p := range o.Params {
		m := endpoint.Member{Name: p.Name, Type: p.Type}
		if p.Optional {
			m.Flags = endpoint.Optional | ifNull(o, p.Type)
		}
		all = append(all, m)
	}
	return all
}

// replyMembers are what the reply's wrapper holds: one result, or what a streamed upload's receipt is made of. A result may
// be missing, but never a stream.
func replyMembers(o endpoint.Operation) []endpoint.Member {
	switch {
	case o.Stream == endpoint.StreamRequest:
		receipt, _ := endpoint.LookupType(o.Result)
		return receipt.Members
	case o.Stream == endpoint.StreamReply:
		return []endpoint.Member{{Name: o.ResultElement(), Type: o.Result}}
	case o.Result != "":
		return []endpoint.Member{{Name: o.ResultElement(), Type: o.Result, Flags: endpoint.Optional | ifNull(o, o.Result)}}
	}
	return nil
}

// withoutNull is the one operation that knows no null. QUIRK: XmlSerializer writes it, which leaves out what is null, and not
// the serializer of data contracts.
const withoutNull = "SubmitFormTask"

// ifNull is nillable for what can be null in .NET: strings, bytes and data types, also those that nothing is known of, but
// no choice between values.
func ifNull(o endpoint.Operation, t endpoint.Type) endpoint.Flags {
	row, _ := endpoint.LookupType(t)
	simple := row.Base != "" || t.Name().Space == namespaceSchema
	if o.Base == withoutNull || simple && t != endpoint.TypeString && t != endpoint.TypeBase64 {
		return 0
	}
	return endpoint.Nillable
}

func (c *contract) schema(types *etree.Element, namespace string) *schemaPart {
	s, ok := c.schemas[namespace]
	if !ok {
		s = &schemaPart{contract: c, el: types.CreateElement("xs:schema"), namespace: namespace}
		s.el.CreateAttr("targetNamespace", namespace)
		s.el.CreateAttr("elementFormDefault", "qualified")
		c.schemas[namespace] = s
	}
	return s
}

// wrapper writes the one element of a body.
func (s *schemaPart) wrapper(name string, members []endpoint.Member) {
	s.sequence(withName(s.el, "xs:element", name).CreateElement("xs:complexType"), members)
}

func (s *schemaPart) sequence(complexType *etree.Element, members []endpoint.Member) {
	sequence := complexType.CreateElement("xs:sequence")
	for _, m := range members {
		s.member(sequence, m)
	}
}

func (s *schemaPart) member(parent *etree.Element, m endpoint.Member) {
	el := withName(parent, "xs:element", m.Name)
	el.CreateAttr("type", s.use(m.Type))
	for _, f := range []struct {
		flag        endpoint.Flags
		name, value string
	}{{endpoint.Optional, "minOccurs", "0"}, {endpoint.Many, "maxOccurs", "unbounded"}, {endpoint.Nillable, "nillable", "true"}} {
		if m.Flags&f.flag != 0 {
			el.CreateAttr(f.name, f.value)
		}
	}
	if m.Type == endpoint.TypeStream {
		el.CreateAttr("xmime:expectedContentTypes", "application/octet-stream") // makes a stream of it in Java, too
	}
	if !known(m.Type) {
		el.CreateElement("xs:annotation").CreateElement("xs:documentation").
			SetText("In truth a " + m.Type.Name().Local + ", or a list of them; no contract with that type was ever found.")
	}
}

// anyType stands for a type that no contract was ever found of.
const anyType endpoint.Type = "anyType"

func known(t endpoint.Type) bool {
	_, ok := endpoint.LookupType(t)
	return ok || t.Name().Space == namespaceSchema
}

// use gives a type's name, after it has been defined and imported.
func (s *schemaPart) use(t endpoint.Type) string {
	if !known(t) {
		t = anyType
	}
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
func (s *schemaPart) define(t endpoint.Type) {
	if s.contract.defined[t] {
		return
	}
	s.contract.defined[t] = true
	row, _ := endpoint.LookupType(t)
	home := s.contract.schema(s.el.Parent(), t.Name().Space)
	if row.Base == "" {
		home.sequence(withName(home.el, "xs:complexType", t.Name().Local), row.Members)
		return
	}
	restriction := withName(home.el, "xs:simpleType", t.Name().Local).CreateElement("xs:restriction")
	restriction.CreateAttr("base", s.contract.qname(row.Base.Name()))
	for _, value := range row.Values {
		restriction.CreateElement("xs:enumeration").CreateAttr("value", value)
	}
}

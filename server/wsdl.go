package server

import (
	"encoding/xml"
	"fmt"
	"slices"
	"strings"

	"github.com/altinn-transfer/altinn-transfer/endpoint"
	"github.com/altinn-transfer/altinn-transfer/soap"
	"github.com/beevik/etree"
)

// wireForms has a row for each binding.
var wireForms = map[endpoint.Binding]wireForm{
	endpoint.Basic: {name: "BasicHttpBinding", extension: "http://schemas.xmlsoap.org/wsdl/soap/"},
	endpoint.WS:    {name: "CustomBinding", extension: "http://schemas.xmlsoap.org/wsdl/soap12/", secure: userNamePolicy},
	endpoint.EC2:   {name: "CustomBinding", extension: "http://schemas.xmlsoap.org/wsdl/soap12/", secure: conversationPolicy},
}

// wireForm is how a contract says which binding it is.
type wireForm struct {
	name      string                   // what the names of its bindings and ports begin with
	extension string                   // namespace of the soap elements
	secure    func(tls bool) assertion // nil: nothing is said of security
}

// soapOverHTTP is the transport of every binding.
const soapOverHTTP = "http://schemas.xmlsoap.org/soap/http"

// faultDetail is the detail that every operation of every contract declares.
const faultDetail = endpoint.Type("{" + soap.NamespaceFault + "}AltinnFault")

// wsdl writes the contract of a path, whose case does not matter, as one WSDL 1.1 document that needs no other. address is
// the URL that clients are to call. It is false for a path that this server does not describe.
func wsdl(path, address string) ([]byte, bool) {
	operations := slices.Collect(endpoint.At(path))
	if len(operations) == 0 {
		return nil, false
	}
	first := operations[0] // Test, which has the interface of no contract, stands last
	form := wireForms[first.Binding]
	c := newContract(first, form)
	c.types(operations)
	c.messages(operations)
	c.portType(operations)
	c.binding(operations, form, strings.HasPrefix(address, "https:"))
	c.service(serviceName(first), address)
	c.document.Indent(2)
	document, err := c.document.WriteToBytes()
	return document, err == nil
}

// contract is a WSDL document that is being written.
type contract struct {
	document *etree.Document
	root     *etree.Element
	// port is the name of the port type; portName that of the port and its binding.
	port, portName string
	namespace      string
	mtom           bool
	prefixes       map[string]string // by namespace, declared on the root
	schemas        map[string]*schemaPart
	defined        map[endpoint.Type]bool
}

func newContract(o endpoint.Operation, form wireForm) *contract {
	document := etree.NewDocument()
	document.CreateProcInst("xml", `version="1.0" encoding="utf-8"`)
	c := &contract{
		document: document, root: document.CreateElement("wsdl:definitions"),
		port: portType(o), portName: form.name + "_" + portType(o), namespace: o.Namespace, mtom: o.MTOM,
		prefixes: map[string]string{}, schemas: map[string]*schemaPart{}, defined: map[endpoint.Type]bool{},
	}
	c.root.CreateAttr("name", serviceName(o))
	c.root.CreateAttr("targetNamespace", o.Namespace)
	c.declare("tns", o.Namespace)
	c.declare("soap", form.extension)
	for _, p := range wellKnown {
		c.declare(p.prefix, p.namespace)
	}
	return c
}

// wellKnown are the namespaces of what a contract is written in, with the prefixes that the code uses.
var wellKnown = []struct{ prefix, namespace string }{
	{"wsdl", "http://schemas.xmlsoap.org/wsdl/"},
	{"xs", namespaceSchema},
	{"xmime", namespaceMIME},
	{"wsaw", "http://www.w3.org/2006/05/addressing/wsdl"},
	{"wsp", "http://schemas.xmlsoap.org/ws/2004/09/policy"},
	{"wsoma", "http://schemas.xmlsoap.org/ws/2004/09/policy/optimizedmimeserialization"},
	{"wsu", "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"},
	{"sp", namespacePolicy},
	{"mssp", "http://schemas.microsoft.com/ws/2005/07/securitypolicy"},
}

func (c *contract) declare(prefix, namespace string) {
	c.root.CreateAttr("xmlns:"+prefix, namespace)
	c.prefixes[namespace] = prefix
}

// qname writes a name with the prefix of its namespace, which is declared when it is new.
func (c *contract) qname(n xml.Name) string {
	if _, ok := c.prefixes[n.Space]; !ok {
		c.declare(fmt.Sprintf("q%d", len(c.prefixes)-len(wellKnown)-1), n.Space)
	}
	return c.prefixes[n.Space] + ":" + n.Local
}

// own is the name of something that the document itself defines.
func own(name string) string { return "tns:" + name }

// messages writes what goes in and out of each operation, header blocks in a message beside that of the body.
func (c *contract) messages(operations []endpoint.Operation) {
	for _, o := range operations {
		c.message(o.Name+"_Input", part{"parameters", xml.Name{Space: o.Namespace, Local: o.RequestWrapper()}})
		if len(o.Headers) > 0 {
			c.message(o.Name+"_Headers", headerParts(o)...)
		}
		c.message(o.Name+"_Output", part{"parameters", xml.Name{Space: o.Namespace, Local: o.ReplyWrapper()}})
	}
	c.message(faultDetail.Name().Local, part{"detail", faultDetail.Name()})
}

// part is one piece of a message: an element, under a name of its own.
type part struct {
	name    string
	element xml.Name
}

func headerParts(o endpoint.Operation) []part {
	var parts []part
	for _, h := range o.Headers {
		parts = append(parts, part{h.Name, xml.Name{Space: o.Namespace, Local: h.Name}})
	}
	return parts
}

func (c *contract) message(name string, parts ...part) {
	message := withName(c.root, "wsdl:message", name)
	for _, p := range parts {
		withName(message, "wsdl:part", p.name).CreateAttr("element", c.qname(p.element))
	}
}

func (c *contract) portType(operations []endpoint.Operation) {
	port := withName(c.root, "wsdl:portType", c.port)
	for _, o := range operations {
		operation := withName(port, "wsdl:operation", o.Name)
		if o.Evidence != endpoint.Seen {
			operation.CreateElement("wsdl:documentation").SetText("This is " + o.Evidence.String() + ". " + o.Note)
		}
		flow := func(tag, action, message string) *etree.Element {
			el := operation.CreateElement(tag)
			el.CreateAttr("wsaw:Action", action)
			el.CreateAttr("message", own(message))
			return el
		}
		flow("wsdl:input", o.Action(), o.Name+"_Input")
		flow("wsdl:output", o.ReplyAction(), o.Name+"_Output")
		flow("wsdl:fault", o.FaultAction(), faultDetail.Name().Local).CreateAttr("name", faultName)
	}
}

// faultName is how the operations call their one fault.
const faultName = "AltinnFaultFault"

func (c *contract) binding(operations []endpoint.Operation, form wireForm, tls bool) {
	binding := withName(c.root, "wsdl:binding", c.portName)
	binding.CreateAttr("type", own(c.port))
	c.demand(binding, form, tls)
	binding.CreateElement("soap:binding").CreateAttr("transport", soapOverHTTP)
	for _, o := range operations {
		operation := withName(binding, "wsdl:operation", o.Name)
		how := operation.CreateElement("soap:operation")
		how.CreateAttr("soapAction", o.Action())
		how.CreateAttr("style", "document")
		input := operation.CreateElement("wsdl:input")
		for _, h := range o.Headers {
			header := literal(input, "soap:header")
			header.CreateAttr("message", own(o.Name+"_Headers"))
			header.CreateAttr("part", h.Name)
		}
		literal(input, "soap:body")
		literal(operation.CreateElement("wsdl:output"), "soap:body")
		literal(withName(operation, "wsdl:fault", faultName), "soap:fault").CreateAttr("name", faultName)
	}
}

func (c *contract) service(name, address string) {
	port := withName(withName(c.root, "wsdl:service", name), "wsdl:port", c.portName)
	port.CreateAttr("binding", own(c.portName))
	port.CreateElement("soap:address").CreateAttr("location", address)
}

func withName(parent *etree.Element, tag, name string) *etree.Element {
	el := parent.CreateElement(tag)
	el.CreateAttr("name", name)
	return el
}

func literal(parent *etree.Element, tag string) *etree.Element {
	el := parent.CreateElement(tag)
	el.CreateAttr("use", "literal")
	return el
}

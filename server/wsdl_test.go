package server

import (
	"encoding/xml"
	"slices"
	"strings"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/endpoint"
	"github.com/beevik/etree"
	"github.com/google/go-cmp/cmp"
)

const whereToCall = "http://127.0.0.1:8080/somewhere"

// read parses the contract of a path and gives its root, or fails.
func read(t *testing.T, path string) *etree.Element {
	t.Helper()
	text, ok := wsdl(path, whereToCall)
	if !ok {
		t.Fatalf("no contract of %s", path)
	}
	document := etree.NewDocument()
	if err := document.ReadFromBytes(text); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return document.Root()
}

// eachContract runs a test on every contract that is described.
func eachContract(t *testing.T, test func(t *testing.T, path string, root *etree.Element)) {
	for _, path := range paths() {
		t.Run(path, func(t *testing.T) { test(t, path, read(t, path)) })
	}
}

// paths are those of the catalogue, each once.
func paths() []string {
	var all []string
	for o := range endpoint.All() {
		if !slices.Contains(all, o.Path) {
			all = append(all, o.Path)
		}
	}
	return all
}

// name resolves a qualified name where it stands.
func name(t *testing.T, el *etree.Element, qname string) xml.Name {
	t.Helper()
	prefix, local, ok := strings.Cut(qname, ":")
	if !ok {
		t.Fatalf("%s: %q has no prefix", el.GetPath(), qname)
	}
	for at := el; at != nil; at = at.Parent() {
		if attr := at.SelectAttr("xmlns:" + prefix); attr != nil {
			return xml.Name{Space: attr.Value, Local: local}
		}
	}
	t.Fatalf("%s: prefix of %q is not declared", el.GetPath(), qname)
	return xml.Name{}
}

// definitions are the names that a contract defines, by what they are: "message", "element" and so on.
func definitions(root *etree.Element) map[string][]xml.Name {
	all := map[string][]xml.Name{}
	add := func(namespace string, elements []*etree.Element) {
		for _, el := range elements {
			kind := el.Tag
			if kind == "complexType" || kind == "simpleType" {
				kind = "type"
			}
			all[kind] = append(all[kind], xml.Name{Space: namespace, Local: el.SelectAttrValue("name", "")})
		}
	}
	add(root.SelectAttrValue("targetNamespace", ""), root.ChildElements())
	for _, s := range root.FindElements("wsdl:types/xs:schema") {
		add(s.SelectAttrValue("targetNamespace", ""), s.ChildElements())
	}
	return all
}

func TestEveryReferenceInAContractResolves(t *testing.T) {
	eachContract(t, func(t *testing.T, _ string, root *etree.Element) {
		defined := definitions(root)
		resolve := func(el *etree.Element, attribute, kind string) {
			n := name(t, el, el.SelectAttrValue(attribute, ""))
			builtIn := kind == "type" && n.Space == namespaceSchema
			if !builtIn && !slices.Contains(defined[kind], n) {
				t.Errorf("%s: there is no %s %v", el.GetPath(), kind, n)
			}
		}
		references := 0
		for _, el := range root.FindElements("//*") {
			for tag, reference := range map[string][2]string{
				"wsdl:part": {"element", "element"}, "wsdl:binding": {"type", "portType"}, "wsdl:port": {"binding", "binding"},
				"xs:restriction": {"base", "type"}, "soap:header": {"message", "message"},
			} {
				if el.FullTag() == tag {
					resolve(el, reference[0], reference[1])
					references++
				}
			}
			if el.FullTag() == "xs:element" && el.SelectAttr("type") != nil {
				resolve(el, "type", "type")
				imported(t, el)
			}
			if el.Parent().Parent() != nil && el.Parent().Parent().Tag == "portType" && el.Tag != "documentation" {
				resolve(el, "message", "message")
			}
		}
		if references < 7 { // of one operation beside Test
			t.Errorf("only %d references found", references)
		}
		for kind, names := range defined {
			unique := slices.Compact(slices.SortedFunc(slices.Values(names), func(a, b xml.Name) int {
				return strings.Compare(a.Space+a.Local, b.Space+b.Local)
			}))
			if kind != "import" && len(unique) != len(names) {
				t.Errorf("a %s is defined twice: %v", kind, names)
			}
		}
	})
}

// imported checks that a schema imports the namespace of a type that it uses.
func imported(t *testing.T, el *etree.Element) {
	t.Helper()
	home := el
	for home.Tag != "schema" {
		home = home.Parent()
	}
	space := name(t, el, el.SelectAttrValue("type", "")).Space
	if space == namespaceSchema || space == home.SelectAttrValue("targetNamespace", "") {
		return
	}
	for _, i := range home.SelectElements("xs:import") {
		if i.SelectAttrValue("namespace", "") == space {
			return
		}
	}
	t.Errorf("%s: %s is not imported", el.GetPath(), space)
}

// shown is what a contract says about an operation.
type shown struct {
	Name, Action, ReplyAction, FaultAction, SOAPAction string
	Request, Reply                                     xml.Name
	Params, Results, Headers                           []string
}

func TestAContractSaysWhatTheCatalogueSays(t *testing.T) {
	eachContract(t, func(t *testing.T, path string, root *etree.Element) {
		var got, want []shown
		for o := range endpoint.At(path) {
			want = append(want, fromCatalogue(o))
			got = append(got, fromContract(t, root, o.Name))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("-catalogue +contract\n%s", diff)
		}
		if n := len(root.FindElements("wsdl:portType/wsdl:operation")); n != len(want) {
			t.Errorf("%d operations, want %d", n, len(want))
		}
		policy := root.FindElement("wsp:Policy/wsp:ExactlyOne/wsp:All/wsoma:OptimizedMimeSerialization")
		if mtom := strings.Contains(path, "Streamed"); (policy != nil) != mtom {
			t.Errorf("MTOM demanded: %v, want %v", policy != nil, mtom)
		}
	})
}

func fromCatalogue(o endpoint.Operation) shown {
	s := shown{
		Name: o.Name, Action: o.Action(), ReplyAction: o.ReplyAction(), FaultAction: o.FaultAction(), SOAPAction: o.Action(),
		Request: xml.Name{Space: o.Namespace, Local: o.RequestWrapper()},
		Reply:   xml.Name{Space: o.Namespace, Local: o.ReplyWrapper()},
	}
	for _, p := range o.Params {
		s.Params = append(s.Params, p.Name)
	}
	for _, h := range o.Headers {
		s.Headers = append(s.Headers, h.Name)
	}
	switch {
	case o.Stream == endpoint.StreamRequest:
		s.Results = []string{
			"LastChanged", "ParentReceiptId", "ReceiptHistory", "ReceiptId", "ReceiptStatusCode", "ReceiptText", "ReceiptTypeName",
		}
	case o.ResultElement() != "":
		s.Results = []string{o.ResultElement()}
	}
	return s
}

// fromContract follows an operation from its port and its binding to the elements of its bodies.
func fromContract(t *testing.T, root *etree.Element, operation string) shown {
	t.Helper()
	port := root.FindElement("wsdl:portType/wsdl:operation[@name='" + operation + "']")
	binding := root.FindElement("wsdl:binding/wsdl:operation[@name='" + operation + "']")
	if port == nil || binding == nil {
		t.Fatalf("%s is not in both port and binding", operation)
	}
	action := func(tag string) string { return port.SelectElement(tag).SelectAttrValue("wsaw:Action", "") }
	s := shown{
		Name: operation, Action: action("wsdl:input"), ReplyAction: action("wsdl:output"), FaultAction: action("wsdl:fault"),
		SOAPAction: binding.SelectElement("soap:operation").SelectAttrValue("soapAction", ""),
		Request:    body(t, root, port.SelectElement("wsdl:input")),
		Reply:      body(t, root, port.SelectElement("wsdl:output")),
	}
	s.Params = children(root, s.Request)
	s.Results = children(root, s.Reply)
	for _, h := range binding.FindElements("wsdl:input/soap:header") {
		s.Headers = append(s.Headers, h.SelectAttrValue("part", ""))
	}
	if fault := body(t, root, port.SelectElement("wsdl:fault")); fault != faultDetail.Name() {
		t.Errorf("%s declares the fault %v", operation, fault)
	}
	return s
}

// body is the element of a message's one part.
func body(t *testing.T, root, flow *etree.Element) xml.Name {
	t.Helper()
	message := name(t, flow, flow.SelectAttrValue("message", "")).Local
	part := root.FindElement("wsdl:message[@name='" + message + "']/wsdl:part")
	return name(t, part, part.SelectAttrValue("element", ""))
}

func children(root *etree.Element, wrapper xml.Name) []string {
	var all []string
	for _, s := range root.FindElements("wsdl:types/xs:schema[@targetNamespace='" + wrapper.Space + "']") {
		for _, el := range s.FindElements("xs:element[@name='" + wrapper.Local + "']/xs:complexType/xs:sequence/xs:element") {
			all = append(all, el.SelectAttrValue("name", ""))
		}
	}
	return all
}

func TestEveryDefinedTypeIsARow(t *testing.T) {
	for _, path := range paths() {
		for _, n := range definitions(read(t, path))["type"] {
			if _, ok := endpoint.LookupType(endpoint.Type("{" + n.Space + "}" + n.Local)); !ok {
				t.Errorf("%s defines %v, which has no row", path, n)
			}
		}
	}
}

// Of a type that nothing is known of, the contract still says the name.
func TestAnUnknownTypeIsAnythingAndSaysSo(t *testing.T) {
	root := read(t, "/ServiceEngineExternal/WorkflowServiceExternal.svc")
	result := root.FindElement("//xs:element[@name='GetProcessDetailsV2Result']")
	if got := result.SelectAttrValue("type", ""); got != "xs:anyType" {
		t.Errorf("its type is %q", got)
	}
	said := result.FindElement("xs:annotation/xs:documentation")
	if said == nil || !strings.Contains(said.Text(), "ProcessDetailsBEV2") {
		t.Error("it is not said which type that is")
	}
}

func TestAContractSaysWhichOperationsWereNeverSeen(t *testing.T) {
	eachContract(t, func(t *testing.T, path string, root *etree.Element) {
		for o := range endpoint.At(path) {
			said := root.FindElement("wsdl:portType/wsdl:operation[@name='" + o.Name + "']/wsdl:documentation")
			if (said == nil) != (o.Evidence == endpoint.Seen) {
				t.Errorf("%s is %v, which is said: %v", o.Name, o.Evidence, said != nil)
			}
			if said != nil && !strings.HasSuffix(said.Text(), o.Evidence.String()+". "+o.Note) {
				t.Errorf("%s: %s", o.Name, said.Text())
			}
		}
	})
}

func TestEachBindingHasItsSOAP(t *testing.T) {
	want := map[endpoint.Binding]string{
		endpoint.Basic: "http://schemas.xmlsoap.org/wsdl/soap/",
		endpoint.WS:    "http://schemas.xmlsoap.org/wsdl/soap12/",
		endpoint.EC2:   "http://schemas.xmlsoap.org/wsdl/soap12/",
	}
	eachContract(t, func(t *testing.T, path string, root *etree.Element) {
		for o := range endpoint.At(path) {
			if got := root.FindElement("wsdl:binding/soap:binding").NamespaceURI(); got != want[o.Binding] {
				t.Errorf("%s in %s", o.Binding, got)
			}
			break
		}
	})
}

// The lines are from the facts of the seen contracts: what may be missing, be null, or repeat.
func TestContractExcerpts(t *testing.T) {
	for _, test := range []struct{ path, want string }{
		{"/ServiceEngineExternal/BrokerServiceExternalBasic", `<xs:element name="FileList" type="q1:ArrayOfFile" minOccurs="0" nillable="true"/>`},
		{"/ServiceEngineExternal/BrokerServiceExternalBasic", `<xs:element name="File" type="q1:File" minOccurs="0" maxOccurs="unbounded" nillable="true"/>`},
		{"/ServiceEngineExternal/BrokerServiceExternalBasic", `<xs:element name="systemPassword" type="xs:string"/>`},
		{"/ServiceEngineExternal/BrokerServiceExternalBasic", `<xs:element name="CheckIfAvailableFilesBasicResult" type="xs:boolean" minOccurs="0"/>`},
		{"/ServiceEngineExternal/BrokerServiceExternalBasic", `<xs:element name="InitiateBrokerServiceBasicResult" type="xs:string" minOccurs="0" nillable="true"/>`},
		{"/ServiceEngineExternal/BrokerServiceExternalBasic", `<xs:enumeration value="Downloaded"/>`},
		{"/ServiceEngineExternal/BrokerServiceExternalBasicStreamed", `<xs:element name="SystemUserName" type="xs:string" nillable="true"/>`},
		{"/ServiceEngineExternal/BrokerServiceExternalBasicStreamed", `<soap:address location="` + whereToCall + `"/>`},
		{"/ServiceEngineExternal/BrokerServiceExternalBasicStreamed", `<xs:element name="DataStream" type="q1:StreamBody" xmime:expectedContentTypes="application/octet-stream"/>`},
		{"/ServiceEngineExternal/BrokerServiceExternalEC2", `<xs:element name="reportee" type="xs:string" minOccurs="0" nillable="true"/>`},
		{"/ServiceEngineExternal/CaseEC2", `<xs:element name="dueDate" type="xs:dateTime" minOccurs="0"/>`},
		{"/ServiceEngineExternal/ServiceMetaDataExternal", `<xs:element name="filterMatchType" type="q4:FilterMatchType" minOccurs="0"/>`},
		{"/IntermediaryExternal/ReceiptExternalBasic", `<xs:element name="receipt" type="q3:ReceiptSearchExternal" minOccurs="0" nillable="true"/>`},
		{"/IntermediaryExternal/IntermediaryInboundBasic", `<xs:element name="formTaskShipment" type="tns:FormTaskShipmentBE" minOccurs="0"/>`},
		{"/IntermediaryExternal/IntermediaryInboundBasic", `<xs:element name="SubmitFormTaskBasicResult" type="tns:ReceiptExternalBE" minOccurs="0"/>`},
	} {
		text, _ := wsdl(test.path+".svc", whereToCall)
		if !strings.Contains(string(text), test.want) {
			t.Errorf("%s: no line %s", test.path, test.want)
		}
	}
}

func TestWhichPathsHaveAContract(t *testing.T) {
	for path, want := range map[string]bool{
		"/serviceengineexternal/brokerserviceexternalbasic.SVC":        true,
		"/ServiceEngineExternal/BrokerServiceExternalEC2.svc":          true,
		"/ServiceEngineExternal/BrokerServiceExternalStreamed.svc":     true,
		"/ServiceEngineExternal/BrokerServiceExternalBasic.svc/Upload": false,
		"/": false,
		"":  false,
	} {
		if _, ok := wsdl(path, whereToCall); ok != want {
			t.Errorf("%q: %v, want %v", path, ok, want)
		}
	}
}

// The names are those of contracts that were seen; clients generated from them look their service up by name.
func TestContractsAreCalledLikeTheSeenOnes(t *testing.T) {
	for path, want := range map[string][2]string{
		"/ArchiveExternal/KeyManagementEC2.svc":                            {"KeyManagementExternalEC2", "CustomBinding_IKeyManagementExternalEC2"},
		"/ArchiveExternal/ReporteeArchiveExternalEC2.svc":                  {"ReporteeArchiveExternalEC2", "CustomBinding_IReporteeArchiveExternalEC2"},
		"/ArchiveExternal/ReporteeArchiveExternalStreamedEC2.svc":          {"ReporteeArchiveExternalStreamedEC2", "CustomBinding_IReporteeArchiveExternalStreamedEC2"},
		"/AuthenticationExternal/SystemAuthentication.svc":                 {"SystemAuthenticationSI", "BasicHttpBinding_ISystemAuthenticationExternal"},
		"/IntermediaryExternal/IntermediaryInboundBasic.svc":               {"IntermediaryInboundBasicSF", "BasicHttpBinding_IIntermediaryInboundExternalBasic"},
		"/IntermediaryExternal/IntermediaryInboundExternalEC2.svc":         {"IntermediaryInboundExternalEC2", "CustomBinding_IIntermediaryInboundExternalEC2"},
		"/IntermediaryExternal/IntermediaryInboundExternalEC2Streamed.svc": {"IntermediaryInboundExternalEC2StreamedSF", "CustomBinding_IIntermediaryInboundExternalEC2Streamed"},
		"/IntermediaryExternal/ReceiptExternalBasic.svc":                   {"ReceiptExternalBasicSF", "BasicHttpBinding_IReceiptExternalBasic"},
		"/IntermediaryExternal/ReceiptExternalEC2.svc":                     {"ReceiptExternalEC2", "CustomBinding_IReceiptExternalEC2"},
		"/ServiceEngineExternal/BrokerServiceExternal.svc":                 {"BrokerServiceExternalSF", "CustomBinding_IBrokerServiceExternal"},
		"/ServiceEngineExternal/BrokerServiceExternalBasic.svc":            {"BrokerServiceExternalBasicSF", "BasicHttpBinding_IBrokerServiceExternalBasic"},
		"/ServiceEngineExternal/BrokerServiceExternalBasicStreamed.svc":    {"BrokerServiceExternalBasicStreamedSF", "BasicHttpBinding_IBrokerServiceExternalBasicStreamed"},
		"/ServiceEngineExternal/BrokerServiceExternalEC2.svc":              {"BrokerServiceExternalEC2SF", "CustomBinding_IBrokerServiceExternalEC2"},
		"/ServiceEngineExternal/BrokerServiceExternalEC2Streamed.svc":      {"BrokerServiceExternalEC2StreamedSF", "CustomBinding_IBrokerServiceExternalEC2Streamed"},
		"/ServiceEngineExternal/BrokerServiceExternalStreamed.svc":         {"BrokerServiceExternalStreamedSF", "CustomBinding_IBrokerServiceExternalStreamed"},
		"/ServiceEngineExternal/CaseEC2.svc":                               {"CaseEC2SF", "CustomBinding_ICaseEC2"},
		"/ServiceEngineExternal/CorrespondenceExternalEC2.svc":             {"CorrespondenceExternalEC2SF", "CustomBinding_ICorrespondenceExternalEC2"},
		"/ServiceEngineExternal/PreFillEUSExternalBasic.svc":               {"PreFillEUSExternalBasic", "BasicHttpBinding_IPreFillEUSExternalBasic"},
		"/ServiceEngineExternal/PreFillEUSExternalEC2.svc":                 {"PreFillEUSExternalEC2", "CustomBinding_IPreFillEUSExternalEC2"},
		"/ServiceEngineExternal/ReporteeElementListEC2.svc":                {"ReporteeElementListEC2SF", "CustomBinding_IReporteeElementListEC2"},
		"/ServiceEngineExternal/ServiceMetaDataExternal.svc":               {"ServiceMetaDataExternalSF", "CustomBinding_IServiceMetaDataExternal"},
		"/ServiceEngineExternal/ServiceMetaDataExternalBasic.svc":          {"ServiceMetaDataExternalBasicSF", "BasicHttpBinding_IServiceMetaDataExternalBasic"},
	} {
		root := read(t, path)
		service := root.FindElement("wsdl:service")
		if got := [2]string{service.SelectAttrValue("name", ""), service.FindElement("wsdl:port").SelectAttrValue("name", "")}; got != want {
			t.Errorf("%s: got %v, want %v", path, got, want)
		}
	}
}

func TestAContractEscapesItsAddress(t *testing.T) {
	const odd = `http://host/a?b=1&c="<x>"`
	text, _ := wsdl("/ServiceEngineExternal/BrokerServiceExternalBasic.svc", odd)
	document := etree.NewDocument()
	if err := document.ReadFromBytes(text); err != nil {
		t.Fatal(err)
	}
	if got := document.FindElement("//soap:address").SelectAttrValue("location", ""); got != odd {
		t.Errorf("address %q", got)
	}
}

package server

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/beevik/etree"
	"github.com/google/go-cmp/cmp"
)

// The policies were written by hand from what the seen contracts demand, in an outline of one line for each assertion.
func TestWhatAContractDemands(t *testing.T) {
	for _, test := range []struct{ path, address, golden string }{
		{"/ServiceEngineExternal/BrokerServiceExternalStreamed.svc", "https://host/", "testdata/policy-ws.txt"},
		{"/ServiceEngineExternal/BrokerServiceExternalEC2.svc", "http://host/", "testdata/policy-ec2.txt"},
	} {
		text, _ := wsdl(test.path, test.address)
		document := etree.NewDocument()
		if err := document.ReadFromBytes(text); err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile(test.golden)
		if err != nil {
			t.Fatal(err)
		}
		policy := document.FindElement("wsdl:definitions/wsp:Policy")
		if diff := cmp.Diff(string(want), outline(policy, "")); diff != "" {
			t.Errorf("%s: -golden +contract\n%s", test.path, diff)
		}
		reference := document.FindElement("//wsdl:binding/wsp:PolicyReference").SelectAttrValue("URI", "")
		if reference != "#"+policy.SelectAttrValue("wsu:Id", "") {
			t.Errorf("%s: the binding refers to %q", test.path, reference)
		}
	}
}

// outline tells elements by name and attributes, nested ones further in.
func outline(el *etree.Element, in string) string {
	var text strings.Builder
	text.WriteString(in + el.FullTag())
	for _, a := range el.Attr {
		if a.Space != "wsu" {
			fmt.Fprintf(&text, " %s=%s", a.FullKey(), a.Value)
		}
	}
	text.WriteString("\n")
	for _, child := range el.ChildElements() {
		text.WriteString(outline(child, in+"  "))
	}
	return text.String()
}

func TestPoliciesAreInTheSeenNamespaces(t *testing.T) {
	root := read(t, "/ServiceEngineExternal/BrokerServiceExternalEC2Streamed.svc")
	for prefix, want := range map[string]string{
		"wsp":   "http://schemas.xmlsoap.org/ws/2004/09/policy",
		"sp":    "http://schemas.xmlsoap.org/ws/2005/07/securitypolicy",
		"mssp":  "http://schemas.microsoft.com/ws/2005/07/securitypolicy",
		"wsaw":  "http://www.w3.org/2006/05/addressing/wsdl",
		"wsoma": "http://schemas.xmlsoap.org/ws/2004/09/policy/optimizedmimeserialization",
	} {
		if got := root.SelectAttrValue("xmlns:"+prefix, ""); got != want {
			t.Errorf("%s is %s, want %s", prefix, got, want)
		}
	}
}

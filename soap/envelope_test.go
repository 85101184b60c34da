package soap_test

import (
	"strings"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/soap"
	"github.com/beevik/etree"
)

func TestEnvelopeIsWrittenTheWayServicesReadIt(t *testing.T) {
	header := etree.NewElement("h:FileName")
	header.CreateAttr("xmlns:h", "urn:x")
	header.SetText("a<b>&\"c\".zip")
	null := etree.NewElement("h:CheckSum")
	null.CreateAttr("xmlns:h", "urn:x")
	soap.SetNil(null)
	body := soap.NewElement("urn:x", "Upload")
	body.CreateElement("fileReference").SetText("line\r\nbreak")
	got := (&soap.Envelope{Header: []*etree.Element{header, null}, Body: body}).Bytes()
	want := `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header>` +
		`<h:FileName xmlns:h="urn:x">a&lt;b&gt;&amp;"c".zip</h:FileName>` +
		`<h:CheckSum xmlns:h="urn:x" xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true"/></s:Header>` +
		`<s:Body><Upload xmlns="urn:x"><fileReference>line&#xD;` + "\n" + `break</fileReference></Upload></s:Body></s:Envelope>`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestEnvelopesThatAreNone(t *testing.T) {
	for name, test := range map[string]struct{ xml, want string }{
		"another root":      {`<html/>`, "not an Envelope"},
		"another namespace": {`<Envelope xmlns="urn:x"><Body/></Envelope>`, "not a SOAP namespace"},
		"no Body":           {`<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"/>`, "no Body"},
		"two children":      {`<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><a/><b/></s:Body></s:Envelope>`, "2 children"},
		"nothing":           {``, "not an Envelope"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := soap.ParseEnvelope([]byte(test.xml)); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want an error with %q", err, test.want)
			}
		})
	}
}

func TestCommentsDoNotCutAValueShort(t *testing.T) {
	envelope, err := soap.ParseEnvelope([]byte(`<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>` +
		`<r xmlns="urn:x"><v> 910<!-- c -->075918<![CDATA[-x]]> </v></r></s:Body></s:Envelope>`))
	if err != nil {
		t.Fatal(err)
	}
	if got := soap.Text(envelope.Body, "urn:x", "v"); got != "910075918-x" {
		t.Errorf("got %q", got)
	}
}

package soap

import (
	"encoding/xml"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/mtom"
	"github.com/beevik/etree"
)

// Entries that are read one by one say the same as in a tree, and are not in what is left.
func TestEntriesOfAList(t *testing.T) {
	const list = `<?xml version="1.0" encoding="utf-8"?>
<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:a="urn:data">
 <s:Header><a:Note x="1">hello<a:Time><a:Created>now</a:Created></a:Time></a:Note></s:Header>
 <s:Body><Response xmlns="urn:service"><Result xmlns:i="http://www.w3.org/2001/XMLSchema-instance">
  <a:File><a:Name>one &amp; <![CDATA[<two>]]><!-- no --> &#248;</a:Name><a:Size>1</a:Size></a:File>
  <a:File i:nil="true"/>
  <File xmlns="urn:other" a:kind="x &quot;"><Name> spaces </Name></File>
 </Result></Response></s:Body></s:Envelope>`
	whole, err := ParseEnvelope([]byte(list))
	if err != nil {
		t.Fatal(err)
	}
	want := whole.Body.ChildElements()[0].ChildElements()
	var got []*etree.Element
	entries := newTree(func(el *etree.Element) {
		i := len(got)
		if i < len(want) {
			compareElements(t, want[i], el)
		}
		got = append(got, el)
	})
	hear(t, list, entries.take)
	left, err := entries.envelope()
	if err != nil || len(got) != len(want) {
		t.Fatalf("%d entries and not %d, error %v", len(got), len(want), err)
	}
	result := left.Body.ChildElements()[0]
	if len(result.ChildElements()) != 0 || result.Tag != "Result" || Content(left.Header[0]) != "hello" ||
		Content(left.Header[0].FindElement("Time/Created")) != "now" {
		t.Errorf("left: %+v", left)
	}
}

// What is made of tokens is what etree reads, blanks included.
func TestATreeOfTokens(t *testing.T) {
	for _, text := range []string{
		`<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"> <s:Header>x</s:Header>` + "\n\t" + `<s:Body/></s:Envelope>`,
		`<Envelope xmlns="http://www.w3.org/2003/05/soap-envelope"><Body><a xml:lang="no">1 &lt; 2<b/> <c></c></a></Body></Envelope>`,
	} {
		whole := newTree(nil)
		hear(t, text, whole.take)
		want := etree.NewDocument()
		if err := want.ReadFromString(text); err != nil {
			t.Fatal(err)
		}
		got, err := whole.doc.WriteToString()
		if wanted, _ := want.WriteToString(); err != nil || got != wanted {
			t.Errorf("%s, and not %s: %v", got, wanted, err)
		}
	}
}

// hear reads a message as an answer is read.
func hear(t *testing.T, message string, token func(xml.Token)) {
	t.Helper()
	decoder, err := mtom.NewDecoder(strings.NewReader(message), "text/xml", &mtom.Options{Token: token})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := decoder.Next(); err != io.EOF {
		t.Fatal(err)
	}
}

func compareElements(t *testing.T, want, got *etree.Element) {
	t.Helper()
	if got.Tag != want.Tag || got.NamespaceURI() != want.NamespaceURI() || Content(got) != Content(want) || IsNil(got) != IsNil(want) {
		t.Errorf("%s %q %q, and not %s %q %q", got.FullTag(), got.NamespaceURI(), Content(got), want.FullTag(), want.NamespaceURI(), Content(want))
	}
	same := func(a, b etree.Attr) bool { return a.FullKey() == b.FullKey() && a.Value == b.Value }
	if !slices.EqualFunc(got.Attr, want.Attr, same) {
		t.Errorf("%s has %v, and not %v", got.FullTag(), got.Attr, want.Attr)
	}
	children, others := want.ChildElements(), got.ChildElements()
	if len(children) != len(others) {
		t.Fatalf("%s has %d children, and not %d", got.FullTag(), len(others), len(children))
	}
	for i := range children {
		compareElements(t, children[i], others[i])
	}
}

// A fault is none of a list's entries.
func TestAFaultIsNoList(t *testing.T) {
	const fault = `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault><faultcode>s:Server</faultcode>` +
		`<faultstring>no</faultstring><detail><AltinnFault xmlns="urn:x"><ErrorID>5</ErrorID></AltinnFault></detail></s:Fault></s:Body></s:Envelope>`
	message := newTree(func(el *etree.Element) { t.Errorf("%s is an entry", el.FullTag()) })
	hear(t, fault, message.take)
	envelope, err := message.envelope()
	if err != nil {
		t.Fatal(err)
	}
	if f := envelope.Fault(); f == nil || envelope.Body.FindElement("detail/AltinnFault/ErrorID") == nil {
		t.Errorf("%+v", f)
	}
}

func TestAListThatIsNoMessage(t *testing.T) {
	for _, text := range []string{"<a/>", "<a><b><c><d><e/></d></c></b></a>"} {
		message := newTree(func(*etree.Element) {})
		hear(t, text, message.take)
		if _, err := message.envelope(); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
}

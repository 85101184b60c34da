package schema_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/endpoint"
	"github.com/altinn-transfer/altinn-transfer/schema"
	"github.com/beevik/etree"
)

func row(t *testing.T, base string) endpoint.Operation {
	t.Helper()
	op, ok := endpoint.Find(base, endpoint.Basic)
	if !ok {
		t.Fatalf("there is no %s", base)
	}
	return op
}

func parse(t *testing.T, text string) *etree.Element {
	t.Helper()
	doc := etree.NewDocument()
	if err := doc.ReadFromString(text); err != nil {
		t.Fatal(err)
	}
	return doc.Root()
}

func TestARequestIsArranged(t *testing.T) {
	op := row(t, "GetCaseList")
	for _, c := range []struct{ what, given, want, err string }{
		{"in another order", `<r><reporteeNumber>7</reporteeNumber><languageID>1044</languageID></r>`, `<languageID>1044</languageID><reporteeNumber>7</reporteeNumber>`, ""},
		{"blanks around a number", "<r><languageID>\n 1044 </languageID></r>", `<languageID>1044</languageID>`, ""},
		{"empty, and may be left out", `<r><caseID/><externalServiceCode> </externalServiceCode><languageID>1</languageID></r>`, `<languageID>1</languageID>`, ""},
		{"null, which is something", `<r xmlns:i="http://www.w3.org/2001/XMLSchema-instance"><caseID i:nil="true"/></r>`, `<caseID i:nil="true"/>`, ""},
		{"an empty text", `<r><reporteeNumber/></r>`, `<reporteeNumber/>`, ""},
		{"an empty login", `<r><systemPassword/><languageID>1</languageID></r>`, `<systemPassword/><languageID>1</languageID>`, ""},
		{"with comments", `<r><!-- a --><languageID>10<!-- b -->44</languageID></r>`, `<languageID>1044</languageID>`, ""},
		{"empty, and must be there", `<r><languageID/></r>`, "", `languageID: "" is no int`},
		{"no number", `<r><languageID>norsk</languageID></r>`, "", `languageID: "norsk" is no int`},
		{"a member in a text", `<r><languageID><a/></languageID></r>`, "", `it holds a text (int), not "a"`},
		{"twice", `<r><languageID>1</languageID><languageID>1</languageID></r>`, "", "languageID: it is there more than once"},
		{"unknown", `<r><language>1</language></r>`, "", `has caseID, externalServiceCode, externalServiceEditionCode, languageID and reporteeNumber, not "language"`},
	} {
		body := parse(t, c.given)
		err := schema.ArrangeRequest(op, body)
		if err != nil || c.err != "" {
			if err == nil || !strings.Contains(err.Error(), c.err) || c.err == "" {
				t.Errorf("%s: %v", c.what, err)
			}
			continue
		}
		if body.NamespaceURI() != op.Namespace {
			t.Errorf("%s: it is in %q", c.what, body.NamespaceURI())
		}
		doc := etree.NewDocument()
		doc.SetRoot(body)
		if got, _ := doc.WriteToString(); !strings.Contains(got, ">"+c.want+"</r>") {
			t.Errorf("%s: %s", c.what, got)
		}
	}
}

func TestSet(t *testing.T) {
	op := row(t, "GetReceiptV2")
	typ := op.Params[len(op.Params)-1].Type
	for _, c := range []struct {
		paths []string
		want  string
		err   string
	}{
		{[]string{"ReceiptId=12"}, "<ReceiptId>12</>", ""},
		{[]string{"ReceiptId=12", "ReceiptId=13"}, "<ReceiptId>13</>", ""},
		{
			[]string{"References.Reference.ReferenceValue=a", "References.Reference[0].ReferenceType=SendersReference", "ReceiptId=1"},
			"<ReceiptId>1</><References><Reference><ReferenceType>SendersReference</><ReferenceValue>a</></></>", "",
		},
		{
			[]string{"References.Reference.ReferenceValue=a", "References.Reference.ReferenceValue=b"},
			"<References><Reference><ReferenceValue>a</></><Reference><ReferenceValue>b</></></>", "",
		},
		{[]string{"ReceiptId=x"}, "", `ReceiptId: "x" is no int`},
		{[]string{"ReceiptId.a=1"}, "", "holds a text and no members"},
		{[]string{"ReceiptId[1]=1"}, "", "there is one ReceiptId only"},
		{[]string{"References=a"}, "", "it holds no text but members"},
		{[]string{"References.Reference[1].ReferenceValue=b"}, "", "Reference[0] comes before Reference[1]"},
		{[]string{"References.Reference[x].ReferenceValue=b"}, "", "is no index"},
		{[]string{"References.Reference[0.ReferenceValue=b"}, "", "is no index"},
		{[]string{"References.Reference.ReferenceType=Mine"}, "", `"Mine" is not NotSet, `},
		{[]string{"Receipt=1"}, "", `ReceiptSearch has ReceiptId and References, not "Receipt"`},
		{[]string{"References..ReferenceValue=1"}, "", "is no path"},
	} {
		el := etree.NewElement("receipt")
		var err error
		for _, text := range c.paths {
			path, value, _ := strings.Cut(text, "=")
			if err == nil {
				err = schema.Set(el, typ, path, value)
			}
		}
		if c.err != "" {
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("%s: %v", c.paths, err)
			}
			continue
		}
		if got := short(el); err != nil || got != c.want {
			t.Errorf("%s: %s, %v", c.paths, got, err)
		}
		before := text(el)
		if err := schema.Arrange(el, typ); err != nil || text(el) != before {
			t.Errorf("%s: it was not in order: %s, %v", c.paths, before, err)
		}
	}
}

// short is what is in an element, without namespaces.
func short(el *etree.Element) string {
	var b strings.Builder
	for _, token := range el.Child {
		switch token := token.(type) {
		case *etree.CharData:
			b.WriteString(token.Data)
		case *etree.Element:
			b.WriteString("<" + token.Tag + ">" + short(token) + "</>")
		}
	}
	return b.String()
}

func TestJSON(t *testing.T) {
	const nilled = ` xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true"`
	receipt, list := row(t, "GetReceiptV2").Result, row(t, "GetReceiptListV2").Result
	for _, c := range []struct {
		what, given string
		typ         endpoint.Type
		want        string
	}{
		{"members in the type's order", `<r><ReceiptText>a &lt; b</ReceiptText><ReceiptId> 12 </ReceiptId></r>`, receipt, `{"ReceiptId":12,"ReceiptText":"a < b"}`},
		{"what is no number", `<r><ReceiptId>twelve</ReceiptId></r>`, receipt, `{"ReceiptId":"twelve"}`},
		{"null", `<r` + nilled + `/>`, receipt, `null`},
		{"a member that is null", `<r><ReceiptId` + nilled + `/></r>`, receipt, `{"ReceiptId":null}`},
		{"a list", `<r><Receipt><ReceiptId>1</ReceiptId></Receipt><Receipt/></r>`, list, `[{"ReceiptId":1},{}]`},
		{"an empty list", `<r/>`, list, `[]`},
		{"a list within", `<r><References><Reference><ReferenceValue>a</ReferenceValue></Reference></References></r>`, receipt, `{"References":[{"ReferenceValue":"a"}]}`},
		{"what the type does not have", `<r><New><A>1</A><A>2</A></New></r>`, receipt, `{"New":{"A":["1","2"]}}`},
		{"a text", `<r>yes &amp; no</r>`, endpoint.TypeString, `"yes & no"`},
		{"a boolean", `<r>1</r>`, endpoint.TypeBoolean, `true`},
		{"of nobody's type", `<r><a>1</a></r>`, "{}x", `{"a":"1"}`},
	} {
		var got bytes.Buffer
		encoder := json.NewEncoder(&got)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(schema.JSON(parse(t, c.given), c.typ)); err != nil || strings.TrimSpace(got.String()) != c.want {
			t.Errorf("%s: %s, %v, want %s", c.what, got.String(), err, c.want)
		}
	}
}

package schema_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/endpoint"
	"github.com/altinn-transfer/altinn-transfer/schema"
	"github.com/beevik/etree"
)

// A template of every operation, filled in and then put into no order, comes out as the contract has it.
func TestEveryRequestIsArranged(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for op := range endpoint.All() {
		body := schema.RequestTemplate(op)
		var want []string
		for _, p := range op.Params {
			switch {
			case p.Type == endpoint.TypeStream:
				continue
			case p.Role == endpoint.RoleNone:
				schema.Sample(emptied(body.SelectElement(p.Name)), p.Type)
			case p.Optional:
				continue // an empty login that may be left out
			}
			want = append(want, p.Name)
		}
		disorder(body, random)
		if err := schema.ArrangeRequest(op, body); err != nil {
			t.Errorf("%s at %s: %v", op.Name, op.Path, err)
			continue
		}
		var got []string
		for _, c := range body.ChildElements() {
			got = append(got, c.Tag)
			if c.NamespaceURI() != op.Namespace {
				t.Errorf("%s: %s is in %q", op.Name, c.Tag, c.NamespaceURI())
			}
		}
		if strings.Join(got, " ") != strings.Join(want, " ") || body.NamespaceURI() != op.Namespace || body.Tag != op.RequestWrapper() {
			t.Errorf("%s at %s has %s in %s, want %s", op.Name, op.Path, got, body.NamespaceURI(), want)
		}
		for _, p := range op.Params {
			if c := body.SelectElement(p.Name); c != nil {
				inNamespace(t, c, p.Type)
			}
		}
	}
}

func emptied(el *etree.Element) *etree.Element {
	for len(el.Child) > 0 {
		el.RemoveChildAt(0)
	}
	return el
}

func TestARequestInAnotherNamespaceIsRefused(t *testing.T) {
	op := row(t, "GetReceiptV2")
	for given, want := range map[string]string{
		`<r xmlns="urn:other"><receipt/></r>`:                      `receipt: it is in the namespace "urn:other" instead of ` + op.Namespace,
		`<r><receipt xmlns="urn:other"/></r>`:                      `receipt: it is in the namespace "urn:other" instead of ` + op.Namespace,
		`<r><receipt><ReceiptId>a</ReceiptId></receipt></r>`:       `receipt.ReceiptId: "a" is no int`,
		`<r><receipt><Receipt/></receipt></r>`:                     `receipt: receipt has ReceiptId and References, not "Receipt"`,
		`<r><receipts/></r>`:                                       `GetReceiptBasicV2 has receipt, not "receipts"`,
		`<r>12</r>`:                                                `it holds members, not the text "12"`,
		`<r xmlns="` + op.Namespace + `"><receipt>1</receipt></r>`: `receipt: it holds members, not the text "1"`,
	} {
		if err := schema.ArrangeRequest(op, parse(t, given)); err == nil || err.Error() != want {
			t.Errorf("%s\n got  %v\n want %s", given, err, want)
		}
	}
	if err := schema.ArrangeRequest(row(t, "GetReceiptV2"), parse(t, `<r xmlns="`+op.Namespace+`"><receipt><ReceiptId>1</ReceiptId></receipt></r>`)); err != nil {
		t.Errorf("what leans on the namespace of the body: %v", err)
	}
}

func TestTemplateSaysWhatThereIs(t *testing.T) {
	for _, c := range []struct {
		base    string
		binding endpoint.Binding
		holds   []string
	}{
		{"GetAvailableFiles", endpoint.Basic, []string{
			"<!-- a login: stays empty here --><systemUserName/>", "<!-- a login: stays empty here --><systemPassword/>",
			"<searchParameters>", "<!-- string, may be left out --><ExternalServiceCode/>", "<!-- int, may be left out --><ExternalServiceEditionCode/>",
			"<!-- Uploaded or Downloaded --><FileStatus/>", "<!-- string --><Reportee/>",
		}},
		{"CheckIfAvailableFiles", endpoint.WS, []string{"<Recipients><!-- string, any number of it --><string/></Recipients>"}},
		{"GetReceiptListV2", endpoint.EC2, []string{"<!-- dateTime, may be left out --><dateFrom/>"}},
		{"PrepareUserControlledSigning", endpoint.WS, []string{
			"<delegatedUserBEList><!-- what belongs here is not known: no contract was ever found --></delegatedUserBEList>",
		}},
	} {
		op, _ := endpoint.Find(c.base, c.binding)
		template := text(schema.RequestTemplate(op))
		for _, part := range c.holds {
			if !strings.Contains(template, part) {
				t.Errorf("%s lacks %s: %s", c.base, part, template)
			}
		}
		if strings.Contains(template, "xmlns") {
			t.Errorf("%s: a person would have to know about namespaces: %s", c.base, template)
		}
	}
}

func TestAStreamIsNotLaidOut(t *testing.T) {
	for op := range endpoint.All() {
		if el := schema.RequestTemplate(op); op.Stream == endpoint.StreamRequest && el.SelectElement(op.StreamElement()) != nil {
			t.Errorf("%s at %s: the stream is laid out", op.Name, op.Path)
		}
	}
}

func TestATypeWithinItselfIsLaidOutOnce(t *testing.T) {
	el := etree.NewElement("x")
	schema.ResultTemplate(el, row(t, "GetReceiptV2"))
	if got := len(el.FindElements("SubReceipts/Receipt/ReceiptId")); got != 1 {
		t.Errorf("a receipt has %d receipts within it", got)
	}
	if el.FindElement("SubReceipts/Receipt/SubReceipts") != nil {
		t.Error("it goes on without an end")
	}
	if strings.Contains(text(el), "xmlns") {
		t.Errorf("there are namespaces in it: %s", text(el))
	}
}

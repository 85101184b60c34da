package schema_test

import (
	"strings"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/endpoint"
	"github.com/altinn-transfer/altinn-transfer/schema"
	"github.com/beevik/etree"
)

const (
	brokerSpace                = "http://schemas.altinn.no/services/ServiceEngine/Broker/2015/06"
	receiptSpace               = "http://schemas.altinn.no/services/Intermediary/Receipt/2015/06"
	initiation   endpoint.Type = "{" + brokerSpace + "}BrokerServiceInitiation"
	receipt      endpoint.Type = "{" + receiptSpace + "}Receipt"
)

func TestNamespacesAreThoseOfTheType(t *testing.T) {
	const list = `<RecipientList><Recipient><PartyNumber>910000123</PartyNumber></Recipient></RecipientList>`
	const want = `<RecipientList xmlns="` + brokerSpace + `"><Recipient><PartyNumber>910000123</PartyNumber></Recipient></RecipientList>`
	for what, given := range map[string]string{
		"without any":          `<x>` + list + `</x>`,
		"the default":          `<x xmlns="urn:call">` + strings.Replace(list, ">", ` xmlns="`+brokerSpace+`">`, 1) + `</x>`,
		"a prefix":             `<x xmlns:b="` + brokerSpace + `">` + strings.NewReplacer("</", "</b:", "<", "<b:").Replace(list) + `</x>`,
		"one with, one not":    `<x xmlns:b="` + brokerSpace + `">` + strings.NewReplacer("<Recipient>", "<b:Recipient>", "</Recipient>", "</b:Recipient>").Replace(list) + `</x>`,
		"none, said":           `<x xmlns="urn:call">` + strings.Replace(list, ">", ` xmlns="">`, 1) + `</x>`,
		"a prefix that is not": `<x>` + strings.NewReplacer("<Recipient>", "<b:Recipient>", "</Recipient>", "</b:Recipient>").Replace(list) + `</x>`,
	} {
		el := parse(t, given)
		if err := schema.Arrange(el, initiation); err != nil {
			t.Errorf("%s: %v", what, err)
			continue
		}
		if got := text(el.ChildElements()[0]); got != want {
			t.Errorf("%s: %s", what, got)
		}
		inNamespace(t, el, initiation)
	}
}

func TestArrangeSaysWhereAndWhatThereIs(t *testing.T) {
	for _, c := range []struct {
		typ         endpoint.Type
		given, want string
	}{
		{initiation, `<x><Recipients/></x>`, `BrokerServiceInitiation has Manifest and RecipientList, not "Recipients"`},
		{initiation, `<x><RecipientList><Recipients/></RecipientList></x>`, `RecipientList: RecipientList has Recipient, not "Recipients"`},
		{
			initiation, `<x><RecipientList><Recipient/><Recipient><Party/></Recipient></RecipientList></x>`,
			`RecipientList.Recipient[1]: Recipient has PartyNumber, not "Party"`,
		},
		{initiation, `<x xmlns="urn:call"><Manifest/></x>`, `Manifest: it is in the namespace "urn:call" instead of ` + brokerSpace},
		{initiation, `<x><Manifest/><Manifest/></x>`, `Manifest: it is there more than once`},
		{initiation, `<x>910000123</x>`, `it holds members, not the text "910000123"`},
		{
			receipt, `<x><ReceiptStatus>Ok</ReceiptStatus></x>`,
			`ReceiptStatus: "Ok" is not NotSet, OK, UnExpectedError, ValidationFailed or Rejected`,
		},
		{
			receipt, `<x><SubReceipts><Receipt><ReceiptId>a</ReceiptId></Receipt></SubReceipts></x>`,
			`SubReceipts.Receipt[0].ReceiptId: "a" is no int`,
		},
		{receipt, `<x><ReceiptText><b/></ReceiptText></x>`, `ReceiptText: it holds a text (string), not "b"`},
	} {
		if err := schema.Arrange(parse(t, c.given), c.typ); err == nil || err.Error() != c.want {
			t.Errorf("%s\n got  %v\n want %s", c.given, err, c.want)
		}
	}
}

func TestArrangeHasADepth(t *testing.T) {
	nested := func(levels int) *etree.Element {
		return parse(t, "<x>"+strings.Repeat("<SubReceipts><Receipt>", levels)+strings.Repeat("</Receipt></SubReceipts>", levels)+"</x>")
	}
	if err := schema.Arrange(nested(20), receipt); err != nil {
		t.Error(err)
	}
	if err := schema.Arrange(nested(100), receipt); err == nil || !strings.HasSuffix(err.Error(), "it is too deep") {
		t.Errorf("100 levels: %.300v", err)
	}
	if told := schema.JSON(nested(100), receipt); told == nil {
		t.Error("nothing is told of what is too deep")
	}
}

func TestArrangeKeepsNullAndUnknown(t *testing.T) {
	for _, c := range []struct {
		what        string
		typ         endpoint.Type
		given, want string
	}{
		{
			"null", receipt, `<x xmlns:i="http://www.w3.org/2001/XMLSchema-instance"><References i:nil="1"><Reference/></References></x>`,
			`<References i:nil="1" xmlns="` + receiptSpace + `"/>`,
		},
		{"not null", receipt, `<x xmlns:i="http://www.w3.org/2001/XMLSchema-instance"><References i:nil="false"/></x>`, ``},
		{"not that nil", receipt, `<x xmlns:i="urn:other"><References i:nil="true"/></x>`, ``},
		{
			"a required text", initiation, `<x><Manifest><Reportee/></Manifest></x>`,
			`<Manifest xmlns="` + brokerSpace + `"><Reportee/></Manifest>`,
		},
		{"of an unknown type", "{}DelegatedUserBE", `<x><b>1</b><!-- c --><a xmlns="urn:a"/>2</x>`, `<b>1</b><!-- c --><a xmlns="urn:a"/>2`},
	} {
		el := parse(t, c.given)
		if err := schema.Arrange(el, c.typ); err != nil {
			t.Errorf("%s: %v", c.what, err)
		}
		var got strings.Builder
		for _, token := range el.Child {
			token.WriteTo(&got, &etree.WriteSettings{})
		}
		if got.String() != c.want {
			t.Errorf("%s\n got  %s\n want %s", c.what, got.String(), c.want)
		}
	}
}

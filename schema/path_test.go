package schema_test

import (
	"strings"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/endpoint"
	"github.com/altinn-transfer/altinn-transfer/schema"
	"github.com/beevik/etree"
)

// set follows paths, "PATH=TEXT" each, from an element that holds something already.
func set(t *testing.T, given string, typ endpoint.Type, paths ...string) (*etree.Element, error) {
	t.Helper()
	el := parse(t, given)
	for _, p := range paths {
		path, value, _ := strings.Cut(p, "=")
		if err := schema.Set(el, typ, path, value); err != nil {
			return el, err
		}
	}
	return el, nil
}

func TestPathsBelowAnUnknownType(t *testing.T) {
	const users endpoint.Type = "{}DelegatedUserBE"
	el, err := set(t, `<users xmlns="urn:call"/>`, users, "User.SSN=1", "User[0].Name=a", "User.SSN=2", "Locked=true")
	const want = `<users xmlns="urn:call"><User><SSN>1</SSN><Name>a</Name></User><User><SSN>2</SSN></User><Locked>true</Locked></users>`
	if err != nil || text(el) != want {
		t.Errorf("%s, %v", text(el), err)
	}
	for path, want := range map[string]string{
		"a b=1": "is no path", "<a>=1": "is no path", "a:b=1": "is no path", "1a=1": "is no path", "a.=1": "is no path",
		"User[2].SSN=1": "User[0] comes before User[2]",
	} {
		if el, err := set(t, "<users/>", users, path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %s, %v", path, text(el), err)
		}
	}
}

// What a file says and what the command line says besides.
func TestAPathIntoWhatIsThere(t *testing.T) {
	const null = ` xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true"`
	for _, c := range []struct {
		what, given string
		typ         endpoint.Type
		path, want  string
	}{
		{"a text", "<x><ReceiptId>1<!-- c -->2</ReceiptId></x>", receipt, "ReceiptId=3", "<ReceiptId>3</>"},
		{"blanks", "<x/>", receipt, "ReceiptId= 3 ", "<ReceiptId>3</>"},
		{"before another", "<x><ReceiptText>a</ReceiptText></x>", receipt, "ReceiptId=3", "<ReceiptId>3</><ReceiptText>a</>"},
		{"behind another", "<x><LastChanged>2026-01-01</LastChanged></x>", receipt, "ReceiptId=3", "<LastChanged>2026-01-01</><ReceiptId>3</>"},
		{"null", "<x><ReceiptId" + null + "/></x>", receipt, "ReceiptId=3", "<ReceiptId>3</>"},
		{"below null", "<x" + null + "/>", receipt, "ReceiptId=3", "<ReceiptId>3</>"},
		{
			"a list", "<x><RecipientList><Recipient/></RecipientList></x>", initiation, "RecipientList.Recipient[1].PartyNumber=7",
			"<RecipientList><Recipient><PartyNumber>7</></></>",
		}, // what holds nothing is left out
	} {
		el, err := set(t, c.given, c.typ, c.path)
		if err == nil {
			err = schema.Arrange(el, c.typ)
		}
		if err != nil {
			t.Errorf("%s: %v", c.what, err)
			continue
		}
		if got := short(el); got != c.want {
			t.Errorf("%s\n got  %s\n want %s", c.what, got, c.want)
		}
	}
}

func TestSetSaysWhereAndWhatThereIs(t *testing.T) {
	for path, want := range map[string]string{
		"RecipientList.Recipients=1":         `RecipientList.Recipients: RecipientList has Recipient, not "Recipients"`,
		"RecipientList.Recipient[0].Party=1": `RecipientList.Recipient[0].Party: Recipient has PartyNumber, not "Party"`,
		"RecipientList=1":                    `RecipientList: it holds no text but members: Recipient`,
		"=1":                                 `it holds no text but members: Manifest and RecipientList`,
		"Manifest.Reportee.a=1":              `Manifest.Reportee.a: Reportee holds a text and no members`,
		"Manifest[1].Reportee=1":             `Manifest[1].Reportee: there is one Manifest only`,
		"RecipientList.Recipient[-1]=1":      `RecipientList.Recipient[-1]: [-1] is no index; write Recipient[0]`,
		"RecipientList.Recipient[99999999999999999999]=1": `RecipientList.Recipient[99999999999999999999]: ` +
			`[99999999999999999999] is no index; write Recipient[0]`,
	} {
		if _, err := set(t, "<x/>", initiation, path); err == nil || err.Error() != want {
			t.Errorf("%s\n got  %v\n want %s", path, err, want)
		}
	}
	if _, err := set(t, "<x><ReceiptId><a/></ReceiptId></x>", receipt, "ReceiptId=1"); err == nil {
		t.Error("a text is set beside members")
	}
}

func TestAPathLeadsToText(t *testing.T) {
	for _, of := range []endpoint.Type{endpoint.TypeString, "{urn:nobody}Knows"} {
		if err := schema.Set(etree.NewElement("a"), of, "", "a\x01b"); err == nil {
			t.Errorf("what XML cannot hold is put into a %s", of)
		}
		if err := schema.Set(etree.NewElement("a"), of, "", "a\tb\r\nc"); err != nil {
			t.Errorf("a text of two lines, into a %s: %v", of, err)
		}
	}
}

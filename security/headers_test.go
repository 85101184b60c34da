package security_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/altinn-transfer/altinn-transfer/security"
	"github.com/beevik/etree"
)

// The blocks as they come out of exclusive canonicalisation. In them UUID stands for a new one, and VALUE for what is made of a key.
const (
	nsWSS       = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
	nsUtility   = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
	openSec     = `<o:Security xmlns:o="` + nsWSS + `" xmlns:s="http://www.w3.org/2003/05/soap-envelope" s:mustUnderstand="1">`
	stampOf2024 = `<u:Timestamp xmlns:u="` + nsUtility + `" u:Id="_0"><u:Created>2024-02-29T23:58:01.007Z</u:Created><u:Expires>2024-03-01T00:03:01.007Z</u:Expires></u:Timestamp>`
	ofAction    = `<a:Action xmlns:a="http://www.w3.org/2005/08/addressing" xmlns:s="http://www.w3.org/2003/05/soap-envelope" s:mustUnderstand="1">`
	ofTo        = `<a:To xmlns:a="http://www.w3.org/2005/08/addressing" xmlns:s="http://www.w3.org/2003/05/soap-envelope" s:mustUnderstand="1">`
	inAddress   = `<a:MessageID xmlns:a="http://www.w3.org/2005/08/addressing">urn:uuid:UUID</a:MessageID>` +
		`<a:ReplyTo xmlns:a="http://www.w3.org/2005/08/addressing"><a:Address>http://www.w3.org/2005/08/addressing/anonymous</a:Address></a:ReplyTo>`
	ofC14N   = ` Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#">`
	partOf   = `<Reference URI="#%s"><Transforms><Transform` + ofC14N + `</Transform></Transforms><DigestMethod Algorithm="http://www.w3.org/2000/09/xmldsig#sha1"></DigestMethod><DigestValue>VALUE</DigestValue></Reference>`
	signedBy = `<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo><CanonicalizationMethod` + ofC14N + `</CanonicalizationMethod><SignatureMethod Algorithm="http://www.w3.org/2000/09/xmldsig#%s"></SignatureMethod>%s</SignedInfo>` +
		`<SignatureValue>VALUE</SignatureValue><KeyInfo><o:SecurityTokenReference><o:Reference URI="#%s" ValueType="%s"></o:Reference></o:SecurityTokenReference></KeyInfo></Signature>`
	typeX509    = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509v3"
	typeContext = "http://schemas.xmlsoap.org/ws/2005/02/sc/sct"
)

var leapDay = time.Date(2024, 2, 29, 23, 58, 1, 7e6, time.UTC)

// canonicalHeader is a header as others see it, without what is new each time.
func canonicalHeader(t *testing.T, header []*etree.Element) string {
	t.Helper()
	var all strings.Builder
	doc := envelope(t, header, nil)
	for _, block := range doc.FindElement("//Header").ChildElements() {
		octets, err := security.Canonical(block, "")
		if err != nil {
			t.Fatal(err)
		}
		all.Write(octets)
	}
	text := regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`).ReplaceAllString(all.String(), "UUID")
	return regexp.MustCompile(`>[0-9A-Za-z+/]{27,}={0,2}<`).ReplaceAllString(text, ">VALUE<")
}

func TestHeadersAreThoseOfTheWire(t *testing.T) {
	message := security.Message{Action: "urn:do", To: address, Now: leapDay}
	request, err := security.NewTokenRequest(address, identity(), leapDay)
	if err != nil {
		t.Fatal(err)
	}
	session := begin(t, newChecker(t, nil))
	signed, err := session.Sign(message)
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		header []*etree.Element
		want   string
	}{
		"WS": {
			message.WithPassword("412", "p&q"),
			ofAction + "urn:do</a:Action>" + inAddress + ofTo + address + "</a:To>" + openSec + stampOf2024 +
				`<o:UsernameToken xmlns:u="` + nsUtility + `" u:Id="uuid-UUID-1"><o:Username>412</o:Username>` +
				`<o:Password Type="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordText">p&amp;q</o:Password>` +
				"</o:UsernameToken></o:Security>",
		},
		"a beginning": {
			request.Header,
			ofAction + security.ActionRequestToken + "</a:Action>" + inAddress +
				`<a:To xmlns:a="http://www.w3.org/2005/08/addressing" xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:u="` + nsUtility + `" u:Id="_1" s:mustUnderstand="1">` + address + "</a:To>" + openSec + stampOf2024 +
				`<o:BinarySecurityToken xmlns:u="` + nsUtility + `" EncodingType="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary" ValueType="` + typeX509 + `" u:Id="uuid-UUID-1">VALUE</o:BinarySecurityToken>` +
				fmt.Sprintf(signedBy, "rsa-sha1", fmt.Sprintf(partOf, "_0")+fmt.Sprintf(partOf, "_1"), "uuid-UUID-1", typeX509) + "</o:Security>",
		},
		"a message of EC2": {
			signed,
			ofAction + "urn:do</a:Action>" + inAddress + ofTo + address + "</a:To>" + openSec + stampOf2024 +
				`<c:SecurityContextToken xmlns:c="http://schemas.xmlsoap.org/ws/2005/02/sc" xmlns:u="` + nsUtility + `" u:Id="uuid-UUID-1"><c:Identifier>urn:uuid:UUID</c:Identifier>` +
				`<dnse:Cookie xmlns:dnse="http://schemas.microsoft.com/ws/2006/05/security">VALUE</dnse:Cookie></c:SecurityContextToken>` +
				fmt.Sprintf(signedBy, "hmac-sha1", fmt.Sprintf(partOf, "_0"), "uuid-UUID-1", typeContext) + "</o:Security>",
		},
		"an answer": {
			security.Reply("urn:done", "urn:uuid:00000000-0000-4000-8000-000000000000", leapDay),
			ofAction + `urn:done</a:Action><a:RelatesTo xmlns:a="http://www.w3.org/2005/08/addressing">urn:uuid:UUID</a:RelatesTo>` + openSec + stampOf2024 + "</o:Security>",
		},
		"an answer to who has no id": {
			security.Reply("urn:done", "", leapDay),
			ofAction + "urn:done</a:Action>" + openSec + stampOf2024 + "</o:Security>",
		},
		"a fault": {
			security.Reply(security.ActionFault, "", leapDay),
			ofAction + "http://www.w3.org/2005/08/addressing/soap/fault</a:Action>",
		},
	} {
		if got := canonicalHeader(t, test.header); got != test.want {
			t.Errorf("%s:\ngot  %s\nwant %s", name, got, test.want)
		}
	}
}

func TestIdsOfMessagesAreNew(t *testing.T) {
	message := security.Message{Action: "urn:do", To: address}
	one, other := message.WithPassword("a", "b"), message.WithPassword("a", "b")
	if id := security.ReadAddress(one).MessageID; id == security.ReadAddress(other).MessageID || !strings.HasPrefix(id, "urn:uuid:") {
		t.Errorf("two messages have the id %s", id)
	}
}

// Of two that contradict one another neither is believed.
func TestWhatIsThereTwiceSaysNothing(t *testing.T) {
	message := withPassword(t, now)
	for _, name := range []string{"Action", "MessageID", "To"} {
		double(message.FindElement("//Header/" + name))
	}
	header, _ := parts(t, message)
	if got := security.ReadAddress(header); got != (security.Address{}) {
		t.Errorf("it says %+v", got)
	}
}

func TestSecretsArePrintedByNobody(t *testing.T) {
	checker := newChecker(t, nil)
	login, err := password(t, checker, withPassword(t, now))
	if err != nil {
		t.Fatal(err)
	}
	request := newRequest(t)
	session, _ := beginWithKey(t, checker)
	text := fmt.Sprintf("%v %+v %s %v %+v %v %+v", login, login, login, request, request, session, session)
	for name, secret := range map[string]string{"password": "hemmelig", "half of a key": request.Secret} {
		if strings.Contains(text, secret) {
			t.Errorf("the %s is in %s", name, text)
		}
	}
	for _, part := range []string{"412", request.ID, "session urn:uuid:"} {
		if !strings.Contains(text, part) {
			t.Errorf("%s is not in %s", part, text)
		}
	}
}

package soap_test

import (
	"encoding/xml"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/soap"
)

// The forms of faults that services are known to send: recorded ones in 1.1, and the same laid out by the rules of 1.2.
const (
	fault989 = `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault><faultcode>s:Client</faultcode>` +
		`<faultstring xml:lang="nb-NO">An errror occurred</faultstring><detail><AltinnFault xmlns="http://www.altinn.no/services/common/fault/2009/10" ` +
		`xmlns:i="http://www.w3.org/2001/XMLSchema-instance"><AltinnErrorMessage>Incorrect username/password/pin given for user</AltinnErrorMessage>` +
		`<AltinnExtendedErrorMessage>No information available</AltinnExtendedErrorMessage>` +
		`<AltinnLocalizedErrorMessage>Feil passord</AltinnLocalizedErrorMessage><ErrorGuid>ed4c23c0-7de6-4343-a442-89bd3a6f38d8</ErrorGuid>` +
		`<ErrorID>989</ErrorID><UserGuid>-no value-</UserGuid><UserId/></AltinnFault></detail></s:Fault></s:Body></s:Envelope>`
	faultUnforeseen = `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault><faultcode>s:Client</faultcode>` +
		`<faultstring xml:lang="nb-NO">An error occurred</faultstring><detail><AltinnFault xmlns="http://www.altinn.no/services/common/fault/2009/10">` +
		`<AltinnErrorMessage>Your request suffered from a non-functional error. Please report the id [1e4e9931].</AltinnErrorMessage>` +
		`<ErrorGuid>1e4e9931</ErrorGuid><ErrorID>0</ErrorID></AltinnFault></detail></s:Fault></s:Body></s:Envelope>`
	faultUnread = `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault><faultcode>s:Client</faultcode>` +
		`<faultstring xml:lang="nb-NO">An error occurred</faultstring><detail><AltinnFault xmlns="http://www.altinn.no/services/common/fault/2009/10">` +
		`<AltinnErrorMessage>Your request suffered from a non-functional error. Please report the id [1e4e9931].</AltinnErrorMessage>` +
		`<AltinnLocalizedErrorMessage>languageID is no number</AltinnLocalizedErrorMessage>` +
		`<ErrorGuid>1e4e9931</ErrorGuid><ErrorID>0</ErrorID></AltinnFault></detail></s:Fault></s:Body></s:Envelope>`
	fault12 = `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><s:Fault><s:Code><s:Value>s:Sender</s:Value></s:Code>` +
		`<s:Reason><s:Text xml:lang="nb-NO">An error occurred</s:Text></s:Reason><s:Detail>` +
		`<AltinnFault xmlns="http://www.altinn.no/services/common/fault/2009/10"><AltinnErrorMessage>Not a ZIP</AltinnErrorMessage>` +
		`<ErrorID>40206</ErrorID></AltinnFault></s:Detail></s:Fault></s:Body></s:Envelope>`
	faultBadToken = `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><s:Fault><s:Code><s:Value>s:Sender</s:Value>` +
		`<s:Subcode><s:Value xmlns:a="http://schemas.xmlsoap.org/ws/2005/02/sc">a:BadContextToken</s:Value></s:Subcode></s:Code>` +
		`<s:Reason><s:Text xml:lang="en">The security context token is expired</s:Text></s:Reason></s:Fault></s:Body></s:Envelope>`
	faultBare = `<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><soap:Fault><faultcode>soap:Server</faultcode>` +
		`<faultstring>database is down</faultstring></soap:Fault></soap:Body></soap:Envelope>`
	faultNoNumber = `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault><faultcode>s:Client</faultcode><detail>` +
		`<AltinnFault xmlns="http://www.altinn.no/services/common/fault/2009/10"><ErrorID>many</ErrorID></AltinnFault></detail></s:Fault></s:Body></s:Envelope>`
)

func TestFaultsAreReadInEveryForm(t *testing.T) {
	for name, test := range map[string]struct {
		xml  string
		want soap.Fault
		id   int
		kind failure.Kind
		text string
	}{
		"login refused": {fault989, soap.Fault{Code: "Client", Reason: "An errror occurred"}, 989, failure.Unauthenticated, "Incorrect username/password/pin given for user"},
		"unforeseen error under the code of a refused login": {
			faultUnforeseen,
			soap.Fault{Code: "Client", Reason: "An error occurred"},
			0, failure.Refused,
			"Your request suffered from a non-functional error. Please report the id [1e4e9931].",
		},
		"unforeseen error with its reason in the localized text": {
			faultUnread,
			soap.Fault{Code: "Client", Reason: "An error occurred"},
			0, failure.Refused, "languageID is no number",
		},
		"SOAP 1.2":             {fault12, soap.Fault{Code: "Sender", Reason: "An error occurred"}, 40206, failure.NotZip, "Not a ZIP"},
		"SOAP 1.2 subcode":     {faultBadToken, soap.Fault{Code: "Sender", Subcode: xml.Name{Space: "http://schemas.xmlsoap.org/ws/2005/02/sc", Local: "BadContextToken"}, Reason: "The security context token is expired"}, none, failure.SessionExpired, "BadContextToken: The security context token is expired"},
		"no detail":            {faultBare, soap.Fault{Code: "Server", Reason: "database is down"}, none, failure.Refused, "Server: database is down"},
		"code is not a number": {faultNoNumber, soap.Fault{Code: "Client"}, -1, failure.Refused, "Client"},
	} {
		t.Run(name, func(t *testing.T) {
			envelope, err := soap.ParseEnvelope([]byte(test.xml))
			if err != nil {
				t.Fatal(err)
			}
			got := envelope.Fault()
			if got == nil {
				t.Fatal("no fault was seen")
			}
			if got.Code != test.want.Code || got.Subcode != test.want.Subcode || got.Reason != test.want.Reason {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
			if id := altinnID(got); id != test.id {
				t.Errorf("ErrorID %d, want %d", id, test.id)
			}
			if got.Kind() != test.kind {
				t.Errorf("kind %s, want %s", got.Kind().Name(), test.kind.Name())
			}
			if got.Error() != test.text {
				t.Errorf("says %q, want %q", got, test.text)
			}
		})
	}
}

const none = -2

func altinnID(f *soap.Fault) int {
	if f.Altinn == nil {
		return none
	}
	return f.Altinn.ErrorID
}

func TestFaultSurvivesWritingAndReading(t *testing.T) {
	fault := &soap.Fault{Code: "Client", Reason: "An error occurred", Altinn: &soap.AltinnFault{
		Message: "æ < ø & å", Extended: "No information available", Localized: "x", ErrorGUID: "g", ErrorID: 40208, UserGUID: "-no value-", UserID: "7",
	}}
	for version, code := range map[soap.Version]string{soap.SOAP11: "Client", soap.SOAP12: "Sender"} {
		bytes := (&soap.Envelope{Version: version, Body: fault.Element(version)}).Bytes()
		envelope, err := soap.ParseEnvelope(bytes)
		if err != nil {
			t.Fatalf("%v in %s", err, bytes)
		}
		got := envelope.Fault()
		if got == nil || got.Code != code || got.Reason != fault.Reason || *got.Altinn != *fault.Altinn {
			t.Errorf("version %d: got %+v in %s", version, got, bytes)
		}
	}
}

func TestEveryDocumentedCodeOfTheBrokerHasAKind(t *testing.T) {
	for _, id := range []int{
		0, 5, 44, 989, 40201, 40202, 40204, 40205, 40206, 40207, 40208, 40209, 40210, 40211, 40212, 40213, 40214, 40215, 40216,
	} {
		code, ok := soap.LookupCode(id)
		if !ok || code.Kind == failure.Unknown || code.Text == "" {
			t.Errorf("code %d: %+v", id, code)
		}
	}
	if _, ok := soap.LookupCode(40203); ok {
		t.Error("40203 is documented nowhere")
	}
}

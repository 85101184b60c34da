package binding_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/binding"
)

// asks calls an operation and gives the message that it sent.
func asks(t *testing.T, operation string, r binding.Request) (string, error) {
	t.Helper()
	var asked string
	far := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Errorf("read request: %v", err)
		}
		asked = string(body)
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	t.Cleanup(far.Close)
	client, err := binding.New(far.URL, binding.Basic{SystemUser: "SYSTEM-ID", Password: binding.Literal("SYSTEM-PASSWORD")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.Call(t.Context(), operation, r)
	return asked, err
}

func TestAPersonsLoginGoesWhereTheRowHasIt(t *testing.T) {
	person := binding.User{SSN: "USER-SSN", Password: binding.Literal("USER-PASSWORD"), PinCode: binding.Literal("USER-PIN"), AuthMethod: "SMSPin"}
	const absent = ` xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true"/>`
	for name, test := range map[string]struct {
		operation string
		values    binding.Values
		user      binding.User
		want      string
	}{
		"all of it": {
			"UpdateFormData",
			binding.Values{"formTaskUpdate": binding.Text("x")},
			person,
			`<userSSN>USER-SSN</userSSN><userPassword>USER-PASSWORD</userPassword><userPinCode>USER-PIN</userPinCode><authMethod>SMSPin</authMethod><formTaskUpdate>`,
		},
		"nobody, where the row asks for somebody": {
			"UpdateFormData",
			binding.Values{"formTaskUpdate": binding.Text("x")},
			binding.User{},
			`</systemPassword><userSSN` + absent + `<userPassword` + absent + `<userPinCode` + absent + `<authMethod` + absent + `<formTaskUpdate>`,
		},
		"nobody, where the row does not": {
			"SubmitFormTask",
			binding.Values{"formTaskShipment": binding.Text("x")},
			binding.User{},
			`</systemPassword><formTaskShipment>`,
		},
		"somebody, where there is no place for one": {
			"GetAltinnSubmissionStatus", nil, person, `<systemPassword>SYSTEM-PASSWORD</systemPassword></GetAltinnSubmissionStatusBasic>`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			asked, err := asks(t, test.operation, binding.Request{Values: test.values, User: test.user})
			if !strings.Contains(asked, test.want) {
				t.Errorf("asked %s\nwant  %s", asked, test.want)
			}
			if err == nil {
				t.Error("an empty answer is none")
			}
		})
	}
}

func TestSecretsInValuesAreKeptAsThoseOfTheLogin(t *testing.T) {
	request := binding.Request{Values: binding.Values{"challengeRequest": binding.Text("x")}, Secrets: []string{"USER-PIN"}}
	client, err := binding.New("http://192.0.2.1", binding.Basic{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Call(t.Context(), "GetAuthenticationChallenge", request); err == nil || !strings.Contains(err.Error(), "would travel unencrypted") {
		t.Errorf("over plain http: %v", err)
	}
}

package server_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/endpoint"
)

func TestAGETGivesTheContract(t *testing.T) {
	f := start(t, nil)
	for _, test := range []struct {
		path   string
		status int
		kind   string
		holds  string
	}{
		{brokerPath + "?wsdl", 200, "text/xml; charset=utf-8", `location="` + f.web.URL + brokerPath + `"`},
		{streamedPath + "?singleWsdl", 200, "text/xml; charset=utf-8", `location="` + f.web.URL + streamedPath + `"`},
		{archivePath + "?WSDL", 200, "text/xml; charset=utf-8", nsArchive},
		{brokerPath, 200, "text/plain; charset=utf-8", brokerPath + "?wsdl"},
		{"/ServiceEngineExternal/BrokerServiceExternalEC2.svc?wsdl", 200, "text/xml; charset=utf-8", "sp:SecureConversationToken"},
		{"/nothing.svc?wsdl", 404, "text/plain; charset=utf-8", "no service"},
	} {
		response, err := http.Get(f.web.URL + test.path)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil || response.StatusCode != test.status || response.Header.Get("Content-Type") != test.kind {
			t.Errorf("%s: %d, %s, %v", test.path, response.StatusCode, response.Header.Get("Content-Type"), err)
		}
		if !strings.Contains(string(text), test.holds) {
			t.Errorf("%s: no %q in %s", test.path, test.holds, text)
		}
	}
}

func TestEveryEndpointAnswersAGET(t *testing.T) {
	f := start(t, nil)
	for o := range endpoint.All() {
		if o.Base != "Test" { // which every endpoint has once
			continue
		}
		for _, query := range []string{"", "?wsdl", "?singleWsdl"} {
			response, err := http.Get(f.web.URL + o.Path + query)
			if err != nil {
				t.Fatal(err)
			}
			response.Body.Close()
			if response.StatusCode != http.StatusOK {
				t.Errorf("%s%s: %s", o.Path, query, response.Status)
			}
		}
	}
}

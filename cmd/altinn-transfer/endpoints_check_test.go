package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/server"
)

// behind gives the address of a real far side with something else in front of it, which answers when it returns true.
func behind(t *testing.T, front func(http.ResponseWriter, *http.Request) bool) string {
	t.Helper()
	hash, err := server.HashPassword("right")
	if err != nil {
		t.Fatal(err)
	}
	far, err := server.New(server.Options{Dir: t.TempDir(), Users: []server.User{{Name: "someone", PasswordHash: hash}}})
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !front(w, r) {
			far.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(func() { web.Close(); far.Close() })
	return web.URL
}

func fault(w http.ResponseWriter, code, detail string) {
	w.Header().Set("Content-Type", "text/xml; charset=utf-8")
	w.WriteHeader(http.StatusInternalServerError)
	fmt.Fprintf(w, `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault><faultcode xmlns:a="urn:a">%s</faultcode>`+
		`<faultstring>no</faultstring>%s</s:Fault></s:Body></s:Envelope>`, code, detail)
}

func TestOutcomesOfACheck(t *testing.T) {
	t.Parallel()
	const refused = `<detail><AltinnFault xmlns="http://www.altinn.no/services/common/fault/2009/10"><ErrorID>5</ErrorID></AltinnFault></detail>`
	fronts := map[string]func(w http.ResponseWriter){
		"ArchiveCase":       func(w http.ResponseWriter) { http.Error(w, "nothing here", http.StatusNotFound) },
		"DoSigning":         func(w http.ResponseWriter) { fault(w, "a:ActionNotSupported", "") },
		"GetSigningText":    func(w http.ResponseWriter) { fault(w, "s:Client", "") },
		"GetCaseList":       func(w http.ResponseWriter) { fault(w, "s:Server", "") },
		"GetFormSetData":    func(w http.ResponseWriter) { fault(w, "s:Client", refused) },
		"GetReceiptListV2":  func(w http.ResponseWriter) { w.Write([]byte("<html>")) },
		"GetAvailableFiles": func(w http.ResponseWriter) { http.Error(w, "later", http.StatusServiceUnavailable) },
	}
	address := behind(t, func(w http.ResponseWriter, r *http.Request) bool {
		_, name, _ := strings.Cut(r.Header.Get("SOAPAction"), "/I")
		for base, front := range fronts {
			if strings.Contains(name, "/"+strings.TrimSuffix(base, "V2")) {
				front(w)
				return true
			}
		}
		return false
	})
	out, stderr, code := called(t, address, "right", "endpoints", "--check", "--binding", "basic", "--json")
	var rows []checkObject
	if err := json.Unmarshal([]byte(out), &rows); err != nil || code != exitNotFound {
		t.Fatalf("%d, %v: %s%s", code, err, out, stderr)
	}
	got := map[string]checkObject{}
	for _, row := range rows {
		got[row.Operation] = row
	}
	for operation, want := range map[string]checkObject{
		"ArchiveCase":               {Outcome: notThere},
		"DoSigning":                 {Outcome: notThere},
		"GetReceiptListV2":          {Outcome: misread},
		"GetAvailableFiles":         {Outcome: failed},
		"GetSigningText":            {Outcome: saidNo, There: true},
		"GetFormSetData":            {Outcome: saidNo + " 5", There: true},
		"GetCaseList":               {Outcome: unanswered, There: true},
		"GetAltinnSubmissionStatus": {Outcome: answered, There: true},
		"UploadFileStreamed":        {Outcome: saidNo + " 40212", There: true},
	} {
		if row := got[operation]; row.Outcome != want.Outcome || row.There != want.There || (row.Error == "") != (want.Outcome == answered) {
			t.Errorf("%s: %+v, want %+v", operation, row, want)
		}
	}
	if !strings.Contains(stderr, "4 rows of 44 not there") {
		t.Errorf("it says %s", stderr)
	}
}

// A refused login is met once, whatever is checked, or the user would be locked out.
func TestARefusedLoginEndsTheCheck(t *testing.T) {
	t.Parallel()
	for _, filter := range []string{"", "broker", "workflow", "receipt", "systemauthentication"} {
		var refused atomic.Int32
		address := behind(t, func(http.ResponseWriter, *http.Request) bool { refused.Add(1); return false })
		args := []string{"endpoints", "--check"}
		if filter != "" {
			args = append(args, filter)
		}
		out, stderr, code := called(t, address, "wrong", args...)
		if filter == "systemauthentication" { // which asks for no login
			if code != exitDone {
				t.Errorf("%s: %d: %s", filter, code, stderr)
			}
			continue
		}
		if code != exitUnauthenticated || refused.Load() != 1 || out != "" {
			t.Errorf("%q: %d after %d calls: %s%s", filter, code, refused.Load(), out, stderr)
		}
	}
}

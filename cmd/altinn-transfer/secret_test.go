package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const password = "Pæssord-<&\"hunter2\">"

// echo answers every request with what it was asked, password and all, in each form that an error could repeat.
func echo(form string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		asked, _ := io.ReadAll(r.Body)
		escaped := regexp.MustCompile(`(?s)<[^>]*[pP]assword[^>]*>(.*?)<`).FindStringSubmatch(string(asked))
		if escaped == nil {
			escaped = []string{"", "no password in the request"}
		}
		w.Header().Set("Content-Type", "text/xml; charset=utf-8")
		switch form {
		case "fault":
			w.WriteHeader(http.StatusInternalServerError)
			fmt.Fprintf(w, `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault><faultcode>%[1]s</faultcode>`+
				`<faultstring>wrong password %[1]s</faultstring><detail><AltinnFault xmlns="http://www.altinn.no/services/common/fault/2009/10">`+
				`<AltinnErrorMessage>%[1]s</AltinnErrorMessage><ErrorGuid>%[1]s</ErrorGuid><ErrorID>5</ErrorID><UserId>%[1]s</UserId></AltinnFault>`+
				`</detail></s:Fault></s:Body></s:Envelope>`, escaped[1])
		case "receipt":
			fmt.Fprintf(w, `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><ReceiptExternalStreamedBE `+
				`xmlns="http://www.altinn.no/services/ServiceEngine/Broker/2015/06"><ReceiptStatusCode>Rejected</ReceiptStatusCode>`+
				`<ReceiptText>%[1]s</ReceiptText></ReceiptExternalStreamedBE></s:Body></s:Envelope>`, escaped[1])
		case "request":
			w.Write(asked)
		case "type":
			w.Header().Set("Content-Type", password+"/"+escaped[1])
			w.Write(asked)
		case "location":
			w.Header().Set("Location", "http://"+escaped[1]+"@127.0.0.1/")
			w.WriteHeader(http.StatusFound)
		case "retry":
			w.Header().Set("Retry-After", password)
			w.WriteHeader(http.StatusServiceUnavailable)
			io.WriteString(w, password)
		}
	}
}

// TestNoOutputHoldsThePassword calls a far side that repeats the password, with everything logged.
func TestNoOutputHoldsThePassword(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "a.txt")
	if err := os.WriteFile(file, []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	formFile := filepath.Join(dir, "form.xml")
	if err := os.WriteFile(formFile, []byte(`<melding/>`), 0o600); err != nil {
		t.Fatal(err)
	}
	party := []string{"--party", "910077473"}
	person := []string{"--person", "01018012345", "--person-password-env", "THE_PASSWORD", "--pin-method", "SMSPin"}
	withCode := append(person, "--pin-env", "THE_PASSWORD")
	commands := [][]string{
		append(party, "send", file, "--to", "910077473", "--service", "4192", "--edition", "1"),
		append(party, "receive", "--out", dir),
		append(party, "list"),
		append(party, "confirm", "ref"),
		append(party, "upload", "ref", file),
		append(party, "download", "ref", "-o", filepath.Join(dir, "b")),
		append([]string{"attachment", "submit", file, "--element", "1"}, withCode...),
		{"attachment", "list", "1"},
		{"attachment", "get", "1", "-o", filepath.Join(dir, "c")},
		{"attachment", "get", "1", "--streamed", "-o", filepath.Join(dir, "c")},
		append(append(party, "shipment", "submit", "--form", formFile+":1:2", "--reference", "r", "--service", "4192"), withCode...),
		append([]string{"shipment", "complete", "1"}, withCode...),
		{"shipment", "status"},
		{"shipment", "status", "--receipt", "1"},
		append([]string{"shipment", "pin"}, person...),
		{"call", "GetReceiptV2", "--param", "receipt.ReceiptId=1"},
		append([]string{"call", "CompleteAndSignShipment", "--param", "reporteeElementId=1"}, withCode...),
		append([]string{"call", "GetAuthenticationChallenge", "--binding", "basic"}, person...),
		{"endpoints", "--check", "--service", "broker"},
	}
	for _, form := range []string{"fault", "receipt", "request", "type", "location", "retry"} {
		far := httptest.NewServer(echo(form))
		defer far.Close()
		for _, command := range commands {
			for _, more := range [][]string{{"-v"}, {"--log-level", "debug", "--json"}} {
				args := append(append([]string{}, reordered(command)...), more...)
				for _, binding := range []string{"basic", "ws"} {
					checkSecret(t, form, far.URL, binding, args)
				}
			}
		}
	}
}

// reordered puts the command before the party.
func reordered(command []string) []string {
	if command[0] != "--party" {
		return command
	}
	return append(append([]string{}, command[2:]...), command[:2]...)
}

func checkSecret(t *testing.T, form, url, binding string, args []string) {
	t.Helper()
	var out, err bytes.Buffer
	state := t.TempDir()
	a := &app{in: strings.NewReader(""), out: &out, err: &err, env: func(name string) string {
		return map[string]string{
			"THE_PASSWORD": password, "ALTINN_TRANSFER_ENDPOINT": url, "ALTINN_TRANSFER_USER": "someone",
			"ALTINN_TRANSFER_PASSWORD_ENV": "THE_PASSWORD", "ALTINN_TRANSFER_BINDING": binding,
			"ALTINN_TRANSFER_RETRY_MAX_WAIT": "1ms", "XDG_STATE_HOME": state,
		}[name]
	}}
	if code := a.run(t.Context(), args); code == 0 || code == exitUsage {
		t.Errorf("%s in %s: %q ended with %d: %s", form, binding, args, code, err.String())
	}
	if !strings.Contains(err.String(), "level=DEBUG") {
		t.Errorf("%s: %q logged nothing: %s", form, args, err.String())
	}
	for name, output := range map[string]string{"stdout": out.String(), "stderr": err.String()} {
		if strings.Contains(output, "hunter2") || strings.Contains(output, "Pæssord") {
			t.Errorf("%s: %q tells the password on %s: %s", form, args, name, output)
		}
	}
}

// What an HTTP client finds behind the end of an answer is not told, either: net/http would, by itself, on standard error.
func TestNothingBehindAnAnswerIsTold(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			http.ReadRequest(bufio.NewReader(conn))
			io.WriteString(conn, "HTTP/1.1 500 no\r\nContent-Type: text/xml\r\nContent-Length: 1\r\n\r\n<"+strings.Repeat("hunter2", 10))
		}
	}()
	command := exec.Command("altinn-transfer", "list", "-v", "--endpoint", "http://"+listener.Addr().String(),
		"--user", "someone", "--party", "910077473", "--password-env", "THE_PASSWORD")
	command.Env = append(os.Environ(), "THE_PASSWORD=hunter2")
	output, err := command.CombinedOutput()
	if _, ok := errors.AsType[*exec.ExitError](err); !ok || !strings.Contains(string(output), "GetAvailableFiles: ") {
		t.Fatalf("%v: %s", err, output)
	}
	if strings.Contains(string(output), "hunter2") {
		t.Errorf("the password is told: %s", output)
	}
}

// TestNothingThatIsLeftBehindHoldsThePassword looks into all files of runs against a far side that repeats it: log, report, metrics
// and journal, and what status makes of that.
func TestNothingThatIsLeftBehindHoldsThePassword(t *testing.T) {
	t.Parallel()
	for _, form := range []string{"fault", "receipt", "request", "type", "location", "retry"} {
		far := httptest.NewServer(echo(form))
		defer far.Close()
		dir := t.TempDir()
		in := func(name string) string { return filepath.Join(dir, name) }
		if err := os.WriteFile(in("a.txt"), []byte("hello"), 0o600); err != nil {
			t.Fatal(err)
		}
		left := []string{"--log-level", "debug", "--log-file", in("log"), "--log-format", "json", "--attempts", "1"}
		send := append(left, "--party", "910077473", "--journal", in("sent.journal"), "--to", "910077473", "--service", "4192", "--edition", "1")
		for _, args := range [][]string{
			append(append([]string{"send", in("a.txt")}, send...), "--report", in("r.csv"), "--metrics-textfile", in("s.prom")),
			append(append([]string{"send", in("a.txt")}, send...), "--report", in("r.json")),
			append([]string{"receive", "--out", dir, "--party", "910077473", "--journal", in("received.journal"), "--metrics-textfile", in("r.prom")}, left...),
			append([]string{"watch", dir, "--once", "--settle", "1ms"}, send...),
			{"status", "--journal", in("sent.journal")},
			{"status", "--journal", in("sent.journal"), "--json"},
		} {
			var out, errs bytes.Buffer
			a := &app{in: strings.NewReader(""), out: &out, err: &errs, env: func(name string) string {
				return map[string]string{
					"THE_PASSWORD": password, "ALTINN_TRANSFER_ENDPOINT": far.URL, "ALTINN_TRANSFER_USER": "someone",
					"ALTINN_TRANSFER_PASSWORD_ENV": "THE_PASSWORD",
				}[name]
			}}
			if args[0] == "status" {
				a.env = func(string) string { return "" }
			}
			if code := a.run(t.Context(), args); code == exitUsage || (code == 0) != (args[0] == "status") {
				t.Errorf("%s: %q ended with %d: %s", form, args, code, errs.String())
			}
			withoutPassword(t, form+" on the screen", out.String()+errs.String())
		}
		for _, name := range []string{"log", "r.csv", "r.json", "s.prom", "r.prom", "sent.journal"} {
			text, err := os.ReadFile(in(name))
			if err != nil || len(text) == 0 {
				t.Errorf("%s: %s holds nothing: %v", form, name, err)
			}
			withoutPassword(t, form+" in "+name, string(text))
		}
	}
}

func withoutPassword(t *testing.T, where, text string) {
	t.Helper()
	if strings.Contains(text, "hunter2") || strings.Contains(text, "ssord-") {
		t.Errorf("%s there is the password: %s", where, text)
	}
}

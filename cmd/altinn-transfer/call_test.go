package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/altinn-transfer/altinn-transfer/endpoint"
	"github.com/altinn-transfer/altinn-transfer/server"
	"github.com/beevik/etree"
)

// called runs a command line against an address, with a password.
func called(t *testing.T, address, password string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, err bytes.Buffer
	env := map[string]string{
		"THE_PASSWORD": password, "ALTINN_TRANSFER_ENDPOINT": address, "ALTINN_TRANSFER_USER": "someone",
		"ALTINN_TRANSFER_PASSWORD_ENV": "THE_PASSWORD", "ALTINN_TRANSFER_CONFIG": emptyFile(t),
	}
	a := &app{in: strings.NewReader(""), out: &out, err: &err, env: func(name string) string { return env[name] }}
	code = a.run(t.Context(), args)
	return out.String(), err.String(), code
}

func emptyFile(t *testing.T) string {
	path := filepath.Join(t.TempDir(), "empty")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// answering answers every request with a body, and remembers the last request.
func answering(t *testing.T, body string) (address string, asked *string) {
	asked = new(string)
	far := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		*asked = string(text)
		w.Header().Set("Content-Type", "text/xml; charset=utf-8")
		fmt.Fprintf(w, `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:unused="urn:unused">`+
			`<s:Body xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">%s</s:Body></s:Envelope>`, body)
	}))
	t.Cleanup(far.Close)
	return far.URL, asked
}

func TestAnAnswerDoesNotTellThePassword(t *testing.T) {
	op, _ := endpoint.Find("GetReceiptV2", endpoint.Basic)
	for name, password := range map[string]string{"odd": password, "a number": "1044", "a name of an element": "ReceiptText"} {
		var escaped bytes.Buffer
		doc := etree.NewDocument()
		doc.CreateText(password)
		doc.WriteTo(&escaped)
		address, _ := answering(t, fmt.Sprintf(`<%s xmlns="%s"><%s xmlns:r="urn:r" r:seen="%[4]s"><ReceiptId>1044</ReceiptId>`+
			`<ReceiptText>it was %[4]s</ReceiptText></%[3]s></%[1]s>`,
			op.ReplyWrapper(), op.Namespace, op.ResultElement(), strings.ReplaceAll(escaped.String(), `"`, "&quot;")))
		asXML, stderr, code := called(t, address, password, "call", "GetReceiptV2", "--param", "receipt.ReceiptId=7")
		if code != exitDone || !strings.Contains(asXML, "<ReceiptText>it was [redacted]</ReceiptText>") || !strings.Contains(asXML, `seen="[redacted]"`) || strings.Contains(asXML, "hunter2") {
			t.Errorf("%s: %d: %s%s", name, code, asXML, stderr)
		}
		asJSON, stderr, code := called(t, address, password, "call", "GetReceiptV2", "--param", "receipt.ReceiptId=7", "--json")
		var result struct{ ReceiptText string }
		if err := json.Unmarshal([]byte(asJSON), &result); code != exitDone || err != nil || result.ReceiptText != "it was [redacted]" {
			t.Errorf("%s: %d, %v: %s%s", name, code, err, asJSON, stderr)
		}
	}
}

// Prefixes that are declared around the body are declared in what is printed.
func TestAnAnswerStandsAlone(t *testing.T) {
	op, _ := endpoint.Find("GetReceiptV2", endpoint.Basic)
	address, _ := answering(t, fmt.Sprintf(`<%s xmlns="%s"><%s><ReceiptText xsi:nil="true"/></%[3]s></%[1]s>`, op.ReplyWrapper(), op.Namespace, op.ResultElement()))
	out, stderr, code := called(t, address, "p", "call", op.Base, "--param", "receipt.ReceiptId=7")
	if code != exitDone || !strings.Contains(out, `xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"`) || strings.Contains(out, "unused") {
		t.Errorf("%d: %s%s", code, out, stderr)
	}
	out, stderr, code = called(t, address, "p", "call", op.Base, "--param", "receipt.ReceiptId=7", "--json")
	if code != exitDone || !strings.Contains(out, `"ReceiptText": null`) {
		t.Errorf("%d: %s%s", code, out, stderr)
	}
}

// Of a type that nobody knows, whatever stands in a file is sent, with its prefixes and without comments.
func TestWhatNobodyKnowsIsSentAsItIs(t *testing.T) {
	op, ok := endpoint.Find("PrepareUserControlledSigning", endpoint.Basic)
	if !ok {
		t.Fatal("it has another name now")
	}
	file := filepath.Join(t.TempDir(), "request.xml")
	text := fmt.Sprintf(`<%s xmlns:u="urn:users"><delegatedUserBEList><!-- who --><u:User><!-- one -->kari</u:User></delegatedUserBEList>`+
		`<reporteeElementID>7</reporteeElementID><parallelSigningStepLocked>true</parallelSigningStepLocked>`+
		`<userDefinedNumberOfSignaturesRequired>1</userDefinedNumberOfSignaturesRequired></%[1]s>`, op.RequestWrapper())
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	address, asked := answering(t, fmt.Sprintf(`<%s xmlns="%s"/>`, op.ReplyWrapper(), op.Namespace))
	if out, stderr, code := called(t, address, "p", "call", op.Base, "--body", file); code != exitDone || out != "" {
		t.Fatalf("%d: %s%s", code, out, stderr)
	}
	doc := etree.NewDocument()
	if err := doc.ReadFromString(*asked); err != nil {
		t.Fatal(err)
	}
	user := doc.FindElement("//delegatedUserBEList/User")
	if user == nil || user.NamespaceURI() != "urn:users" || user.Text() != "kari" || strings.Contains(*asked, "<!--") {
		t.Errorf("sent %s", *asked)
	}
}

// Each template can be printed, and what one says of conditions is what a server takes.
func TestTemplates(t *testing.T) {
	t.Parallel()
	fixtures := fstest.MapFS{}
	for op := range endpoint.All() {
		if op.Stream != endpoint.NoStream || op.Base == everywhere {
			continue
		}
		request, stderr, code := called(t, "", "", "call", "--template", op.Name, "--binding", op.Binding.String())
		if root := rootOf(t, request); code != exitDone || root.Tag != op.RequestWrapper() {
			t.Errorf("%s: %d: %s", op.Name, code, stderr)
		}
		answer, stderr, code := called(t, "", "", "call", "--template", "--answer", op.Name, "--binding", op.Binding.String())
		if code != exitDone {
			t.Errorf("%s: %d: %s", op.Name, code, stderr)
		}
		fixtures[op.Base+".xml"] = &fstest.MapFile{Data: conditionsAlone(t, answer)}
	}
	far, err := server.New(server.Options{Dir: t.TempDir(), Users: server.DemoUsers(), Fixtures: fixtures})
	if err != nil {
		t.Fatal(err)
	}
	far.Close()
}

func rootOf(t *testing.T, text string) *etree.Element {
	t.Helper()
	doc := etree.NewDocument()
	if err := doc.ReadFromString(text); err != nil {
		t.Fatal(err)
	}
	return doc.Root()
}

// conditionsAlone is the answer of a template with its conditions, and the fault instead of the members.
func conditionsAlone(t *testing.T, template string) []byte {
	var b strings.Builder
	b.WriteString("<answers><answer>")
	for _, token := range rootOf(t, template).SelectElement("answer").Child {
		comment, ok := token.(*etree.Comment)
		if !ok {
			continue
		}
		if i := strings.Index(comment.Data, "<when"); i >= 0 {
			b.WriteString(comment.Data[i:])
		}
		if i := strings.Index(comment.Data, "<fault"); i >= 0 {
			b.WriteString(comment.Data[i:])
		}
	}
	b.WriteString("</answer></answers>")
	return []byte(b.String())
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"abc", "abc", 0}, {"kitten", "sitting", 3}, {"getreciept", "getreceipt", 2},
	} {
		if got := distance(c.a, c.b); got != c.want {
			t.Errorf("distance(%q, %q) = %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

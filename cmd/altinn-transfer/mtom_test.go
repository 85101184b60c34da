package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// ran is how a command line that was carried out in process ended.
type ran struct {
	code     int
	out, err string
}

func runApp(t *testing.T, in string, args ...string) ran {
	t.Helper()
	var out, errs bytes.Buffer
	a := &app{in: strings.NewReader(in), out: &out, err: &errs, env: func(string) string { return "" }}
	code := a.run(t.Context(), args)
	return ran{code, out.String(), errs.String()}
}

const savedType = `multipart/related; type="application/xop+xml"; start="<root>"; start-info="text/xml"; boundary=b`

func crlf(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }

// saved is a message with a root and parts; a part is its Content-ID, a blank, and its content.
func saved(body string, parts ...string) string {
	var b strings.Builder
	b.WriteString("--b\nContent-ID: <root>\nContent-Type: application/xop+xml; charset=utf-8; type=\"text/xml\"\n\n" + enveloped(body))
	for _, part := range parts {
		id, content, _ := strings.Cut(part, " ")
		b.WriteString("\n--b\nContent-ID: <" + id + ">\nContent-Transfer-Encoding: binary\n\n" + content)
	}
	return crlf(b.String() + "\n--b--\n")
}

func enveloped(body string) string {
	return `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header><Id>aGVsbG8gd29ybGQ=</Id></s:Header><s:Body>` + body + `</s:Body></s:Envelope>`
}

func include(id string) string {
	return `<xop:Include xmlns:xop="http://www.w3.org/2004/08/xop/include" href="cid:` + id + `"/>`
}

func write(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "message")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// inspection is what inspect --json prints.
type inspection struct {
	Outcome  string
	Error    string
	Payloads []struct {
		CID    *string
		Via    string
		Length int
		SHA256 string
	}
}

func inspectJSON(t *testing.T, in string, args ...string) (inspection, ran) {
	t.Helper()
	r := runApp(t, in, append([]string{"mtom", "inspect", "--json"}, args...)...)
	var i inspection
	if err := json.Unmarshal([]byte(r.out), &i); err != nil {
		t.Fatalf("stdout is not one JSON object: %v\n%s", err, r.out)
	}
	if (i.Outcome == "ok") != (r.code == 0) || i.Outcome == "error" && i.Error == "" {
		t.Fatalf("exit code %d for %s", r.code, r.out)
	}
	return i, r
}

// lines are the values of an inspection: cid, via and content, the last checked by its digest.
func (i inspection) lines(t *testing.T, contents ...string) []string {
	t.Helper()
	var all []string
	for n, p := range i.Payloads {
		cid := "-"
		if p.CID != nil {
			cid = *p.CID
		}
		content := "?"
		if n < len(contents) && p.SHA256 == digestOf(contents[n]) && p.Length == len(contents[n]) {
			content = contents[n]
		}
		all = append(all, cid+" "+p.Via+" "+content)
	}
	return all
}

func digestOf(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

func TestInspectFindsEveryValueInTheOrderOfItsElements(t *testing.T) {
	broker := `xmlns="http://www.altinn.no/services/ServiceEngine/Broker/2015/06"`
	long := strings.Repeat("Ab3d", 20)
	for name, test := range map[string]struct {
		message  string
		args     []string
		contents []string
		want     []string
	}{
		"nothing":                 {saved("<a/>"), nil, nil, nil},
		"a part":                  {saved("<a>"+include("p")+"</a>", "p one"), nil, []string{"one"}, []string{"p xop one"}},
		"parts in another order":  {saved("<a>"+include("p")+"</a><b>"+include("q")+"</b>", "q two", "p one"), nil, []string{"one", "two"}, []string{"p xop one", "q xop two"}},
		"an empty part":           {saved("<a>"+include("p")+"</a>", "p "), nil, []string{""}, []string{"p xop "}},
		"both kinds":              {saved("<a>"+include("p")+"</a><data>dHdv</data><c>"+include("r")+"</c>", "p one", "r three"), nil, []string{"one", "two", "three"}, []string{"p xop one", "- inline two", "r xop three"}},
		"DataStream":              {saved(`<DataStream ` + broker + `>b25l</DataStream>`), nil, []string{"one"}, []string{"- inline one"}},
		"dataStream":              {saved(`<dataStream xmlns="urn:of-nobody">b25l</dataStream>`), nil, []string{"one"}, []string{"- inline one"}},
		"empty DataStream":        {saved(`<DataStream/>`), nil, []string{""}, []string{"- inline "}},
		"a download":              {saved(`<DownloadFileStreamedBasicResult ` + broker + `>b25l</DownloadFileStreamedBasicResult>`), nil, []string{"one"}, []string{"- inline one"}},
		"an attachment":           {saved(`<GetAttachmentDataECStreamedResult>b25l</GetAttachmentDataECStreamedResult>`), nil, []string{"one"}, []string{"- inline one"}},
		"its other name":          {saved(`<GetAttachmentDataBasicStreamedResult>b25l</GetAttachmentDataBasicStreamedResult>`), nil, []string{"one"}, []string{"- inline one"}},
		"misspelled":              {saved(`<AttachementData>b25l</AttachementData>`), nil, []string{"one"}, []string{"- inline one"}},
		"CDATA, comment, blanks":  {saved("<t:x xmlns:t='urn:t'>b2<!-- c --> <![CDATA[5l\n]]></t:x>"), []string{"--element", "x"}, []string{"one"}, []string{"- inline one"}},
		"named by --element":      {saved(`<x>b25l</x><y>dHdv</y>`), []string{"--element", "y", "--element", "x"}, []string{"one", "two"}, []string{"- inline one", "- inline two"}},
		"declared by xsi:type":    {saved(`<x xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:type="xs:base64Binary">b25l</x>`), nil, []string{"one"}, []string{"- inline one"}},
		"declared by media type":  {saved(`<x xmlns:m="http://www.w3.org/2005/05/xmlmime" m:contentType="image/png">b25l</x>`), nil, []string{"one"}, []string{"- inline one"}},
		"with padding":            {saved(`<return>b25lIQ==</return>`), nil, []string{"one!"}, []string{"- inline one!"}},
		"long":                    {saved(`<return>` + long + `</return>`), nil, []string{strings.Repeat("\x01\xbd\xdd", 20)}, []string{"- inline " + strings.Repeat("\x01\xbd\xdd", 20)}},
		"words and numbers":       {saved(`<a>true</a><b>12345678</b><Reference>` + strings.Repeat("0e1d", 16) + `</Reference>`), nil, nil, nil},
		"secrets and digests":     {saved(`<systemPassword>c2VjcmV0IQ==</systemPassword><CheckSum>c2VjcmV0IQ==</CheckSum>`), nil, nil, nil},
		"signatures":              {saved(`<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><X>c2VjcmV0IQ==</X></Signature>`), nil, nil, nil},
		"one of several is text":  {saved(`<data>b25l</data><data>no base64</data>`), nil, nil, nil},
		"one of several has more": {saved(`<data>b25l</data><data><a/></data>`), nil, nil, nil},
		"nil":                     {saved(`<DataStream xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true"/>`), nil, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			args := append(test.args, "--content-type", savedType, write(t, test.message))
			got, r := inspectJSON(t, "", args...)
			if diff := cmp.Diff(test.want, got.lines(t, test.contents...)); diff != "" {
				t.Errorf("values (-want +got):\n%s%s", diff, r.err)
			}
		})
	}
}

func TestInspectPrintsExactlyThisObject(t *testing.T) {
	file := write(t, saved("<a>"+include("p")+"</a><data>dHdv</data>", "p one"))
	got := runApp(t, "", "mtom", "inspect", "--json", "--content-type", savedType, file).out
	want := `{"outcome":"ok","payloads":[{"cid":"p","via":"xop","length":3,"sha256":"` + digestOf("one") +
		`"},{"cid":null,"via":"inline","length":3,"sha256":"` + digestOf("two") + "\"}]}\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	got = runApp(t, "", "mtom", "inspect", "--json", "--content-type", "text/html", file).out
	want = `{"outcome":"error","error":"not an MTOM message: its Content-Type is \"text/html\""}` + "\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestInspectRefusesEveryCut(t *testing.T) {
	t.Parallel()
	whole := saved("<a>"+include("p")+"</a><data>dHdv</data>", "p one")
	path := write(t, "")
	for n := range len(whole) - len("\r\n") {
		if err := os.WriteFile(path, []byte(whole[:n]), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, r := inspectJSON(t, "", "--content-type", savedType, path); got.Outcome != "error" || r.code != exitIntegrity {
			t.Fatalf("cut at byte %d: exit code %d, %s", n, r.code, r.out)
		}
	}
}

func TestInspectRefusesWhatIsNoBase64WhereItMustBe(t *testing.T) {
	for _, body := range []string{
		"<DataStream>b25</DataStream>", "<DataStream>b25!</DataStream>", "<DataStream>b25l<a/></DataStream>", "<DataStream>IQ==b25l</DataStream>",
	} {
		if got, _ := inspectJSON(t, "", "--content-type", savedType, write(t, saved(body))); got.Outcome != "error" {
			t.Errorf("%s is taken", body)
		}
	}
}

func TestWhereTheContentTypeComesFrom(t *testing.T) {
	t.Parallel()
	message := saved("<a>"+include("p")+"</a>", "p one")
	length := fmt.Sprintf("Content-Length: %d\r\n\r\n", len(message))
	chunked := fmt.Sprintf("Transfer-Encoding: chunked\r\n\r\n5\r\n%s\r\n%X\r\n%s\r\n0\r\n\r\n", message[:5], len(message)-5, message[5:])
	field := "content-TYPE: " + savedType + "\r\n"
	file := func(s string) []string { return []string{"--content-type-file", write(t, s)} }
	for name, test := range map[string]struct {
		in   string
		args []string
		good bool
	}{
		"value in a file":           {message, file(savedType + "\n"), true},
		"line in a file":            {message, file(field), true},
		"folded line in a file":     {message, file(strings.Replace(field, "; ", ";\r\n\t", 1)), true},
		"two lines in a file":       {message, file(savedType + "\nX: y\n"), false},
		"an empty file":             {message, file(""), false},
		"a file of 1 MiB":           {message, file(savedType + "; x=" + strings.Repeat("y", 1<<20)), false},
		"no file":                   {message, []string{"--content-type-file", "nowhere"}, false},
		"an answer":                 {"HTTP/1.1 200 OK\r\n" + field + length + message, nil, true},
		"an answer without length":  {"HTTP/1.1 200 OK\r\n" + field + "\r\n" + message, nil, true},
		"an answer in chunks":       {"HTTP/1.1 500 Fault\r\n" + field + chunked, nil, true},
		"an answer cut in a chunk":  {"HTTP/1.1 200 OK\r\n" + field + chunked[:len(chunked)-20], nil, false},
		"an answer without its end": {"HTTP/1.1 200 OK\r\n" + field + chunked[:len(chunked)-5], nil, false},
		"an answer that is longer":  {"HTTP/1.1 200 OK\r\n" + field + strings.Replace(length, ": ", ": 1", 1) + message, nil, false},
		"a request":                 {"POST /x.svc HTTP/1.1\r\nHost: h\r\n" + field + length + message, nil, true},
		"a type twice":              {"HTTP/1.1 200 OK\r\n" + field + field + length + message, nil, false},
		"no type":                   {"HTTP/1.1 200 OK\r\n" + length + message, nil, false},
		"a packed body":             {"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n" + field + length + message, nil, false},
		"an endless head":           {"HTTP/1.1 200 OK\r\n" + strings.Repeat("X: y\r\n", 1<<18) + field + length + message, nil, false},
		"neither":                   {message, nil, false},
		"nothing":                   {"", nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			got, _ := inspectJSON(t, test.in, test.args...)
			if (got.Outcome == "ok") != test.good {
				t.Errorf("%+v", got)
			}
			if test.good && got.lines(t, "one")[0] != "p xop one" {
				t.Errorf("%+v", got)
			}
		})
	}
}

func TestInspectAdvisesOnALargeValueThatNobodyNamed(t *testing.T) {
	t.Parallel()
	large := write(t, enveloped("<foo>"+strings.Repeat("QUJD", 2<<20)+"</foo>"))
	got, _ := inspectJSON(t, "", "--content-type", "text/xml", large)
	if !strings.Contains(got.Error, "limit Root") || !strings.Contains(got.Error, "--element foo") {
		t.Errorf("error %q", got.Error)
	}
	got, _ = inspectJSON(t, "", "--content-type", "text/xml", "--element", "foo", large)
	if len(got.Payloads) != 1 || got.Payloads[0].Length != 6<<20 {
		t.Errorf("%+v", got)
	}
}

func TestInspectForPeople(t *testing.T) {
	got := runApp(t, "", "mtom", "inspect", "--content-type", savedType, write(t, saved(`<DataStream xmlns="urn:x">`+include("p")+"</DataStream>", "p one")))
	want := `1  DataStream  (xop)
   namespace  urn:x
   bytes      3
   sha256     ` + digestOf("one") + `
   cid        p

The message is whole and holds 1 binary value.
`
	if diff := cmp.Diff(want, got.out); diff != "" {
		t.Error(diff)
	}
	got = runApp(t, "", "mtom", "inspect", "--content-type", "text/xml", write(t, enveloped("")))
	if got.out != "The message is whole and holds no binary values.\n" {
		t.Errorf("%q", got.out)
	}
	got = runApp(t, "", "mtom", "inspect", "--content-type", "text/xml", write(t, "<a>"))
	if got.out != "" || got.code != exitIntegrity || !strings.Contains(got.err, "cut") {
		t.Errorf("%+v", got)
	}
}

func TestInspectLeavesNoTemporaryFile(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	inspectJSON(t, saved(""), "--content-type", savedType)
	inspectJSON(t, "", "--content-type", savedType)
	if entries, _ := os.ReadDir(dir); len(entries) > 0 {
		t.Errorf("it has left %v", entries)
	}
}

func TestUnpackWritesAllOrNothing(t *testing.T) {
	whole := saved("<a>"+include("p")+"</a><data>dHdv</data>", "p one")
	for name, test := range map[string]struct {
		message string
		taken   string
		want    []string
	}{
		"whole":        {whole, "", []string{"payload-1.bin one", "payload-2.bin two"}},
		"cut":          {whole[:len(whole)-8], "", nil},
		"a name taken": {whole, "payload-2.bin", []string{"payload-2.bin mine"}},
		"empty":        {saved(""), "", nil},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "made", "for it")
			if test.taken != "" {
				os.MkdirAll(dir, 0o700)
				os.WriteFile(filepath.Join(dir, test.taken), []byte("mine"), 0o600)
			}
			r := runApp(t, test.message, "mtom", "unpack", "--content-type", savedType, "-o", dir)
			if good := name == "whole" || name == "empty"; (r.code == 0) != good {
				t.Errorf("%+v", r)
			}
			if diff := cmp.Diff(test.want, contents(t, dir)); diff != "" {
				t.Errorf("files (-want +got):\n%s", diff)
			}
		})
	}
}

func contents(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, entry := range entries {
		content, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, entry.Name()+" "+string(content))
	}
	return all
}

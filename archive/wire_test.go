package archive_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/archive"
	"github.com/altinn-transfer/altinn-transfer/binding"
	"github.com/altinn-transfer/altinn-transfer/endpoint"
	"github.com/altinn-transfer/altinn-transfer/internal/certs"
	"github.com/altinn-transfer/altinn-transfer/internal/wiretest"
	"github.com/altinn-transfer/altinn-transfer/stream"
	"github.com/google/go-cmp/cmp"
)

// These tests hold the client to messages that were written by hand from the contracts, not to our own server.

const (
	nsSubmit = "http://www.altinn.no/services/Intermediary/Shipment/IntermediaryInbound/2013/06"
	nsGet    = "http://www.altinn.no/services/Archive/ReporteeArchive/2013/06"
)

type asked struct{ path, action, body string }

// service answers with one message and keeps what it was asked.
func service(t *testing.T, contentType, answer string) (*archive.Client, *asked) {
	t.Helper()
	got := new(asked)
	far := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Errorf("read request: %v", err)
		}
		*got = asked{r.URL.Path, r.Header.Get("SOAPAction"), string(body)}
		w.Header().Set("Content-Type", contentType)
		io.WriteString(w, answer)
	}))
	t.Cleanup(far.Close)
	client, err := archive.New(far.URL, binding.Basic{SystemUser: "SYSTEM-ID", Password: binding.Literal("SYSTEM-PASSWORD")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client, got
}

func envelope(body string) string {
	return `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>` + body + `</s:Body></s:Envelope>`
}

func TestSubmitAttachment(t *testing.T) {
	client, got := service(t, "text/xml", envelope(`<ReceiptExternalStreamedBE xmlns="`+nsSubmit+`"><ParentReceiptId>0</ParentReceiptId>`+
		`<ReceiptId>13565445</ReceiptId><ReceiptStatusCode>OK</ReceiptStatusCode><ReceiptText>Attachment received</ReceiptText>`+
		`<ReceiptTypeName>FormTask</ReceiptTypeName></ReceiptExternalStreamedBE>`))
	receipt, err := client.SubmitAttachment(t.Context(), archive.Attachment{
		ReporteeElement: 7992038, Name: "Vedlegg 1", Type: "Vedlegg", Reference: "ref-0001",
		User: archive.User{SSN: "USER-SSN", Password: binding.Literal("USER-PASSWORD")},
	}, stream.Bytes("vedlegg.pdf", []byte("%PDF-1.4\n")), nil)
	if err != nil || receipt.ID != 13565445 || receipt.Type != "FormTask" {
		t.Fatalf("receipt %+v, %v", receipt, err)
	}
	block := func(name, text string) string {
		return `<h:` + name + ` xmlns:h="` + nsSubmit + `">` + text + `</h:` + name + `>`
	}
	want := `<s:Header>` + block("AttachmentTypeName", "Vedlegg") +
		`<h:CheckSum xmlns:h="` + nsSubmit + `" xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true"/>` +
		block("EndUserSystemreference", "ref-0001") + block("FileName", "vedlegg.pdf") + block("Name", "Vedlegg 1") +
		block("ReporteeElementId", "7992038") + block("systemPassword", "SYSTEM-PASSWORD") + block("systemUserName", "SYSTEM-ID") +
		block("userPassword", "USER-PASSWORD") + block("userSSN", "USER-SSN") + `</s:Header>` +
		`<s:Body><StreamedAttachmentBasicBE xmlns="` + nsSubmit + `"><dataStream><xop:Include href="cid:`
	if !strings.Contains(got.body, want) || !strings.Contains(got.body, "\r\n\r\n%PDF-1.4\n\r\n--") {
		t.Errorf("asked %s\nwant  %s", got.body, want)
	}
	if got.path != "/IntermediaryExternal/IntermediaryInboundBasicStreamed.svc" ||
		got.action != `"`+nsSubmit+`/IIntermediaryInboundExternalBasicStreamed/SubmitAttachmentStreamedBasic"` {
		t.Errorf("sent to %s with action %s", got.path, got.action)
	}
}

func TestGetAttachment(t *testing.T) {
	const boundary = "uuid:610be47c-8021-4e0d-82d9-362a1e2c6b58+id=1"
	client, got := service(t, `multipart/related; type="application/xop+xml";start="<http://tempuri.org/0>";boundary="`+boundary+`";start-info="text/xml"`,
		"--"+boundary+"\r\nContent-ID: <http://tempuri.org/0>\r\nContent-Transfer-Encoding: 8bit\r\nContent-Type: application/xop+xml;charset=utf-8;type=\"text/xml\"\r\n\r\n"+
			envelope(`<GetAttachmentDataStreamedBasicResponse xmlns="`+nsGet+`"><GetAttachmentDataStreamedBasicResult>`+
				`<xop:Include href="cid:http://tempuri.org/1/637169441367559832" xmlns:xop="http://www.w3.org/2004/08/xop/include"/>`+
				`</GetAttachmentDataStreamedBasicResult></GetAttachmentDataStreamedBasicResponse>`)+
			"\r\n--"+boundary+"\r\nContent-ID: <http://tempuri.org/1/637169441367559832>\r\nContent-Transfer-Encoding: binary\r\nContent-Type: application/octet-stream\r\n\r\n"+
			"%PDF-1.4\n\r\n--"+boundary+"--\r\n")
	file, err := client.GetAttachment(t.Context(), 184863)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var content bytes.Buffer
	if _, err := io.Copy(&content, file); err != nil || content.String() != "%PDF-1.4\n" {
		t.Errorf("got %q, %v", content.String(), err)
	}
	want := envelope(`<GetAttachmentDataStreamedBasic xmlns="` + nsGet + `"><systemUserName>SYSTEM-ID</systemUserName>` +
		`<systemPassword>SYSTEM-PASSWORD</systemPassword><attachmentId>184863</attachmentId></GetAttachmentDataStreamedBasic>`)
	if !strings.Contains(got.body, want) {
		t.Errorf("asked %s", got.body)
	}
	if got.path != "/ArchiveExternal/ReporteeArchiveExternalStreamedBasic.svc" ||
		got.action != `"`+nsGet+`/IReporteeArchiveExternalStreamedBasic/GetAttachmentDataStreamedBasic"` {
		t.Errorf("sent to %s with action %s", got.path, got.action)
	}
}

// Each file of testdata is a whole HTTP message, written by hand in WCF's form. Those of the other bindings are read by package
// soap as well, and in its testdata.
func connect(t *testing.T, credentials binding.Credentials, files ...string) (*archive.Client, *wiretest.Far) {
	t.Helper()
	far := wiretest.Replay(t, files...)
	client, err := archive.New(far.URL, credentials, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client, far
}

func replay(t *testing.T, file string) (*archive.Client, *wiretest.Far) {
	t.Helper()
	return connect(t, binding.Basic{SystemUser: "SYSTEM-ID", Password: binding.Literal("SYSTEM-PASSWORD")}, "testdata/"+file)
}

const tinyPDF = "%PDF-1.7\n%%EOF\r\n"

// logins are who calls in each binding.
func logins(t *testing.T) []binding.Credentials {
	system, user := binding.Literal("SYSTEM-PASSWORD"), binding.Literal("USER-PASSWORD")
	return []binding.Credentials{
		binding.Basic{SystemUser: "SYSTEM-ID", Password: system},
		binding.UsernameToken{Username: "SYSTEM-ID", Password: system},
		binding.Certificate{KeyPair: enterprise(t), Username: "USER-NAME", Password: user},
	}
}

// inBindings runs a test in each binding, with a client of a far side that gives the answer written for it, and with what the
// names of that binding's files begin with: in the directory of the test, unless the operation has them in package soap's.
func inBindings(t *testing.T, answer, others string, test func(t *testing.T, client *archive.Client, far *wiretest.Far, files string)) {
	for _, credentials := range logins(t) {
		files := map[endpoint.Binding]string{endpoint.Basic: "testdata/", endpoint.WS: others + "ws-", endpoint.EC2: others + "ec2-"}[credentials.Binding()]
		t.Run(credentials.Binding().String(), func(t *testing.T) {
			answers := []string{files + answer + "-response.http"}
			if credentials.Binding() == endpoint.EC2 {
				answers = slices.Insert(answers, 0, "../binding/testdata/rst-response.http")
			}
			client, far := connect(t, credentials, answers...)
			test(t, client, far, files)
		})
	}
}

// enterprise gives a certificate that nobody looks at.
func enterprise(t *testing.T) func(context.Context) (*tls.Certificate, error) {
	t.Helper()
	authority, err := certs.NewAuthority("root")
	if err != nil {
		t.Fatal(err)
	}
	pair, err := authority.Enterprise("Sender AS", "974760673")
	if err != nil {
		t.Fatal(err)
	}
	return func(context.Context) (*tls.Certificate, error) { return pair, nil }
}

func TestSubmitAsksAndReadsAsWritten(t *testing.T) {
	inBindings(t, "submit", "../soap/testdata/", func(t *testing.T, client *archive.Client, far *wiretest.Far, files string) {
		got, err := client.SubmitAttachment(t.Context(), archive.Attachment{
			ReporteeElement: 8012345, Name: "Bilag nr. 17", Type: "Bilag", Reference: "bilag-17",
			User: archive.User{
				SSN: "USER-SSN", Password: binding.Literal("USER-PASSWORD"), PinCode: binding.Literal("USER-PIN"), AuthMethod: "AltinnPin",
			},
		}, stream.Bytes("bilag.pdf", []byte(tinyPDF)), nil)
		if err != nil {
			t.Fatal(err)
		}
		want := &archive.Receipt{ID: 13570001, Status: "OK", Type: "FormTask", Text: "Attachment received", LastChanged: "03.09.2025 07:15:09"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("receipt (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(wiretest.Request(t, files+"submit-request.http"), far.Asked()); diff != "" {
			t.Errorf("request (-want +got):\n%s", diff)
		}
	})
}

func TestGetAsksAndReadsAsWritten(t *testing.T) {
	inBindings(t, "get", "../soap/testdata/", func(t *testing.T, client *archive.Client, far *wiretest.Far, files string) {
		file, err := client.GetAttachment(t.Context(), 190017)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		if content, err := io.ReadAll(file); err != nil || string(content) != tinyPDF {
			t.Errorf("got %q, %v", content, err)
		}
		if diff := cmp.Diff(wiretest.Request(t, files+"get-request.http"), far.Asked()); diff != "" {
			t.Errorf("request (-want +got):\n%s", diff)
		}
	})
}

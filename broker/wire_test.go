package broker_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/altinn-transfer/altinn-transfer/binding"
	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/stream"
)

// These tests hold the client to messages that were written by hand from the contracts and from what was recorded on the
// wire, not to our own server.

const reference = "af303bd0-3333-4ec9-af6a-31dd05569011"

// service answers every request with the same message and keeps what it was asked.
type service struct {
	t           *testing.T
	status      int
	contentType string
	answer      string
	header      http.Header

	path, action, asked, askedType string
	length                         int64
	calls                          int
}

func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		s.t.Errorf("read request: %v", err)
	}
	s.calls++
	s.path, s.action, s.asked, s.askedType, s.length = r.URL.Path, r.Header.Get("SOAPAction"), string(body), r.Header.Get("Content-Type"), r.ContentLength
	for name, values := range s.header {
		w.Header()[name] = values
	}
	if s.contentType == "" {
		s.contentType = "text/xml; charset=utf-8"
	}
	w.Header().Set("Content-Type", s.contentType)
	if s.status == 0 {
		s.status = http.StatusOK
	}
	w.WriteHeader(s.status)
	io.WriteString(w, s.answer)
}

func (s *service) client(t *testing.T) *broker.Client {
	t.Helper()
	s.t = t
	far := httptest.NewServer(s)
	t.Cleanup(far.Close)
	client, err := broker.New(far.URL, binding.Basic{SystemUser: "SYSTEM-ID", Password: binding.Literal("SYSTEM-PASSWORD")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

// envelope lays a SOAP 1.1 body out as a service does.
func envelope(body string) string {
	return `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>` + body + `</s:Body></s:Envelope>`
}

const ns = `xmlns="http://www.altinn.no/services/ServiceEngine/Broker/2015/06"`

func TestInitiate(t *testing.T) {
	far := &service{answer: envelope(`<InitiateBrokerServiceBasicResponse ` + ns + `><InitiateBrokerServiceBasicResult>` + reference +
		`</InitiateBrokerServiceBasicResult></InitiateBrokerServiceBasicResponse>`)}
	got, err := far.client(t).Initiate(t.Context(), broker.Manifest{
		ServiceCode: "4192", EditionCode: 270815, Sender: "910075918", Recipients: []broker.Party{"910077473", "991825827"},
		SendersReference: "ac5efbd4c-413d-4e2c-bbc5-257ef4a65b23",
		Files:            []broker.File{{Name: "sbd.zip", CheckSum: "abc"}, {Name: "brev & vedlegg.pdf"}},
		Properties:       []broker.Property{{Key: "k", Value: "v"}},
	})
	if err != nil || got != reference {
		t.Fatalf("got %q, %v", got, err)
	}
	const data = `xmlns="http://schemas.altinn.no/services/ServiceEngine/Broker/2015/06"`
	want := envelope(`<InitiateBrokerServiceBasic ` + ns + `><systemUserName>SYSTEM-ID</systemUserName><systemPassword>SYSTEM-PASSWORD</systemPassword>` +
		`<brokerServiceInitiation><Manifest ` + data + `><ExternalServiceCode>4192</ExternalServiceCode>` +
		`<ExternalServiceEditionCode>270815</ExternalServiceEditionCode><FileList><File><CheckSum>abc</CheckSum><FileName>sbd.zip</FileName></File>` +
		`<File><FileName>brev &amp; vedlegg.pdf</FileName></File></FileList>` +
		`<PropertyList><Property><PropertyKey>k</PropertyKey><PropertyValue>v</PropertyValue></Property></PropertyList>` +
		`<Reportee>910075918</Reportee><SendersReference>ac5efbd4c-413d-4e2c-bbc5-257ef4a65b23</SendersReference></Manifest>` +
		`<RecipientList ` + data + `><Recipient><PartyNumber>910077473</PartyNumber></Recipient><Recipient><PartyNumber>991825827</PartyNumber></Recipient>` +
		`</RecipientList></brokerServiceInitiation></InitiateBrokerServiceBasic>`)
	if far.asked != want {
		t.Errorf("asked %s\nwant  %s", far.asked, want)
	}
	const path, action = "/ServiceEngineExternal/BrokerServiceExternalBasic.svc",
		`"http://www.altinn.no/services/ServiceEngine/Broker/2015/06/IBrokerServiceExternalBasic/InitiateBrokerServiceBasic"`
	if far.path != path || far.action != action || far.askedType != "text/xml; charset=utf-8" {
		t.Errorf("sent to %s with action %s as %s", far.path, far.action, far.askedType)
	}
}

func TestUploadIsTheMessageThatAWCFReaderDemands(t *testing.T) {
	for name, test := range map[string]struct {
		source stream.Source
		length bool
	}{
		"size known":   {stream.Bytes("file.zip", []byte("PK\x03\x04\r\n--x\r\n")), true},
		"size unknown": {stream.OneShot("file.zip", -1, strings.NewReader("PK\x03\x04\r\n--x\r\n")), false},
	} {
		t.Run(name, func(t *testing.T) {
			far := &service{answer: envelope(receipt("OK"))}
			var sent []int64
			got, err := far.client(t).Upload(t.Context(), reference, "910075918", test.source,
				&broker.UploadOptions{Progress: func(n int64) { sent = append(sent, n) }})
			if err != nil {
				t.Fatal(err)
			}
			want := broker.Receipt{
				ID: 314988970, Status: "OK", Type: "BrokerService", LastChanged: "08.05.2024 13:29:28",
				Text: "Upload of file file.zip was successful. Recipients can now download the file.",
			}
			if *got != want {
				t.Errorf("receipt %+v", *got)
			}
			if len(sent) == 0 || sent[len(sent)-1] != 11 || !slices.IsSorted(sent) {
				t.Errorf("progress %v", sent)
			}
			if test.length != (far.length == int64(len(far.asked))) {
				t.Errorf("Content-Length %d for %d bytes", far.length, len(far.asked))
			}
			checkUploadMessage(t, far)
		})
	}
}

func checkUploadMessage(t *testing.T, far *service) {
	t.Helper()
	form := regexp.MustCompile(`^multipart/related; type="application/xop\+xml";start="<([^"<>]+)>";boundary="([0-9A-Za-z:+=-]{1,70})";start-info="text/xml"$`)
	parameters := form.FindStringSubmatch(far.askedType)
	if parameters == nil {
		t.Fatalf("Content-Type %s", far.askedType)
	}
	cid := regexp.MustCompile(`href="cid:([^"]+)"`).FindStringSubmatch(far.asked)
	if cid == nil {
		t.Fatalf("no xop:Include in %q", far.asked)
	}
	asked := strings.NewReplacer(parameters[1], "ROOT", parameters[2], "BOUNDARY", cid[1], "PAYLOAD").Replace(far.asked)
	block := func(name, text string) string {
		return `<h:` + name + ` xmlns:h="http://www.altinn.no/services/ServiceEngine/Broker/2015/06">` + text + `</h:` + name + `>`
	}
	want := "--BOUNDARY\r\nContent-ID: <ROOT>\r\nContent-Transfer-Encoding: 8bit\r\nContent-Type: application/xop+xml;charset=utf-8;type=\"text/xml\"\r\n\r\n" +
		`<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header>` +
		block("FileName", "file.zip") + block("Reference", reference) + block("Reportee", "910075918") +
		block("SystemPassword", "SYSTEM-PASSWORD") + block("SystemUserName", "SYSTEM-ID") +
		`</s:Header><s:Body><StreamedPayloadBasicBE ` + ns + `><DataStream><xop:Include href="cid:PAYLOAD" xmlns:xop="http://www.w3.org/2004/08/xop/include"/>` +
		`</DataStream></StreamedPayloadBasicBE></s:Body></s:Envelope>` +
		"\r\n--BOUNDARY\r\nContent-ID: <PAYLOAD>\r\nContent-Transfer-Encoding: binary\r\nContent-Type: application/octet-stream\r\n\r\n" +
		"PK\x03\x04\r\n--x\r\n" + "\r\n--BOUNDARY--\r\n"
	if asked != want {
		t.Errorf("asked %q\nwant  %q", asked, want)
	}
	if want := `"http://www.altinn.no/services/ServiceEngine/Broker/2015/06/IBrokerServiceExternalBasicStreamed/UploadFileStreamedBasic"`; far.action != want {
		t.Errorf("action %s", far.action)
	}
	if far.path != "/ServiceEngineExternal/BrokerServiceExternalBasicStreamed.svc" {
		t.Errorf("path %s", far.path)
	}
}

func receipt(status string) string {
	return `<ReceiptExternalStreamedBE ` + ns + `><LastChanged>08.05.2024 13:29:28</LastChanged><ParentReceiptId>0</ParentReceiptId>` +
		`<ReceiptHistory i:nil="true" xmlns:i="http://www.w3.org/2001/XMLSchema-instance"/><ReceiptId>314988970</ReceiptId>` +
		`<ReceiptStatusCode>` + status + `</ReceiptStatusCode><ReceiptText>Upload of file file.zip was successful. ` +
		`Recipients can now download the file.</ReceiptText><ReceiptTypeName>BrokerService</ReceiptTypeName></ReceiptExternalStreamedBE>`
}

func TestAReceiptThatSaysNoIsAnError(t *testing.T) {
	far := &service{answer: envelope(receipt("Rejected"))}
	_, err := far.client(t).Upload(t.Context(), reference, "910075918", stream.Bytes("file.zip", []byte("PK")), nil)
	e, ok := errors.AsType[*failure.Error](err)
	if !ok || e.Kind != failure.Refused || e.Reference != reference || e.Sent != 2 {
		t.Errorf("got %#v", err)
	}
}

func TestAvailableReadsBothFormsOfDate(t *testing.T) {
	file := func(name, size, date string) string {
		return `<a:BrokerServiceAvailableFile><a:ExternalServiceCode>4192</a:ExternalServiceCode><a:ExternalServiceEditionCode>270815</a:ExternalServiceEditionCode>` +
			`<a:FileName>` + name + `</a:FileName><a:FileReference>` + reference + `</a:FileReference><a:FileSize>` + size + `</a:FileSize>` +
			`<a:FileStatus>Uploaded</a:FileStatus><a:IsSftpDownloadOnly>false</a:IsSftpDownloadOnly><a:ReceiptID>314988974</a:ReceiptID>` +
			`<a:Reportee>974761084</a:Reportee><a:SendersReference>33259df3</a:SendersReference><a:SentDate>` + date + `</a:SentDate></a:BrokerServiceAvailableFile>`
	}
	far := &service{answer: envelope(`<GetAvailableFilesBasicResponse ` + ns + `><GetAvailableFilesBasicResult ` +
		`xmlns:a="http://schemas.altinn.no/services/ServiceEngine/Broker/2015/06" xmlns:i="http://www.w3.org/2001/XMLSchema-instance">` +
		file("new.zip", "0", "2024-05-07T09:22:52.800185+02:00") + file("old.zip", "1256", "2020-02-10T14:57:33.697") +
		`</GetAvailableFilesBasicResult></GetAvailableFilesBasicResponse>`)}
	var got []broker.AvailableFile
	for file, err := range far.client(t).Available(t.Context(), broker.Query{
		Recipient: "910077473", ServiceCode: "4192", EditionCode: 270815, SentAfter: time.Date(2020, 1, 1, 11, 0, 0, 0, time.UTC),
	}) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, file)
	}
	if len(got) != 2 || got[0].Name != "old.zip" || got[1].Name != "new.zip" {
		t.Fatalf("not oldest first: %+v", got)
	}
	want := broker.AvailableFile{
		Reference: reference, Name: "old.zip", Size: 1256, Status: broker.Uploaded, ServiceCode: "4192", EditionCode: 270815,
		Sender: "974761084", SendersReference: "33259df3", Sent: got[0].Sent, ReceiptID: 314988974,
	}
	if got[0] != want {
		t.Errorf("got  %+v\nwant %+v", got[0], want)
	}
	if sent := got[1].Sent.UTC().Format(time.RFC3339Nano); sent != "2024-05-07T07:22:52.800185Z" {
		t.Errorf("date with an offset: %s", sent)
	}
	if sent := got[0].Sent.UTC().Format(time.RFC3339Nano); sent != "2020-02-10T13:57:33.697Z" {
		t.Errorf("local date: %s", sent)
	}
	const data = ` xmlns="http://schemas.altinn.no/services/ServiceEngine/Broker/2015/06">`
	asked := `<searchParameters><ExternalServiceCode` + data + `4192</ExternalServiceCode><ExternalServiceEditionCode` + data + `270815</ExternalServiceEditionCode>` +
		`<FileStatus` + data + `Uploaded</FileStatus><MinSentDateTime` + data + `2020-01-01T12:00:00</MinSentDateTime><Reportee` + data + `910077473</Reportee></searchParameters>`
	if !strings.Contains(far.asked, asked) {
		t.Errorf("asked %s\nwant  %s", far.asked, asked)
	}
}

func TestAvailableOfNothing(t *testing.T) {
	for _, result := range []string{`<GetAvailableFilesBasicResult/>`, `<GetAvailableFilesBasicResult i:nil="true" xmlns:i="http://www.w3.org/2001/XMLSchema-instance"/>`, ``} {
		far := &service{answer: envelope(`<GetAvailableFilesBasicResponse ` + ns + `>` + result + `</GetAvailableFilesBasicResponse>`)}
		for file, err := range far.client(t).Available(t.Context(), broker.Query{Recipient: "910077473"}) {
			t.Errorf("%s: got %+v, %v", result, file, err)
		}
	}
}

func TestHasAvailable(t *testing.T) {
	far := &service{answer: envelope(`<CheckIfAvailableFilesBasicResponse ` + ns + `><CheckIfAvailableFilesBasicResult>true` +
		`</CheckIfAvailableFilesBasicResult></CheckIfAvailableFilesBasicResponse>`)}
	found, err := far.client(t).HasAvailable(t.Context(), broker.Query{Recipient: "910077473", ServiceCode: "4192", EditionCode: 270815}, "991825827")
	if err != nil || !found {
		t.Errorf("got %v, %v", found, err)
	}
	const poll = ` xmlns="http://schemas.altinn.no/services/ServiceEngine/Broker/2020/01">`
	const item = `<string xmlns="http://schemas.microsoft.com/2003/10/Serialization/Arrays">`
	want := `<pollParameters><ExternalServiceCode` + poll + `4192</ExternalServiceCode><ExternalServiceEditionCode` + poll + `270815</ExternalServiceEditionCode>` +
		`<Recipients` + poll + item + `910077473</string>` + item + `991825827</string></Recipients></pollParameters>`
	if !strings.Contains(far.asked, want) {
		t.Errorf("asked %s\nwant  %s", far.asked, want)
	}
}

func TestConfirm(t *testing.T) {
	far := &service{answer: envelope(`<ConfirmDownloadedBasicResponse ` + ns + `/>`)}
	if err := far.client(t).Confirm(t.Context(), reference, "910077473"); err != nil {
		t.Fatal(err)
	}
	want := envelope(`<ConfirmDownloadedBasic ` + ns + `><systemUserName>SYSTEM-ID</systemUserName><systemPassword>SYSTEM-PASSWORD</systemPassword>` +
		`<fileReference>` + reference + `</fileReference><reportee>910077473</reportee></ConfirmDownloadedBasic>`)
	if far.asked != want {
		t.Errorf("asked %s", far.asked)
	}
}

const altinnFault = `<s:Fault><faultcode>s:Client</faultcode><faultstring xml:lang="nb-NO">An error occurred</faultstring><detail>` +
	`<AltinnFault xmlns="http://www.altinn.no/services/common/fault/2009/10"><AltinnErrorMessage>%s</AltinnErrorMessage>` +
	`<ErrorGuid>1e4e9931-cad9-49dc-b176-e0b42109cad9</ErrorGuid><ErrorID>%d</ErrorID></AltinnFault></detail></s:Fault>`

func TestFaultsBecomeKinds(t *testing.T) {
	for code, kind := range map[int]failure.Kind{
		5: failure.Unauthenticated, 40204: failure.TooLarge, 40206: failure.NotZip, 40207: failure.NotFound, 40208: failure.AlreadyUploaded, 40215: failure.Forbidden,
	} {
		far := &service{status: 500, answer: envelope(fmt.Sprintf(altinnFault, "no", code))}
		_, err := far.client(t).Upload(t.Context(), reference, "910075918", stream.Bytes("f.zip", []byte("PK")), nil)
		e, ok := errors.AsType[*failure.Error](err)
		if !ok || e.Kind != kind || e.Code != code || !e.HasCode || e.HTTPStatus != 500 || e.Ambiguous ||
			e.GUID != "1e4e9931-cad9-49dc-b176-e0b42109cad9" || e.Reference != reference || e.Op != "UploadFileStreamed" {
			t.Errorf("code %d: %#v", code, err)
		}
	}
}

func TestAnswersThatAreNone(t *testing.T) {
	plain := func(status int, contentType, text string) *service {
		return &service{status: status, contentType: contentType, answer: text}
	}
	for name, test := range map[string]struct {
		far       *service
		kind      failure.Kind
		ambiguous bool
	}{
		"a web page":                  {plain(200, "text/html", "<html>"), failure.Protocol, true},
		"not found":                   {plain(404, "text/html", "<html>"), failure.Protocol, false},
		"redirect":                    {&service{status: 307, header: http.Header{"Location": {"http://elsewhere.example/"}}}, failure.Protocol, false},
		"busy":                        {&service{status: 503, contentType: "text/plain", header: http.Header{"Retry-After": {"7"}}}, failure.Unavailable, false},
		"a gateway gave up":           {plain(504, "text/html", "<html>"), failure.Unavailable, true},
		"unauthorised":                {plain(401, "text/plain", "no"), failure.Unauthenticated, false},
		"another operation's answer":  {plain(200, "", envelope(`<ConfirmDownloadedBasicResponse `+ns+`/>`)), failure.Protocol, true},
		"an empty body":               {plain(200, "", envelope(``)), failure.Protocol, true},
		"an envelope without a fault": {plain(500, "", envelope(receipt("OK"))), failure.Protocol, true},
		"nothing at all":              {plain(200, "", ""), failure.Protocol, true},
		"a document type":             {plain(200, "", `<!DOCTYPE x [<!ENTITY e "e">]>`+envelope(receipt("OK"))), failure.Protocol, true},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := test.far.client(t).Upload(t.Context(), reference, "910075918", stream.Bytes("f.zip", []byte("PK")), nil)
			e, ok := errors.AsType[*failure.Error](err)
			if !ok || e.Kind != test.kind && !(test.far.answer == "" && e.Kind == failure.Integrity) || e.Ambiguous != test.ambiguous || e.Reference != reference {
				t.Fatalf("got %#v: %v", err, err)
			}
			if name == "busy" && e.RetryAfter != 7*time.Second {
				t.Errorf("RetryAfter %v", e.RetryAfter)
			}
			if test.far.calls != 1 {
				t.Errorf("%d calls", test.far.calls)
			}
		})
	}
}

func TestAnAnswerThatEchoesThePasswordDoesNotReachTheError(t *testing.T) {
	far := &service{status: 500, answer: envelope(fmt.Sprintf(altinnFault, "cannot parse SYSTEM-PASSWORD", 0))}
	_, err := far.client(t).Initiate(t.Context(), broker.Manifest{})
	for _, text := range []string{err.Error(), fmt.Sprintf("%+v", err), fmt.Sprintf("%#v", errors.Unwrap(err))} {
		if strings.Contains(text, "SYSTEM-PASSWORD") {
			t.Errorf("the password is in %s", text)
		}
	}
}

func TestPasswordsStayOffPlainHTTP(t *testing.T) {
	client, err := broker.New("http://broker.example", binding.Basic{SystemUser: "u", Password: binding.Literal("secret")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if _, err = client.Initiate(ctx, broker.Manifest{}); !errors.Is(err, failure.Usage) {
		t.Errorf("got %v", err)
	}
}

func TestAnEndpointIsUsedAsItIs(t *testing.T) {
	far := &service{answer: envelope(`<ConfirmDownloadedBasicResponse ` + ns + `/>`)}
	far.t = t
	server := httptest.NewServer(far)
	defer server.Close()
	client, err := broker.New(server.URL+"/old/Gateway.svc", binding.Basic{SystemUser: "u", Password: binding.Literal("p")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if err := client.Confirm(t.Context(), reference, "910077473"); err != nil || far.path != "/old/Gateway.svc" {
		t.Errorf("sent to %s, %v", far.path, err)
	}
}

package server_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/server"
	"go.uber.org/goleak"
	"golang.org/x/crypto/bcrypt"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// The tests of this package write their requests by hand and read the answers as text: the client's code would make and
// forgive the same mistakes.

const (
	brokerPath     = "/ServiceEngineExternal/BrokerServiceExternalBasic.svc"
	streamedPath   = "/ServiceEngineExternal/BrokerServiceExternalBasicStreamed.svc"
	submitPath     = "/IntermediaryExternal/IntermediaryInboundBasicStreamed.svc"
	archivePath    = "/ArchiveExternal/ReporteeArchiveExternalStreamedBasic.svc"
	nsBroker       = "http://www.altinn.no/services/ServiceEngine/Broker/2015/06"
	nsInbound      = "http://www.altinn.no/services/Intermediary/Shipment/IntermediaryInbound/2013/06"
	nsArchive      = "http://www.altinn.no/services/Archive/ReporteeArchive/2013/06"
	brokerAction   = nsBroker + "/IBrokerServiceExternalBasic/"
	streamedAction = nsBroker + "/IBrokerServiceExternalBasicStreamed/"
	submitAction   = nsInbound + "/IIntermediaryInboundExternalBasicStreamed/SubmitAttachmentStreamedBasic"
	archiveAction  = nsArchive + "/IReporteeArchiveExternalStreamedBasic/GetAttachmentDataStreamedBasic"

	sender    = "910075918"
	recipient = "910077473"

	// A ZIP without a file in it.
	emptyZIP = "PK\x05\x06\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
)

// far is a server over a store, and what a client sees of it.
type far struct {
	t       *testing.T
	options server.Options
	server  *server.Server
	web     *httptest.Server
	log     *logBuffer
}

// logBuffer is read while the server still writes.
type logBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

func start(t *testing.T, change func(*server.Options)) *far {
	t.Helper()
	f := &far{t: t, log: new(logBuffer)}
	f.options = server.Options{Dir: filepath.Join(t.TempDir(), "store"), Users: server.DemoUsers()}
	if change != nil {
		change(&f.options)
	}
	f.options.Log = slog.New(slog.NewTextHandler(f.log, nil))
	f.open()
	t.Cleanup(func() { f.close() })
	return f
}

func (f *far) open() {
	f.t.Helper()
	var err error
	if f.server, err = server.New(f.options); err != nil {
		f.t.Fatal(err)
	}
	f.web = httptest.NewServer(f.server)
}

func (f *far) close() {
	f.t.Helper()
	http.DefaultClient.CloseIdleConnections()
	f.web.Close()
	if err := f.server.Close(); err != nil {
		f.t.Error(err)
	}
}

// quickHash is as [server.HashPassword] makes it, but quick to check: a test logs in often.
func quickHash(t *testing.T, password string) string {
	t.Helper()
	hash, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	return string(hash)
}

// restart is a new process over the same store.
func (f *far) restart() {
	f.t.Helper()
	f.close()
	f.open()
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
}

// fault is the ErrorID of an AltinnFault, -1 when the answer is none.
func (a answer) fault() int {
	id := -1
	if m := regexp.MustCompile(`<ErrorID>(\d+)</ErrorID>`).FindStringSubmatch(a.body); m != nil {
		fmt.Sscan(m[1], &id)
	}
	return id
}

// between is the text between two marks of the answer.
func (a answer) between(t *testing.T, from, to string) string {
	t.Helper()
	_, rest, ok := strings.Cut(a.body, from)
	text, _, closed := strings.Cut(rest, to)
	if !ok || !closed {
		t.Fatalf("the answer has nothing between %s and %s:\n%s", from, to, a.body)
	}
	return text
}

func (f *far) try(path, action, contentType string, body io.Reader) (answer, error) {
	r, err := http.NewRequestWithContext(f.t.Context(), http.MethodPost, f.web.URL+path, body)
	if err != nil {
		f.t.Fatal(err)
	}
	r.Header.Set("Content-Type", contentType)
	if action != "" {
		r.Header.Set("SOAPAction", `"`+action+`"`)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	return answer{response.StatusCode, response.Header, string(content)}, err
}

func (f *far) post(path, action, contentType, body string) answer {
	f.t.Helper()
	a, err := f.try(path, action, contentType, strings.NewReader(body))
	if err != nil {
		f.t.Fatal(err)
	}
	return a
}

func envelope(header, body string) string {
	return `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header>` + header + `</s:Header><s:Body>` + body + `</s:Body></s:Envelope>`
}

// login is who asks, as the parameters of a Basic operation begin.
type login struct{ user, password string }

var (
	asSender    = login{"avsender", "avsender-demo"}
	asRecipient = login{"mottaker", "mottaker-demo"}
)

// call calls an operation of the metadata endpoint.
func (f *far) call(as login, name, parameters string) answer {
	f.t.Helper()
	return f.post(brokerPath, brokerAction+name, "text/xml; charset=utf-8", operation(as, name, parameters))
}

func operation(as login, name, parameters string) string {
	return envelope("", `<`+name+` xmlns="`+nsBroker+`"><systemUserName>`+as.user+`</systemUserName><systemPassword>`+as.password+
		`</systemPassword>`+parameters+`</`+name+`>`)
}

func initiation(code, edition, from, reference string, to ...string) string {
	recipients := ""
	for _, party := range to {
		recipients += `<Recipient><PartyNumber>` + party + `</PartyNumber></Recipient>`
	}
	data := ` xmlns="http://schemas.altinn.no/services/ServiceEngine/Broker/2015/06"`
	return `<brokerServiceInitiation><Manifest` + data + `><ExternalServiceCode>` + code + `</ExternalServiceCode><ExternalServiceEditionCode>` +
		edition + `</ExternalServiceEditionCode><Reportee>` + from + `</Reportee><SendersReference>` + reference +
		`</SendersReference></Manifest><RecipientList` + data + `>` + recipients + `</RecipientList></brokerServiceInitiation>`
}

// initiate gives a reference for a shipment of the demo users.
func (f *far) initiate() string {
	f.t.Helper()
	a := f.call(asSender, "InitiateBrokerServiceBasic", initiation("4192", "270815", sender, "ref-1", recipient))
	if a.status != http.StatusOK {
		f.t.Fatalf("%d %s", a.status, a.body)
	}
	return a.between(f.t, "<InitiateBrokerServiceBasicResult>", "</")
}

const (
	boundary = "uuid:159ebbed-12e2-4d36-a648-1b30a9b05136+id=1"
	related  = `multipart/related; type="application/xop+xml";start="<http://tempuri.org/0>";boundary="` + boundary + `";start-info="text/xml"`
	inPart   = `<xop:Include href="cid:http://tempuri.org/1/637169441367559832" xmlns:xop="http://www.w3.org/2004/08/xop/include"/>`
)

// related lays root and payload out as WCF does.
func message(root, payload string) string {
	return "--" + boundary + "\r\nContent-ID: <http://tempuri.org/0>\r\nContent-Transfer-Encoding: 8bit\r\n" +
		"Content-Type: application/xop+xml;charset=utf-8;type=\"text/xml\"\r\n\r\n" + root + "\r\n--" + boundary + "\r\n" +
		"Content-ID: <http://tempuri.org/1/637169441367559832>\r\nContent-Transfer-Encoding: binary\r\n" +
		"Content-Type: application/octet-stream\r\n\r\n" + payload + "\r\n--" + boundary + "--\r\n"
}

func block(name, text string) string {
	return `<h:` + name + ` xmlns:h="` + nsBroker + `">` + text + `</h:` + name + `>`
}

func uploadRoot(as login, reference, reportee, name, data string) string {
	return envelope(block("FileName", name)+block("Reference", reference)+block("Reportee", reportee)+
		block("SystemPassword", as.password)+block("SystemUserName", as.user),
		`<StreamedPayloadBasicBE xmlns="`+nsBroker+`"><DataStream>`+data+`</DataStream></StreamedPayloadBasicBE>`)
}

func (f *far) upload(reference, content string) answer {
	f.t.Helper()
	return f.post(streamedPath, streamedAction+"UploadFileStreamedBasic", related,
		message(uploadRoot(asSender, reference, sender, "file.zip", inPart), content))
}

func references(reference, party string) string {
	return `<fileReference>` + reference + `</fileReference><reportee>` + party + `</reportee>`
}

func (f *far) download(as login, reference, party string) answer {
	f.t.Helper()
	return f.post(streamedPath, streamedAction+"DownloadFileStreamedBasic", "text/xml", envelope("",
		`<DownloadFileStreamedBasic xmlns="`+nsBroker+`"><systemUserName>`+as.user+`</systemUserName><systemPassword>`+as.password+
			`</systemPassword>`+references(reference, party)+`</DownloadFileStreamedBasic>`))
}

// payload is the content of the second part of a multipart answer.
func (a answer) payload(t *testing.T) string {
	t.Helper()
	m := regexp.MustCompile(`boundary="([^"]+)"`).FindStringSubmatch(a.header.Get("Content-Type"))
	if m == nil {
		t.Fatalf("no boundary in %q", a.header.Get("Content-Type"))
	}
	parts := strings.Split(a.body, "--"+m[1])
	if len(parts) != 4 || parts[3] != "--\r\n" {
		t.Fatalf("%d parts in\n%s", len(parts)-2, a.body)
	}
	_, content, _ := strings.Cut(parts[2], "\r\n\r\n")
	return strings.TrimSuffix(content, "\r\n")
}

const anyStatus = ""

// available lists what waits for the recipient.
func (f *far) available(as login, party, status string) answer {
	f.t.Helper()
	return f.call(as, "GetAvailableFilesBasic", `<searchParameters xmlns:d="http://schemas.altinn.no/services/ServiceEngine/Broker/2015/06"><d:FileStatus>`+
		status+`</d:FileStatus><d:Reportee>`+party+`</d:Reportee></searchParameters>`)
}

// waits tells whether a reference is listed for the recipient as not yet confirmed.
func (f *far) waits(reference string) bool {
	f.t.Helper()
	return strings.Contains(f.available(asRecipient, recipient, "Uploaded").body, reference)
}

// stored is every file of the store, by its path.
func (f *far) stored() []string {
	f.t.Helper()
	var names []string
	err := filepath.WalkDir(f.options.Dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, path)
		}
		return err
	})
	if err != nil {
		f.t.Fatal(err)
	}
	return names
}

func inline(content string) string { return base64.StdEncoding.EncodeToString([]byte(content)) }

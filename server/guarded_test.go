package server_test

import (
	"bytes"
	"crypto/sha256"
	"crypto/tls"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/altinn-transfer/altinn-transfer/internal/certs"
	"github.com/altinn-transfer/altinn-transfer/security"
	"github.com/altinn-transfer/altinn-transfer/server"
	"github.com/beevik/etree"
)

// What is asked for in the WS and EC2 bindings is that a file is confirmed, which deletes it.
const (
	wsPath          = "/ServiceEngineExternal/BrokerServiceExternal.svc"
	wsStreamedPath  = "/ServiceEngineExternal/BrokerServiceExternalStreamed.svc"
	ec2Path         = "/ServiceEngineExternal/BrokerServiceExternalEC2.svc"
	ec2StreamedPath = "/ServiceEngineExternal/BrokerServiceExternalEC2Streamed.svc"
	wsAction        = nsBroker + "/IBrokerServiceExternal/ConfirmDownloaded"
	wsUpload        = nsBroker + "/IBrokerServiceExternalStreamed/UploadFileStreamed"
	ec2Action       = nsBroker + "/IBrokerServiceExternalEC/ConfirmDownloadedEC"
	ec2Upload       = nsBroker + "/IBrokerServiceExternalECStreamed/UploadFileStreamedEC"
)

const (
	nsSecurity     = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
	nsConversation = "http://schemas.xmlsoap.org/ws/2005/02/sc"
	nsAddressing   = "http://www.w3.org/2005/08/addressing"
	ns12           = "http://www.w3.org/2003/05/soap-envelope"
)

func wsse(name string) xml.Name { return xml.Name{Space: nsSecurity, Local: name} }
func wsa(name string) xml.Name  { return xml.Name{Space: nsAddressing, Local: name} }

var badContext = xml.Name{Space: nsConversation, Local: "BadContextToken"}

// certificates take a while to make, and are not changed.
type certificates struct {
	authority *certs.Authority
	pinned    *tls.Certificate // mottaker's
	second    *tls.Certificate // mottaker's as well
	vouched   *tls.Certificate // of mottaker's organisation, and no user is pinned to it
	senders   *tls.Certificate // of avsender's, who is pinned to none
	expired   *tls.Certificate
	unknown   *tls.Certificate // nobody vouches for it
}

var enterprise = sync.OnceValue(func() (c certificates) {
	stranger, err := certs.NewAuthority("somebody else")
	if err != nil {
		panic(err)
	}
	if c.authority, err = certs.NewAuthority("root"); err != nil {
		panic(err)
	}
	for _, making := range []struct {
		pair  **tls.Certificate
		by    *certs.Authority
		party string
	}{
		{&c.pinned, c.authority, recipient},
		{&c.second, c.authority, recipient},
		{&c.vouched, c.authority, recipient},
		{&c.senders, c.authority, sender},
		{&c.expired, c.authority, recipient},
		{&c.unknown, stranger, recipient},
	} {
		template := certs.EnterpriseTemplate("Enterprise", making.party)
		if making.pair == &c.expired {
			template.NotAfter = time.Now().Add(-time.Minute)
		}
		if *making.pair, err = making.by.Issue(template); err != nil {
			panic(err)
		}
	}
	return c
})

// guarded is a server whose users have certificates.
type guarded struct {
	*far
	certificates
	late atomic.Int64 // how far the server's clock was put forward
	tick atomic.Int64
}

func newGuarded(t *testing.T) *guarded {
	t.Helper()
	g := &guarded{certificates: enterprise()}
	g.far = start(t, func(o *server.Options) {
		o.ClientRoots = g.authority.Pool()
		o.Now = g.clock
		o.Users[1].Certificates = []string{fingerprint(g.pinned), fingerprint(g.second)}
	})
	return g
}

func fingerprint(pair *tls.Certificate) string {
	return fmt.Sprintf("%X", sha256.Sum256(pair.Certificate[0]))
}

func (g *guarded) clock() time.Time { return time.Now().Add(time.Duration(g.late.Load())) }

// now never comes twice: two beginnings of one millisecond would have one signature.
func (g *guarded) now() time.Time {
	return g.clock().Add(time.Duration(g.tick.Add(1)) * time.Millisecond)
}

// answer12 is what came back in SOAP 1.2.
type answer12 struct {
	answer
	doc     *etree.Document
	cookies []*http.Cookie
}

func (a answer12) find(path string) string {
	if el := a.doc.FindElement(path); el != nil {
		return el.Text()
	}
	return ""
}

// subcode is the qualified name of a fault's.
func (a answer12) subcode() xml.Name {
	value := a.doc.FindElement("//Fault/Code/Subcode/Value")
	if value == nil {
		return xml.Name{}
	}
	prefix, name, _ := strings.Cut(value.Text(), ":")
	for el := value; el != nil; el = el.Parent() {
		if space := el.SelectAttrValue("xmlns:"+prefix, ""); space != "" {
			return xml.Name{Space: space, Local: name}
		}
	}
	return xml.Name{Local: name}
}

const soap12 = "application/soap+xml; charset=utf-8"

// post12 sends a message of SOAP 1.2.
func (g *guarded) post12(path string, message []byte, cookies ...*http.Cookie) answer12 {
	g.t.Helper()
	return g.post12As(soap12, path, message, cookies...)
}

func (g *guarded) post12As(contentType, path string, message []byte, cookies ...*http.Cookie) answer12 {
	g.t.Helper()
	request, err := http.NewRequestWithContext(g.t.Context(), http.MethodPost, g.web.URL+path, bytes.NewReader(message))
	if err != nil {
		g.t.Fatal(err)
	}
	request.Header.Set("Content-Type", contentType)
	for _, cookie := range cookies {
		request.AddCookie(cookie)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		g.t.Fatal(err)
	}
	return g.read12(response)
}

// read12 reads an answer. In multipart it is the root part, which is the only one.
func (g *guarded) read12(response *http.Response) answer12 {
	g.t.Helper()
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		g.t.Fatal(err)
	}
	a := answer12{answer{response.StatusCode, response.Header, string(text)}, etree.NewDocument(), response.Cookies()}
	root := text[max(0, bytes.Index(text, []byte("<s:Envelope"))):]
	if end := bytes.Index(root, []byte("\r\n--")); end > 0 {
		root = root[:end]
	}
	if err := a.doc.ReadFromBytes(root); err != nil {
		g.t.Fatalf("%v: %s", err, text)
	}
	return a
}

// envelope12 writes a message. The body is text already.
func envelope12(t *testing.T, header []*etree.Element, body string) []byte {
	t.Helper()
	doc := etree.NewDocument()
	root := doc.CreateElement("s:Envelope")
	root.CreateAttr("xmlns:s", ns12)
	blocks := root.CreateElement("s:Header")
	for _, b := range header {
		blocks.AddChild(b)
	}
	root.CreateElement("s:Body").CreateText("BODY")
	doc.WriteSettings.CanonicalText, doc.WriteSettings.CanonicalAttrVal = true, true
	text, err := doc.WriteToString()
	if err != nil {
		t.Fatal(err)
	}
	return []byte(strings.Replace(text, "BODY", body, 1))
}

func wsBody(reference string) string {
	return `<ConfirmDownloaded xmlns="` + nsBroker + `">` + references(reference, recipient) + `</ConfirmDownloaded>`
}

func ec2Body(as login, reference string) string {
	return `<ConfirmDownloadedEC xmlns="` + nsBroker + `"><userName>` + as.user + `</userName><password>` + as.password + `</password>` +
		references(reference, recipient) + `</ConfirmDownloadedEC>`
}

// with is a message of WS.
func (g *guarded) with(as login, m security.Message, body string) []byte {
	g.t.Helper()
	if m.Now.IsZero() {
		m.Now = g.now()
	}
	return envelope12(g.t, m.WithPassword(as.user, as.password), body)
}

// session is one of EC2, with one path.
type session struct {
	*security.Session
	path    string
	cookies []*http.Cookie
}

// token is the request for a session, at the address of a path.
func (g *guarded) token(pair *tls.Certificate, path string) (*security.TokenRequest, []byte) {
	g.t.Helper()
	request, err := security.NewTokenRequest(g.web.URL+path, pair, g.now())
	if err != nil {
		g.t.Fatal(err)
	}
	body := etree.NewDocument()
	body.SetRoot(request.Body)
	text, err := body.WriteToString()
	if err != nil {
		g.t.Fatal(err)
	}
	return request, envelope12(g.t, request.Header, text)
}

func (g *guarded) begin(pair *tls.Certificate, path string) session {
	g.t.Helper()
	request, message := g.token(pair, path)
	return g.begun(request, path, g.post12(path, message))
}

func (g *guarded) begun(request *security.TokenRequest, path string, a answer12) session {
	g.t.Helper()
	if a.status != http.StatusOK {
		g.t.Fatalf("no session: %d %s", a.status, a.body)
	}
	begun, err := request.Session(a.doc.FindElement("//RequestSecurityTokenResponse"))
	if err != nil {
		g.t.Fatalf("%v in %s", err, a.body)
	}
	return session{begun, path, a.cookies}
}

// sign is a message of EC2.
func (g *guarded) sign(s session, m security.Message, body string, blocks ...*etree.Element) []byte {
	g.t.Helper()
	if m.Now.IsZero() {
		m.Now = g.now()
	}
	m.To = g.web.URL + s.path
	header, err := s.Sign(m)
	if err != nil {
		g.t.Fatal(err)
	}
	return envelope12(g.t, append(header, blocks...), body)
}

// good compares an answer with what it must be.
func (g *guarded) good(what string, a answer12, action string) {
	g.t.Helper()
	if a.status != http.StatusOK || a.find("//Header/Action") != action || a.find("//Header/Security/Timestamp/Created") == "" {
		g.t.Errorf("%s: %d %s", what, a.status, a.body)
	}
}

const faultAction = nsAddressing + "/soap/fault"

// refused compares a fault from below the service with what it must be.
func (g *guarded) refused(what string, a answer12, subcode xml.Name) {
	g.t.Helper()
	if a.status != http.StatusInternalServerError || a.find("//Header/Action") != faultAction || a.find("//Fault/Code/Value") != "s:Sender" || a.subcode() != subcode {
		g.t.Errorf("%s: want %s, got %d %s", what, subcode.Local, a.status, a.body)
	}
	g.silent(what, a)
}

// loginRefused is AltinnFault 5, under the operation's own fault action.
func (g *guarded) loginRefused(what string, a answer12, action string) {
	g.t.Helper()
	if a.status != http.StatusInternalServerError || a.fault() != 5 || a.find("//Header/Action") != action+"AltinnFaultFault" {
		g.t.Errorf("%s: want AltinnFault 5, got %d %s", what, a.status, a.body)
	}
	g.silent(what, a)
}

// silent makes sure that no password is in an answer or on the log.
func (g *guarded) silent(what string, a answer12) {
	g.t.Helper()
	if strings.Contains(a.body+g.log.String(), asRecipient.password) {
		g.t.Errorf("%s: a password is shown", what)
	}
}

// waiting puts a file into the store that waits for the recipient.
func (g *guarded) waiting() (reference string) {
	g.t.Helper()
	reference = g.initiate()
	if a := g.upload(reference, emptyZIP); a.status != http.StatusOK {
		g.t.Fatalf("%d %s", a.status, a.body)
	}
	return reference
}

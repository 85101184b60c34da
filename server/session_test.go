package server_test

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/altinn-transfer/altinn-transfer/security"
	"github.com/altinn-transfer/altinn-transfer/server"
	"github.com/beevik/etree"
)

// A session is begun in plain SOAP also where the service speaks MTOM, and may be asked for in multipart.
func TestASessionIsBegun(t *testing.T) {
	g := newGuarded(t)
	for _, path := range []string{ec2Path, ec2StreamedPath} {
		for form, contentType := range map[string]string{
			"as WCF asks":     soap12,
			"with its action": soap12 + `; action="` + security.ActionRequestToken + `"`,
			"in multipart":    related12,
			"as Metro asks":   strings.Replace(related12, `start-info="application/soap+xml"`, `start-info="application/soap+xml;action=\"`+security.ActionRequestToken+`\""`, 1),
			"as CXF asks":     related12 + `;action="` + security.ActionRequestToken + `"`,
		} {
			request, message := g.token(g.pinned, path)
			if strings.HasPrefix(contentType, "multipart") {
				message = []byte(message12(string(message), ""))
			}
			a := g.post12As(contentType, path, message)
			g.good(form, a, security.ActionTokenIssued)
			g.begun(request, path, a)
			if got := a.header.Get("Content-Type"); got != soap12 || a.find("//Header/RelatesTo") != request.ID {
				t.Errorf("%s, %s: answered in %s, about %s", path, form, got, a.find("//Header/RelatesTo"))
			}
		}
	}
}

// The cookie follows the session, and is kept off plain HTTP where it came over TLS.
func TestASessionHasACookie(t *testing.T) {
	g := newGuarded(t)
	s := g.begin(g.pinned, ec2Path)
	if len(s.cookies) != 1 {
		t.Fatalf("the cookies are %v", s.cookies)
	}
	cookie := s.cookies[0]
	if cookie.Name != "BIGipServeraltinn-transfer" || !cookie.HttpOnly || cookie.Secure || cookie.Path != "/" || cookie.Value == "" {
		t.Errorf("the cookie is %v", cookie)
	}
	if other := g.begin(g.pinned, ec2Path).cookies[0]; other.Value == cookie.Value {
		t.Error("two sessions have one cookie")
	}
	request, message := g.token(g.pinned, ec2Path)
	overTLS := httptest.NewRequest(http.MethodPost, "https://far.example"+ec2Path, bytes.NewReader(message))
	overTLS.Header.Set("Content-Type", soap12)
	recorder := httptest.NewRecorder()
	g.server.ServeHTTP(recorder, overTLS)
	if cookies := recorder.Result().Cookies(); len(cookies) != 1 || !cookies[0].Secure {
		t.Errorf("%s got the cookies %v", request.ID, cookies)
	}

	reference := g.waiting()
	confirm := func(cookies []*http.Cookie) answer12 {
		return g.post12(ec2Path, g.sign(s, security.Message{Action: ec2Action}, ec2Body(asRecipient, reference)), cookies...)
	}
	g.good("with its cookie", confirm(s.cookies), ec2Action+"Response")
	g.good("without", confirm(nil), ec2Action+"Response")
}

// A fingerprint is written as tools print it.
func TestFingerprintsOfCertificates(t *testing.T) {
	print := strings.ToLower(fingerprint(enterprise().pinned))
	var withColons []string
	for i := 0; i < len(print); i += 2 {
		withColons = append(withColons, print[i:i+2])
	}
	for text, good := range map[string]bool{
		print: true, strings.ToUpper(print): true, strings.Join(withColons, ":"): true,
		"": false, print[2:]: false, print + "00": false, "sha256:" + print: false, strings.Repeat("æ", 32): false,
	} {
		users := server.DemoUsers()
		users[1].Certificates = []string{text}
		far, err := server.New(server.Options{Dir: t.TempDir(), Users: users})
		if good != (err == nil) {
			t.Errorf("%q: %v", text, err)
		}
		if err == nil {
			far.Close()
		} else if !strings.Contains(err.Error(), "a certificate of mottaker") {
			t.Errorf("the error does not say whose: %v", err)
		}
	}
}

func TestASessionDoesNotOutliveItsServer(t *testing.T) {
	g := newGuarded(t)
	reference := g.waiting()
	confirm := func(s session) answer12 {
		return g.post12(ec2Path, g.sign(s, security.Message{Action: ec2Action}, ec2Body(asRecipient, reference)), s.cookies...)
	}
	s := g.begin(g.pinned, ec2Path)
	g.far.restart()
	g.refused("after a restart", confirm(s), badContext)
	s = g.begin(g.pinned, ec2Path)
	g.late.Store(int64(10 * time.Hour))
	g.refused("after ten hours", confirm(s), badContext)
	if !g.waits(reference) {
		t.Error("the file was confirmed")
	}
}

const related12 = `multipart/related; type="application/xop+xml";start="<http://tempuri.org/0>";boundary="` + boundary + `";start-info="application/soap+xml"`

// message12 lays out root and payload as WCF does in SOAP 1.2; a message without a payload is its root alone.
func message12(root, payload string) string {
	text := strings.Replace(message(root, payload), `type="text/xml"`, `type="application/soap+xml"`, 1)
	if payload == "" {
		first := strings.Index(text, "\r\n--"+boundary)
		text = text[:first] + "\r\n--" + boundary + "--\r\n"
	}
	return text
}

// sending is an upload in WS or EC2 as far as its payload.
func (g *guarded) sending(path string, header []*etree.Element, wrapper, reference string, as login) string {
	blocks := block("FileName", "file.zip") + block("Reference", reference) + block("Reportee", sender)
	if path == ec2StreamedPath {
		blocks += block("Password", as.password) + block("UserName", as.user)
	}
	root := string(envelope12(g.t, header, `<`+wrapper+` xmlns="`+nsBroker+`"><DataStream>`+inPart+`</DataStream></`+wrapper+`>`))
	root = strings.Replace(root, "</s:Header>", blocks+"</s:Header>", 1)
	before, _, _ := strings.Cut(message12(root, "\x00"), "\x00")
	return before
}

// Who is not believed is told before the payload was sent, and nothing is kept of it.
func TestAnUploadIsRefusedBeforeItsPayload(t *testing.T) {
	g := newGuarded(t)
	reference := g.initiate()
	signed := func(pair *tls.Certificate) []*etree.Element {
		header, err := g.begin(pair, ec2StreamedPath).Sign(security.Message{Action: ec2Upload, To: g.web.URL + ec2StreamedPath, Now: g.now()})
		if err != nil {
			t.Fatal(err)
		}
		return header
	}
	inWS := security.Message{Action: wsUpload, To: g.web.URL + wsStreamedPath, Now: g.now()}
	late := security.Message{Action: wsUpload, To: g.web.URL + wsStreamedPath, Now: g.now().Add(-time.Hour)}
	damaged := signed(g.senders)
	damaged[len(damaged)-1].FindElement("./Signature/SignatureValue").SetText("AAAAAAAAAAAAAAAAAAAAAAAAAAA=")

	const ws, ec2 = "StreamedPayloadExternalBE", "StreamedPayloadECBE"
	login5 := func(action string) func(string, answer12) {
		return func(what string, a answer12) { g.loginRefused(what, a, action) }
	}
	subcode := func(name string) func(string, answer12) {
		return func(what string, a answer12) { g.refused(what, a, wsse(name)) }
	}
	for what, test := range map[string]struct {
		path, begun string
		check       func(string, answer12)
	}{
		"a wrong password in WS":  {wsStreamedPath, g.sending(wsStreamedPath, inWS.WithPassword(asSender.user, "x"), ws, reference, asSender), login5(wsUpload)},
		"a late message in WS":    {wsStreamedPath, g.sending(wsStreamedPath, late.WithPassword(asSender.user, asSender.password), ws, reference, asSender), subcode("MessageExpired")},
		"another's certificate":   {ec2StreamedPath, g.sending(ec2StreamedPath, signed(g.pinned), ec2, reference, asSender), login5(ec2Upload)},
		"a signature that is not": {ec2StreamedPath, g.sending(ec2StreamedPath, damaged, ec2, reference, asSender), subcode("FailedCheck")},
	} {
		c := g.dial()
		c.SetDeadline(time.Now().Add(10 * time.Second))
		io.WriteString(c, "POST "+test.path+" HTTP/1.1\r\nHost: far\r\nContent-Type: "+related12+"\r\nContent-Length: 1000000000\r\n\r\n"+test.begun)
		response, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if got := response.Header.Get("Content-Type"); !strings.HasPrefix(got, "multipart/related;") || !strings.Contains(got, `start-info="application/soap+xml"`) {
			t.Errorf("%s: the fault is %s", what, got)
		}
		test.check(what, g.read12(response))
		c.Close()
	}
	g.nothingCame(reference)
}

// The same messages with a payload are taken when there is nothing to refuse.
func TestAnUploadOfWhoIsBelieved(t *testing.T) {
	g := newGuarded(t)
	for binding, made := range map[string]func(reference string) (path, action, begun string){
		"WS": func(reference string) (path, action, begun string) {
			header := security.Message{Action: wsUpload, To: g.web.URL + wsStreamedPath, Now: g.now()}.WithPassword(asSender.user, asSender.password)
			return wsStreamedPath, wsUpload, g.sending(wsStreamedPath, header, "StreamedPayloadExternalBE", reference, asSender)
		},
		"EC2": func(reference string) (path, action, begun string) {
			header, err := g.begin(g.senders, ec2StreamedPath).Sign(security.Message{Action: ec2Upload, To: g.web.URL + ec2StreamedPath, Now: g.now()})
			if err != nil {
				t.Fatal(err)
			}
			return ec2StreamedPath, ec2Upload, g.sending(ec2StreamedPath, header, "StreamedPayloadECBE", reference, asSender)
		},
	} {
		reference := g.initiate()
		path, action, begun := made(reference)
		a := g.post12As(related12, path, fmt.Appendf(nil, "%s%s\r\n--%s--\r\n", begun, emptyZIP, boundary))
		g.good(binding, a, action+"Response")
		if !g.waits(reference) {
			t.Errorf("%s: the file does not wait", binding)
		}
	}
}

package server_test

import (
	"bytes"
	"encoding/xml"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/altinn-transfer/altinn-transfer/security"
	"github.com/beevik/etree"
)

var (
	wrongPassword = login{asRecipient.user, asRecipient.password + "x"}
	nobody        = login{"nobody", asRecipient.password}
)

// refusal is a message of a sender who is not believed, and the fault that it gets.
type refusal struct {
	what    string
	message []byte
	cookies []*http.Cookie
	want    xml.Name // a subcode; loginFault for AltinnFault 5
	says    string   // in the fault's reason
}

var loginFault = xml.Name{Local: "AltinnFault 5"}

// all sends messages to a path, and makes sure of each fault.
func (g *guarded) all(path, action string, refusals []refusal) {
	g.t.Helper()
	for _, r := range refusals {
		a := g.post12(path, r.message, r.cookies...)
		if r.want == loginFault {
			g.loginRefused(r.what, a, action)
			continue
		}
		g.refused(r.what, a, r.want)
		if !strings.Contains(a.find("//Fault/Reason/Text"), r.says) {
			g.t.Errorf("%s: the reason says nothing of a %s: %s", r.what, r.says, a.body)
		}
	}
}

func TestEC2DoesNothingForWhoIsNotBelieved(t *testing.T) {
	g := newGuarded(t)
	reference := g.waiting()
	mine, others := g.begin(g.pinned, ec2Path), g.begin(g.second, ec2Path)
	confirm := security.Message{Action: ec2Action}
	at := func(off time.Duration) security.Message {
		return security.Message{Action: ec2Action, Now: g.now().Add(off)}
	}
	body := ec2Body(asRecipient, reference)
	swapped, theirs := g.sign(mine, confirm, body), g.sign(others, confirm, body)
	_, elsewhere := g.token(g.pinned, "/IntermediaryExternal/ReceiptExternalEC2.svc")
	_, unknown := g.token(g.unknown, ec2Path)
	_, expired := g.token(g.expired, ec2Path)

	g.all(ec2Path, ec2Action, []refusal{
		{what: "a tampered Timestamp", message: bytes.Replace(g.sign(mine, confirm, body), []byte("Z</u:Expires>"), []byte("1Z</u:Expires>"), 1), want: wsse("FailedCheck")},
		{what: "a clock that is an hour ahead", message: g.sign(g.begin(g.pinned, ec2Path), at(time.Hour), body), want: wsse("MessageExpired"), says: "clock"},
		{what: "a clock that is an hour behind", message: g.sign(g.begin(g.pinned, ec2Path), at(-time.Hour), body), want: wsse("MessageExpired"), says: "clock"},
		{what: "another session's cookie of HTTP", message: g.sign(mine, confirm, body), cookies: others.cookies, want: badContext},
		{what: "another session's cookie in the token", message: bytes.Replace(swapped, sealedIn(t, swapped), sealedIn(t, theirs), 1), want: badContext},
		{what: "a password instead of a session", message: g.with(asRecipient, confirm, body), want: badContext},
		{what: "no header at all", message: envelope12(t, nil, body), want: wsse("InvalidSecurity")},
		{what: "a beginning for another service", message: elsewhere, want: wsse("InvalidSecurity")},
		{what: "a certificate that nobody vouches for", message: unknown, want: wsse("FailedAuthentication")},
		{what: "a certificate that has expired", message: expired, want: wsse("InvalidSecurityToken")},
		{what: "a wrong password", message: g.sign(mine, confirm, ec2Body(wrongPassword, reference)), want: loginFault},
		{what: "a user that is not there", message: g.sign(mine, confirm, ec2Body(nobody, reference)), want: loginFault},
		{what: "no user and no password", message: g.sign(mine, confirm, ec2Body(login{}, reference)), want: loginFault},
		{what: "another's session", message: g.sign(g.begin(g.senders, ec2Path), confirm, body), want: loginFault},
		{what: "a session of a certificate that the user is not pinned to", message: g.sign(g.begin(g.vouched, ec2Path), confirm, body), want: loginFault},
		{what: "a user whom the certificate is not made out to", message: g.sign(mine, confirm, ec2Body(asSender, reference)), want: loginFault},
	})
	g.notUnderstood("a block that must be understood", g.post12(ec2Path, g.sign(mine, confirm, body, odd())))
	if !g.waits(reference) {
		t.Fatal("the file was confirmed by somebody")
	}

	good := g.sign(mine, confirm, body)
	g.good("a good message", g.post12(ec2Path, good, mine.cookies...), ec2Action+"Response")
	if g.waits(reference) {
		t.Error("the file was not confirmed, so what is above proves nothing")
	}
	g.refused("the good message again", g.post12(ec2Path, good, mine.cookies...), wsse("InvalidSecurity"))
	if log := g.log.String(); strings.Contains(log, string(sealedIn(t, good))) || strings.Contains(log, mine.cookies[0].Value) {
		t.Errorf("a session is on the log:\n%s", log)
	}
}

func TestWSDoesNothingForWhoIsNotBelieved(t *testing.T) {
	g := newGuarded(t)
	reference := g.waiting()
	confirm := security.Message{Action: wsAction, To: g.web.URL + wsPath}
	at := func(off time.Duration) security.Message {
		return security.Message{Action: wsAction, Now: g.now().Add(off)}
	}
	body := wsBody(reference)

	g.all(wsPath, wsAction, []refusal{
		{what: "a wrong password", message: g.with(wrongPassword, confirm, body), want: loginFault},
		{what: "a user that is not there", message: g.with(nobody, confirm, body), want: loginFault},
		{what: "a clock that is an hour ahead", message: g.with(asRecipient, at(time.Hour), body), want: wsse("MessageExpired"), says: "clock"},
		{what: "a clock that is an hour behind", message: g.with(asRecipient, at(-time.Hour), body), want: wsse("MessageExpired"), says: "clock"},
		{what: "no header at all", message: envelope12(t, nil, body), want: wsse("InvalidSecurity")},
		{what: "a session instead of a password", message: g.sign(g.begin(g.pinned, ec2Path), confirm, body), want: wsse("InvalidSecurity")},
		{what: "a digest", message: bytes.Replace(g.with(asRecipient, confirm, body), []byte("#PasswordText"), []byte("#PasswordDigest"), 1), want: wsse("UnsupportedSecurityToken")},
	})
	g.notUnderstood("a block that must be understood", g.post12(wsPath, envelope12(t, append(confirm.WithPassword(asRecipient.user, asRecipient.password), odd()), body)))
	if !g.waits(reference) {
		t.Fatal("the file was confirmed by somebody")
	}

	good := g.with(asRecipient, confirm, body)
	g.good("a good message", g.post12(wsPath, good), wsAction+"Response")
	if g.waits(reference) {
		t.Error("the file was not confirmed, so what is above proves nothing")
	}
	g.refused("the good message again", g.post12(wsPath, good), wsse("InvalidSecurity"))
}

// sealedIn is the cookie in a message's token.
func sealedIn(t *testing.T, message []byte) []byte {
	t.Helper()
	_, rest, ok := bytes.Cut(message, []byte(`security">`))
	cookie, _, closed := bytes.Cut(rest, []byte("</dnse:Cookie>"))
	if !ok || !closed {
		t.Fatalf("no cookie in %s", message)
	}
	return cookie
}

// odd is a header block that nobody understands, and that must be.
func odd() *etree.Element {
	block := etree.NewElement("odd")
	block.CreateAttr("s:mustUnderstand", "1")
	return block
}

func (g *guarded) notUnderstood(what string, a answer12) {
	g.t.Helper()
	if a.status != http.StatusInternalServerError || a.find("//Fault/Code/Value") != "s:MustUnderstand" || a.find("//Header/Action") != faultAction {
		g.t.Errorf("%s: %d %s", what, a.status, a.body)
	}
	g.silent(what, a)
}

// A session is worth no more than what is said in it: user and password must be those of the certificate's organisation.
func TestWhoseCertificateItIs(t *testing.T) {
	g := newGuarded(t)
	list := func(as login, party string) string {
		return `<GetAvailableFilesEC xmlns="` + nsBroker + `"><userName>` + as.user + `</userName><password>` + as.password + `</password><searchParameters>` +
			`<FileStatus xmlns="http://schemas.altinn.no/services/ServiceEngine/Broker/2015/06">Uploaded</FileStatus>` +
			`<Reportee xmlns="http://schemas.altinn.no/services/ServiceEngine/Broker/2015/06">` + party + `</Reportee></searchParameters></GetAvailableFilesEC>`
	}
	const action = nsBroker + "/IBrokerServiceExternalEC/GetAvailableFilesEC"
	ask := func(s session, as login, party string) answer12 {
		return g.post12(ec2Path, g.sign(s, security.Message{Action: action}, list(as, party)))
	}
	g.good("a pinned one", ask(g.begin(g.pinned, ec2Path), asRecipient, recipient), action+"Response")
	g.good("the other pinned one", ask(g.begin(g.second, ec2Path), asRecipient, recipient), action+"Response")
	g.good("one that is vouched for", ask(g.begin(g.senders, ec2Path), asSender, sender), action+"Response")
	g.loginRefused("one of another organisation", ask(g.begin(g.vouched, ec2Path), asSender, sender), action)
}

// Test asks for no login, but the header must be what the binding says.
func TestTestAsksForAGoodHeader(t *testing.T) {
	g := newGuarded(t)
	const action, body = "http://www.altinn.no/services/2009/10/IAltinnContractBase/Test", `<Test xmlns="http://www.altinn.no/services/2009/10"/>`
	m := security.Message{Action: action}
	g.good("with anybody's password", g.post12(wsPath, g.with(nobody, m, body)), action+"Response")
	g.good("in a session", g.post12(ec2Path, g.sign(g.begin(g.pinned, ec2Path), m, body)), action+"Response")
	for _, path := range []string{wsPath, ec2Path} {
		g.refused("without a header, at "+path, g.post12(path, envelope12(t, nil, body)), wsse("InvalidSecurity"))
	}
}

// As the documentation shows it: neither Timestamp nor MessageID, mustUnderstand="true", blocks in another order, and a Nonce.
func TestThePublishedExampleIsAnswered(t *testing.T) {
	g := newGuarded(t)
	reference := g.waiting()
	message := []byte(`<soap:Envelope xmlns:ns="` + nsBroker + `" xmlns:soap="` + ns12 + `">
  <soap:Header xmlns:wsa="` + nsAddressing + `">
    <wsse:Security soap:mustUnderstand="true" xmlns:wsse="` + nsSecurity + `">
      <wsse:UsernameToken xmlns:wsu="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd" wsu:Id="UsernameToken-4">
        <wsse:Username>mottaker</wsse:Username>
        <wsse:Password Type="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordText">mottaker-demo</wsse:Password>
        <wsse:Nonce>Y2FyZHMgb24gYSB0YWJsZQ==</wsse:Nonce>
        <wsu:Created>` + time.Now().UTC().Format(time.RFC3339) + `</wsu:Created>
      </wsse:UsernameToken>
    </wsse:Security>
    <wsa:Action>` + wsAction + `</wsa:Action>
    <wsa:To>http://elsewhere.example:81` + wsPath + `</wsa:To>
  </soap:Header>
  <soap:Body>` + wsBody(reference) + `</soap:Body>
</soap:Envelope>`)
	a := g.post12(wsPath+"?wsdl", message)
	g.good("the example", a, wsAction+"Response")
	if a.doc.FindElement("//Header/RelatesTo") != nil {
		t.Errorf("it relates to what has no id: %s", a.body)
	}
	g.refused("the example again", g.post12(wsPath, message), wsse("InvalidSecurity"))
}

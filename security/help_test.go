package security_test

import (
	"crypto/sha1"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/altinn-transfer/altinn-transfer/internal/certs"
	"github.com/altinn-transfer/altinn-transfer/security"
	"github.com/beevik/etree"
)

const (
	address = "https://far.example/A/B.svc"
	path    = "/A/B.svc"
	party   = "910075918"
)

// now is the time of every message and every clock of these tests, but where one says otherwise. The certificates are made for it.
var now = time.Now().UTC().Truncate(time.Second)

// after is how a message writes a time.
func after(d time.Duration) string { return now.Add(d).Format("2006-01-02T15:04:05.000Z") }

// keys takes a while to make, and is not changed.
var keys = sync.OnceValue(func() struct {
	authority *certs.Authority
	identity  *tls.Certificate
} {
	authority, err := certs.NewAuthority("root")
	if err != nil {
		panic(err)
	}
	identity, err := authority.Enterprise("Ærlig & Søn AS", party)
	if err != nil {
		panic(err)
	}
	return struct {
		authority *certs.Authority
		identity  *tls.Certificate
	}{authority, identity}
})

func identity() *tls.Certificate { return keys().identity }

// clock can be put forward.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

// newChecker pins the identity; change may say otherwise.
func newChecker(t testing.TB, change func(*security.Options)) *security.Checker {
	t.Helper()
	o := security.Options{
		Pinned: [][32]byte{sha256.Sum256(identity().Certificate[0])}, Now: func() time.Time { return now },
	}
	if change != nil {
		change(&o)
	}
	checker, err := security.NewChecker(o)
	if err != nil {
		t.Fatal(err)
	}
	return checker
}

// ticks keeps two beginnings of one identity out of one millisecond: their signatures would be equal.
var ticks atomic.Int64

func newRequest(t testing.TB) *security.TokenRequest {
	t.Helper()
	request, err := security.NewTokenRequest(address, identity(), now.Add(time.Duration(ticks.Add(1))*time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	return request
}

// begin begins a session over the wire's form.
func begin(t testing.TB, checker *security.Checker) *security.Session {
	t.Helper()
	session, _ := beginWithKey(t, checker)
	return session
}

// beginWithKey tells the session's key, too, of which each side's half stands in a message.
func beginWithKey(t testing.TB, checker *security.Checker) (*security.Session, []byte) {
	t.Helper()
	request := newRequest(t)
	answer := answer(t, checker, request)
	theirs := unbase64(t, answer.FindElement("./Entropy/BinarySecret").Text())
	return sessionOf(t, request, answer), security.DeriveKey(unbase64(t, request.Secret), theirs)
}

// answer is what a token request gets, as the wire has it.
func answer(t testing.TB, checker *security.Checker, request *security.TokenRequest) *etree.Element {
	t.Helper()
	header, body := parts(t, envelope(t, request.Header, request.Body))
	issued, err := checker.Issue(header, body, path)
	if err != nil {
		t.Fatal(err)
	}
	_, answer := parts(t, envelope(t, issued.Header, issued.Body))
	return answer
}

func sessionOf(t testing.TB, request *security.TokenRequest, answer *etree.Element) *security.Session {
	t.Helper()
	session, err := request.Session(answer)
	if err != nil {
		t.Fatal(err)
	}
	return session
}

func unbase64(t testing.TB, text string) []byte {
	t.Helper()
	octets, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return octets
}

// signed is a message of a session, as it is on the wire.
func signed(t testing.TB, session *security.Session, at time.Time) *etree.Document {
	t.Helper()
	header, err := session.Sign(security.Message{Action: "urn:do", To: address, Now: at})
	if err != nil {
		t.Fatal(err)
	}
	return envelope(t, header, nil)
}

// envelope puts a message into the form that it has on the wire, and reads it.
func envelope(t testing.TB, header []*etree.Element, body *etree.Element) *etree.Document {
	t.Helper()
	doc := etree.NewDocument()
	root := doc.CreateElement("s:Envelope")
	root.CreateAttr("xmlns:s", "http://www.w3.org/2003/05/soap-envelope")
	h := root.CreateElement("s:Header")
	for _, b := range header {
		h.AddChild(b.Copy())
	}
	b := root.CreateElement("s:Body")
	if body != nil {
		b.AddChild(body.Copy())
	}
	return reread(t, doc)
}

func bytesOf(t testing.TB, doc *etree.Document) []byte {
	t.Helper()
	doc.WriteSettings.CanonicalText, doc.WriteSettings.CanonicalAttrVal = true, true
	text, err := doc.WriteToBytes()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func reread(t testing.TB, doc *etree.Document) *etree.Document {
	t.Helper()
	read := etree.NewDocument()
	if err := read.ReadFromBytes(bytesOf(t, doc)); err != nil {
		t.Fatal(err)
	}
	return read
}

// parts are the header blocks of a message, and the one child of its body.
func parts(t testing.TB, doc *etree.Document) (header []*etree.Element, body *etree.Element) {
	t.Helper()
	for _, section := range doc.Root().ChildElements() {
		switch section.Tag {
		case "Header":
			header = section.ChildElements()
		case "Body":
			if children := section.ChildElements(); len(children) > 0 {
				body = children[0]
			}
		}
	}
	return header, body
}

// check has a message of a session checked.
func check(t testing.TB, checker *security.Checker, doc *etree.Document) error {
	t.Helper()
	header, _ := parts(t, doc)
	_, err := checker.Session(header)
	return err
}

// issue has a token request checked.
func issue(t testing.TB, checker *security.Checker, doc *etree.Document) error {
	t.Helper()
	header, body := parts(t, doc)
	_, err := checker.Issue(header, body, path)
	return err
}

// wants fails unless the error is one of security's with that subcode; "" is none.
func wants(t testing.TB, what string, err error, name string) {
	t.Helper()
	e, ok := errors.AsType[*security.Error](err)
	switch {
	case name == "" && err != nil:
		t.Errorf("%s: %v", what, err)
	case name != "" && (!ok || e.Subcode.Local != name):
		t.Errorf("%s: got %v, want %s", what, err, name)
	}
}

// thumbprint is how a certificate is named by its SHA-1.
func thumbprint(pair *tls.Certificate) string {
	sum := sha1.Sum(pair.Certificate[0])
	return base64.StdEncoding.EncodeToString(sum[:])
}

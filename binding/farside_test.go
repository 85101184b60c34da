package binding_test

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/altinn-transfer/altinn-transfer/binding"
	"github.com/altinn-transfer/altinn-transfer/internal/certs"
	"github.com/altinn-transfer/altinn-transfer/mtom"
	"github.com/altinn-transfer/altinn-transfer/security"
	"github.com/altinn-transfer/altinn-transfer/soap"
	"github.com/beevik/etree"
)

const nsBroker = "http://www.altinn.no/services/ServiceEngine/Broker/2015/06"

// identities are an authority, and a certificate that the far side believes. It is valid by the clock of a synctest, too.
var identities = sync.OnceValues(func() (*certs.Authority, *tls.Certificate) {
	authority, err := certs.NewAuthority("root")
	if err != nil {
		panic(err)
	}
	template := certs.EnterpriseTemplate("Sender AS", "974760673")
	template.NotBefore, template.NotAfter = time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC)
	pair, err := authority.Issue(template)
	if err != nil {
		panic(err)
	}
	return authority, pair
})

func enterprise() binding.Certificate {
	return binding.Certificate{
		KeyPair: func(context.Context) (*tls.Certificate, error) {
			_, pair := identities()
			return pair, nil
		},
		Username: "USER-NAME", Password: binding.Literal("USER-PASSWORD"),
	}
}

// farSide is a service of the EC2 binding: it begins sessions and, within one, answers anything well.
type farSide struct {
	// begins, where set, answers a request for a session instead of the far side.
	begins func(w http.ResponseWriter, r *http.Request, asked *soap.Envelope)
	// issued, where set, changes the answer that begins a session.
	issued func(*security.Issued)
	// header, where set, changes the header of an answer within a session.
	header func([]*etree.Element) []*etree.Element

	mu      sync.Mutex
	checker *security.Checker
	begun   []string // the paths at which a session was asked for
	called  []string // the cookie of each call, with its path
	forgets int      // so many calls will find that their session has ended
}

func newFarSide(t *testing.T) *farSide {
	t.Helper()
	f := new(farSide)
	f.restart(t)
	return f
}

// restart makes all sessions unknown.
func (f *farSide) restart(t *testing.T) {
	t.Helper()
	_, pair := identities()
	checker, err := security.NewChecker(security.Options{Pinned: [][32]byte{sha256.Sum256(pair.Certificate[0])}})
	if err != nil {
		t.Fatal(err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.checker = checker
}

// client makes a client that speaks to the far side over a socket.
func (f *farSide) client(t *testing.T, credentials binding.Credentials) *binding.Client {
	t.Helper()
	far := httptest.NewServer(f)
	t.Cleanup(far.Close)
	return newClient(t, far.URL, credentials, nil)
}

func newClient(t *testing.T, url string, credentials binding.Credentials, o *binding.Options) *binding.Client {
	t.Helper()
	client, err := binding.New(url, credentials, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

func (f *farSide) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	asked, err := readEnvelope(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	address := security.ReadAddress(asked.Header)
	if address.Action == security.ActionRequestToken {
		f.begin(w, r, asked)
		return
	}
	cookie, _ := r.Cookie("machine")
	f.mu.Lock()
	f.called = append(f.called, fmt.Sprint(r.URL.Path, " ", cookie))
	ended := f.forgets > 0
	f.forgets = max(f.forgets-1, 0)
	checker := f.checker
	f.mu.Unlock()
	io.Copy(io.Discard, r.Body) // or the answer may come before a byte of the source was taken
	if _, err := checker.Session(asked.Header); err != nil || ended {
		refuse(w, address, err, "BadContextToken")
		return
	}
	header := security.Reply(address.Action+"Response", address.MessageID, time.Now())
	if f.header != nil {
		header = f.header(header)
	}
	body := asked.Body.Tag + "Response"
	if asked.Body.Tag == "StreamedPayloadECBE" {
		body = "ReceiptExternalStreamedBE"
	}
	answer(w, http.StatusOK, header, soap.NewElement(nsBroker, body))
}

func (f *farSide) begin(w http.ResponseWriter, r *http.Request, asked *soap.Envelope) {
	f.mu.Lock()
	f.begun = append(f.begun, r.URL.Path)
	n, checker := len(f.begun), f.checker
	f.mu.Unlock()
	if f.begins != nil {
		f.begins(w, r, asked)
		return
	}
	issued, err := checker.Issue(asked.Header, asked.Body, r.URL.Path)
	if err != nil {
		refuse(w, security.ReadAddress(asked.Header), err, "FailedAuthentication")
		return
	}
	if f.issued != nil {
		f.issued(issued)
	}
	http.SetCookie(w, &http.Cookie{Name: "machine", Value: fmt.Sprint(n)})
	answer(w, http.StatusOK, issued.Header, issued.Body)
}

// seen are copies of what the far side was asked.
func (f *farSide) seen() (begun, called []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.begun), slices.Clone(f.called)
}

// forget lets the next calls find that their session has ended.
func (f *farSide) forget(calls int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.forgets = calls
}

func readEnvelope(r *http.Request) (*soap.Envelope, error) {
	decoder, err := mtom.NewDecoder(r.Body, r.Header.Get("Content-Type"), nil)
	if err != nil {
		return nil, err
	}
	root, err := decoder.Root()
	if err != nil {
		return nil, err
	}
	return soap.ParseEnvelope(root)
}

func answer(w http.ResponseWriter, status int, header []*etree.Element, body *etree.Element) {
	envelope := &soap.Envelope{Version: soap.SOAP12, Header: header, Body: body}
	w.Header().Set("Content-Type", "application/soap+xml; charset=utf-8")
	w.WriteHeader(status)
	w.Write(envelope.Bytes())
}

// refuse answers with a fault from below the service: that of err where it has a subcode, or else of WS-SecureConversation or
// WS-Security.
func refuse(w http.ResponseWriter, address security.Address, err error, subcode string) {
	space, reason := "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd", subcode
	if subcode == "BadContextToken" {
		space = "http://schemas.xmlsoap.org/ws/2005/02/sc"
	}
	if e, ok := errors.AsType[*security.Error](err); ok {
		space, subcode, reason = e.Subcode.Space, e.Subcode.Local, e.Reason
	}
	doc := etree.NewDocument()
	fault := `<s:Fault xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Code><s:Value>s:Sender</s:Value><s:Subcode>` +
		`<s:Value xmlns:c="` + space + `">c:` + subcode + `</s:Value></s:Subcode></s:Code><s:Reason><s:Text xml:lang="en">` + reason + `</s:Text></s:Reason></s:Fault>`
	if err := doc.ReadFromString(fault); err != nil {
		panic(err)
	}
	answer(w, http.StatusInternalServerError, security.Reply(security.ActionFault, address.MessageID, time.Now()), doc.Root())
}

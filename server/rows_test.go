package server_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/altinn-transfer/altinn-transfer/archive"
	"github.com/altinn-transfer/altinn-transfer/binding"
	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/endpoint"
	"github.com/altinn-transfer/altinn-transfer/internal/certs"
	"github.com/altinn-transfer/altinn-transfer/schema"
	"github.com/altinn-transfer/altinn-transfer/security"
	"github.com/altinn-transfer/altinn-transfer/server"
	"github.com/altinn-transfer/altinn-transfer/soap"
	"github.com/altinn-transfer/altinn-transfer/stream"
	"github.com/beevik/etree"
)

// recorder remembers the last messages that went over HTTP.
type recorder struct {
	next http.RoundTripper

	mu       sync.Mutex
	request  *http.Request
	body     []byte // of the request
	response *http.Response
}

func (r *recorder) RoundTrip(request *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(request.Body)
	if err != nil {
		return nil, err
	}
	request.Body.Close()
	sent := request.Clone(request.Context())
	sent.Body = io.NopCloser(bytes.NewReader(body))
	response, err := r.next.RoundTrip(sent)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.request, r.body, r.response = request, body, response
	return response, err
}

// everyBinding is a server over TLS with one user, who may log in in every binding.
type everyBinding struct {
	address     string
	recorder    *recorder
	credentials map[endpoint.Binding]binding.Credentials
}

// rowCertificates are those of the server and of its user. They take a while to make, and are not changed.
type rowCertificates struct {
	authority     *certs.Authority
	identity, own *tls.Certificate
}

var madeOnce = sync.OnceValues(func() (c rowCertificates, err error) {
	if c.authority, err = certs.NewAuthority("root"); err != nil {
		return c, err
	}
	if c.identity, err = c.authority.Enterprise("Prøve AS", sender); err != nil {
		return c, err
	}
	c.own, err = c.authority.Server("127.0.0.1")
	return c, err
})

func newEveryBinding(t *testing.T, o server.Options) *everyBinding {
	t.Helper()
	c, err := madeOnce()
	if err != nil {
		t.Fatal(err)
	}
	o.Dir = t.TempDir()
	o.Users = []server.User{{
		Name: "412", PasswordHash: quickHash(t, "hemmelig & <ærlig>"), Rights: []server.Right{{Party: sender, Send: true, Receive: true}},
		Certificates: []string{fmt.Sprintf("%x", sha256.Sum256(c.identity.Certificate[0]))},
	}}
	far, err := server.New(o)
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewUnstartedServer(far)
	web.TLS = &tls.Config{Certificates: []tls.Certificate{*c.own}}
	web.StartTLS()
	t.Cleanup(func() { web.Close(); far.Close() })
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: c.authority.Pool()}}
	t.Cleanup(transport.CloseIdleConnections)
	password := binding.Literal("hemmelig & <ærlig>")
	return &everyBinding{web.URL, &recorder{next: transport}, map[endpoint.Binding]binding.Credentials{
		endpoint.Basic: binding.Basic{SystemUser: "412", Password: password},
		endpoint.WS:    binding.UsernameToken{Username: "412", Password: password},
		endpoint.EC2: binding.Certificate{
			KeyPair: func(context.Context) (*tls.Certificate, error) { return c.identity, nil }, Username: "412", Password: password,
		},
	}}
}

func (e *everyBinding) options() *binding.Options {
	return &binding.Options{HTTP: &http.Client{Transport: e.recorder}}
}

// client makes one for a binding, for services that have some operations otherwise.
func (e *everyBinding) client(t *testing.T, b endpoint.Binding, overrides ...endpoint.Override) *binding.Client {
	t.Helper()
	options := e.options()
	options.Overrides = overrides
	client, err := binding.New(e.address, e.credentials[b], options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

// sampleAnswers are files of answers for every operation that streams nothing.
func sampleAnswers() fstest.MapFS {
	files := fstest.MapFS{}
	for op := range endpoint.All() {
		name := op.Base + ".xml"
		if op.Stream != endpoint.NoStream || op.Base == "Test" {
			continue
		}
		if files[name] == nil {
			files[name] = &fstest.MapFile{}
		}
		doc := etree.NewDocument()
		doc.SetRoot(sampleResult(op, "answer"))
		text, _ := doc.WriteToString()
		files[name].Data = append(files[name].Data, text...)
	}
	for _, file := range files {
		file.Data = append([]byte("<answers>"), append(file.Data, "</answers>"...)...)
	}
	return files
}

func sampleResult(op endpoint.Operation, name string) *etree.Element {
	el := etree.NewElement(name)
	if op.Result != "" {
		schema.Sample(el, op.Result)
	}
	return el
}

// Every row of the endpoint table, and those that it forgot, goes from the client to the server and back in its binding: with
// a value in every parameter, and an answer with a value in every member.
func TestEveryRowIsExchanged(t *testing.T) {
	far := newEveryBinding(t, server.Options{Fixtures: sampleAnswers()})
	clients := map[endpoint.Binding]*binding.Client{}
	for b := range far.credentials {
		clients[b] = far.client(t, b)
	}
	listed := 0
	for op := range endpoint.All() {
		if op.Base == "Test" || op.Stream != endpoint.NoStream {
			continue
		}
		if op.InTable {
			listed++
		}
		t.Run(op.Binding.String()+" "+op.Name, func(t *testing.T) { exchangeRow(t, far, clients[op.Binding], op) })
	}
	if want := 117 - 12; listed != want { // the others are the four streamed ones, in three bindings
		t.Errorf("%d rows of the table were exchanged, want %d", listed, want)
	}
}

func exchangeRow(t *testing.T, far *everyBinding, client *binding.Client, op endpoint.Operation) {
	values := binding.Values{}
	for _, p := range op.Params {
		if p.Role == endpoint.RoleNone {
			values[p.Name] = func(el *etree.Element) { schema.Sample(el, p.Type) }
		}
	}
	reply, err := client.Call(t.Context(), op.Name, binding.Request{Values: values, User: binding.User{
		SSN: "01018012345", Password: binding.Literal("a"), PinCode: binding.Literal("b"), AuthMethod: "SMSPin",
	}})
	if err != nil {
		t.Fatal(err)
	}
	checkForm(t, far.recorder, op)
	checkRequest(t, far.recorder, op)
	if op.Binding.SOAP12() {
		if got := security.ReadAddress(reply.Envelope.Header).Action; got != op.ReplyAction() {
			t.Errorf("the answer's action is %s, want %s", got, op.ReplyAction())
		}
	}
	body := reply.Envelope.Body
	if op.Result == "" {
		if len(body.ChildElements()) > 0 {
			t.Errorf("an answer without a result holds %s", body.ChildElements()[0].Tag)
		}
		return
	}
	result := body.SelectElement(op.ResultElement())
	if result == nil || result.NamespaceURI() != op.Namespace {
		t.Fatalf("the answer has no %s", op.ResultElement())
	}
	if got, want := laidOut(result), laidOut(sampleResult(op, op.ResultElement())); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// laidOut is what is in an element, with the namespaces of all that is in it.
func laidOut(el *etree.Element) string {
	var b strings.Builder
	for _, token := range el.Child {
		switch token := token.(type) {
		case *etree.CharData:
			b.WriteString(token.Data)
		case *etree.Element:
			fmt.Fprintf(&b, "<{%s}%s>%s</>", token.NamespaceURI(), token.Tag, laidOut(token))
		}
	}
	return b.String()
}

// checkForm compares what went over HTTP with what the row says.
func checkForm(t *testing.T, r *recorder, op endpoint.Operation) {
	t.Helper()
	if got := r.request.URL.Path; got != op.Path {
		t.Errorf("it went to %s, want %s", got, op.Path)
	}
	media, action := "text/xml", `"`+op.Action()+`"`
	if op.Binding.SOAP12() {
		media, action = "application/soap+xml", ""
	}
	if got := r.request.Header.Get("SOAPAction"); got != action {
		t.Errorf("SOAPAction %s, want %s", got, action)
	}
	for what, header := range map[string]http.Header{"request": r.request.Header, "answer": r.response.Header} {
		contentType := header.Get("Content-Type")
		multipart := strings.HasPrefix(contentType, "multipart/related;")
		if multipart != op.MTOM || multipart && !strings.Contains(contentType, `start-info="`+media+`"`) || !multipart && !strings.HasPrefix(contentType, media+";") {
			t.Errorf("the %s is %s", what, contentType)
		}
	}
}

// checkRequest compares the body that was sent, and its address, with what the row says.
func checkRequest(t *testing.T, r *recorder, op endpoint.Operation) {
	t.Helper()
	envelope, err := soap.ParseEnvelope(r.body)
	if err != nil {
		t.Fatal(err)
	}
	if envelope.Version == soap.SOAP12 != op.Binding.SOAP12() {
		t.Errorf("it is SOAP %v", envelope.Version)
	}
	if address := security.ReadAddress(envelope.Header); op.Binding.SOAP12() && (address.Action != op.Action() || address.To != r.request.URL.String()) {
		t.Errorf("it says %+v, want the action %s", address, op.Action())
	}
	want := etree.NewElement(op.RequestWrapper())
	want.CreateAttr("xmlns", op.Namespace)
	for _, p := range op.Params {
		el := want.CreateElement(p.Name)
		if p.Role == endpoint.RoleNone {
			schema.Sample(el, p.Type)
		} else if sent := envelope.Body.SelectElement(p.Name); sent != nil {
			el.SetText(sent.Text()) // a login, which other tests look at
		}
	}
	if envelope.Body.Tag != want.Tag || envelope.Body.NamespaceURI() != op.Namespace {
		t.Errorf("the body is a %s in %s", envelope.Body.Tag, envelope.Body.NamespaceURI())
	}
	if got, want := laidOut(envelope.Body), laidOut(want); got != want {
		t.Errorf("sent %s\nwant %s", got, want)
	}
}

// Test is at every endpoint, so that no name leads to it. Here another operation is called by that name.
func TestTestIsAnsweredAtEveryEndpoint(t *testing.T) {
	far := newEveryBinding(t, server.Options{})
	for op := range endpoint.All() {
		if op.Base != "Test" {
			continue
		}
		t.Run(op.Path, func(t *testing.T) {
			const other = "GetAltinnSubmissionStatus"
			client := far.client(t, op.Binding, endpoint.Override{
				Base: other, Binding: op.Binding, Name: op.Name, Namespace: op.Namespace, Interface: op.Interface, Path: op.Path,
			})
			reply, err := client.Call(t.Context(), other, binding.Request{})
			if err != nil {
				t.Fatal(err)
			}
			if got := reply.Envelope.Body; got.Tag != op.ReplyWrapper() || got.NamespaceURI() != op.Namespace || len(got.ChildElements()) > 0 {
				t.Errorf("answered %s in %s", got.Tag, got.NamespaceURI())
			}
		})
	}
}

// The streamed operations need what the others made: a reference, a form task, an attachment.
func TestStreamedRowsAreExchanged(t *testing.T) {
	far := newEveryBinding(t, server.Options{})
	for b, credentials := range far.credentials {
		t.Run(b.String(), func(t *testing.T) {
			files, err := broker.New(far.address, credentials, far.options())
			if err != nil {
				t.Fatal(err)
			}
			defer files.Close()
			sendAndReceive(t, files)
			forms, err := archive.New(far.address, credentials, far.options())
			if err != nil {
				t.Fatal(err)
			}
			defer forms.Close()
			attachAndArchive(t, forms)
		})
	}
}

func sendAndReceive(t *testing.T, client *broker.Client) {
	ctx := t.Context()
	reference, err := client.Initiate(ctx, broker.Manifest{
		ServiceCode: "4192", EditionCode: 270815, Sender: sender, Recipients: []broker.Party{sender}, SendersReference: "a reference of mine that is long",
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Upload(ctx, reference, sender, stream.Bytes("a.zip", []byte(emptyZIP)), nil); err != nil {
		t.Fatal(err)
	}
	waiting, err := client.HasAvailable(ctx, broker.Query{Recipient: sender})
	if err != nil || !waiting {
		t.Fatalf("waiting: %v, %v", waiting, err)
	}
	for file, err := range client.Available(ctx, broker.Query{Recipient: sender}) {
		if err != nil || file.Reference != reference {
			t.Fatalf("listed: %+v, %v", file, err)
		}
	}
	download, err := client.Download(ctx, reference, sender)
	if err != nil {
		t.Fatal(err)
	}
	defer download.Close()
	if got, err := io.ReadAll(download); err != nil || string(got) != emptyZIP {
		t.Errorf("got %q, %v", got, err)
	}
	if err := client.Confirm(ctx, reference, sender); err != nil {
		t.Fatal(err)
	}
}

func attachAndArchive(t *testing.T, client *archive.Client) {
	ctx := t.Context()
	receipt, err := client.SubmitFormTask(ctx, archive.Shipment{
		Reportee: sender, ServiceCode: "4192", Edition: 270815,
		Forms: []archive.Form{{DataFormat: "212", Version: 1, Data: "<skjema>blåbær</skjema>"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	element := receipt.ReporteeElement()
	attached, err := client.SubmitAttachment(ctx, archive.Attachment{ReporteeElement: element}, stream.Bytes("vedlegg.pdf", []byte("%PDF-1.7")), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.CompleteAndSignShipment(ctx, archive.Completion{ReporteeElement: element}); err != nil {
		t.Fatal(err)
	}
	task, err := client.GetArchivedFormTask(ctx, element)
	if err != nil || len(task.Attachments) != 1 || task.Forms[0].Data != "<skjema>blåbær</skjema>" {
		t.Fatalf("archived: %+v, %v", task, err)
	}
	for name, get := range map[string]func(context.Context, int) (*archive.Download, error){"streamed": client.GetAttachment, "in place": client.GetAttachmentData} {
		download, err := get(ctx, task.Attachments[0].ID)
		if err != nil {
			t.Fatalf("%s: %v (receipt %d)", name, err, attached.ID)
		}
		got, err := io.ReadAll(download)
		if err != nil || string(got) != "%PDF-1.7" {
			t.Errorf("%s: %q, %v", name, got, err)
		}
		download.Close()
	}
}

package server

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/altinn-transfer/altinn-transfer/endpoint"
	"github.com/altinn-transfer/altinn-transfer/mtom"
	"github.com/altinn-transfer/altinn-transfer/soap"
	"github.com/beevik/etree"
)

// exchange is one request and its answer.
type exchange struct {
	server  *Server
	writer  *answerWriter
	request *http.Request
	body    *requestBody
	start   time.Time

	op       endpoint.Operation // the zero row until it is known
	trouble  Trouble
	decoder  *mtom.Decoder
	envelope *soap.Envelope
	user     *login
	about    string // what the request is about, for the log: a reference, a file
	entered  bool   // it is one of those under way
}

// reply is what an operation answers: the content of the body, and a file beside it where the operation streams one.
type reply struct {
	body *etree.Element
	into *etree.Element // the element that holds the file
	file *os.File
	size int64
}

// operations are the rows that this server answers, by their base name. Test, which every endpoint has, is among them.
var operations = map[string]func(*exchange) (*reply, error){
	"InitiateBrokerService":     (*exchange).initiate,
	"UploadFileStreamed":        (*exchange).upload,
	"GetAvailableFiles":         (*exchange).availableFiles,
	"CheckIfAvailableFiles":     (*exchange).checkIfAvailable,
	"DownloadFileStreamed":      (*exchange).download,
	"ConfirmDownloaded":         (*exchange).confirm,
	"SubmitAttachmentStreamed":  (*exchange).submitAttachment,
	"GetAttachmentDataStreamed": (*exchange).attachmentData,
	"Test":                      (*exchange).test,
}

// answers reports whether this server answers an operation.
func answers(op endpoint.Operation) bool {
	return op.Binding == endpoint.Basic && operations[op.Base] != nil
}

// How long a request may take to say what it wants, and how many bytes: a manifest with thousands of files in it. Anybody may
// make the server hold as much before it is clear who it is.
const (
	envelopeTime = 30 * time.Second
	envelopeSize = 1 << 20
)

func newExchange(s *Server, w *answerWriter, r *http.Request) *exchange {
	// A fault may have to be said while the client still sends. Where that cannot be (HTTP/2), it can be done anyway.
	_ = w.controller.EnableFullDuplex()
	now := time.Now()
	return &exchange{
		server: s, request: r, start: now, writer: w,
		body: &requestBody{body: r.Body, controller: w.controller, stall: s.options.Limits.Stall, until: now.Add(envelopeTime)},
	}
}

func (x *exchange) run() {
	x.carryOut()
	x.body.drain(x.server.drainLimit()) // no longer one of those under way
}

func (x *exchange) carryOut() {
	defer x.leave()
	reply, err := x.handle()
	if reply != nil && reply.file != nil {
		defer reply.file.Close()
	}
	if x.trouble.Kind == LoseAnswer {
		x.finish("answer lost on purpose", err)
		panic(http.ErrAbortHandler)
	}
	outcome := "ok"
	switch {
	case x.body.err != nil:
		x.finish("request broke off", x.body.err)
		panic(http.ErrAbortHandler) // nobody is there to be told, and nothing may look like an answer
	case err != nil:
		outcome = "refused"
		err = errors.Join(err, x.answerError(err))
	default:
		err = x.write(http.StatusOK, reply)
	}
	x.finish(outcome, err)
	if x.writer.err != nil {
		panic(http.ErrAbortHandler) // a part of an answer must not end as if it were one
	}
}

// enter makes the request, which has said what it wants, one of those under way.
func (x *exchange) enter() error {
	x.entered = true
	x.body.until = time.Time{}
	if x.server.tooMany(x.server.underWay.Add(1)) {
		return &httpError{http.StatusServiceUnavailable, tooManyRequests}
	}
	return nil
}

func (x *exchange) leave() {
	if x.entered {
		x.server.underWay.Add(-1)
	}
}

// finish writes the request's one line.
func (x *exchange) finish(outcome string, err error) {
	attrs := []any{
		"operation", x.op.Base, "outcome", outcome, "about", fmt.Sprintf("%.80s", x.about),
		"in", x.body.n, "out", x.writer.n, "took", time.Since(x.start).Round(time.Millisecond),
	}
	if x.user != nil {
		attrs = append(attrs, "user", x.user.Name)
	}
	if err != nil {
		attrs = append(attrs, "error", err)
	}
	x.server.log.Info("request", attrs...)
}

// handle reads the request as far as it must be to know what is asked by whom, and has it carried out.
func (x *exchange) handle() (*reply, error) {
	if err := x.findByAction(); err != nil {
		return nil, err
	}
	if err := x.readEnvelope(); err != nil {
		return nil, err
	}
	if err := x.findByBody(); err != nil {
		return nil, err
	}
	if err := x.getIntoTrouble(); err != nil {
		return nil, err
	}
	if err := x.checkHeader(); err != nil {
		return nil, err
	}
	if x.op.Stream != endpoint.StreamRequest {
		if err := x.readToEnd(); err != nil {
			return nil, err
		}
	}
	if err := x.login(); err != nil {
		return nil, err
	}
	return operations[x.op.Base](x)
}

func (x *exchange) findByAction() error {
	found := false
	for range endpoint.At(x.request.URL.Path) {
		found = true
		break
	}
	if !found {
		return &httpError{http.StatusNotFound, "there is no service at this path"}
	}
	action := strings.Trim(x.request.Header.Get("SOAPAction"), `"`)
	x.op, _ = endpoint.Lookup(x.request.URL.Path, action)
	x.trouble = x.server.troubles.meet(x.op.Base)
	if x.trouble.Kind == CutRequest {
		x.body.cutAfter(x.trouble.After)
	}
	return nil
}

// streamElements are the elements that may hold a file as base64 in place.
var streamElements = func() map[xml.Name]bool {
	names := map[xml.Name]bool{}
	for op := range endpoint.All() {
		if op.Stream == endpoint.StreamRequest {
			names[xml.Name{Space: op.Namespace, Local: op.StreamElement()}] = true
		}
	}
	return names
}()

func (x *exchange) readEnvelope() (err error) {
	if x.request.Header.Get("Content-Encoding") != "" {
		return &httpError{http.StatusUnsupportedMediaType, "a compressed request is not read"}
	}
	x.decoder, err = mtom.NewDecoder(x.body, x.request.Header.Get("Content-Type"), &mtom.Options{
		Inline: func(name xml.Name) bool { return streamElements[name] },
		Limits: mtom.Limits{Root: envelopeSize},
	})
	if err != nil {
		return &httpError{http.StatusUnsupportedMediaType, err.Error()}
	}
	root, err := x.decoder.Root()
	if err != nil {
		return unreadable(err)
	}
	if err := x.enter(); err != nil {
		return err
	}
	if x.envelope, err = soap.ParseEnvelope(root); err != nil {
		return unreadable(err)
	}
	return nil
}

func (x *exchange) findByBody() error {
	body := x.envelope.Body
	if body == nil {
		return unreadable(errors.New("the body is empty"))
	}
	name := xml.Name{Space: body.NamespaceURI(), Local: body.Tag}
	if x.op.Base == "" {
		x.op, _ = endpoint.LookupBody(x.request.URL.Path, name)
	}
	if !answers(x.op) {
		return &soap.Fault{Code: "Client", Reason: fmt.Sprintf("%.80q at this endpoint is not answered here", name.Local)}
	}
	if x.envelope.Version != x.version() {
		return &soap.Fault{Code: "VersionMismatch", Reason: "this endpoint speaks another version of SOAP"}
	}
	if name.Local != x.op.RequestWrapper() || name.Space != x.op.Namespace {
		return unreadable(fmt.Errorf("the body holds %.80q instead of %s", name.Local, x.op.RequestWrapper()))
	}
	return nil
}

func (x *exchange) getIntoTrouble() error {
	switch x.trouble.Kind {
	case Delay:
		select {
		case <-time.After(x.trouble.Delay):
		case <-x.request.Context().Done():
		case <-x.server.stopped: // net/http says so only behind the end of the body
		}
	case CutAnswer:
		x.writer.cutAfter(x.trouble.After)
	case Fault:
		return altinnFault(x.trouble.Code)
	case Busy:
		return &httpError{http.StatusServiceUnavailable, "busy on purpose"}
	}
	return nil
}

// checkHeader refuses a block that must be understood and is not.
func (x *exchange) checkHeader() error {
	ns := x.envelope.Version.Namespace()
	for _, block := range x.envelope.Header {
		if mustUnderstand(block, ns) && !x.isParameter(block) {
			return &soap.Fault{Code: "MustUnderstand", Reason: fmt.Sprintf("the header block %.80q is not understood", block.Tag)}
		}
	}
	return nil
}

func mustUnderstand(block *etree.Element, ns string) bool {
	for _, attr := range block.Attr {
		if attr.Key == "mustUnderstand" && attr.NamespaceURI() == ns {
			return attr.Value == "1" || attr.Value == "true"
		}
	}
	return false
}

func (x *exchange) isParameter(block *etree.Element) bool {
	for _, p := range x.op.Headers {
		if named(block, x.op.Namespace, p) {
			return true
		}
	}
	return false
}

// readToEnd makes sure that a message without a stream is whole before anything is done on its word.
func (x *exchange) readToEnd() error {
	switch _, err := x.decoder.Next(); {
	case err == nil:
		return unreadable(errors.New("it carries an attachment, which this operation does not take"))
	case !errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return unreadable(err)
	}
	return nil
}

// login finds out who asks. Test asks nobody.
func (x *exchange) login() error {
	name, password := x.credential(endpoint.RoleSystemUser), x.credential(endpoint.RoleSystemPassword)
	if x.op.Base == "Test" {
		return nil
	}
	if x.user = x.server.users.check(name, password); x.user == nil {
		return altinnFault(soap.CodeSystemLogin)
	}
	return nil
}

func (x *exchange) test() (*reply, error) {
	return &reply{body: soap.NewElement(x.op.Namespace, x.op.ReplyWrapper())}, nil
}

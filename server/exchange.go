package server

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/altinn-transfer/altinn-transfer/endpoint"
	"github.com/altinn-transfer/altinn-transfer/mtom"
	"github.com/altinn-transfer/altinn-transfer/security"
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

	place    endpoint.Operation // any row of the path: they share binding and message form
	op       endpoint.Operation // the zero row until it is known
	action   string             // of the HTTP message; "" when it has none
	trouble  Trouble
	met      bool // it was seen whether the request gets into trouble
	decoder  *mtom.Decoder
	envelope *soap.Envelope
	sender   security.Login     // of the WS binding's header
	identity *security.Identity // of the EC2 binding's session
	user     *login
	person   *login // on whose behalf, where that is asked
	about    string // what the request is about, for the log: a reference, a file
	entered  bool   // it is one of those under way

	ended func(Request) // of the observer; nil when it was told
}

// reply is what an operation answers: the content of the body, and a file beside it where the operation streams one.
type reply struct {
	body   *etree.Element
	action string         // of the answer; "": the operation's own
	into   *etree.Element // the element that holds the file or the text
	text   []byte         // XML, of a list
	file   *os.File
	size   int64
}

func newExchange(s *Server, w *answerWriter, r *http.Request) *exchange {
	// A fault may have to be said while the client still sends. Where that cannot be (HTTP/2), it can be done anyway.
	_ = w.controller.EnableFullDuplex()
	now := time.Now()
	return &exchange{
		server: s, request: r, start: now, writer: w, ended: s.options.Observer.Began(),
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
		x.finish(OutcomeLost, err)
		panic(http.ErrAbortHandler)
	}
	outcome := OutcomeOK
	switch {
	case x.body.err != nil:
		x.finish(OutcomeBrokeOff, x.body.err)
		panic(http.ErrAbortHandler) // nobody is there to be told, and nothing may look like an answer
	case err != nil:
		outcome = outcomeOf(err)
		err = errors.Join(err, x.answerError(err))
	default:
		err = x.write(http.StatusOK, reply)
	}
	if x.writer.err != nil {
		outcome = OutcomeBrokeOff
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
		return &httpError{status: http.StatusServiceUnavailable, text: tooManyRequests}
	}
	return nil
}

func (x *exchange) leave() {
	x.tell(OutcomeBrokeOff) // unless it was told: a request that panicked
	if x.entered {
		x.server.underWay.Add(-1)
	}
}

// finish writes the request's one line, and tells the observer.
func (x *exchange) finish(outcome string, err error) {
	x.tell(outcome)
	attrs := []any{
		"operation", x.op.Base, "outcome", outcome, "about", fmt.Sprintf("%.80s", x.about),
		"bytes_in", x.body.n, "bytes_out", x.writer.n, "elapsed", time.Since(x.start).Round(time.Millisecond),
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
	if err := x.findByEnvelope(); err != nil {
		return nil, err
	}
	if err := x.getIntoTrouble(); err != nil {
		return nil, err
	}
	if err := x.checkHeader(); err != nil {
		return nil, err
	}
	if x.op.Stream != endpoint.StreamRequest && !takesValues(x.op) {
		if err := x.readToEnd(); err != nil {
			return nil, err
		}
	}
	if x.op.Base == tokenRequest {
		return x.issueToken()
	}
	if err := x.secure(); err != nil {
		return nil, err
	}
	if err := x.login(); err != nil {
		return nil, err
	}
	if err := x.personLogin(); err != nil {
		return nil, err
	}
	return x.perform()
}

func (x *exchange) getIntoTrouble() error {
	switch x.trouble.Kind {
	case Delay:
		select {
		case <-time.After(x.trouble.Delay):
		case <-x.request.Context().Done():
		case <-x.server.stopped: // net/http says so only behind the end of the body
		}
	case CutRequest:
		return x.body.err // where more was read with the envelope than is to be
	case CutAnswer:
		x.writer.cutAfter(x.trouble.After)
	case Fault:
		return altinnFault(x.trouble.Code)
	case Busy:
		return &httpError{http.StatusServiceUnavailable, "busy on purpose", x.trouble.Delay}
	}
	return nil
}

// login finds out which system asks. Nobody is asked where the operation has no place for a login: Test, and in the Basic
// binding GetAuthenticationChallenge and a few more.
func (x *exchange) login() error {
	if x.op.Base == "Test" || x.place.Binding == endpoint.Basic && !x.op.Takes(endpoint.RoleSystemUser) {
		return nil
	}
	name, password := x.credential(endpoint.RoleSystemUser), x.credential(endpoint.RoleSystemPassword)
	if x.place.Binding == endpoint.WS {
		name, password = x.sender.Name, x.sender.Password
	}
	user := x.server.users.check(name, password)
	if user == nil || x.identity != nil && !user.holds(x.identity) {
		return altinnFault(soap.CodeSystemLogin)
	}
	x.user = user
	return securityFault(x.server.checker.Take(x.sender))
}

// nothing answers where there is nothing to say but that it was done.
func (x *exchange) nothing() (*reply, error) {
	return &reply{body: soap.NewElement(x.op.Namespace, x.op.ReplyWrapper())}, nil
}

package server

import (
	"errors"
	"net/http"
	"time"
)

// Observer hears of requests. It is called from the goroutine of each, so it must return quickly.
type Observer interface {
	// Began tells that a message came. The function is called once, when it was answered or has broken off.
	Began() (ended func(Request))
}

// Request is one message that was sent here, and what became of it.
type Request struct {
	Operation string // base name ("UploadFileStreamed"); "": it did not become clear
	Binding   string // "Basic", "WS" or "EC2"; "": there is no service at its path
	Outcome   string // one of the Outcome constants
	In, Out   int64  // bytes of the bodies
	Elapsed   time.Duration
}

// The outcomes of a request.
const (
	OutcomeOK       = "ok"        // carried out
	OutcomeRefused  = "refused"   // answered with a fault, or an error of HTTP
	OutcomeBusy     = "busy"      // sent away for a moment: too many at once, or the server is closed
	OutcomeBrokeOff = "broke-off" // it ended in the middle, or nobody took the answer
	OutcomeLost     = "lost"      // carried out, and not answered on purpose
)

type nobody struct{}

func (nobody) Began() func(Request) { return func(Request) {} }

// turnAway tells of a message that was not looked at.
func (s *Server) turnAway(r *http.Request) {
	if r.Method == http.MethodPost {
		s.options.Observer.Began()(Request{Outcome: OutcomeBusy})
	}
}

// tell gives the observer what finish gives the log. It does so once.
func (x *exchange) tell(outcome string) {
	if x.ended == nil {
		return
	}
	q := Request{Operation: x.op.Base, Outcome: outcome, In: x.body.n, Out: x.writer.n, Elapsed: time.Since(x.start)}
	if x.place.Path != "" {
		q.Binding = x.place.Binding.String()
	}
	x.ended(q)
	x.ended = nil
}

// outcomeOf tells a request that was refused from one that was sent away for a moment.
func outcomeOf(err error) string {
	if e, ok := errors.AsType[*httpError](err); ok && e.status == http.StatusServiceUnavailable {
		return OutcomeBusy
	}
	return OutcomeRefused
}

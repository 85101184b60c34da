package server

import (
	"fmt"
	"slices"
	"sync"
	"time"
)

// Trouble is one rule to misbehave by. A request meets the first rule that fits it, before anything in it is checked: at once
// where its HTTP message names the operation (SOAPAction, or the action in the Content-Type of SOAP 1.2), else when its envelope
// was read. A [CutRequest] for fewer bytes then breaks the connection there.
type Trouble struct {
	Kind      TroubleKind
	Operation string        // base name of the operation it is for ("UploadFileStreamed"); "": every one
	Skip      int           // so many requests that fit are left alone first
	Times     int           // so many are met then; 0: all
	After     int64         // bytes, of [CutRequest] and [CutAnswer]
	Delay     time.Duration // of [Delay], and the Retry-After of [Busy], in seconds rounded up; 2 s when it is 0
	Code      int           // ErrorID, of [Fault]
}

// TroubleKind is what a [Trouble] does.
type TroubleKind string

// The kinds of trouble.
const (
	Delay      TroubleKind = "delay"       // wait, then do all as it should be
	CutRequest TroubleKind = "cut-request" // break the connection when so many bytes of the request's body were read
	CutAnswer  TroubleKind = "cut-answer"  // break the connection when so many bytes of the answer's body were written
	LoseAnswer TroubleKind = "lose-answer" // carry the request out, then break the connection instead of answering
	Fault      TroubleKind = "fault"       // do nothing but answer with the AltinnFault of that code
	Busy       TroubleKind = "busy"        // answer 503 with Retry-After
)

// knownKinds are those that a rule may have.
var knownKinds = []TroubleKind{Delay, CutRequest, CutAnswer, LoseAnswer, Fault, Busy}

// troubles are the rules, with how often each has fitted.
type troubles struct {
	mu    sync.Mutex
	rules []Trouble
	fits  []int
}

func newTroubles(rules []Trouble) (*troubles, error) {
	for i, rule := range rules {
		if !slices.Contains(knownKinds, rule.Kind) {
			return nil, fmt.Errorf("rule %d: %q is no kind of trouble; there are %q", i+1, rule.Kind, knownKinds)
		}
		if rule.Skip < 0 || rule.Times < 0 || rule.After < 0 || rule.Delay < 0 {
			return nil, fmt.Errorf("rule %d: one of its numbers is negative", i+1)
		}
		if rule.Operation != "" && !isBase(rule.Operation) {
			return nil, fmt.Errorf("rule %d: %q is no operation of this server", i+1, rule.Operation)
		}
	}
	return &troubles{rules: slices.Clone(rules), fits: make([]int, len(rules))}, nil
}

// meet gives the trouble that a request for that operation gets into; of no kind when it gets into none.
func (t *troubles) meet(operation string) Trouble {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i, rule := range t.rules {
		if rule.Operation != "" && rule.Operation != operation {
			continue
		}
		t.fits[i]++
		if met := t.fits[i] - rule.Skip; met > 0 && (rule.Times == 0 || met <= rule.Times) {
			return rule
		}
	}
	return Trouble{}
}

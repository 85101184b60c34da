package transfer

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"sync"
	"time"

	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/failure"
)

// Checker is a [Backend] that says cheaply whether anything waits. [*broker.Client] is one.
type Checker interface {
	// HasAvailable reports whether a file waits for q.Recipient or one of the others.
	HasAvailable(ctx context.Context, q broker.Query, others ...broker.Party) (bool, error)
}

// PollFloor is the shortest time between two checks, as Altinn's documentation has it. No option goes below it.
const PollFloor = 5 * time.Second

const (
	defaultInterval = time.Minute
	// longestBackOff is the longest wait after a check that failed, unless the interval is longer.
	longestBackOff = 10 * time.Minute
)

// PollOptions of [Manager.Poll]; the zero value is good.
type PollOptions struct {
	Interval time.Duration // from one check to the next; 0: 1 min, and never shorter than [PollFloor]
	Once     bool          // one check, and the end when what it found has been received
	Checked  func(Check)   // hears of each check when what it found has been received; nil: nobody
}

// Check is how one check went.
type Check struct {
	Found bool          // something waited, or may have: not every back end can be asked
	Err   error         // the check failed, or the list of what waits
	Wait  time.Duration // until the next one; 0 with Once
}

// Poll confirms what is [Manager.Unconfirmed], and then checks from time to time whether anything waits for q.Recipient, and
// receives into dir what does, as [Manager.ReceiveAll] does. It goes on until ctx ends, a login is refused or the journal fails,
// which is the last result then. A file that failed is tried again when the next check finds it.
//
// Another error of a check or of a list is a result without a key, and does not end the loop: the next check comes after a wait that
// grows up to 10 minutes, or after what the service asked for, up to as much. A back end that is no [Checker] is asked for its
// list each time.
func (m *Manager) Poll(ctx context.Context, q broker.Query, dir string, o PollOptions) iter.Seq[Result] {
	o.Interval = max(cmp.Or(o.Interval, defaultInterval), PollFloor)
	if o.Checked == nil {
		o.Checked = func(Check) {}
	}
	return func(yield func(Result) bool) {
		p := &polling{manager: m, query: q, dir: dir, options: o, yield: yield}
		p.take(m.confirmAll(ctx, q.Recipient, dir))
		for !p.over && p.round(ctx) {
		}
	}
}

// polling is one loop of checks.
type polling struct {
	manager  *Manager
	query    broker.Query
	dir      string
	options  PollOptions
	yield    func(Result) bool
	over     bool  // nobody wants more, a login was refused, or the journal fails
	journal  error // of the journal, that was not given as the last result yet; nil: none
	failures int   // of checks, one after the other
}

// round is one check with what follows from it, up to the next. It reports whether that may come.
func (p *polling) round(ctx context.Context) bool {
	if !p.manager.checks.turn(ctx) {
		return false
	}
	began := time.Now()
	var c Check
	c.Found, c.Err = p.check(ctx)
	p.manager.checks.done()
	switch {
	case c.Err != nil && ctx.Err() == nil:
		p.give(Result{Err: c.Err})
	case c.Err == nil && c.Found:
		c.Err = p.take(p.manager.receiveListed(ctx, p.query, p.dir))
	}
	if p.over || ctx.Err() != nil {
		return false
	}
	if !p.options.Once {
		c.Wait = p.wait(c.Err, time.Since(began))
	}
	p.options.Checked(c)
	return !p.options.Once && sleep(ctx, c.Wait)
}

func (p *polling) check(ctx context.Context) (found bool, err error) {
	checker, ok := p.manager.backend.(Checker)
	if !ok {
		return true, nil
	}
	err = p.manager.login.pass(ctx, func() (err error) {
		found, err = checker.HasAvailable(ctx, p.query)
		return err
	})
	return found, err
}

// take gives the error of the list; those of the files are theirs.
func (p *polling) take(results iter.Seq[Result]) (list error) {
	for r := range results {
		if r.Key == "" {
			list, p.journal = r.Err, nil
		}
		if !p.give(r) {
			return list
		}
	}
	if p.journal != nil {
		p.give(Result{Err: p.journal})
	}
	return list
}

// give reports whether more is wanted. A refused login or a journal that fails does not end the round: what is under way ends by
// itself, and no more is begun.
func (p *polling) give(r Result) bool {
	if !p.yield(r) {
		p.over = true
		return false
	}
	if r.Key != "" && isJournalError(r.Err) {
		p.journal = r.Err
	}
	p.over = p.over || errors.Is(r.Err, failure.Unauthenticated) || isJournalError(r.Err)
	return true
}

// wait is the time until the next check, when this one and what it found took so long.
func (p *polling) wait(err error, took time.Duration) time.Duration {
	interval := p.options.Interval
	if err == nil {
		p.failures = 0
		return max(interval-took, PollFloor)
	}
	longest := max(longestBackOff, interval)
	wait := interval
	for n := 0; n < p.failures && wait < longest; n++ {
		wait *= 2
	}
	p.failures++
	if e, ok := errors.AsType[*failure.Error](err); ok {
		wait = max(wait, e.RetryAfter)
	}
	return min(wait, longest)
}

// spaced keeps the checks of a manager apart, however many loops there are.
type spaced struct {
	mu   sync.Mutex
	next time.Time // the earliest moment of the next check
}

// turn waits for the moment of the next check, and reports whether it came.
func (s *spaced) turn(ctx context.Context) bool {
	for {
		left := s.take()
		if left <= 0 {
			return ctx.Err() == nil
		}
		if !sleep(ctx, left) {
			return false
		}
	}
}

// take gives the time that is left until the next check, or takes its moment when that has come.
func (s *spaced) take() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	if left := time.Until(s.next); left > 0 {
		return left
	}
	s.next = time.Now().Add(PollFloor)
	return 0
}

// done counts the distance from the end of a check: how long its request was on its way, nobody here knows.
func (s *spaced) done() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next = time.Now().Add(PollFloor)
}

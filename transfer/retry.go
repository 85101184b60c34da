package transfer

import (
	"cmp"
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/stream"
)

// What a zero in [Retry] means.
const (
	defaultAttempts = 5
	defaultBase     = 500 * time.Millisecond
	defaultMax      = 30 * time.Second
)

// longestAsked caps what a service can ask for with Retry-After.
const longestAsked = 5 * time.Minute

func (r Retry) withDefaults() Retry {
	r.Attempts = cmp.Or(max(r.Attempts, 0), defaultAttempts)
	r.Base = cmp.Or(max(r.Base, 0), defaultBase)
	r.Max = cmp.Or(max(r.Max, 0), defaultMax)
	return r
}

// persistence is how a job is tried until it is done or cannot be helped. Nothing else in the module tries a job again.
type persistence struct {
	retry   Retry
	key     string
	observe Observer
	spent   func() bool   // nothing is left that another attempt could send; nil: there always is
	attempt int           // under way, from 1
	waited  time.Duration // in all
	free    int           // attempts that made up for a session that had ended: one at most
}

// run carries out work, again as long as that can help. The error is that of the last attempt that said something new.
func (p *persistence) run(ctx context.Context, work func(ctx context.Context) error) error {
	var last error
	for {
		p.attempt++
		err := work(ctx)
		if errors.Is(err, stream.ErrConsumed) && last != nil {
			return last // a source that cannot be read again: the earlier error says what happened
		}
		last = err
		wait, again := p.next(err)
		if !again || p.spent != nil && p.spent() {
			return err
		}
		p.observe.Retrying(p.key, p.attempt, wait, err)
		p.waited += wait
		if !sleep(ctx, wait) {
			return &failure.Error{Op: "wait for another attempt", Kind: failure.Interrupted, Err: errors.Join(context.Cause(ctx), err)}
		}
	}
}

// next decides whether another attempt follows, and after how long.
func (p *persistence) next(err error) (wait time.Duration, again bool) {
	e, known := errors.AsType[*failure.Error](err)
	switch {
	case err == nil || !known || !helps(e.Kind):
		return 0, false
	case isLie(err):
		return 0, false // it would be told again
	case e.Kind == failure.SessionExpired:
		if p.free > 0 {
			return 0, false // a service that ends each session at once would be asked for ever
		}
		p.free++
		return 0, true
	case p.attempt-p.free >= p.retry.Attempts:
		return 0, false
	}
	wait = p.wait(e.RetryAfter)
	if p.retry.Budget > 0 && p.waited+wait > p.retry.Budget {
		return 0, false
	}
	return wait, true
}

// helps is the table of what another attempt can help. A kind that is not here is never tried again.
func helps(kind failure.Kind) bool {
	switch kind {
	case failure.Network, failure.Stalled, failure.Unavailable, failure.SessionExpired, failure.Integrity:
		return true
	}
	return false
}

// wait is what the service asked for; else a random part of a time that doubles, so that those who failed together do not
// come back together.
func (p *persistence) wait(asked time.Duration) time.Duration {
	if asked > 0 {
		return min(asked, longestAsked)
	}
	longest := p.retry.Base
	for n := 1; n < p.attempt-p.free && longest < p.retry.Max; n++ {
		longest *= 2
	}
	return rand.N(min(longest, p.retry.Max) + 1)
}

// sleep reports whether the whole time passed.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}

package transfer

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/stream"
)

// patience is a persistence that writes down how long it waited before each attempt but the first.
type patience struct {
	persistence
	nobody
	waits []time.Duration
}

func (p *patience) Retrying(_ string, _ int, wait time.Duration, _ error) {
	p.waits = append(p.waits, wait)
}

func newPatience(r Retry) *patience {
	p := &patience{persistence: persistence{retry: r.withDefaults()}}
	p.observe = p
	return p
}

// meets runs work that gives one error after the other, the last for ever, and counts its attempts.
func (p *patience) meets(ctx context.Context, errs ...error) (attempts int, err error) {
	err = p.run(ctx, func(context.Context) error {
		attempts++
		return errs[min(attempts, len(errs))-1]
	})
	return attempts, err
}

func failed(kind failure.Kind) *failure.Error { return &failure.Error{Kind: kind} }

func asked(wait time.Duration) *failure.Error {
	return &failure.Error{Kind: failure.Unavailable, RetryAfter: wait}
}

// Every kind is looked at: a new one that can be helped by another attempt must be put here as well.
func TestWhatIsTriedAgain(t *testing.T) {
	again := map[failure.Kind]int{
		failure.Network: 5, failure.Stalled: 5, failure.Unavailable: 5, failure.Integrity: 5,
		failure.SessionExpired: 2, // once, to begin another session
	}
	for _, kind := range failure.Kinds() {
		synctest.Test(t, func(t *testing.T) {
			attempts, err := newPatience(Retry{}).meets(t.Context(), failed(kind))
			if want := max(again[kind], 1); attempts != want || !errors.Is(err, kind) {
				t.Errorf("%s: %d attempts, not %d; %v", kind.Name(), attempts, want, err)
			}
		})
	}
	if attempts, err := newPatience(Retry{}).meets(t.Context(), errors.New("of no kind")); attempts != 1 || err == nil {
		t.Errorf("an error of no kind: %d attempts, %v", attempts, err)
	}
}

func TestAttempts(t *testing.T) {
	for attempts, want := range map[int]int{-1: 5, 0: 5, 1: 1, 2: 2, 9: 9} {
		synctest.Test(t, func(t *testing.T) {
			if got, err := newPatience(Retry{Attempts: attempts}).meets(t.Context(), failed(failure.Network)); got != want || err == nil {
				t.Errorf("%d: %d attempts, %v", attempts, got, err)
			}
		})
	}
	synctest.Test(t, func(t *testing.T) {
		if got, err := newPatience(Retry{}).meets(t.Context(), failed(failure.Network), failed(failure.Stalled), nil); got != 3 || err != nil {
			t.Errorf("%d attempts until it went well, %v", got, err)
		}
	})
}

// Each wait is anywhere up to a time that doubles to its longest, and over many runs it fills that time.
func TestWaitsAreAnywhereInATimeThatDoubles(t *testing.T) {
	longest := []time.Duration{500 * time.Millisecond, time.Second, 2 * time.Second, 3 * time.Second, 3 * time.Second}
	least, most := slices.Repeat([]time.Duration{time.Hour}, len(longest)), make([]time.Duration, len(longest))
	synctest.Test(t, func(t *testing.T) {
		for range 500 {
			p, start := newPatience(Retry{Attempts: 6, Max: 3 * time.Second}), time.Now()
			p.meets(t.Context(), failed(failure.Network))
			if took := time.Since(start); took != p.waited || len(p.waits) != len(longest) {
				t.Fatalf("it took %v and waited %v in all: %v", took, p.waited, p.waits)
			}
			for i, wait := range p.waits {
				least[i], most[i] = min(least[i], wait), max(most[i], wait)
			}
		}
	})
	for i := range longest {
		if most[i] > longest[i] || most[i] < longest[i]*9/10 || least[i] < 0 || least[i] > longest[i]/10 {
			t.Errorf("wait %d was between %v and %v, not anywhere up to %v", i+1, least[i], most[i], longest[i])
		}
	}
}

func TestWhatTheServiceAsksForIsObeyedAndCapped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPatience(Retry{Attempts: 4, Max: time.Second})
		p.meets(t.Context(), asked(7*time.Second), asked(time.Minute), asked(time.Hour))
		if want := []time.Duration{7 * time.Second, time.Minute, 5 * time.Minute}; !slices.Equal(p.waits, want) {
			t.Errorf("waits %v", p.waits)
		}
	})
}

func TestTheBudgetBoundsTheWaitsTogether(t *testing.T) {
	for budget, want := range map[time.Duration]int{0: 5, time.Second: 1, 10 * time.Second: 2, 29 * time.Second: 3, 30 * time.Second: 4} {
		synctest.Test(t, func(t *testing.T) {
			p, start := newPatience(Retry{Budget: budget}), time.Now()
			attempts, err := p.meets(t.Context(), asked(10*time.Second))
			if attempts != want || !errors.Is(err, failure.Unavailable) || time.Since(start) != time.Duration(want-1)*10*time.Second {
				t.Errorf("%v: %d attempts in %v, %v", budget, attempts, time.Since(start), err)
			}
		})
	}
}

// A session that ended costs neither a wait nor one of the attempts.
func TestASessionIsRenewedOnceAndFree(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPatience(Retry{Attempts: 2})
		attempts, err := p.meets(t.Context(), failed(failure.SessionExpired), failed(failure.Network), nil)
		if attempts != 3 || err != nil || p.waits[0] != 0 || p.waits[1] > p.retry.Base {
			t.Errorf("%d attempts, waits %v, %v", attempts, p.waits, err)
		}
		p = newPatience(Retry{Attempts: 1})
		attempts, err = p.meets(t.Context(), failed(failure.SessionExpired), failed(failure.SessionExpired))
		if attempts != 2 || !errors.Is(err, failure.SessionExpired) {
			t.Errorf("%d attempts, %v", attempts, err)
		}
	})
}

func TestWhatIsGoneIsNotTriedAgain(t *testing.T) {
	p := newPatience(Retry{})
	p.spent = func() bool { return true }
	if attempts, err := p.meets(t.Context(), failed(failure.Network)); attempts != 1 || !errors.Is(err, failure.Network) || p.waits != nil {
		t.Errorf("%d attempts, waits %v, %v", attempts, p.waits, err)
	}
	synctest.Test(t, func(t *testing.T) {
		consumed := &failure.Error{Kind: failure.Source, Err: fmt.Errorf("open: %w", stream.ErrConsumed)}
		if attempts, err := newPatience(Retry{}).meets(t.Context(), failed(failure.Network), consumed); attempts != 2 || !errors.Is(err, failure.Network) {
			t.Errorf("%d attempts, %v", attempts, err)
		}
	})
}

func TestAWaitCanBeInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(2*time.Second, func() { cancel(errors.New("told to stop")) })
		start := time.Now()
		attempts, err := newPatience(Retry{}).meets(ctx, asked(time.Minute))
		if attempts != 1 || failure.KindOf(err) != failure.Interrupted || time.Since(start) != 2*time.Second {
			t.Errorf("%d attempts in %v, %v", attempts, time.Since(start), err)
		}
		if !errors.Is(err, failure.Unavailable) {
			t.Errorf("what failed before is not told: %v", err)
		}
	})
}

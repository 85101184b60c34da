package transfer

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/altinn-transfer/altinn-transfer/failure"
)

// As long as no call has gone well, one goes at a time, whatever the earlier ones failed of.
func TestCallsGoAloneUntilOneHasGoneWell(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, start := newGate(), time.Now()
		fails := []error{errors.New("no network"), errors.New("no network"), nil, nil, nil, nil}
		var callers sync.WaitGroup
		for _, fail := range fails {
			time.Sleep(time.Millisecond) // in this order
			callers.Go(func() {
				g.pass(t.Context(), func() error {
					time.Sleep(time.Second)
					return fail
				})
			})
		}
		callers.Wait()
		if took := time.Since(start).Round(time.Second); took != 4*time.Second {
			t.Errorf("%v; want three calls alone and the others together", took)
		}
	})
}

func TestWhoWaitsForTheFirstCallCanBeStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, start := newGate(), time.Now()
		var first sync.WaitGroup
		first.Go(func() { g.pass(t.Context(), func() error { time.Sleep(time.Minute); return nil }) })
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		err := g.pass(ctx, func() error { t.Error("it went all the same"); return nil })
		if took := time.Since(start); !errors.Is(err, failure.Interrupted) || took != time.Second {
			t.Errorf("after %v: %v", took, err)
		}
		first.Wait()
	})
}

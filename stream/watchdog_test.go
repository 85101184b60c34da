package stream

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/altinn-transfer/altinn-transfer/internal/iofault"
)

// checkStalled fails unless ctx was ended by the watchdog after just that time without a kick.
func checkStalled(t *testing.T, ctx context.Context, since time.Time, after time.Duration) {
	t.Helper()
	<-ctx.Done()
	if waited := time.Since(since); waited != after {
		t.Errorf("ended after %v", waited)
	}
	stall, ok := errors.AsType[*StallError](context.Cause(ctx))
	if !ok || stall.After != after {
		t.Errorf("cause %v", context.Cause(ctx))
	}
}

func TestWatchdogEndsAStall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, watchdog := NewWatchdog(t.Context(), time.Minute)
		defer watchdog.Stop()
		checkStalled(t, ctx, time.Now(), time.Minute)
	})
}

func TestWatchdogCountsFromTheLastKick(t *testing.T) {
	for _, pause := range []time.Duration{0, time.Second, 59 * time.Second, time.Minute - 1} {
		synctest.Test(t, func(t *testing.T) {
			ctx, watchdog := NewWatchdog(t.Context(), time.Minute)
			defer watchdog.Stop()
			for range 1000 {
				time.Sleep(pause)
				watchdog.Kick()
			}
			if err := ctx.Err(); err != nil {
				t.Fatalf("kicked every %v: %v", pause, err)
			}
			checkStalled(t, ctx, time.Now(), time.Minute)
		})
	}
}

func TestWatchdogNever(t *testing.T) {
	for _, timeout := range []time.Duration{0, -1} {
		synctest.Test(t, func(t *testing.T) {
			ctx, watchdog := NewWatchdog(t.Context(), timeout)
			watchdog.Kick()
			time.Sleep(1000 * time.Hour)
			if err := ctx.Err(); err != nil {
				t.Errorf("timeout %v: %v", timeout, err)
			}
			watchdog.Stop()
			if cause := context.Cause(ctx); cause != ErrStopped {
				t.Errorf("timeout %v: cause %v", timeout, cause)
			}
		})
	}
}

func TestWatchdogPausesUntilTheNextKick(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, watchdog := NewWatchdog(t.Context(), time.Minute)
		defer watchdog.Stop()
		time.Sleep(59 * time.Second)
		watchdog.Pause()
		time.Sleep(time.Hour)
		if err := ctx.Err(); err != nil {
			t.Fatalf("ended in the pause: %v", err)
		}
		watchdog.Kick()
		checkStalled(t, ctx, time.Now(), time.Minute)
	})
}

func TestWatchdogStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, watchdog := NewWatchdog(t.Context(), time.Minute)
		watchdog.Stop()
		watchdog.Stop()
		watchdog.Kick()
		time.Sleep(time.Hour)
		if cause := context.Cause(ctx); cause != ErrStopped {
			t.Errorf("cause %v", cause)
		}
	})
}

// A timer that has just fired may come to look only after Stop.
func TestWatchdogLooksAfterStop(t *testing.T) {
	ctx, watchdog := NewWatchdog(t.Context(), time.Minute)
	watchdog.Stop()
	watchdog.look()
	if cause := context.Cause(ctx); cause != ErrStopped {
		t.Errorf("cause %v", cause)
	}
}

func TestWatchdogStopKeepsTheCause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, watchdog := NewWatchdog(t.Context(), time.Minute)
		start := time.Now()
		<-ctx.Done()
		watchdog.Stop()
		checkStalled(t, ctx, start, time.Minute)
	})
}

func TestWatchdogEndsWithItsParent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		signal := errors.New("first signal")
		parent, cancel := context.WithCancelCause(t.Context())
		ctx, watchdog := NewWatchdog(parent, time.Minute)
		cancel(signal)
		<-ctx.Done()
		watchdog.Stop()
		if cause := context.Cause(ctx); cause != signal {
			t.Errorf("cause %v", cause)
		}
	})
}

// The race detector is the judge here: kicks, a firing timer and Stop at the same moment.
func TestWatchdogFromManyGoroutines(t *testing.T) {
	for range 50 {
		_, watchdog := NewWatchdog(t.Context(), time.Microsecond)
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				for range 100 {
					watchdog.Kick()
				}
				watchdog.Pause()
				watchdog.Stop()
			})
		}
		all.Wait()
	}
}

func TestWatchdogReaderKicks(t *testing.T) {
	ways := map[string]func(io.Reader){
		"Read":    func(r io.Reader) { io.Copy(io.Discard, onlyReader{r}) },
		"WriteTo": func(r io.Reader) { r.(io.WriterTo).WriteTo(io.Discard) },
	}
	for way, readAll := range ways {
		t.Run(way, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, watchdog := NewWatchdog(t.Context(), time.Minute)
				defer watchdog.Stop()
				// A byte every 50 seconds is slow, and not stuck.
				slow := &slowReader{iofault.Steps(strings.NewReader(hello), 1), 50 * time.Second}
				lastByte := time.Now().Add(10 * slow.delay)
				readAll(watchdog.Reader(iofault.StallAt(ctx, slow, 10)))
				checkStalled(t, ctx, lastByte, time.Minute)
			})
		})
	}
}

func TestWatchdogReaderDoesNotKickForNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, watchdog := NewWatchdog(t.Context(), time.Minute)
		defer watchdog.Stop()
		r := watchdog.Reader(emptyReader{})
		for range 61 {
			r.Read(make([]byte, 1))
		}
		if _, ok := errors.AsType[*StallError](context.Cause(ctx)); !ok {
			t.Errorf("cause %v", context.Cause(ctx))
		}
	})
}

// slowReader takes its time before each read.
type slowReader struct {
	r     io.Reader
	delay time.Duration
}

func (s *slowReader) Read(p []byte) (int, error) {
	time.Sleep(s.delay)
	return s.r.Read(p)
}

// emptyReader gives nothing, once a second.
type emptyReader struct{}

func (emptyReader) Read([]byte) (int, error) {
	time.Sleep(time.Second)
	return 0, nil
}

package transfer_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/stream"
	"github.com/altinn-transfer/altinn-transfer/transfer"
)

func TestSendAllGivesOneResultAJob(t *testing.T) {
	backend := &fake{}
	manager := transfer.New(backend, transfer.Options{Concurrency: 3})
	seen := map[string]bool{}
	for result := range manager.SendAll(t.Context(), jobs(20)) {
		if result.Err != nil || seen[result.Name] {
			t.Errorf("%s: %v", result.Name, result.Err)
		}
		seen[result.Name] = true
	}
	if len(seen) != 20 || len(backend.files) != 20 {
		t.Errorf("%d results, %d files", len(seen), len(backend.files))
	}
}

func TestConcurrencyIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var now, most atomic.Int64
		backend := &fake{during: func(step string) {
			if step == "upload" {
				most.Store(max(most.Load(), now.Add(1)))
				time.Sleep(time.Second)
				now.Add(-1)
			}
		}}
		start := time.Now()
		for result := range transfer.New(backend, transfer.Options{Concurrency: 3}).SendAll(t.Context(), jobs(12)) {
			if result.Err != nil {
				t.Error(result.Err)
			}
		}
		if took := time.Since(start); most.Load() != 3 || took != 4*time.Second {
			t.Errorf("%d at once, done after %v; want 3 at once, four times one second", most.Load(), took)
		}
	})
}

func TestAnErrorAmongTheJobsIsTheLastResult(t *testing.T) {
	manager := transfer.New(&fake{}, transfer.Options{})
	var last transfer.Result
	count := 0
	for last = range manager.SendAll(t.Context(), func(yield func(transfer.Job, error) bool) {
		_ = yield(job("a.zip", "x"), nil) && yield(transfer.Job{}, errBoom) && yield(job("never.zip", "x"), nil)
	}) {
		count++
	}
	if count != 2 || !errors.Is(last.Err, errBoom) {
		t.Errorf("%d results, the last %+v", count, last)
	}
}

func TestBreakingOffStopsEverything(t *testing.T) {
	backend := &fake{}
	for range transfer.New(backend, transfer.Options{Concurrency: 2}).SendAll(t.Context(), jobs(1000)) {
		break
	}
	if n := len(backend.steps()); n > 20 {
		t.Errorf("%d steps after the loop was broken off", n)
	}
}

// A loop's body may end by a panic, or by t.Fatal, which ends its goroutine; goleak sees what is left.
func TestALoopThatPanicsLeavesNothingRunning(t *testing.T) {
	backend := &fake{}
	func() {
		defer func() { recover() }()
		for range transfer.New(backend, transfer.Options{Concurrency: 2}).SendAll(t.Context(), jobs(1000)) {
			panic("of the caller")
		}
	}()
	steps := len(backend.steps())
	time.Sleep(20 * time.Millisecond)
	if later := len(backend.steps()); later != steps || steps > 20 {
		t.Errorf("%d steps when the loop had ended, %d later", steps, later)
	}
}

func TestACancelledBatchEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	backend := &fake{}
	told := 0
	for result := range transfer.New(backend, transfer.Options{}).SendAll(ctx, jobs(10)) {
		told++
		if !errors.Is(result.Err, failure.Interrupted) {
			t.Errorf("got %v", result.Err)
		}
	}
	if told == 0 {
		t.Error("a batch of which nothing was done ends as if all were")
	}
	if steps := backend.steps(); len(steps) > 0 {
		t.Errorf("it called %v", steps)
	}
}

// counting counts the jobs that are taken.
func counting(all iter.Seq2[transfer.Job, error], taken *int) iter.Seq2[transfer.Job, error] {
	return func(yield func(transfer.Job, error) bool) {
		for job, err := range all {
			*taken++
			if !yield(job, err) {
				return
			}
		}
	}
}

// A password that was changed, or a lockout, within a batch is met once, whichever step meets it and whatever was tried again
// before; and no more jobs are taken.
func TestARefusedLoginIsMetOnceAndEndsTheBatch(t *testing.T) {
	refuse := &failure.Error{Kind: failure.Unauthenticated}
	for name, test := range map[string]struct {
		before func(step string, n int) error
		logins int64 // refused, at most
	}{
		"at once": {func(string, int) error { return refuse }, 1},
		"after another attempt": {func(_ string, n int) error {
			if n <= 3 {
				return &failure.Error{Kind: failure.Unavailable}
			}
			return refuse
		}, 1},
		// The first step has proven the login, so uploads do not wait for each other.
		"in the upload": {func(step string, _ int) error { return map[string]error{"upload": refuse}[step] }, 8},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var refused atomic.Int64
				taken, service := 0, &desk{before: func(step string, n int) error {
					err := test.before(step, n)
					if errors.Is(err, failure.Unauthenticated) {
						refused.Add(1)
					}
					return err
				}}
				manager := transfer.New(service, transfer.Options{Concurrency: 8})
				results := slices.Collect(manager.SendAll(t.Context(), counting(jobs(1000), &taken)))
				for _, r := range results {
					if !errors.Is(r.Err, failure.Unauthenticated) {
						t.Errorf("%s: %v", r.Key, r.Err)
					}
				}
				if last := results[len(results)-1]; last.Key != "" || taken > 20 || len(results) != taken {
					t.Errorf("%d jobs taken, %d results, the last %+v", taken, len(results), last)
				}
				if n := refused.Load(); n < 1 || n > test.logins {
					t.Errorf("%d logins were refused", n)
				}
			})
		})
	}
}

func TestAFailureEndsTheBatchWhenTheCallerSaysSo(t *testing.T) {
	for name, test := range map[string]struct {
		end  error
		want int // results
	}{
		"it goes on": {nil, 100},
		"it ends":    {errBoom, 0},
	} {
		t.Run(name, func(t *testing.T) {
			heard, taken := 0, 0
			service := &desk{before: func(step string, n int) error {
				if step == "upload" && n%10 == 0 {
					return &failure.Error{Kind: failure.Refused}
				}
				return nil
			}}
			manager := transfer.New(service, transfer.Options{Concurrency: 3, OnFailure: func(r transfer.Result) error {
				heard++
				if !errors.Is(r.Err, failure.Refused) {
					t.Errorf("it hears of %+v", r)
				}
				return test.end
			}})
			results := slices.Collect(manager.SendAll(t.Context(), counting(jobs(100), &taken)))
			last := results[len(results)-1]
			if test.end == nil && (len(results) != 100 || heard != 10 || taken != 100) {
				t.Errorf("%d results, %d failures, %d jobs taken", len(results), heard, taken)
			}
			if test.end != nil && (heard != 1 || last.Key != "" || last.Err != test.end || taken > 30) {
				t.Errorf("%d failures, %d jobs taken, the last result is %+v", heard, taken, last)
			}
		})
	}
}

// Jobs under way are stopped when the caller ends the batch, and what they were stopped by is told.
func TestJobsUnderWayAreStoppedWhenTheBatchIsEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		service := &desk{before: func(step string, n int) error {
			switch {
			case step == "upload":
				time.Sleep(time.Second)
				return &failure.Error{Kind: failure.Refused}
			case n > 1:
				return &failure.Error{Kind: failure.Unavailable, RetryAfter: time.Minute}
			}
			return nil
		}}
		manager := transfer.New(service, transfer.Options{Concurrency: 2, OnFailure: func(transfer.Result) error { return errBoom }})
		start := time.Now()
		results := slices.Collect(manager.SendAll(t.Context(), jobs(2)))
		if len(results) != 3 || !errors.Is(results[1].Err, failure.Interrupted) || !strings.Contains(results[1].Err.Error(), "the batch was ended: boom") {
			t.Errorf("%+v", results)
		}
		if took := time.Since(start); took != time.Second {
			t.Errorf("it took %v", took)
		}
	})
}

// When the time is over, what is under way is finished, nothing more is begun, and that there was more is told.
func TestABatchBeginsNoJobWhenItsTimeIsOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		service := &desk{before: func(step string, _ int) error {
			if step == "upload" {
				time.Sleep(time.Second)
			}
			return nil
		}}
		taken := 0
		manager := transfer.New(service, transfer.Options{Concurrency: 2, Until: time.Now().Add(1500 * time.Millisecond)})
		results := slices.Collect(manager.SendAll(t.Context(), counting(jobs(100), &taken)))
		last := results[len(results)-1]
		if len(results) != 5 || taken != 5 || last.Key != "" || !errors.Is(last.Err, failure.Incomplete) {
			t.Errorf("%d results, %d jobs taken, the last result is %+v", len(results), taken, last)
		}
		for _, r := range results[:4] {
			if r.Err != nil {
				t.Errorf("a job that was under way: %v", r.Err)
			}
		}
		if results = slices.Collect(manager.SendAll(t.Context(), jobs(0))); len(results) != 0 {
			t.Errorf("nothing was left, and there is %+v", results)
		}
	})
}

// What a batch holds does not grow with the number of its jobs.
func TestABatchOfAMillionJobsIsFlat(t *testing.T) {
	many := 50_000
	if os.Getenv("ALTINN_TRANSFER_LONG") != "" {
		many = 1_000_000
	}
	manager := transfer.New(nothing{}, transfer.Options{})
	done, early := 0, uint64(0)
	for r := range manager.SendAll(t.Context(), jobs(many)) {
		if r.Err != nil {
			t.Fatal(r.Err)
		}
		if done++; done == many/10 {
			early = heap()
		}
	}
	if late := heap(); done != many || late > early+1<<20 {
		t.Errorf("%d jobs; a heap of %d KiB at a tenth of them and of %d KiB at the end", done, early>>10, late>>10)
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// nothing takes every file and keeps none.
type nothing struct{ transfer.Backend }

func (nothing) Initiate(context.Context, broker.Manifest) (broker.Reference, error) {
	return "ref", nil
}

func (nothing) Upload(ctx context.Context, _ broker.Reference, _ broker.Party, s stream.Source, _ *broker.UploadOptions) (*broker.Receipt, error) {
	file, err := s.Open(ctx)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var buffer [64]byte
	for err == nil {
		_, err = file.Read(buffer[:])
	}
	return &broker.Receipt{Status: "OK"}, nil
}

func jobs(n int) iter.Seq2[transfer.Job, error] {
	return func(yield func(transfer.Job, error) bool) {
		for i := range n {
			if !yield(job(fmt.Sprintf("file-%d.zip", i), "content"), nil) {
				return
			}
		}
	}
}

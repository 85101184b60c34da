package transfer_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/transfer"
)

// checked is a back end that can be asked whether anything waits. It writes down when each check began and ended.
type checked struct {
	fake
	answer func(n int) (bool, error) // to the check number n, from 0

	checks       sync.Mutex
	began, ended []time.Time
}

func (c *checked) HasAvailable(context.Context, broker.Query, ...broker.Party) (bool, error) {
	c.checks.Lock()
	n := len(c.began)
	c.began = append(c.began, time.Now())
	c.checks.Unlock()
	found, err := c.answer(n)
	c.checks.Lock()
	c.ended = append(c.ended, time.Now())
	c.checks.Unlock()
	return found, err
}

// gaps are the times from each check's beginning to the next one's.
func (c *checked) gaps() []time.Duration {
	var gaps []time.Duration
	for i := 1; i < len(c.began); i++ {
		gaps = append(gaps, c.began[i].Sub(c.began[i-1]))
	}
	return gaps
}

// polled runs a poll for so long in the bubble's time.
func polled(t *testing.T, m *transfer.Manager, dir string, o transfer.PollOptions, d time.Duration) (all []transfer.Result) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	for r := range m.Poll(ctx, broker.Query{Recipient: "910077473"}, dir, o) {
		all = append(all, r)
	}
	return all
}

func nothingWaits(int) (bool, error) { return false, nil }

func comesAs(name string) broker.AvailableFile {
	return broker.AvailableFile{Reference: broker.Reference("ref-" + name), Name: name}
}

// However small the interval, whatever the answers and however many loops: 5 seconds lie between two checks.
func TestNothingChecksMoreOftenThanTheFloor(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		random := rand.New(rand.NewPCG(1, 2))
		back := &checked{}
		back.answer = func(n int) (bool, error) {
			back.checks.Lock()
			takes, what := time.Duration(random.IntN(7000))*time.Millisecond, random.IntN(4)
			back.checks.Unlock()
			time.Sleep(takes)
			if what == 0 {
				return false, &failure.Error{Kind: failure.Unavailable, RetryAfter: time.Millisecond}
			}
			return what == 1, nil
		}
		manager := transfer.New(back, transfer.Options{})
		var loops sync.WaitGroup
		for range 3 {
			loops.Go(func() { polled(t, manager, dir, transfer.PollOptions{Interval: time.Nanosecond}, time.Hour) })
		}
		loops.Wait()
		polled(t, manager, dir, transfer.PollOptions{Interval: -1}, time.Hour)
		for i, gap := range back.gaps() {
			if gap < transfer.PollFloor {
				t.Fatalf("%v between checks %d and %d", gap, i, i+1)
			}
		}
		if n := len(back.began); n < 500 {
			t.Errorf("only %d checks", n)
		}
	})
}

// The distance counts from the end of a check: a request may be on its way for long.
func TestTheFloorCountsFromTheEndOfACheck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		back := &checked{answer: func(int) (bool, error) { time.Sleep(30 * time.Second); return false, nil }}
		polled(t, transfer.New(back, transfer.Options{}), t.TempDir(), transfer.PollOptions{Interval: time.Second}, 10*time.Minute)
		for i := 1; i < len(back.began); i++ {
			if gap := back.began[i].Sub(back.ended[i-1]); gap != transfer.PollFloor {
				t.Errorf("%v from the end of check %d to the next", gap, i-1)
			}
		}
		if len(back.began) < 10 {
			t.Errorf("%d checks", len(back.began))
		}
	})
}

func TestTheDefaultIntervalIsAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		back := &checked{answer: nothingWaits}
		start := time.Now()
		if got := polled(t, transfer.New(back, transfer.Options{}), t.TempDir(), transfer.PollOptions{}, 10*time.Minute-1); got != nil {
			t.Errorf("%+v", got)
		}
		if len(back.began) != 10 || !back.began[0].Equal(start) || slices.ContainsFunc(back.gaps(), func(d time.Duration) bool { return d != time.Minute }) {
			t.Errorf("checks at %v", back.gaps())
		}
		if slices.Contains(back.steps(), "list") {
			t.Errorf("it listed without need: %q", back.steps())
		}
	})
}

func TestFailedChecksComeLessAndLessOften(t *testing.T) {
	const s, m = time.Second, time.Minute
	busy := func(after time.Duration) error { return &failure.Error{Kind: failure.Unavailable, RetryAfter: after} }
	tests := []struct {
		name     string
		interval time.Duration
		answers  []error // the last one stays
		want     []time.Duration
	}{
		{"it grows", 0, []error{errBoom}, []time.Duration{m, 2 * m, 4 * m, 8 * m, 10 * m, 10 * m, 10 * m}},
		{"a success ends it", 0, []error{errBoom, errBoom, nil, errBoom}, []time.Duration{m, 2 * m, m, m, 2 * m}},
		{"a small interval", 2 * s, []error{errBoom}, []time.Duration{5 * s, 10 * s, 20 * s, 40 * s, 80 * s, 160 * s, 320 * s, 10 * m}},
		{"what the service asks for", 0, []error{busy(5 * m), busy(s), nil}, []time.Duration{5 * m, 2 * m, m}},
		{"what it asks for is capped", 0, []error{busy(24 * time.Hour), nil}, []time.Duration{10 * m, m}},
		{"an hour stays an hour", time.Hour, []error{busy(5 * m), errBoom}, []time.Duration{time.Hour, time.Hour}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var told []time.Duration
				back := &checked{answer: func(n int) (bool, error) { return false, test.answers[min(n, len(test.answers)-1)] }}
				results := polled(t, transfer.New(back, transfer.Options{}), t.TempDir(), transfer.PollOptions{
					Interval: test.interval,
					Checked:  func(c transfer.Check) { told = append(told, c.Wait) },
				}, 4*time.Hour)
				if got := back.gaps(); len(got) < len(test.want) || !slices.Equal(got[:len(test.want)], test.want) || !slices.Equal(told[:len(got)], got) {
					t.Errorf("waited %v, told %v, want %v", got, told, test.want)
				}
				for _, r := range results {
					if r.Key != "" || r.Err == nil {
						t.Errorf("%+v", r)
					}
				}
			})
		})
	}
}

// A refused login ends it with one call, wherever it is met.
func TestARefusedLoginEndsAPoll(t *testing.T) {
	refused := &failure.Error{Kind: failure.Unauthenticated}
	for name, back := range map[string]*checked{
		"check": {answer: func(int) (bool, error) { return false, refused }},
		"list":  {fake: fake{available: refused}, answer: func(int) (bool, error) { return true, nil }},
		"confirm": {
			fake:   fake{confirm: refused, list: []broker.AvailableFile{comesAs("a.zip")}, files: map[broker.Reference][]byte{"ref-a.zip": []byte("PK")}},
			answer: func(int) (bool, error) { return true, nil },
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				results := polled(t, transfer.New(back, transfer.Options{}), t.TempDir(), transfer.PollOptions{}, time.Hour)
				if len(results) != 1 || !errors.Is(results[0].Err, failure.Unauthenticated) || len(back.began) != 1 || time.Since(start) > 0 {
					t.Errorf("%+v after %v, %d checks", results, time.Since(start), len(back.began))
				}
			})
		})
	}
}

// unchecked is a back end that cannot be asked.
type unchecked struct{ transfer.Backend }

func TestABackEndWithoutChecksListsEachTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		back := &checked{}
		polled(t, transfer.New(unchecked{back}, transfer.Options{}), t.TempDir(), transfer.PollOptions{}, 5*time.Minute-1)
		if steps := back.steps(); len(steps) != 5 || len(back.began) > 0 {
			t.Errorf("%q, %d checks", steps, len(back.began))
		}
	})
}

// What comes later is received then. A file that fails blocks no other, and is tried again at the next round.
func TestPollReceivesWhatComes(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		back := &checked{}
		back.files = map[broker.Reference][]byte{}
		arrive := func(names ...string) {
			back.mu.Lock()
			defer back.mu.Unlock()
			for _, name := range names {
				back.list = append(back.list, comesAs(name))
				if name != "late.zip" {
					back.files[comesAs(name).Reference] = []byte("PK of " + name)
				}
			}
		}
		back.answer = func(n int) (bool, error) {
			switch n {
			case 2:
				arrive("late.zip", "a.zip", "b.zip")
			case 3:
				back.files["ref-late.zip"] = []byte("PK of late.zip")
				back.list = back.list[:1]
			case 4:
				back.list = nil
			}
			return len(back.list) > 0, nil
		}
		var found []bool
		results := polled(t, transfer.New(back, transfer.Options{Retry: transfer.Retry{Attempts: 1}}), dir, transfer.PollOptions{
			Checked: func(c transfer.Check) { found = append(found, c.Found) },
		}, 6*time.Minute)
		failed := 0
		for _, r := range results {
			if r.Err != nil {
				failed++
			}
		}
		if len(results) != 4 || failed != 1 || !slices.Equal(found[:5], []bool{false, false, true, true, false}) {
			t.Errorf("%+v, found %v", results, found)
		}
		for _, name := range []string{"late.zip", "a.zip", "b.zip"} {
			if content, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(content) != "PK of "+name {
				t.Errorf("%s: %q, %v", name, content, err)
			}
		}
	})
}

// Once is one check and what it finds, without a wait, also when it fails.
func TestPollOnce(t *testing.T) {
	for name, test := range map[string]struct {
		found bool
		err   error
		want  int // results
	}{
		"nothing waits":   {},
		"something waits": {found: true, want: 2},
		"it fails":        {err: errBoom, want: 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				back := &checked{answer: func(int) (bool, error) { return test.found, test.err }}
				back.list = []broker.AvailableFile{comesAs("a.zip"), comesAs("b.zip")}
				back.files = map[broker.Reference][]byte{"ref-a.zip": []byte("PK a"), "ref-b.zip": []byte("PK b")}
				start := time.Now()
				var told []transfer.Check
				results := polled(t, transfer.New(back, transfer.Options{}), t.TempDir(), transfer.PollOptions{
					Once: true, Checked: func(c transfer.Check) { told = append(told, c) },
				}, time.Hour)
				if len(results) != test.want || len(back.began) != 1 || time.Since(start) > 0 {
					t.Errorf("%+v, %d checks, after %v", results, len(back.began), time.Since(start))
				}
				if len(told) != 1 || told[0].Found != test.found || !errors.Is(told[0].Err, test.err) || told[0].Wait != 0 {
					t.Errorf("told %+v", told)
				}
			})
		})
	}
}

// Breaking off the loop ends it, also in the middle of a round.
func TestAPollCanBeLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		back := &checked{answer: func(int) (bool, error) { return true, nil }}
		back.files = map[broker.Reference][]byte{}
		for i := range 10 {
			file := comesAs(fmt.Sprintf("%d.zip", i))
			back.list = append(back.list, file)
			back.files[file.Reference] = []byte("PK")
		}
		for range transfer.New(back, transfer.Options{}).Poll(t.Context(), broker.Query{Recipient: "910077473"}, t.TempDir(), transfer.PollOptions{}) {
			break
		}
		if len(back.began) != 1 {
			t.Errorf("%d checks", len(back.began))
		}
	})
}

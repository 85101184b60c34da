package transfer_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/altinn-transfer/altinn-transfer/binding"
	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/server"
	"github.com/altinn-transfer/altinn-transfer/stream"
	"github.com/altinn-transfer/altinn-transfer/transfer"
)

// busyFar sends so many requests away, with a status and what it says of when to come again.
type busyFar struct {
	http.Handler
	status  int
	after   func() string // Retry-After; "": it has none
	left    atomic.Int64
	refused atomic.Int64
}

func (b *busyFar) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if b.left.Add(-1) < 0 {
		b.Handler.ServeHTTP(w, r)
		return
	}
	b.refused.Add(1)
	if after := b.after(); after != "" {
		w.Header().Set("Retry-After", after)
	}
	w.Header().Set("Connection", "close")
	http.Error(w, "come again", b.status)
}

// waits is an observer that notes how long each wait is to be, and ends what it is told of after the first where it must not
// be waited for.
type waits struct {
	mu   sync.Mutex
	all  []time.Duration
	stop context.CancelFunc // nil: it is waited for
}

func (w *waits) Started(string, int64)       {}
func (w *waits) Progress(string, int, int64) {}
func (w *waits) Ended(transfer.Result)       {}

func (w *waits) Retrying(_ string, _ int, wait time.Duration, _ error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.all = append(w.all, wait)
	if w.stop != nil {
		w.stop()
	}
}

// context is what a wait that must not be waited for ends.
func (w *waits) context(t *testing.T) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	if w.stop != nil {
		w.stop = cancel
	}
	return ctx
}

// Both directions, as a job that meets a busy service.
var directions = map[string]func(*testing.T, *busyFar, *waits, transfer.Retry) transfer.Result{
	"send": sendTo, "receive": receiveFrom,
}

// start has a service behind the far side, and gives its address.
func (b *busyFar) start(t *testing.T) string {
	t.Helper()
	service, err := server.New(server.Options{Dir: t.TempDir(), Users: server.DemoUsers()})
	if err != nil {
		t.Fatal(err)
	}
	b.Handler = service
	web := httptest.NewServer(b)
	t.Cleanup(func() {
		web.Close()
		service.Close()
	})
	return web.URL
}

func clientOf(t *testing.T, address, user string) *broker.Client {
	t.Helper()
	client, err := broker.New(address, binding.Basic{SystemUser: user, Password: binding.Literal(user + "-demo")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	return client
}

var busyJob = transfer.Job{
	Source: stream.Bytes("a.zip", smallZIP("a.zip")), Manifest: broker.Manifest{
		ServiceCode: "4192", EditionCode: 270815, Sender: "910075918", Recipients: []broker.Party{"910077473"},
	},
}

// sendTo sends a file to a far side that is busy at first.
func sendTo(t *testing.T, far *busyFar, w *waits, retry transfer.Retry) transfer.Result {
	t.Helper()
	client := clientOf(t, far.start(t), "avsender")
	return transfer.New(client, transfer.Options{Retry: retry, Observer: w}).Send(w.context(t), busyJob)
}

// receiveFrom receives a file from a far side that becomes busy once it has listed it.
func receiveFrom(t *testing.T, far *busyFar, w *waits, retry transfer.Retry) transfer.Result {
	t.Helper()
	busy := far.left.Swap(0)
	address := far.start(t)
	if r := transfer.New(clientOf(t, address, "avsender"), transfer.Options{}).Send(t.Context(), busyJob); r.Err != nil {
		t.Fatal(r.Err)
	}
	client := clientOf(t, address, "mottaker")
	for file, err := range client.Available(t.Context(), broker.Query{Recipient: "910077473"}) {
		if err != nil {
			t.Fatal(err)
		}
		far.left.Store(busy)
		return transfer.New(client, transfer.Options{Retry: retry, Observer: w}).Receive(w.context(t), file, "910077473", t.TempDir())
	}
	t.Fatal("nothing is listed")
	return transfer.Result{}
}

// Every form of Retry-After is obeyed as it is meant: what makes no sense or is over is as if there were none, and nobody waits
// for ever.
func TestABusyServiceIsAskedAgainWhenItSays(t *testing.T) {
	const own = 20 * time.Millisecond // longest wait that is not asked for
	in := func(d time.Duration) func() string {
		return func() string { return time.Now().Add(d).UTC().Format(http.TimeFormat) }
	}
	says := func(text string) func() string { return func() string { return text } }
	for name, test := range map[string]struct {
		after       func() string
		least, most time.Duration
	}{
		"seconds":            {says("1"), time.Second, time.Second},
		"many seconds":       {says("299"), 299 * time.Second, 299 * time.Second},
		"huge":               {says("86400"), 5 * time.Minute, 5 * time.Minute},
		"beyond all numbers": {says("99999999999999999999999999"), 0, 5 * time.Minute},
		"zero":               {says("0"), 0, own},
		"negative":           {says("-5"), 0, own},
		"fraction":           {says("1.5"), 0, own},
		"garbage":            {says("soon"), 0, own},
		"missing":            {says(""), 0, own},
		"date":               {in(10 * time.Second), 8 * time.Second, 10 * time.Second}, // of whole seconds
		"far date":           {in(24 * time.Hour), 5 * time.Minute, 5 * time.Minute},
		"past date":          {in(-time.Hour), 0, own},
		"old form of a date": {func() string { return time.Now().Add(10 * time.Second).UTC().Format(time.ANSIC) }, 8 * time.Second, 10 * time.Second},
	} {
		for _, status := range []int{http.StatusServiceUnavailable, http.StatusTooManyRequests} {
			for direction, run := range directions {
				t.Run(fmt.Sprint(name, " ", status, " ", direction), func(t *testing.T) {
					t.Parallel()
					far, w := &busyFar{status: status, after: test.after}, &waits{}
					far.left.Store(1)
					if test.most > time.Second {
						w.stop = func() {}
					}
					start := time.Now()
					r := run(t, far, w, transfer.Retry{Base: own, Max: own})
					if len(w.all) != 1 || w.all[0] < test.least || w.all[0] > test.most {
						t.Fatalf("it waits for %v", w.all)
					}
					checkWaited(t, w, r, time.Since(start))
				})
			}
		}
	}
}

func checkWaited(t *testing.T, w *waits, r transfer.Result, elapsed time.Duration) {
	t.Helper()
	switch {
	case w.stop != nil && !errors.Is(r.Err, failure.Interrupted):
		t.Errorf("error %v", r.Err)
	case w.stop == nil && (r.Err != nil || r.Attempts != 2 || elapsed < w.all[0]):
		t.Errorf("%d attempts in %v, error %v", r.Attempts, elapsed, r.Err)
	}
}

// A service that stays busy is asked as often as was said, and no more.
func TestAServiceThatStaysBusyIsLeftAlone(t *testing.T) {
	for direction, run := range directions {
		for _, attempts := range []int{1, 5} {
			far, w := &busyFar{status: http.StatusServiceUnavailable, after: func() string { return "" }}, &waits{}
			far.left.Store(1000)
			r := run(t, far, w, transfer.Retry{Attempts: attempts, Base: time.Millisecond, Max: time.Millisecond})
			if !errors.Is(r.Err, failure.Unavailable) || far.refused.Load() != int64(attempts) || len(w.all) != attempts-1 {
				t.Errorf("%s, %d attempts: it was asked %d times, with %d waits: %v", direction, attempts, far.refused.Load(), len(w.all), r.Err)
			}
		}
	}
}

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

// sendTo sends a file to a far side that is busy at first.
func sendTo(t *testing.T, far *busyFar, w *waits, retry transfer.Retry) transfer.Result {
	t.Helper()
	service, err := server.New(server.Options{Dir: t.TempDir(), Users: server.DemoUsers()})
	if err != nil {
		t.Fatal(err)
	}
	defer service.Close()
	far.Handler = service
	web := httptest.NewServer(far)
	defer web.Close()
	client, err := broker.New(web.URL, binding.Basic{SystemUser: "avsender", Password: binding.Literal("avsender-demo")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if w.stop != nil {
		w.stop = cancel
	}
	return transfer.New(client, transfer.Options{Retry: retry, Observer: w}).Send(ctx, transfer.Job{
		Source: stream.Bytes("a.zip", smallZIP("a.zip")), Manifest: broker.Manifest{
			ServiceCode: "4192", EditionCode: 270815, Sender: "910075918", Recipients: []broker.Party{"910077473"},
		},
	})
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
			t.Run(fmt.Sprint(name, " ", status), func(t *testing.T) {
				t.Parallel()
				far, w := &busyFar{status: status, after: test.after}, &waits{}
				far.left.Store(1)
				if test.most > time.Second {
					w.stop = func() {}
				}
				start := time.Now()
				r := sendTo(t, far, w, transfer.Retry{Base: own, Max: own})
				if len(w.all) != 1 || w.all[0] < test.least || w.all[0] > test.most {
					t.Fatalf("it waits for %v", w.all)
				}
				if w.stop != nil {
					if !errors.Is(r.Err, failure.Interrupted) {
						t.Errorf("error %v", r.Err)
					}
					return
				}
				if r.Err != nil || r.Attempts != 2 || time.Since(start) < w.all[0] {
					t.Errorf("%d attempts in %v, error %v", r.Attempts, time.Since(start), r.Err)
				}
			})
		}
	}
}

// A service that stays busy is asked as often as was said, and no more.
func TestAServiceThatStaysBusyIsLeftAlone(t *testing.T) {
	for _, attempts := range []int{1, 5} {
		far, w := &busyFar{status: http.StatusServiceUnavailable, after: func() string { return "" }}, &waits{}
		far.left.Store(1000)
		r := sendTo(t, far, w, transfer.Retry{Attempts: attempts, Base: time.Millisecond, Max: time.Millisecond})
		if !errors.Is(r.Err, failure.Unavailable) || far.refused.Load() != int64(attempts) || len(w.all) != attempts-1 {
			t.Errorf("%d attempts: it was asked %d times, with %d waits: %v", attempts, far.refused.Load(), len(w.all), r.Err)
		}
	}
}

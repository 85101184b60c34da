package transfer_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/stream"
	"github.com/altinn-transfer/altinn-transfer/transfer"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func job(name, content string) transfer.Job {
	return transfer.Job{
		Source: stream.Bytes(name, []byte(content)),
		Manifest: broker.Manifest{
			ServiceCode: "4192", EditionCode: 270815, Sender: "910075918", Recipients: []broker.Party{"910077473"},
		},
	}
}

func TestSendAnnouncesThenUploads(t *testing.T) {
	backend := &fake{}
	observer := &recorder{}
	result := transfer.New(backend, transfer.Options{Observer: observer}).Send(t.Context(), job("a.zip", "PK content"))
	if result.Err != nil {
		t.Fatal(result.Err)
	}
	if got := backend.steps(); !slices.Equal(got, []string{"initiate", "upload"}) {
		t.Errorf("steps %v", got)
	}
	if want := fmt.Sprintf("%x", sha256.Sum256([]byte("PK content"))); result.SHA256 != want || result.Bytes != 10 {
		t.Errorf("%d bytes with %s", result.Bytes, result.SHA256)
	}
	if result.Receipt == nil || result.Reference == "" || result.Key != "a.zip" {
		t.Errorf("result %+v", result)
	}
	if got := observer.lines(); !slices.Equal(got, []string{"a.zip started 10", "a.zip 10", "a.zip ended <nil>"}) {
		t.Errorf("the observer heard %q", got)
	}
}

func TestAJobIsKnownByTheCallersKey(t *testing.T) {
	observer := &recorder{}
	named := job("a.zip", "x")
	named.Key = "out/a.zip"
	result := transfer.New(&fake{}, transfer.Options{Observer: observer}).Send(t.Context(), named)
	if result.Key != "out/a.zip" || result.Name != "a.zip" || observer.lines()[0] != "out/a.zip started 1" {
		t.Errorf("result %+v, the observer heard %q", result, observer.lines())
	}
}

func TestSendersReferenceIsNoChannelName(t *testing.T) {
	backend := &fake{}
	manager := transfer.New(backend, transfer.Options{})
	first, second := manager.Send(t.Context(), job("a.zip", "x")), manager.Send(t.Context(), job("a.zip", "x"))
	reference := strings.TrimPrefix(string(first.Reference), "ref-")
	if len(reference) <= 25 || first.Reference == second.Reference {
		t.Errorf("references %q and %q", first.Reference, second.Reference)
	}
}

func TestSendChecksBeforeItCalls(t *testing.T) {
	with := func(change func(*transfer.Job)) transfer.Job {
		j := job("a.zip", "x")
		change(&j)
		return j
	}
	for name, test := range map[string]struct {
		job  transfer.Job
		kind failure.Kind
	}{
		"empty file":      {job("a.zip", ""), failure.Empty},
		"path as name":    {with(func(j *transfer.Job) { j.FileName = "../a.zip" }), failure.Usage},
		"newline in name": {job("a\nb.zip", "x"), failure.Usage},
		"300 bytes":       {job(strings.Repeat("n", 300), "x"), failure.Usage},
		"no sender":       {with(func(j *transfer.Job) { j.Manifest.Sender = "" }), failure.Usage},
		"no recipient":    {with(func(j *transfer.Job) { j.Manifest.Recipients = nil }), failure.Usage},
		"no service":      {with(func(j *transfer.Job) { j.Manifest.ServiceCode = "" }), failure.Usage},
		"no edition":      {with(func(j *transfer.Job) { j.Manifest.EditionCode = 0 }), failure.Usage},
	} {
		t.Run(name, func(t *testing.T) {
			backend := &fake{}
			result := transfer.New(backend, transfer.Options{}).Send(t.Context(), test.job)
			if !errors.Is(result.Err, test.kind) {
				t.Errorf("got %v, want kind %s", result.Err, test.kind.Name())
			}
			if steps := backend.steps(); len(steps) > 0 {
				t.Errorf("it called %v", steps)
			}
		})
	}
}

func TestAFailedUploadKeepsTheReference(t *testing.T) {
	backend := &fake{upload: &failure.Error{Kind: failure.Network, Sent: 7, Ambiguous: true}}
	result := transfer.New(backend, transfer.Options{}).Send(t.Context(), job("a.zip", "PK content"))
	if !errors.Is(result.Err, failure.Network) || result.Reference == "" || result.Bytes != 7 || result.SHA256 != "" {
		t.Errorf("result %+v", result)
	}
}

func TestAnUploadWhoseSessionEndedIsSentAgainOnTheSameReference(t *testing.T) {
	backend := &fake{ended: 1}
	result := transfer.New(backend, transfer.Options{}).Send(t.Context(), job("a.zip", "PK content"))
	if result.Err != nil || string(backend.files[result.Reference]) != "PK content" {
		t.Errorf("result %+v", result)
	}
	if want := fmt.Sprintf("%x", sha256.Sum256([]byte("PK content"))); result.SHA256 != want || result.Bytes != 10 {
		t.Errorf("%d bytes with %s", result.Bytes, result.SHA256)
	}
	if got := backend.steps(); !slices.Equal(got, []string{"initiate", "upload", "upload"}) {
		t.Errorf("steps %v", got)
	}
}

func TestAServiceThatEndsEverySessionIsAskedTwice(t *testing.T) {
	backend := &fake{ended: 10}
	result := transfer.New(backend, transfer.Options{}).Send(t.Context(), job("a.zip", "PK content"))
	if !errors.Is(result.Err, failure.SessionExpired) || result.SHA256 != "" {
		t.Errorf("result %+v", result)
	}
	if got := backend.steps(); !slices.Equal(got, []string{"initiate", "upload", "upload"}) {
		t.Errorf("steps %v", got)
	}
}

// What can be read only once is gone; that its session had ended is what a person must know.
func TestWhatCannotBeReadAgainSaysWhyItWasNotSent(t *testing.T) {
	piped := job("a.zip", "")
	piped.Source = stream.OneShot("a.zip", -1, strings.NewReader("PK content"))
	result := transfer.New(&fake{ended: 1}, transfer.Options{}).Send(t.Context(), piped)
	if !errors.Is(result.Err, failure.SessionExpired) {
		t.Errorf("got %v", result.Err)
	}
}

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

// A password that is changed, or a lockout, within a batch is met once as well, whichever step meets it.
func TestAnUploadThatIsRefusedTheLoginStopsTheBatch(t *testing.T) {
	backend := &fake{upload: &failure.Error{Kind: failure.Unauthenticated}}
	for result := range transfer.New(backend, transfer.Options{Concurrency: 1}).SendAll(t.Context(), jobs(10)) {
		if !errors.Is(result.Err, failure.Unauthenticated) {
			t.Errorf("%s: %v", result.Name, result.Err)
		}
	}
	if got := backend.steps(); !slices.Equal(got, []string{"initiate", "upload"}) {
		t.Errorf("steps %v", got)
	}
}

func TestARefusedLoginIsMetOnce(t *testing.T) {
	backend := &fake{initiate: &failure.Error{Kind: failure.Unauthenticated}}
	refused := 0
	for result := range transfer.New(backend, transfer.Options{Concurrency: 8}).SendAll(t.Context(), jobs(50)) {
		if errors.Is(result.Err, failure.Unauthenticated) {
			refused++
		}
	}
	if steps := backend.steps(); len(steps) != 1 || refused != 50 {
		t.Errorf("%d logins were tried, %d results say so", len(steps), refused)
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

func jobs(n int) iter.Seq2[transfer.Job, error] {
	return func(yield func(transfer.Job, error) bool) {
		for i := range n {
			if !yield(job(fmt.Sprintf("file-%d.zip", i), "content"), nil) {
				return
			}
		}
	}
}

// recorder writes down what an observer hears.
type recorder struct {
	mu    sync.Mutex
	heard []string
}

func (r *recorder) write(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.heard = append(r.heard, fmt.Sprintf(format, args...))
}

func (r *recorder) lines() []string                        { return r.heard }
func (r *recorder) Started(key string, size int64)         { r.write("%s started %d", key, size) }
func (r *recorder) Progress(key string, _ int, done int64) { r.write("%s %d", key, done) }
func (r *recorder) Retrying(key string, attempt int, _ time.Duration, err error) {
	r.write("retrying %s after attempt %d: %v", key, attempt, err)
}

func (r *recorder) Ended(result transfer.Result) { r.write("%s ended %v", result.Key, result.Err) }

package transfer_test

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/stream"
	"github.com/altinn-transfer/altinn-transfer/transfer"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// zipHead is how a ZIP begins.
const zipHead = "PK\x03\x04"

func job(name, content string) transfer.Job {
	return transfer.Job{
		Source: stream.Bytes(name, []byte(zipHead+content)),
		Manifest: broker.Manifest{
			ServiceCode: "4192", EditionCode: 270815, Sender: "910075918", Recipients: []broker.Party{"910077473"},
		},
	}
}

func TestSendAnnouncesThenUploads(t *testing.T) {
	backend := &fake{}
	observer := &recorder{}
	result := transfer.New(backend, transfer.Options{Observer: observer}).Send(t.Context(), job("a.zip", " content"))
	if result.Err != nil {
		t.Fatal(result.Err)
	}
	if got := backend.steps(); !slices.Equal(got, []string{"initiate", "upload"}) {
		t.Errorf("steps %v", got)
	}
	if want := fmt.Sprintf("%x", sha256.Sum256([]byte(zipHead+" content"))); result.SHA256 != want || result.Bytes != 12 {
		t.Errorf("%d bytes with %s", result.Bytes, result.SHA256)
	}
	if result.Receipt == nil || result.Reference == "" || result.Key != "a.zip" {
		t.Errorf("result %+v", result)
	}
	if got := observer.lines(); !slices.Equal(got, []string{"a.zip started 12", "a.zip 12", "a.zip ended <nil>"}) {
		t.Errorf("the observer heard %q", got)
	}
}

func TestAJobIsKnownByTheCallersKey(t *testing.T) {
	observer := &recorder{}
	named := job("a.zip", "x")
	named.Key = "out/a.zip"
	result := transfer.New(&fake{}, transfer.Options{Observer: observer}).Send(t.Context(), named)
	if result.Key != "out/a.zip" || result.Name != "a.zip" || observer.lines()[0] != "out/a.zip started 5" {
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
		"empty file":      {with(func(j *transfer.Job) { j.Source = stream.Bytes("a.zip", nil) }), failure.Empty},
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
	result := transfer.New(backend, transfer.Options{Retry: transfer.Retry{Attempts: 1}}).Send(t.Context(), job("a.zip", " content"))
	if !errors.Is(result.Err, failure.Network) || result.Reference == "" || result.Bytes != 7 || result.SHA256 != "" {
		t.Errorf("result %+v", result)
	}
}

func TestAnUploadWhoseSessionEndedIsSentAgainOnTheSameReference(t *testing.T) {
	backend := &fake{ended: 1}
	result := transfer.New(backend, transfer.Options{}).Send(t.Context(), job("a.zip", " content"))
	if result.Err != nil || string(backend.files[result.Reference]) != zipHead+" content" {
		t.Errorf("result %+v", result)
	}
	if want := fmt.Sprintf("%x", sha256.Sum256([]byte(zipHead+" content"))); result.SHA256 != want || result.Bytes != 12 {
		t.Errorf("%d bytes with %s", result.Bytes, result.SHA256)
	}
	if got := backend.steps(); !slices.Equal(got, []string{"initiate", "upload", "upload"}) {
		t.Errorf("steps %v", got)
	}
}

func TestAServiceThatEndsEverySessionIsAskedTwice(t *testing.T) {
	backend := &fake{ended: 10}
	result := transfer.New(backend, transfer.Options{}).Send(t.Context(), job("a.zip", " content"))
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
	piped.Source = stream.OneShot("a.zip", -1, strings.NewReader(" content"))
	result := transfer.New(&fake{ended: 1}, transfer.Options{}).Send(t.Context(), piped)
	if !errors.Is(result.Err, failure.SessionExpired) {
		t.Errorf("got %v", result.Err)
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

package transfer_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http/httptest"
	"os"
	"path/filepath"
	"time"

	"github.com/altinn-transfer/altinn-transfer/binding"
	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/resume"
	"github.com/altinn-transfer/altinn-transfer/server"
	"github.com/altinn-transfer/altinn-transfer/stream"
	"github.com/altinn-transfer/altinn-transfer/transfer"
)

// exampleSide is the service of one example, with a client of each side, and a directory.
type exampleSide struct {
	dir               string
	sender, recipient *broker.Client
	close             func()
}

func newExampleSide() *exampleSide {
	dir, err := os.MkdirTemp("", "example")
	need(err)
	service, err := server.New(server.Options{Dir: filepath.Join(dir, "store"), Users: server.DemoUsers()})
	need(err)
	far := httptest.NewServer(service)
	client := func(user, password string) *broker.Client {
		c, err := broker.New(far.URL, binding.Basic{SystemUser: user, Password: binding.Literal(password)}, nil)
		need(err)
		return c
	}
	d := &exampleSide{dir: dir, sender: client("avsender", "avsender-demo"), recipient: client("mottaker", "mottaker-demo")}
	d.close = func() {
		d.sender.Close()
		d.recipient.Close()
		far.Close()
		service.Close()
		os.RemoveAll(dir)
	}
	return d
}

func need(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// exampleJob is one small file, from one organisation to another.
func exampleJob(name string) transfer.Job {
	return transfer.Job{
		Source: stream.Bytes(name, []byte("PK\x03\x04"+name)),
		Manifest: broker.Manifest{
			ServiceCode: "4192", EditionCode: 270815, Sender: "910075918", Recipients: []broker.Party{"910077473"},
		},
	}
}

// With a journal, the same job again does what is left of it: nothing, here. The scope keeps the jobs of two services or users
// apart in one journal.
func ExampleOptions_journal() {
	d := newExampleSide()
	defer d.close()
	for range 2 { // as two runs of a program
		journal, err := resume.Open(filepath.Join(d.dir, "send.journal"))
		need(err)
		manager := transfer.New(d.sender, transfer.Options{Journal: journal, Scope: "https://broker.example avsender"})
		result := manager.Send(context.Background(), exampleJob("report.zip"))
		fmt.Printf("skipped %v, attempts %d, error %v\n", result.Skipped, result.Attempts, result.Err)
		need(journal.Close())
	}
	// Output:
	// skipped false, attempts 1, error <nil>
	// skipped true, attempts 0, error <nil>
}

// Many files are sent from an iterator, and their results come as they end. Here the first failure ends the batch; without
// OnFailure the others would go on.
func ExampleManager_SendAll() {
	d := newExampleSide()
	defer d.close()
	manager := transfer.New(d.sender, transfer.Options{
		Concurrency: 1,        // files at once
		BytesPerSec: 20 << 20, // for all of them together
		OnFailure:   func(failed transfer.Result) error { return fmt.Errorf("%s is not to be left out", failed.Name) },
	})
	jobs := func(yield func(transfer.Job, error) bool) {
		for _, name := range []string{"one.zip", "two:half.zip"} {
			if !yield(exampleJob(name), nil) {
				return
			}
		}
	}
	for result := range manager.SendAll(context.Background(), jobs) {
		switch {
		case result.Err == nil:
			fmt.Println(result.Name, result.Receipt != nil)
		case result.Key == "": // the batch itself
			fmt.Println("the batch:", result.Err)
		default:
			fmt.Println(result.Name, failure.KindOf(result.Err).Name())
		}
	}
	// Output:
	// one.zip true
	// two:half.zip usage
	// the batch: two:half.zip is not to be left out
}

// told says what happens to jobs.
type told struct{}

func (told) Started(key string, size int64) { fmt.Println(key, "has", size, "bytes") }
func (told) Progress(string, int, int64)    {}
func (told) Ended(r transfer.Result) {
	fmt.Println(r.Key, "took", r.Attempts, "attempts, error", r.Err)
}

func (told) Retrying(key string, attempt int, _ time.Duration, err error) {
	fmt.Println(key, "failed in attempt", attempt, "as", failure.KindOf(err).Name())
}

// full is a back end whose uploads fail so many times.
type full struct {
	transfer.Backend
	times int
}

func (b *full) Upload(ctx context.Context, r broker.Reference, from broker.Party, s stream.Source, o *broker.UploadOptions) (*broker.Receipt, error) {
	if b.times--; b.times >= 0 {
		return nil, &failure.Error{Op: "upload", Kind: failure.Unavailable, RetryAfter: time.Millisecond}
	}
	return b.Backend.Upload(ctx, r, from, s, o)
}

// What can be helped by another attempt gets one, after what the service asks for or a random time that grows. An observer
// hears of it.
func ExampleObserver() {
	d := newExampleSide()
	defer d.close()
	manager := transfer.New(&full{d.sender, 2}, transfer.Options{
		Observer: told{},
		Retry:    transfer.Retry{Attempts: 4, Base: time.Second, Max: time.Minute, Budget: 10 * time.Minute},
	})
	manager.Send(context.Background(), exampleJob("report.zip"))
	// Output:
	// report.zip has 14 bytes
	// report.zip failed in attempt 1 as unavailable
	// report.zip failed in attempt 2 as unavailable
	// report.zip took 3 attempts, error <nil>
}

// ranged is a back end that can begin a download anywhere, and whose line breaks once, behind 6 bytes.
type ranged struct {
	transfer.Backend
	broken bool
}

func (r *ranged) Download(ctx context.Context, reference broker.Reference, as broker.Party) (*broker.Download, error) {
	d, err := r.Backend.Download(ctx, reference, as)
	if err == nil && !r.broken {
		r.broken = true
		d.Body = &breaking{d.Body, 6}
	}
	return d, err
}

// DownloadFrom would ask a service for a range.
func (r *ranged) DownloadFrom(ctx context.Context, reference broker.Reference, as broker.Party, offset int64) (*broker.Download, error) {
	fmt.Println("on from", offset)
	d, err := r.Backend.Download(ctx, reference, as)
	if err != nil {
		return nil, err
	}
	_, err = io.CopyN(io.Discard, d, offset)
	return d, err
}

// breaking is a body whose line breaks after so many bytes.
type breaking struct {
	io.ReadCloser
	left int64
}

func (c *breaking) Read(p []byte) (int, error) {
	if c.left == 0 {
		return 0, &failure.Error{Op: "download", Kind: failure.Network}
	}
	n, err := c.ReadCloser.Read(p[:min(int64(len(p)), c.left)])
	c.left -= int64(n)
	return n, err
}

// With a journal, a part file outlives a line that breaks. A back end that offers ranges goes on where it ends; any other gives
// the file again, and what the part holds is compared with it.
func ExampleRangeBackend() {
	d := newExampleSide()
	defer d.close()
	ctx := context.Background()
	need(transfer.New(d.sender, transfer.Options{}).Send(ctx, exampleJob("report.zip")).Err)

	journal, err := resume.Open(filepath.Join(d.dir, "receive.journal"))
	need(err)
	defer journal.Close()
	manager := transfer.New(&ranged{Backend: d.recipient}, transfer.Options{
		Journal: journal, Retry: transfer.Retry{Base: time.Millisecond},
	})
	for result := range manager.ReceiveAll(ctx, broker.Query{Recipient: "910077473"}, d.dir) {
		fmt.Println(result.Name, result.Bytes, result.Attempts, result.Confirmed, result.Err)
	}
	// Output:
	// on from 6
	// report.zip 14 2 true <nil>
}

// Poll checks for as long as it is listened to, never more often than every 5 seconds, and receives what comes.
func ExampleManager_Poll() {
	d := newExampleSide()
	defer d.close()
	ctx := context.Background()
	need(transfer.New(d.sender, transfer.Options{}).Send(ctx, exampleJob("report.zip")).Err)

	manager := transfer.New(d.recipient, transfer.Options{})
	options := transfer.PollOptions{Interval: 5 * time.Minute}
	for result := range manager.Poll(ctx, broker.Query{Recipient: "910077473"}, d.dir, options) {
		fmt.Println(result.Name, result.Confirmed, result.Err)
		break // or when the context ends
	}
	// Output: report.zip true <nil>
}

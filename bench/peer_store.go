package bench

import (
	"context"
	"errors"
	"iter"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/internal/bare"
	"github.com/altinn-transfer/altinn-transfer/resume"
	"github.com/altinn-transfer/altinn-transfer/server"
	"github.com/altinn-transfer/altinn-transfer/stream"
	"github.com/altinn-transfer/altinn-transfer/transfer"
)

// The whole engine against the whole server, with journal and store on disk; beside it package bare, which makes the same
// round trips and syncs.

// toItself is a shipment of the party to itself, so that one client sends and receives.
var toItself = broker.Manifest{ServiceCode: "4192", EditionCode: 270815, Sender: party, Recipients: []broker.Party{party}}

func serveStore(ctx context.Context, l net.Listener, o order, _ *arrived) error {
	store, err := server.New(server.Options{Dir: o.Dir, Users: server.DemoUsers(), Limits: server.Limits{File: -1}})
	if err != nil {
		return err
	}
	return errors.Join(store.Serve(ctx, l), store.Close())
}

func serveBareStore(ctx context.Context, l net.Listener, o order, _ *arrived) error {
	root, err := os.OpenRoot(o.Dir)
	if err != nil {
		return err
	}
	defer root.Close()
	return serveUntil(ctx, l, bare.Service(root))
}

// times keeps how long single files took.
type times struct {
	mu  sync.Mutex
	all []float64
}

func (t *times) add(d time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.all = append(t.all, d.Seconds())
}

// engineSend sends every file of a directory; the party sends to itself.
func engineSend(ctx context.Context, o order) (word, error) {
	return o.engine(func(m *transfer.Manager) iter.Seq[transfer.Result] { return m.SendAll(ctx, jobsOf(o.File, toItself)) })
}

func engineReceive(ctx context.Context, o order) (word, error) {
	return o.engine(func(m *transfer.Manager) iter.Seq[transfer.Result] {
		return m.ReceiveAll(ctx, broker.Query{Recipient: party}, o.Dir)
	})
}

func (o order) engine(all func(*transfer.Manager) iter.Seq[transfer.Result]) (said word, err error) {
	begun := time.Now()
	client, err := o.broker()
	if err != nil {
		return word{}, err
	}
	defer client.Close()
	journal, err := resume.Open(filepath.Join(o.Dir, "..", o.Do+".journal"))
	if err != nil {
		return word{}, err
	}
	defer func() { err = errors.Join(err, journal.Close()) }()
	manager := transfer.New(client, transfer.Options{Journal: journal, Concurrency: o.Jobs})
	var each times
	for result := range all(manager) {
		if result.Err != nil {
			return word{}, result.Err
		}
		said.Bytes += result.Bytes
		each.add(result.Elapsed)
	}
	said.Seconds, said.Latency = time.Since(begun).Seconds(), latencies(each.all)
	return said, nil
}

func jobsOf(dir string, manifest broker.Manifest) iter.Seq2[transfer.Job, error] {
	return func(yield func(transfer.Job, error) bool) {
		entries, err := os.ReadDir(dir)
		if err != nil {
			yield(transfer.Job{}, err)
			return
		}
		for _, entry := range entries {
			source, err := stream.File(filepath.Join(dir, entry.Name()))
			if !yield(transfer.Job{Source: source, Manifest: manifest}, err) {
				return
			}
		}
	}
}

func bareSend(_ context.Context, o order) (word, error) {
	return o.bare(o.File, (*bare.Client).SendAll)
}

func bareReceive(_ context.Context, o order) (word, error) {
	return o.bare(o.Dir, (*bare.Client).ReceiveAll)
}

func (o order) bare(dir string, all func(*bare.Client) error) (word, error) {
	begun := time.Now()
	client, err := bare.Open(o.url(), dir, filepath.Join(o.Dir, "..", o.Do+".journal"), o.Jobs)
	if err != nil {
		return word{}, err
	}
	var each times
	client.Ended = each.add
	if err := errors.Join(all(client), client.Close()); err != nil {
		return word{}, err
	}
	return word{Seconds: time.Since(begun).Seconds(), Latency: latencies(each.all)}, nil
}

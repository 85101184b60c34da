package transfer

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/stream"
)

// Send carries one job out: check, initiate, upload. Nothing is tried twice, except an upload whose session with the service
// had ended before it was carried out.
func (m *Manager) Send(ctx context.Context, job Job) Result {
	s := &sending{manager: m, job: job.withDefaults()}
	s.result.Name, s.result.Key = s.job.FileName, s.job.Key
	m.observed(&s.result, job.Source.Size(), func() { s.result.Err = s.run(ctx) })
	return s.result
}

// observed runs a job between the observer's first and last word of it.
func (m *Manager) observed(r *Result, size int64, run func()) {
	r.Key = m.keys.claimLike(cmp.Or(r.Key, r.Name))
	defer m.keys.release(r.Key)
	start := time.Now()
	m.options.Observer.Started(r.Key, size)
	run()
	r.Elapsed = time.Since(start)
	m.options.Observer.Ended(*r)
}

func (j Job) withDefaults() Job {
	if j.FileName == "" {
		j.FileName = j.Source.Name()
	}
	if j.Manifest.SendersReference == "" {
		j.Manifest.SendersReference = newSendersReference()
	}
	if len(j.Manifest.Files) == 0 {
		j.Manifest.Files = []broker.File{{Name: j.FileName}}
	}
	return j
}

// newSendersReference is 32 characters, above the 25 up to which a receiver may take it for a channel; see
// [broker.Manifest.SendersReference].
func newSendersReference() string {
	var random [16]byte
	rand.Read(random[:])
	return fmt.Sprintf("%x", random)
}

// sending is one job under way.
type sending struct {
	manager *Manager
	job     Job
	result  Result
}

func (s *sending) run(ctx context.Context) error {
	if err := s.check(); err != nil {
		return usage("check "+s.job.FileName, err)
	}
	if s.job.Source.Size() == 0 {
		return &failure.Error{Op: "check " + s.job.FileName, Kind: failure.Empty}
	}
	if err := s.initiate(ctx); err != nil {
		return err
	}
	return s.upload(ctx)
}

// check finds what the service would refuse, before the first byte goes out.
func (s *sending) check() error {
	m := s.job.Manifest
	switch {
	case m.Sender == "":
		return errors.New("no sender given")
	case len(m.Recipients) == 0:
		return errors.New("no recipient given")
	case m.ServiceCode == "" || m.EditionCode <= 0:
		return errors.New("a service code and an edition code are needed")
	}
	return CheckName(s.job.FileName)
}

func (s *sending) initiate(ctx context.Context) error {
	return s.manager.login.pass(ctx, func() (err error) {
		s.result.Reference, err = s.manager.backend.Initiate(ctx, s.job.Manifest)
		return err
	})
}

// upload sends the file. Where the session had ended, a new one is begun by asking again: on the same reference, because nothing
// was carried out, and once, because a service that ends each session at once would be asked for ever.
func (s *sending) upload(ctx context.Context) error {
	err := s.uploadOnce(ctx)
	if !errors.Is(err, failure.SessionExpired) {
		return err
	}
	again := s.uploadOnce(ctx)
	if errors.Is(again, stream.ErrConsumed) {
		return err
	}
	return again
}

func (s *sending) uploadOnce(ctx context.Context) error {
	source := stream.NewDigested(s.job.Source)
	progress := func(sent int64) { s.manager.options.Observer.Progress(s.result.Key, 1, sent) }
	var receipt *broker.Receipt
	err := s.manager.login.pass(ctx, func() (err error) {
		receipt, err = s.manager.backend.Upload(ctx, s.result.Reference, s.job.Manifest.Sender, source,
			&broker.UploadOptions{FileName: s.job.FileName, Progress: progress})
		return err
	})
	if err != nil {
		if e, ok := errors.AsType[*failure.Error](err); ok {
			s.result.Bytes = e.Sent
		}
		return err
	}
	s.result.Receipt = receipt
	s.result.Bytes, s.result.SHA256 = source.N(), source.Sum()
	return nil
}

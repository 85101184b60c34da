package transfer

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/resume"
	"github.com/altinn-transfer/altinn-transfer/stream"
)

// How long the journal may take to learn what the service has done: at most, and when the caller has told to stop, which must
// be over within 5 seconds.
const (
	journalTime  = 10 * time.Second
	journalGrace = 4 * time.Second
)

// lookUp finds what is known of the job.
func (s *sending) lookUp(ctx context.Context) error {
	record, found, err := s.journal.Get(ctx, s.key)
	if err != nil {
		return s.journalFailure(ctx, err)
	}
	s.again = s.job.Again && found
	if record.Reference == "" && record.State != resume.Sent {
		record.State = "" // no step can stand on it
	}
	s.record = record
	s.result.Reference = broker.Reference(record.Reference)
	if record.State != resume.Sent || s.again {
		s.describe()
	}
	return nil
}

// describe says in the record what the job is.
func (s *sending) describe() {
	r := &s.record
	r.Key, r.Direction = s.key, resume.Send
	r.Name, r.Path = s.job.FileName, s.job.Path
	r.Party, r.Recipients = string(s.job.Manifest.Sender), recipients(s.job.Manifest.Recipients)
	if r.SHA256 == "" {
		r.Size, r.SHA256 = s.job.Source.Size(), s.payload.want
	}
	if r.SendersReference == "" {
		r.SendersReference = s.sendersReference()
	}
}

// sendersReference is the user's own, or one made of the key, so that two runs agree on it that know nothing of each other.
// It has more than the 25 characters up to which a receiver may take it for a channel; see
// [broker.Manifest.SendersReference].
func (s *sending) sendersReference() string {
	switch own, generation := s.job.Manifest.SendersReference, s.record.Generation; {
	case own != "":
		return own
	case generation > 0:
		return fmt.Sprintf("at-%.32s-%d", s.key, generation)
	}
	return fmt.Sprintf("at-%.32s", s.key)
}

// write brings the record to disk as the step wants it. failed is what the step before has met.
func (s *sending) write(ctx context.Context, step resume.SendStep, failed error) error {
	if step.Put == "" {
		s.remember(ctx)
		return nil
	}
	s.record.State = step.Put
	if step.Put == resume.Planned {
		s.record.Reference, s.result.Reference, s.own = "", "", false
	}
	if step.New {
		s.begin()
	}
	s.explain(step, failed)
	err := s.put(ctx, append(s.pending, s.record)...)
	if err == nil {
		s.pending = nil
		return nil
	}
	return s.unwritten(ctx, step, failed, err)
}

// begin makes the record that of a new shipment of the same file.
func (s *sending) begin() {
	s.record.Generation++
	s.record.SendersReference, s.record.ReceiptID = s.sendersReference(), 0
	s.again = false
}

// explain says in the record, in words, how the step before ended.
func (s *sending) explain(step resume.SendStep, failed error) {
	switch {
	case step.Do == resume.SendFinish && failed != nil:
		s.record.Problem, s.record.Note = "", "the service has had it since an earlier attempt, whose answer was lost"
	case step.Do == resume.SendFinish:
		s.record.Problem, s.record.Note = "", ""
	case failed != nil && !errors.Is(failed, stream.ErrConsumed):
		s.record.Problem = failed.Error()
	}
}

// remember keeps a digest for the next run, where nothing else is to be written. Without it, the source is read once more then.
func (s *sending) remember(ctx context.Context) {
	if len(s.pending) > 0 && s.put(ctx, s.pending...) == nil {
		s.pending = nil
	}
}

// put takes its time also when ctx has ended, since what has happened has happened.
func (s *sending) put(ctx context.Context, records ...resume.Record) error {
	ctx, cancel := withGrace(ctx, journalGrace)
	defer cancel()
	ctx, cancelTime := context.WithTimeout(ctx, journalTime)
	defer cancelTime()
	return s.journal.Put(ctx, records...)
}

// unwritten is the error of a record that did not come to disk: with what the service has done, which nothing else knows now.
func (s *sending) unwritten(ctx context.Context, step resume.SendStep, failed, err error) error {
	told, _ := errors.AsType[*failure.Error](failed)
	switch {
	case step.Do == resume.SendFinish:
		err = fmt.Errorf("the file is sent, on reference %s, but the journal does not say so: %w", s.record.Reference, err)
	case failed != nil:
		err = fmt.Errorf("%w; and before that: %w", err, failed)
	}
	e := s.journalFailure(ctx, err)
	e.Ambiguous = told != nil && told.Ambiguous && step.Do != resume.SendFinish
	return e
}

// journalFailure is what stops a job that cannot be written down.
func (s *sending) journalFailure(ctx context.Context, err error) *failure.Error {
	e := &failure.Error{Op: "keep the journal", Kind: failure.Disk, Reference: s.record.Reference, Err: &journalError{err}}
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		e.Kind = failure.Interrupted
	}
	return e
}

// recallContent finds size and digest of what an earlier attempt has sent, where that one did not live to write them down.
func (s *sending) recallContent(ctx context.Context) {
	if s.record.SHA256 == "" && !s.payload.Once() {
		if sum, n, err := digest(ctx, s.job.Source, func(int64) {}); err == nil {
			s.record.Size, s.record.SHA256 = n, sum
		}
	}
	if s.record.SHA256 != "" {
		s.result.Bytes, s.result.SHA256 = s.record.Size, s.record.SHA256
	}
}

package transfer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/resume"
	"github.com/altinn-transfer/altinn-transfer/stream"
)

// Send carries one job out: check, look into the journal, initiate, upload. What an earlier run has done is not done again,
// and what fails is tried again as [Options] say. A job whose key another one under way has waits for that one.
func (m *Manager) Send(ctx context.Context, job Job) Result {
	s := m.newSending(job)
	m.observed(ctx, &s.result, job.Source.Size(), func(ctx context.Context) { s.result.Err = s.run(ctx) })
	return s.result
}

// observed runs a job between the observer's first and last word of it.
func (m *Manager) observed(ctx context.Context, r *Result, size int64, run func(context.Context)) {
	r.Key = m.keys.claimLike(cmp.Or(r.Key, r.Name))
	defer m.keys.release(r.Key)
	start := time.Now()
	m.options.Observer.Started(r.Key, size)
	run(withKey(ctx, r.Key))
	r.Elapsed = time.Since(start)
	m.options.Observer.Ended(*r)
}

// sending is one job under way.
type sending struct {
	manager *Manager
	job     Job
	payload *payload
	journal resume.Journal
	key     string          // of the record
	record  resume.Record   // as it is in the journal, and what the next Put says beside
	pending []resume.Record // to be put with the next one
	own     bool            // the record's reference was given in this run
	again   bool            // what was sent before is to be sent anew, and that was not begun yet
	attempt int             // under way, from 1
	result  Result
}

func (m *Manager) newSending(job Job) *sending {
	s := &sending{manager: m, job: job.withDefaults(), journal: m.options.Journal}
	if s.journal == nil {
		s.journal = &resume.Memory{}
	}
	s.payload = &payload{Source: job.Source, limit: m.options.SizeLimit, pace: m.out}
	s.result.Name, s.result.Key = s.job.FileName, s.job.Key
	return s
}

func (j Job) withDefaults() Job {
	if j.FileName == "" {
		j.FileName = j.Source.Name()
	}
	if len(j.Manifest.Files) == 0 {
		j.Manifest.Files = []broker.File{{Name: j.FileName}}
	}
	if itself, ok := j.Source.(interface {
		Identity(context.Context) (string, error)
	}); ok && j.Identity == nil {
		j.Identity = itself.Identity
	}
	return j
}

func (s *sending) run(ctx context.Context) error {
	if err := s.check(ctx); err != nil {
		return err
	}
	if err := s.identify(ctx); err != nil {
		return err
	}
	leave, err := s.manager.sends.enter(ctx, s.key)
	if err != nil {
		return err
	}
	defer leave()
	if err := s.lookUp(ctx); err != nil {
		return err
	}
	return s.persist(ctx)
}

// persist makes attempts until one goes well, or none can help.
func (s *sending) persist(ctx context.Context) error {
	p := &persistence{
		retry: s.manager.options.Retry, key: s.result.Key, observe: s.manager.options.Observer, spent: s.payload.spent,
	}
	err := p.run(ctx, func(ctx context.Context) error {
		s.attempt = p.attempt
		return s.try(ctx)
	})
	if !s.result.Skipped {
		s.result.Attempts = p.attempt
	}
	return err
}

// try takes steps, one after the other, until the file is sent or one of them fails. What comes next is [resume.NextSend]'s to
// say; the journal has it before it is done.
func (s *sending) try(ctx context.Context) error {
	if err := interrupted(ctx); err != nil {
		return err
	}
	s.record.Attempts++
	facts := resume.SendFacts{State: s.record.State, Own: s.own, Again: s.again}
	var failed error // the last step
	for {
		step := resume.NextSend(facts)
		if err := s.write(ctx, step, failed); err != nil {
			return err
		}
		switch step.Do {
		case resume.SendInitiate:
			failed = s.initiate(ctx)
		case resume.SendUpload:
			failed = s.upload(ctx)
		default:
			return s.end(step.Do, failed)
		}
		facts = resume.SendFacts{
			State: s.record.State, Clean: step.Put == resume.Sending, Own: s.own, Again: s.again, Stopped: ctx.Err() != nil,
			Did: step.Do, Answer: answer(failed),
		}
		if step.Do == resume.SendUpload && facts.Answer == resume.AnswerHas {
			s.recallContent(ctx)
		}
	}
}

func (s *sending) initiate(ctx context.Context) error {
	manifest := s.job.Manifest
	manifest.SendersReference = s.record.SendersReference
	var reference broker.Reference
	err := s.manager.login.pass(ctx, func() (err error) {
		reference, err = s.manager.backend.Initiate(ctx, manifest)
		return err
	})
	if err == nil {
		s.record.Reference, s.result.Reference, s.own = string(reference), reference, true
	}
	return err
}

func (s *sending) upload(ctx context.Context) error {
	progress := func(sent int64) { s.manager.options.Observer.Progress(s.result.Key, s.attempt, sent) }
	var receipt *broker.Receipt
	err := s.manager.login.pass(ctx, func() (err error) {
		receipt, err = s.manager.backend.Upload(ctx, s.result.Reference, s.job.Manifest.Sender, s.payload,
			&broker.UploadOptions{FileName: s.job.FileName, Progress: progress})
		return err
	})
	if s.payload.whole() {
		s.record.Size, s.record.SHA256 = s.payload.last.digest.N(), s.payload.last.digest.Sum()
	}
	if e, ok := errors.AsType[*failure.Error](err); ok {
		s.result.Bytes = e.Sent
	}
	if _, changed := errors.AsType[*stream.DigestError](err); changed && s.stampKey() != "" {
		s.pending = []resume.Record{s.sourceRecord("")} // it stands for other content by now
	}
	switch {
	case err != nil:
		return err
	case !s.payload.whole():
		return &failure.Error{Op: "UploadFileStreamed", Kind: failure.Protocol, Reference: s.record.Reference, Err: errNotTaken}
	}
	s.result.Receipt, s.record.ReceiptID = receipt, receipt.ID
	s.result.Bytes, s.result.SHA256 = s.record.Size, s.record.SHA256
	return nil
}

// errNotTaken is a receipt for other bytes than were meant, which no later answer makes good.
var errNotTaken = errors.New("it gave a receipt, and had not taken the file to its end; what it has is not what was to be sent")

// answer is what a step's error tells of the service. One that says nothing of itself may hide anything.
func answer(err error) resume.Answer {
	e, told := errors.AsType[*failure.Error](err)
	switch {
	case err == nil:
		return resume.AnswerDone
	case errors.Is(err, errNotTaken):
		return resume.AnswerWrong
	case !told || e.Ambiguous:
		return resume.AnswerLost
	case e.Kind == failure.AlreadyUploaded:
		return resume.AnswerHas
	case e.Kind == failure.NotFound:
		return resume.AnswerUnknown
	}
	return resume.AnswerNotDone
}

// end is how the attempt ends.
func (s *sending) end(how resume.SendAction, failed error) error {
	switch how {
	case resume.SendFinish:
		s.result.Note = s.record.Note
		return nil
	case resume.SendSkip:
		s.skip()
		return nil
	case resume.SendAsk:
		return &failure.Error{
			Op: "UploadFileStreamed", Kind: failure.NotFound, Reference: s.record.Reference, Ambiguous: true,
			Err: fmt.Errorf("an earlier upload on this reference had no answer, and the service does not know the reference any more; "+
				"ask the recipient, and send the file again (--again) if it has not come: %w", failed),
		}
	}
	return failed
}

// skip tells of what was sent before.
func (s *sending) skip() {
	s.result.Skipped = true
	s.result.Bytes, s.result.SHA256 = s.record.Size, s.record.SHA256
	s.result.Note = "sent before, " + s.record.Updated.UTC().Format("2006-01-02 15:04 UTC")
	if s.record.Path != "" && s.record.Path != s.job.Path {
		s.result.Note += ", from " + s.record.Path
	}
}

func interrupted(ctx context.Context) error {
	if ctx.Err() == nil {
		return nil
	}
	return &failure.Error{Kind: failure.Interrupted, Err: context.Cause(ctx)}
}

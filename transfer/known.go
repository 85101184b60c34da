package transfer

import (
	"context"

	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/resume"
)

// Known is what the journal has of a job before it is sent, and whether it has anything. The content is read where nothing
// stands for it yet. The error is why the job would fail before the service is asked. Nothing is changed, and no call is made.
func (m *Manager) Known(ctx context.Context, job Job) (resume.Record, bool, error) {
	s := m.newSending(job)
	if err := s.check(ctx); err != nil {
		return resume.Record{}, false, err
	}
	if err := s.identify(ctx); err != nil {
		return resume.Record{}, false, err
	}
	record, known, err := s.journal.Get(ctx, s.key)
	if err != nil {
		return resume.Record{}, false, s.journalFailure(ctx, err)
	}
	return record, known, nil
}

// KnownReceived is what the journal has of a file before it is received into dir, and the step that would follow. The error is
// why the job would fail before the service is asked. Nothing is changed, and no call is made.
func (m *Manager) KnownReceived(ctx context.Context, file broker.AvailableFile, as broker.Party, dir string) (resume.Record, resume.ReceiveStep, error) {
	r := &receiving{manager: m, file: file, as: as, given: dir, late: ctx}
	if err := r.check(); err != nil {
		return resume.Record{}, 0, err
	}
	leave, err := r.enterDir()
	if err != nil {
		return resume.Record{}, 0, err
	}
	defer leave()
	if err := r.recall(m.receiveKey(as, string(file.Reference), r.dir)); err != nil {
		return resume.Record{}, 0, err
	}
	step, err := r.next()
	return r.record, step, err
}

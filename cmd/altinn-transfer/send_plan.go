package main

import (
	"context"

	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/resume"
	"github.com/altinn-transfer/altinn-transfer/transfer"
)

// plan tells what would be sent. It reads the journal, and the files that the journal knows nothing of; it calls nobody.
func (s *sendCommand) plan(ctx context.Context, o *outgoing) error {
	journal, err := s.engine.recalled(ctx, resume.Send, s.connection)
	if err != nil {
		return err
	}
	options := s.options(nil)
	options.Journal = journal
	manager := transfer.New(nil, options)
	p := s.app.newPlan("send")
	for job, err := range o.jobs(ctx, manager, p.fail) {
		if err != nil {
			return err
		}
		record, _, err := manager.Known(ctx, job)
		if ctx.Err() != nil {
			return &exitError{code: signalCode(context.Cause(ctx)), err: context.Cause(ctx)}
		}
		r := transfer.Result{Key: job.Key, Name: record.Name, Reference: broker.Reference(record.Reference), Err: err}
		if err := p.item(s.toDo(record, err), r, record.State, job.Source.Size()); err != nil {
			return err
		}
	}
	return p.end(s.strict)
}

func (s *sendCommand) toDo(record resume.Record, err error) action {
	switch {
	case err != nil:
		return toFail
	case record.State == resume.Sent && !s.again:
		return toSkip
	}
	return toSend
}

package main

import (
	"context"
	"iter"
	"slices"
	"time"

	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/resume"
	"github.com/altinn-transfer/altinn-transfer/transfer"
)

// plan tells what would be received. It lists what waits, and looks into journal and directory.
func (r *receiveCommand) plan(ctx context.Context, client *broker.Client, q broker.Query) error {
	journal, err := r.engine.recalled(ctx, resume.Receive, r.connection)
	if err != nil {
		return err
	}
	start := time.Now()
	files, err := collect(client.Available(ctx, q))
	logCall(r.app.log, "GetAvailableFiles", start, err, "files", len(files))
	if err != nil {
		return err
	}
	options := r.options(nil)
	options.Journal = journal
	manager := transfer.New(nil, options)
	files = slices.DeleteFunc(files, func(f broker.AvailableFile) bool { return !r.globs.wants(f.Name) })
	if files, err = withUnconfirmed(files, manager.Unconfirmed(ctx, q.Recipient, r.out)); err != nil {
		return err
	}
	p := r.app.newPlan("receive")
	for _, file := range files {
		record, step, err := manager.KnownReceived(ctx, file, q.Recipient, r.out)
		result := transfer.Result{Key: file.Name, Name: file.Name, Reference: file.Reference, Err: err}
		if err := p.item(toDo(step, err), result, record.State, knownSize(file)); err != nil {
			return err
		}
	}
	return p.end(r.strict)
}

// withUnconfirmed puts those in front that are only to be confirmed, and are not listed any more.
func withUnconfirmed(listed []broker.AvailableFile, files iter.Seq2[broker.AvailableFile, error]) ([]broker.AvailableFile, error) {
	known := make(map[broker.Reference]bool, len(listed))
	for _, file := range listed {
		known[file.Reference] = true
	}
	all, err := collect(files)
	all = slices.DeleteFunc(all, func(f broker.AvailableFile) bool { return known[f.Reference] })
	return append(all, listed...), err
}

func toDo(step resume.ReceiveStep, err error) action {
	switch {
	case err != nil:
		return toFail
	case step == resume.ReceiveConfirm:
		return toConfirm
	case step == resume.ReceiveLeave, step == resume.ReceiveDone:
		return toSkip
	}
	return toReceive
}

// knownSize is -1 where the service does not tell.
func knownSize(file broker.AvailableFile) int64 {
	if file.Size <= 0 {
		return -1
	}
	return file.Size
}

package transfer

import (
	"context"
	"errors"
	"iter"
	"path/filepath"

	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/failure"
)

// Unconfirmed gives the files that an earlier run has stored in dir and not confirmed, or of which it could not write down that
// it did: the journal is all that knows of them, since the service lists no file that was confirmed. Those that were left at
// the service on purpose are not among them. A non-nil error is the last element.
func (m *Manager) Unconfirmed(ctx context.Context, as broker.Party, dir string) iter.Seq2[broker.AvailableFile, error] {
	return func(yield func(broker.AvailableFile, error) bool) {
		if m.options.Journal == nil || m.options.NoConfirm {
			return
		}
		absolute, err := filepath.Abs(dir)
		if err != nil {
			yield(broker.AvailableFile{}, &failure.Error{Op: "open the target directory", Kind: failure.Disk, Err: err})
			return
		}
		for r, err := range m.options.Journal.All(ctx) {
			if err != nil {
				yield(broker.AvailableFile{}, unreadJournal(ctx, err))
				return
			}
			if !r.Unconfirmed() || r.Key != m.receiveKey(as, r.Reference, absolute) {
				continue
			}
			file := broker.AvailableFile{
				Reference: broker.Reference(r.Reference), Name: r.Name, Size: r.Size, SendersReference: r.SendersReference,
				Status: broker.Uploaded,
			}
			if !yield(file, nil) {
				return
			}
		}
	}
}

// confirmAll confirms what is unconfirmed, before the list is asked for, which then has none of it.
func (m *Manager) confirmAll(ctx context.Context, as broker.Party, dir string) iter.Seq[Result] {
	return each(ctx, m, m.Unconfirmed(ctx, as, dir), func(ctx context.Context, file broker.AvailableFile) Result {
		return m.Receive(ctx, file, as, dir)
	})
}

// journalError is what a journal said that failed. Each job to come would meet it too.
type journalError struct{ error }

// Unwrap gives what the journal said.
func (e *journalError) Unwrap() error { return e.error }

func isJournalError(err error) bool {
	_, is := errors.AsType[*journalError](err)
	return is
}

// unreadJournal is the error of a journal that cannot be read; that of ctx where it has ended.
func unreadJournal(ctx context.Context, err error) error {
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return interrupted(ctx)
	}
	return &failure.Error{Op: "read the journal", Kind: failure.Disk, Err: &journalError{err}}
}

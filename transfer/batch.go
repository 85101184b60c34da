package transfer

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"
	"sync/atomic"
	"time"

	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/failure"
)

// SendAll carries out jobs as they come, several at once, and gives each result when its job ends. What ends the batch early
// is a result of its own, the last one, with no key: an error among the jobs, that of [Options.OnFailure], a refused login, a
// journal that fails, the end of ctx or of [Options.Until] while there are jobs that were not begun. Jobs are taken as workers
// become free, and no more of them once the batch has ended. Breaking off the loop stops the jobs under way; the loop ends when
// all have ended.
func (m *Manager) SendAll(ctx context.Context, jobs iter.Seq2[Job, error]) iter.Seq[Result] {
	return each(ctx, m, jobs, m.Send)
}

// ReceiveAll receives every file that waits for q.Recipient into dir, oldest first, several at once, after it has confirmed
// what is [Manager.Unconfirmed]. Segments of a large file are joined, behind the other files, when all of them are there; else
// each is skipped, with a note. It ends as SendAll does; an error of the list is a result too, the last one.
func (m *Manager) ReceiveAll(ctx context.Context, q broker.Query, dir string) iter.Seq[Result] {
	return func(yield func(Result) bool) {
		for _, batch := range []iter.Seq[Result]{m.confirmAll(ctx, q.Recipient, dir), m.receiveListed(ctx, q, dir)} {
			for r := range batch {
				if !yield(r) || r.Key == "" {
					return
				}
			}
		}
	}
}

// receiveListed receives what the service lists.
func (m *Manager) receiveListed(ctx context.Context, q broker.Query, dir string) iter.Seq[Result] {
	return each(ctx, m, m.joinable(ctx, m.available(ctx, q), q.Recipient, dir), func(ctx context.Context, w waiting) Result {
		return m.receiveWaiting(ctx, w, q.Recipient, dir)
	})
}

// available lists through the gate, so that a refused login is met once.
func (m *Manager) available(ctx context.Context, q broker.Query) iter.Seq2[broker.AvailableFile, error] {
	return func(yield func(broker.AvailableFile, error) bool) {
		next, stop := iter.Pull2(m.backend.Available(ctx, q))
		defer stop()
		for {
			var file broker.AvailableFile
			var more bool
			err := m.login.pass(ctx, func() (err error) {
				file, err, more = next()
				return err
			})
			if err == nil && !more {
				return
			}
			if !yield(file, err) || err != nil {
				return
			}
		}
	}
}

// each runs work on items, so many at once as m says, and yields the results as they come. Every goroutine it starts has ended
// when the loop has.
func each[T any](ctx context.Context, m *Manager, items iter.Seq2[T, error], work func(context.Context, T) Result) iter.Seq[Result] {
	return func(yield func(Result) bool) {
		ctx, cancel := context.WithCancelCause(ctx)
		b := &bulk[T]{manager: m, items: items, work: work, results: make(chan Result)}
		go b.feed(ctx)
		defer func() { // also when the loop's body panics, or ends its goroutine as t.Fatal does
			cancel(nil)
			for range b.results {
			}
		}()
		var ended error
		for result := range b.results {
			if ended == nil {
				if ended = m.judge(result); ended != nil {
					cancel(fmt.Errorf("the batch was ended: %w", ended))
				}
			}
			if !yield(result) {
				return
			}
		}
		if ended == nil {
			ended = b.ended
		}
		if ended != nil {
			yield(Result{Err: ended})
		}
	}
}

// judge asks the caller whether a batch goes on.
func (m *Manager) judge(r Result) error {
	if r.Err == nil || m.options.OnFailure == nil {
		return nil
	}
	return m.options.OnFailure(r)
}

// bulk is a batch under way.
type bulk[T any] struct {
	manager *Manager
	items   iter.Seq2[T, error]
	work    func(context.Context, T) Result
	results chan Result
	journal atomic.Pointer[journalError] // that ended the batch; nil: none
	ended   error                        // why not all items were begun; set when results is closed
}

// feed begins an item when a worker is free for it, and looks then whether it still should: an item that was taken may have
// waited long.
func (b *bulk[T]) feed(ctx context.Context) {
	defer close(b.results)
	var workers sync.WaitGroup
	defer workers.Wait()
	free := make(chan struct{}, b.manager.options.Concurrency)
	for item, err := range b.items {
		free <- struct{}{}
		if b.ended = b.goesOn(ctx, err); b.ended != nil {
			return
		}
		workers.Go(func() {
			result := b.work(ctx, item)
			if failed, ok := errors.AsType[*journalError](result.Err); ok {
				b.journal.CompareAndSwap(nil, failed)
			}
			b.results <- result
			<-free
		})
	}
}

// goesOn gives the reason why another item is not begun. A journal that failed does not stop those under way: what they have
// done already is not done again, as far as it can be told to the journal or found out from the service.
func (b *bulk[T]) goesOn(ctx context.Context, err error) error {
	if err != nil {
		return err
	}
	if failed := b.journal.Load(); failed != nil {
		return &failure.Error{Op: "keep the journal", Kind: failure.Disk, Err: failed}
	}
	if err := b.manager.login.refusal(); err != nil {
		return err
	}
	if until := b.manager.options.Until; !until.IsZero() && time.Now().After(until) {
		return &failure.Error{Op: "begin the next job", Kind: failure.Incomplete, Err: errors.New("the time for it is over")}
	}
	return interrupted(ctx)
}

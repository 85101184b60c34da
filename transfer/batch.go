package transfer

import (
	"context"
	"iter"

	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/failure"
	"golang.org/x/sync/errgroup"
)

// SendAll carries out jobs as they come, several at once, and gives each result when its job ends. An error among the jobs
// is a result too, the last one; so is the end of ctx while there are jobs that were not begun. Breaking off the loop stops
// the jobs under way; the loop ends when all have ended.
func (m *Manager) SendAll(ctx context.Context, jobs iter.Seq2[Job, error]) iter.Seq[Result] {
	return each(ctx, m.options.Concurrency, jobs, m.Send)
}

// ReceiveAll receives every file that waits for q.Recipient into dir, oldest first, several at once. An error of the list is
// a result too, the last one. Breaking off the loop stops the jobs under way; the loop ends when all have ended.
func (m *Manager) ReceiveAll(ctx context.Context, q broker.Query, dir string) iter.Seq[Result] {
	return each(ctx, m.options.Concurrency, m.available(ctx, q), func(ctx context.Context, file broker.AvailableFile) Result {
		return m.Receive(ctx, file, q.Recipient, dir)
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

// each runs work on items, at most limit at once, and yields the results as they come. Every goroutine it starts has ended
// when the loop has.
func each[T any](ctx context.Context, limit int, items iter.Seq2[T, error], work func(context.Context, T) Result) iter.Seq[Result] {
	return func(yield func(Result) bool) {
		ctx, cancel := context.WithCancel(ctx)
		results := make(chan Result)
		go feed(ctx, limit, items, work, results)
		defer func() { // also when the loop's body panics, or ends its goroutine as t.Fatal does
			cancel()
			for range results {
			}
		}()
		for result := range results {
			if !yield(result) {
				return
			}
		}
	}
}

func feed[T any](ctx context.Context, limit int, items iter.Seq2[T, error], work func(context.Context, T) Result, results chan<- Result) {
	defer close(results)
	var workers errgroup.Group
	workers.SetLimit(limit)
	for item, err := range items {
		if err == nil && ctx.Err() != nil {
			err = &failure.Error{Kind: failure.Interrupted, Err: context.Cause(ctx)}
		}
		if err != nil {
			workers.Wait()
			results <- Result{Err: err}
			return
		}
		workers.Go(func() error {
			results <- work(ctx, item)
			return nil
		})
	}
	workers.Wait()
}

package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/transfer"
)

// batch is a run of one or many jobs: what became of each, and how the whole ends.
type batch struct {
	app   *app
	view  view
	done  string // the word for a job that ended well
	start time.Time
	quiet bool // nothing is said when all went well

	succeeded []transfer.Result
	failed    []transfer.Result
	list      error // the jobs themselves could not be had
}

func (a *app) newBatch(o *viewFlags, done string, rows int) *batch {
	return &batch{
		app: a, view: a.newView(o.progress, done, rows), done: done, start: time.Now(),
		quiet: a.pickProgress(o.progress) == progressNone,
	}
}

// run takes the results as they come, and closes the view.
func (b *batch) run(results iter.Seq[transfer.Result]) {
	defer b.view.close()
	for r := range results {
		switch {
		case r.Err == nil:
			b.succeeded = append(b.succeeded, r)
		case r.Key == "":
			b.list = r.Err
		default:
			b.failed = append(b.failed, r)
		}
	}
}

// end says how it went, and gives the error to exit with. left counts jobs that were not begun; repeat are the command lines
// that do what is not done.
func (b *batch) end(ctx context.Context, left int, repeat []string) error {
	if b.app.json {
		b.app.events.write(b.summary(repeat))
	}
	cause := context.Cause(ctx)
	if b.list != nil && b.jobs() == 0 {
		return b.list
	}
	if b.list != nil && cause == nil && len(b.failed) == 0 {
		return &exitError{code: exitSomeFailed, err: fmt.Errorf("%s %s, and then: %w", count(len(b.succeeded), "file"), b.done, b.list), advice: repeat}
	}
	if len(b.failed) == 0 && (left == 0 || cause == nil) {
		b.sayDone()
		return nil
	}
	b.sayFailed()
	return &exitError{code: b.exitCode(cause != nil), err: b.failure(cause, left), advice: repeat}
}

func (b *batch) summary(repeat []string) summaryEvent {
	return summaryEvent{
		eventHead: head("summary"), Done: len(b.succeeded), Failed: len(b.failed), Bytes: b.bytes(),
		ElapsedSeconds: time.Since(b.start).Seconds(), Repeat: repeat,
	}
}

func (b *batch) bytes() int64 {
	var total int64
	for _, r := range b.succeeded {
		total += r.Bytes
	}
	return total
}

// sayDone sums up several files; of one, all is said already.
func (b *batch) sayDone() {
	if b.quiet || len(b.succeeded) < 2 {
		return
	}
	fmt.Fprintf(b.app.screen, "%s %s, %s in %s\n",
		b.done, count(len(b.succeeded), "file"), formatSize(b.bytes()), formatElapsed(time.Since(b.start)))
}

// sayFailed lists what failed, where there are several jobs. What ended them all is told by the error of the whole.
func (b *batch) sayFailed() {
	if b.jobs() == 1 {
		return
	}
	for _, r := range b.failed {
		if !endsAll(r.Err) {
			fmt.Fprintln(b.app.screen, failedLine(r))
		}
	}
}

func (b *batch) jobs() int { return len(b.succeeded) + len(b.failed) }

// exitCode is that of the failures where they agree and nothing was done. An interruption and a refused login come first,
// because they say whether to run it again.
func (b *batch) exitCode(interrupted bool) int {
	if interrupted {
		return exitInterrupted
	}
	codes := map[int]bool{}
	for _, r := range b.failed {
		codes[exitCode(r.Err)] = true
	}
	switch {
	case codes[exitUnauthenticated]:
		return exitUnauthenticated
	case len(b.succeeded) > 0:
		return exitSomeFailed
	case len(codes) > 1:
		return exitNothingDone
	}
	return exitCode(b.failed[0].Err)
}

// failure is the error of the whole: the one failure where there is one job, else what the failures have in common.
func (b *batch) failure(cause error, left int) error {
	switch {
	case cause != nil:
		return fmt.Errorf("%s, %d of %s %s%s: %w", failure.Interrupted, len(b.succeeded), count(b.jobs()+left, "file"), b.done, b.perhaps(), cause)
	case b.jobs() == 1:
		return fmt.Errorf("%s: %w", b.failed[0].Key, b.failed[0].Err)
	}
	return &batchError{failed: b.failed, jobs: b.jobs()}
}

// perhaps counts the uploads that went out whole and had no answer.
func (b *batch) perhaps() string {
	n := 0
	for _, r := range b.failed {
		if e, ok := errors.AsType[*failure.Error](r.Err); ok && e.Ambiguous {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(" (and %d perhaps; look before it is sent again)", n)
}

// batchError says how many failed, and passes for what they have in common.
type batchError struct {
	failed []transfer.Result
	jobs   int
}

func (e *batchError) Error() string {
	text := fmt.Sprintf("%d of %s failed", len(e.failed), count(e.jobs, "file"))
	if refused := e.refusedLogin(); refused != nil {
		text += ": " + refused.Error()
	}
	return text
}

// Unwrap is the refused login where there was one, or else the first failure where all are of its kind.
func (e *batchError) Unwrap() error {
	if refused := e.refusedLogin(); refused != nil {
		return refused
	}
	for _, r := range e.failed {
		if kindOf(r.Err) != kindOf(e.failed[0].Err) {
			return nil
		}
	}
	return e.failed[0].Err
}

// refusedLogin is the refusal that the failures have in common, however many they are.
func (e *batchError) refusedLogin() error {
	for _, r := range e.failed {
		if errors.Is(r.Err, failure.Unauthenticated) {
			return r.Err
		}
	}
	return nil
}

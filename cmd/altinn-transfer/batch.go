package main

import (
	"context"
	"fmt"
	"iter"
	"time"

	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/transfer"
)

// batch is a run of one or many jobs: what became of each, and how the whole ends.
type batch struct {
	tally
	app   *app
	view  view
	word  string // for a job that ended well: "sent"
	start time.Time
	quiet bool // nothing is said when all went well

	each func(transfer.Result) // hears of every job, one at a time; nil: nobody
}

func (a *app) newBatch(o *viewFlags, word string, rows int) *batch {
	return &batch{
		app: a, view: a.newView(o.progress, word, rows), word: word, start: time.Now(),
		quiet: a.pickProgress(o.progress) == progressNone,
	}
}

// run takes the results as they come, and closes the view.
func (b *batch) run(results iter.Seq[transfer.Result]) {
	defer b.view.close()
	for r := range results {
		b.add(r)
		if b.each != nil {
			b.each(r)
		}
	}
}

// refuse ends a job that could not be begun.
func (b *batch) refuse(key string, err error) {
	r := transfer.Result{Key: key, Name: key, Err: err}
	b.view.Started(key, -1)
	b.view.Ended(r)
	b.add(r)
}

// end says how it went, and gives the error to exit with. left counts jobs that were not begun; repeat are the command lines
// that do what is not done.
func (b *batch) end(ctx context.Context, left int, repeat []string) error {
	if b.app.json {
		b.app.events.write(b.summary(left, repeat))
	}
	cause := context.Cause(ctx)
	switch {
	case b.list != nil && b.jobs() == 0:
		return b.list
	case b.list != nil && cause == nil && b.failed == 0:
		return &exitError{exitSomeFailed, fmt.Errorf("%s %s, and then: %w", count(b.done, "file"), b.word, b.list), repeat}
	case b.failed == 0 && left == 0:
		b.sayDone()
		return nil
	case b.failed == 0 && cause == nil:
		return &exitError{exitRemains, b.remains(left), repeat}
	}
	b.sayFailed(left)
	return &exitError{code: b.exitCode(cause), err: b.failure(cause, left), advice: repeat}
}

// remains is the error of a run that went well as far as it went.
func (b *batch) remains(left int) error {
	if b.over {
		return fmt.Errorf("%s not begun in the time of --stop-after", count(left, "file"))
	}
	return fmt.Errorf("%s not begun", count(left, "file"))
}

func (b *batch) summary(left int, repeat []string) summaryEvent {
	return summaryEvent{
		eventHead: head("summary"), Done: b.done, Skipped: b.skipped, Failed: b.failed, Left: left, Bytes: b.bytes,
		ElapsedSeconds: time.Since(b.start).Seconds(), Repeat: repeat,
	}
}

// sayDone sums up several files; of one that was not skipped, all is said already.
func (b *batch) sayDone() {
	if b.quiet || b.jobs() < 2 && b.skipped == 0 {
		return
	}
	fmt.Fprintln(b.app.screen, b.String())
}

// String is the batch on one line.
func (b *batch) String() string {
	text := fmt.Sprintf("%s %s", b.word, count(b.done, "file"))
	if before := b.skipped - b.waits; before > 0 {
		text += fmt.Sprintf(", skipped %d that %s before", before, wasOrWere(before)+" "+b.word)
	}
	if b.waits > 0 {
		text += fmt.Sprintf(", left %d at the service", b.waits)
	}
	if b.failed > 0 {
		text += fmt.Sprintf(", failed %d", b.failed)
	}
	if b.done > 0 {
		elapsed := time.Since(b.start)
		text += fmt.Sprintf("; %s in %s, %s", formatSize(b.bytes), formatElapsed(elapsed), formatRate(b.bytes, elapsed))
	}
	return text
}

func wasOrWere(n int) string {
	if n == 1 {
		return "was"
	}
	return "were"
}

// sayFailed lists what failed, where there are several jobs. What ended them all is told by the error of the whole.
func (b *batch) sayFailed(left int) {
	if b.jobs()+left == 1 {
		return
	}
	if !b.quiet {
		fmt.Fprintln(b.app.screen, b.String())
	}
	for _, r := range b.kept {
		if !endsAll(r.Err) {
			fmt.Fprintln(b.app.screen, failedLine(r))
		}
	}
	if more := b.failed - len(b.kept); more > 0 {
		fmt.Fprintf(b.app.screen, "failed %d more\n", more)
	}
}

// failure is the error of the whole: the one failure where there is one job, else what the failures have in common.
func (b *batch) failure(cause error, left int) error {
	switch {
	case cause != nil:
		return fmt.Errorf("%s, %d of %s %s%s: %w", failure.Interrupted, b.done+b.skipped, count(b.jobs()+left, "file"), b.word, b.maybe(), cause)
	case b.jobs()+left == 1:
		return fmt.Errorf("%s: %w", b.kept[0].Key, b.kept[0].Err)
	}
	ended := b.refused
	if ended == nil {
		ended = b.list
	}
	return &batchError{failed: b.failed, left: left, jobs: b.jobs() + left, ended: ended, common: b.common()}
}

// maybe counts the uploads that went out whole and had no answer.
func (b *batch) maybe() string {
	if b.perhaps == 0 {
		return ""
	}
	return fmt.Sprintf(" (and %d perhaps; the same command finds out)", b.perhaps)
}

// batchError says how many failed, and passes for what they have in common.
type batchError struct {
	failed, left, jobs int   // of jobs; left were not begun
	ended              error // what has ended the batch early; nil: nothing
	common             error
}

func (e *batchError) Error() string {
	text := fmt.Sprintf("%d of %s failed", e.failed, count(e.jobs, "file"))
	if e.left > 0 {
		text += fmt.Sprintf(", %d not begun", e.left)
	}
	if e.ended != nil {
		text += ": " + e.ended.Error()
	}
	return text
}

// Unwrap is what the failures have in common; nil when that is nothing.
func (e *batchError) Unwrap() error { return e.common }

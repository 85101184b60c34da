package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/altinn-transfer/altinn-transfer/resume"
	"github.com/altinn-transfer/altinn-transfer/transfer"
)

// plan tells what a run would do. It moves nothing and changes nothing.
type plan struct {
	tally // what would be done counts as done
	app   *app
	word  string // of the run: "send"
	start time.Time
}

// action is what a run would do with a file.
type action string

const (
	toSend    action = "send"
	toReceive action = "receive"
	toConfirm action = "confirm"
	toSkip    action = "skip"
	toFail    action = "fail"
)

func (a *app) newPlan(word string) *plan { return &plan{app: a, word: word, start: time.Now()} }

// item tells of one file; size -1: unknown. r is what is known of it.
func (p *plan) item(do action, r transfer.Result, state resume.State, size int64) error {
	r.Skipped = do == toSkip
	p.add(r)
	if p.app.json {
		return p.app.events.write(newPlanEvent(do, r, state, size))
	}
	line := fmt.Sprintf("%-7s  %10s  %s", do, planSize(size), visible(r.Key))
	switch {
	case r.Err != nil:
		line += ": " + visible(r.Err.Error())
	case r.Note != "":
		line += ": " + visible(r.Note)
	}
	_, err := fmt.Fprintln(p.app.out, line)
	if err != nil {
		return unwritten(err)
	}
	return nil
}

func planSize(size int64) string {
	if size < 0 {
		return "-"
	}
	return formatSize(size)
}

// fail tells of a file that would fail.
func (p *plan) fail(key string, err error) {
	p.item(toFail, transfer.Result{Key: key, Name: key, Err: err}, "", -1)
}

// end sums up. strict: that nothing would be done is an error.
func (p *plan) end(strict bool) error {
	if p.app.json {
		p.app.events.write(summaryEvent{
			eventHead: head("summary"), Skipped: p.skipped, Failed: p.failed, Left: p.done, ElapsedSeconds: time.Since(p.start).Seconds(),
		})
	} else {
		fmt.Fprintf(p.app.screen, "would %s %s; %d are done, %d would fail\n", p.word, count(p.done, "file"), p.skipped, p.failed)
	}
	switch {
	case p.failed > 0:
		return &exitError{code: p.exitCode(nil), err: fmt.Errorf("%d of %s would fail", p.failed, count(p.jobs(), "file"))}
	case strict && p.done == 0:
		return &exitError{code: exitNothingToDo, err: errNothing}
	}
	return nil
}

func newPlanEvent(do action, r transfer.Result, state resume.State, size int64) planEvent {
	event := planEvent{
		eventHead: head("plan"), Key: r.Key, Name: r.Name, Action: string(do), State: string(state), Reference: string(r.Reference),
	}
	if size >= 0 {
		event.Size = &size
	}
	if r.Err != nil {
		problem := newProblem(r.Err)
		event.Problem = &problem
	}
	return event
}

// recalled is the journal as it is on disk, for reading: it may be in use by another process.
func (e *engineFlags) recalled(ctx context.Context, d resume.Direction, c *connection) (resume.Journal, error) {
	path, err := e.journalPath(d, c)
	if err != nil {
		return nil, err
	}
	known := new(resume.Memory)
	for record, err := range resume.Read(path) {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return known, nil
		case err != nil:
			return nil, unopened(err)
		}
		known.Put(ctx, record)
	}
	return known, nil
}

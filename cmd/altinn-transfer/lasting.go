package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/transfer"
)

// newLastingBatch is the batch of a command that goes on until it is told to stop. Its view is lines, or events with --json: a
// bar has no end to go to, and a log that somebody reads a month later needs no "0 files" twice a minute.
func (a *app) newLastingBatch(word string) *batch {
	all := append(views{newStateView(a.screen)}, a.recorders()...)
	if a.json {
		all = append(all, newEventView(a.events))
	} else {
		all = append(all, &lastingLines{lineView: newLineView(a.screen, word)})
	}
	return &batch{app: a, view: all, word: word, start: time.Now(), quiet: a.json}
}

// lastingLines tells of each failure when it comes, since the end of the run may be far, and of what was done before.
type lastingLines struct {
	*lineView
	mu      sync.Mutex
	skipped map[string]string // that were told of, by name, with the reason
}

// maxSkipped bounds what is remembered of those.
const maxSkipped = 10_000

func (*lastingLines) expect(int, int64) {}

// Ended is for [transfer.Observer].
func (l *lastingLines) Ended(r transfer.Result) {
	if r.Err != nil || !r.Skipped {
		l.lineView.Ended(r)
	} else if l.isNew(r) {
		fmt.Fprintln(l.w, skippedLine(r))
	}
}

// isNew reports whether this was not said before: what waits for something is listed again at every check.
func (l *lastingLines) isNew(r transfer.Result) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	key, why := r.Key+string(r.Reference), r.Note
	if l.skipped == nil || len(l.skipped) >= maxSkipped {
		l.skipped = make(map[string]string)
	}
	told, known := l.skipped[key]
	l.skipped[key] = why
	return !known || told != why
}

func skippedLine(r transfer.Result) string {
	line := "skipped " + visible(r.Key)
	if r.Reference != "" {
		line += ", reference " + visible(string(r.Reference))
	}
	if r.Note != "" {
		line += ": " + visible(r.Note)
	}
	return line
}

// endLasting says how it went until it was told to stop, was refused its login, or had no journal any more.
func (b *batch) endLasting(ctx context.Context) error {
	if b.app.json {
		b.app.events.write(b.summary(0, nil))
	}
	if !b.quiet && b.jobs() > 0 {
		fmt.Fprintln(b.app.screen, b.String())
	}
	switch cause := context.Cause(ctx); {
	case b.refused != nil:
		return b.refused
	case cause == nil || errors.Is(b.list, failure.Unauthenticated):
		return b.list // what has ended it
	default:
		return &exitError{code: signalCode(cause), err: cause}
	}
}

// say writes one line for people, unless events tell it.
func (a *app) say(format string, args ...any) {
	if !a.json {
		fmt.Fprintf(a.screen, format+"\n", args...)
	}
}

// tell writes an event, where they are wanted.
func (a *app) tell(event any) {
	if a.json {
		a.events.write(event)
	}
}

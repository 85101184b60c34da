package main

import (
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/transfer"
)

// lineInterval is how often a run that nobody watches says how far it is.
const lineInterval = 30 * time.Second

// lineView writes one line for each job that ends.
type lineView struct {
	w    io.Writer
	done string // the word for a job that ended well

	mu      sync.Mutex
	refused bool // a refused login was told
}

func newLineView(w io.Writer, done string) *lineView { return &lineView{w: w, done: done} }

func (*lineView) Started(string, int64)  {}
func (*lineView) Progress(string, int64) {}
func (*lineView) expect(int, int64)      {}
func (*lineView) close()                 {}

// Ended writes the job's line. A refused login ends every job of the batch, and is told with the first.
func (l *lineView) Ended(r transfer.Result) {
	if r.Err == nil {
		fmt.Fprintln(l.w, doneLine(l.done, r))
		return
	}
	if !errors.Is(r.Err, failure.Unauthenticated) || l.firstRefusal() {
		fmt.Fprintln(l.w, failedLine(r))
	}
}

func (l *lineView) firstRefusal() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	first := !l.refused
	l.refused = true
	return first
}

func doneLine(done string, r transfer.Result) string {
	line := fmt.Sprintf("%s %s: %s in %s", done, visible(r.Name), formatSize(r.Bytes), formatElapsed(r.Elapsed))
	if r.Path != "" {
		line += ", " + visible(r.Path)
	}
	if r.Reference != "" {
		line += ", reference " + visible(string(r.Reference))
	}
	if r.Receipt != nil && r.Receipt.ID != 0 {
		line += fmt.Sprintf(", receipt %d", r.Receipt.ID)
	}
	return line
}

func failedLine(r transfer.Result) string {
	line := "failed"
	if r.Name != "" {
		line += " " + visible(r.Name)
	}
	return line + ": " + visible(r.Err.Error())
}

func formatElapsed(d time.Duration) string {
	switch {
	case d < time.Second:
		return d.Round(time.Millisecond).String()
	case d < time.Minute:
		return d.Round(100 * time.Millisecond).String()
	}
	return d.Round(time.Second).String()
}

// tickingView writes one line now and then, for a log that somebody reads later.
type tickingView struct {
	meter
	*ticking
}

func newTickingView(w io.Writer, interval time.Duration) *tickingView {
	t := &tickingView{}
	next := time.Now().Add(interval)
	t.ticking = startTicking(sampleEvery, func(now time.Time) {
		reading := t.read(now)
		if now.Before(next) {
			return
		}
		next = next.Add(interval)
		fmt.Fprintln(w, reading)
	})
	return t
}

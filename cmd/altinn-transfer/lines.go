package main

import (
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/transfer"
)

// lineInterval is how often a run that nobody watches says how far it is.
const lineInterval = 30 * time.Second

// lineView writes one line for each job that ends.
type lineView struct {
	w      io.Writer
	done   string       // the word for a job that ended well
	listed int64        // so many failures are listed at the end of the run
	failed atomic.Int64 // jobs
	alone  atomic.Bool
}

func newLineView(w io.Writer, done string) *lineView { return &lineView{w: w, done: done} }

func (*lineView) Started(string, int64)       {}
func (*lineView) Progress(string, int, int64) {}
func (*lineView) close()                      {}

func (l *lineView) expect(files int, _ int64) { l.alone.Store(files == 1) }

// Retrying writes why a job waits.
func (l *lineView) Retrying(key string, attempt int, wait time.Duration, err error) {
	fmt.Fprintf(l.w, "attempt %d of %s failed, the next in %s: %s\n", attempt, visible(key), formatElapsed(wait), visible(err.Error()))
}

// Ended writes the job's line. Left to the end of the run is what would be said again: the failure of the only job, what ends
// all jobs at once, and the words of those that are listed there.
func (l *lineView) Ended(r transfer.Result) {
	switch {
	case r.Err == nil && r.Waits:
		fmt.Fprintf(l.w, "left %s at the service: %s\n", visible(r.Key), visible(r.Note))
	case r.Err == nil && r.Skipped: // counted at the end: a second run of many files has little else
	case r.Err == nil:
		fmt.Fprintln(l.w, doneLine(l.done, r))
	case l.alone.Load() || endsAll(r.Err):
	case l.failed.Add(1) > l.listed:
		fmt.Fprintln(l.w, failedLine(r))
	default:
		fmt.Fprintf(l.w, "failed %s (%s), more at the end\n", visible(r.Key), kindOf(r.Err))
	}
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
	if r.Attempts > 1 {
		line += fmt.Sprintf(", %d attempts", r.Attempts)
	}
	if r.Note != "" {
		line += "; " + visible(r.Note)
	}
	return line
}

// endsAll reports whether a failure is that of the whole batch: a refused login, or a signal.
func endsAll(err error) bool {
	return errors.Is(err, failure.Unauthenticated) || errors.Is(err, failure.Interrupted)
}

func failedLine(r transfer.Result) string {
	return "failed " + visible(r.Key) + ": " + visible(r.Err.Error())
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

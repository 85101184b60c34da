package stream

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"sync"
	"sync/atomic"
	"time"
)

// StallError is the cause of a context that a [Watchdog] ended.
type StallError struct{ After time.Duration }

func (e *StallError) Error() string { return fmt.Sprintf("no byte moved for %v", e.After) }

// ErrStopped is the cause of a context whose [Watchdog] was stopped.
var ErrStopped = errors.New("the watch was stopped")

// Watchdog ends a context when nothing moves. It tells a transfer that is stuck from one that is slow: hours are allowed, a
// long silence is not.
type Watchdog struct {
	timeout time.Duration
	cancel  context.CancelCauseFunc
	start   time.Time
	last    atomic.Int64 // of the last kick, nanoseconds after start

	mu    sync.Mutex
	timer *time.Timer // nil: never fires, or stopped
}

// paused stands in [Watchdog.last] for a kick that does not age.
const paused = math.MaxInt64

// NewWatchdog gives a context that ends with a [*StallError] as its cause when nobody kicks for the time of timeout; of 0 or
// less, it never does. It must be stopped.
func NewWatchdog(ctx context.Context, timeout time.Duration) (context.Context, *Watchdog) {
	ctx, cancel := context.WithCancelCause(ctx)
	w := &Watchdog{timeout: timeout, cancel: cancel, start: time.Now()}
	if timeout > 0 {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.timer = time.AfterFunc(timeout, w.look)
	}
	return ctx, w
}

// Kick says that something moved. It costs little enough to be called for every read, from any goroutine.
func (w *Watchdog) Kick() { w.last.Store(int64(time.Since(w.start))) }

// Pause holds the watch until the next kick, for a wait that is not the far side's.
func (w *Watchdog) Pause() { w.last.Store(paused) }

// Stop ends the watch and gives its context back, which then has [ErrStopped] as its cause unless it had ended before: ask
// for the cause first. It waits for nothing and may be called again.
func (w *Watchdog) Stop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.timer != nil {
		w.timer.Stop()
		w.timer = nil
	}
	w.cancel(ErrStopped)
}

// look runs when the timer fires. Kicks leave the timer alone; it is set here for what is left since the last of them.
func (w *Watchdog) look() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.timer == nil {
		return
	}
	left := w.timeout
	if last := w.last.Load(); last != paused {
		left -= time.Since(w.start) - time.Duration(last)
	}
	if left > 0 {
		w.timer.Reset(left)
		return
	}
	w.cancel(&StallError{After: w.timeout})
}

// Reader kicks for every read from r that gives bytes.
func (w *Watchdog) Reader(r io.Reader) io.Reader { return &kickingReader{r, w} }

type kickingReader struct {
	r io.Reader
	w *Watchdog
}

func (k *kickingReader) Read(p []byte) (int, error) {
	n, err := k.r.Read(p)
	if n > 0 {
		k.w.Kick()
	}
	return n, err
}

// WriteTo writes the rest to w and kicks for every write that takes bytes.
func (k *kickingReader) WriteTo(w io.Writer) (int64, error) {
	return Copy(kickingWriter{w, k.w}, k.r)
}

type kickingWriter struct {
	io.Writer
	w *Watchdog
}

func (k kickingWriter) Write(p []byte) (int, error) {
	n, err := k.Writer.Write(p)
	k.took(int64(n))
	return n, err
}

// kickStep is how much is handed to a writer's own ReadFrom between two kicks: little, because who is slow is not stalled.
const kickStep = 128 << 10

// ReadFrom keeps the writer's own ReadFrom at work for a file. All else may be slow within a step, and is copied here.
func (k kickingWriter) ReadFrom(r io.Reader) (int64, error) {
	to, ok := k.Writer.(io.ReaderFrom)
	if !ok || !IsFile(r) {
		return Copy(writerOnly{k}, r)
	}
	return InSteps(to, r, kickStep, k.took)
}

func (k kickingWriter) took(n int64) {
	if n > 0 {
		k.w.Kick()
	}
}

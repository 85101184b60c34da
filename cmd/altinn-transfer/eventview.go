package main

import (
	"sync"
	"time"

	"github.com/altinn-transfer/altinn-transfer/transfer"
)

// progressEvery is how often a job's progress becomes an event.
const progressEvery = time.Second

// eventView writes events.
type eventView struct {
	w  *eventWriter
	mu sync.Mutex
	// told is when a job's last event was.
	told map[string]time.Time
}

func newEventView(w *eventWriter) *eventView {
	return &eventView{w: w, told: make(map[string]time.Time)}
}

func (*eventView) expect(int, int64) {}
func (*eventView) close()            {}

// Started is for [transfer.Observer].
func (e *eventView) Started(key string, size int64) {
	e.due(key)
	event := startEvent{eventHead: head("start"), Key: key}
	if size >= 0 {
		event.Size = &size
	}
	e.w.write(event)
}

// Progress is for [transfer.Observer].
func (e *eventView) Progress(key string, attempt int, done int64) {
	if e.due(key) {
		e.w.write(progressEvent{eventHead: head("progress"), Key: key, Attempt: attempt, Bytes: done})
	}
}

// Reading is for [transfer.ReadingObserver].
func (e *eventView) Reading(key string, done, size int64) {
	if e.due(key) {
		e.w.write(readingEvent{eventHead: head("reading"), Key: key, Bytes: done, Size: size})
	}
}

// ReadingEnded is for [transfer.ReadingObserver].
func (e *eventView) ReadingEnded(key string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.told, key)
}

// Retrying is for [transfer.Observer].
func (e *eventView) Retrying(key string, attempt int, wait time.Duration, err error) {
	e.w.write(retryEvent{
		eventHead: head("retry"), Key: key, Attempt: attempt, WaitSeconds: wait.Seconds(), problem: newProblem(err),
	})
}

// due reports whether a job's next event may come, and notes that it does.
func (e *eventView) due(key string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	now := time.Now()
	if now.Sub(e.told[key]) < progressEvery {
		return false
	}
	e.told[key] = now
	return true
}

// Ended is for [transfer.Observer].
func (e *eventView) Ended(r transfer.Result) {
	e.mu.Lock()
	delete(e.told, r.Key)
	e.mu.Unlock()
	e.w.write(endEvent(r))
}

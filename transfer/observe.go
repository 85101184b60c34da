package transfer

import (
	"fmt"
	"sync"
	"time"
)

// Observer hears how jobs go. It is called from the workers, so it must return quickly; calls for one key are in order.
type Observer interface {
	Started(key string, size int64) // size in bytes; -1: unknown
	// Progress tells of bytes that the transport took, or that are on their way to disk. It grows within an attempt, counted
	// from 1, and begins anew with the next.
	Progress(key string, attempt int, done int64)
	// Retrying tells that an attempt failed with err, and that the next begins after wait.
	Retrying(key string, attempt int, wait time.Duration, err error)
	Ended(Result) // the last that is heard of a job
}

// ReadingObserver is an [Observer] that is also told of a file that is read for its digest, before anything of it is sent: for
// a job without an Identity after its Started, for [Manager.Segments] before there is a job, with the key of the whole file.
type ReadingObserver interface {
	Observer
	Reading(key string, done, size int64) // in bytes; it grows
	ReadingEnded(key string)              // well or not; the last that is heard of a reading
}

// reads tells of a reading that begins: done as it goes on, ended at its end.
func (m *Manager) reads(key string, size int64) (done func(int64), ended func()) {
	o, ok := m.options.Observer.(ReadingObserver)
	if !ok {
		return func(int64) {}, func() {}
	}
	return func(n int64) { o.Reading(key, n, size) }, func() { o.ReadingEnded(key) }
}

type nobody struct{}

func (nobody) Started(string, int64)                      {}
func (nobody) Progress(string, int, int64)                {}
func (nobody) Retrying(string, int, time.Duration, error) {}
func (nobody) Ended(Result)                               {}

// claims are names that belong to somebody for a while.
type claims struct {
	mu    sync.Mutex
	taken map[string]bool
}

// claim takes a name, and reports whether nobody had it.
func (c *claims) claim(name string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.taken[name] {
		return false
	}
	if c.taken == nil {
		c.taken = make(map[string]bool)
	}
	c.taken[name] = true
	return true
}

// claimLike takes a name, or one like it that nobody has.
func (c *claims) claimLike(name string) string {
	claimed := name
	for n := 2; !c.claim(claimed); n++ {
		claimed = fmt.Sprintf("%s (%d)", name, n)
	}
	return claimed
}

func (c *claims) release(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.taken, name)
}

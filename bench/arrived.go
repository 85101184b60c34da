package bench

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"sync"
	"sync/atomic"
)

// arrived counts what came over, whoever brought it: the sink of all rows that keep nothing.
type arrived struct {
	n   atomic.Int64
	mu  sync.Mutex
	sum string
}

// sink is where one payload goes. It has no method but Write, so that every row moves its bytes through a buffer.
type sink struct {
	to   *arrived
	hash hash.Hash // nil in a measured run
	n    int64
}

func (a *arrived) sink(check bool) *sink {
	s := &sink{to: a}
	if check {
		s.hash = sha256.New()
	}
	return s
}

func (s *sink) Write(p []byte) (int, error) {
	s.n += int64(len(p))
	if s.hash != nil {
		s.hash.Write(p)
	}
	return len(p), nil
}

// done adds a payload that is whole.
func (s *sink) done() {
	s.to.n.Add(s.n)
	if s.hash == nil {
		return
	}
	s.to.mu.Lock()
	defer s.to.mu.Unlock()
	s.to.sum = hex.EncodeToString(s.hash.Sum(nil))
}

// take copies a payload to its end.
func (a *arrived) take(r io.Reader, check bool) error {
	s := a.sink(check)
	if _, err := io.Copy(s, r); err != nil {
		return err
	}
	s.done()
	return nil
}

// last is the digest of the payload that came last; "" when none was taken.
func (a *arrived) last() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.sum
}

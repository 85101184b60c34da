package security

import (
	"crypto/sha256"
	"sync"
	"time"
)

// maxSeen bounds how many messages are remembered at once: some 70 MB at the very most, and more than a thousand messages a second
// for as long as a message is fresh. When it is full, new messages are refused rather than old ones forgotten: a flood must not
// make an old message new.
const maxSeen = 1 << 20

type verdict int

const (
	seenNever verdict = iota
	seenBefore
	seenTooMany
)

// digest stands for a message. Nobody gains by finding two that share one but to have the second refused.
type digest [16]byte

// memory knows which messages came within their time.
type memory struct {
	mu    sync.Mutex
	seen  map[digest]struct{}
	order []remembered // in the order of arrival, which is that of their end
}

type remembered struct {
	message digest
	until   int64 // Unix time, in nanoseconds
}

func newMemory() *memory { return &memory{seen: map[digest]struct{}{}} }

// add remembers a message for a time.
func (m *memory) add(text string, now time.Time, keep time.Duration) verdict {
	sum := sha256.Sum256([]byte(text))
	message := digest(sum[:len(digest{})])
	m.mu.Lock()
	defer m.mu.Unlock()
	m.forget(now)
	if _, known := m.seen[message]; known {
		return seenBefore
	}
	if len(m.order) >= maxSeen {
		return seenTooMany
	}
	m.seen[message] = struct{}{}
	m.order = append(m.order, remembered{message, now.Add(keep).UnixNano()})
	return seenNever
}

// forget drops what has had its time.
func (m *memory) forget(now time.Time) {
	gone := 0
	for gone < len(m.order) && m.order[gone].until <= now.UnixNano() {
		delete(m.seen, m.order[gone].message)
		gone++
	}
	m.order = m.order[gone:]
}

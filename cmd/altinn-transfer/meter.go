package main

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/altinn-transfer/altinn-transfer/transfer"
)

// meter adds up how a batch goes. It hears of bytes at most ten times a second for each job, so a lock costs nothing.
type meter struct {
	mu      sync.Mutex
	files   int   // expected
	total   int64 // bytes expected; -1: unknown
	told    bool  // the two above were told, and are not to be added up
	ended   int
	settled int64 // bytes of jobs that ended; a failed one is settled, too
	moved   int64 // bytes that went over the line
	running []*running
	speed   speed
}

// running is a job under way.
type running struct {
	key        string
	size, done int64 // size -1: unknown
}

func (m *meter) expect(files int, bytes int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.files, m.total, m.told = files, bytes, true
}

// Started is for [transfer.Observer].
func (m *meter) Started(key string, size int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.running = append(m.running, &running{key: key, size: size})
	if m.told {
		return
	}
	m.files++
	if size < 0 {
		m.total = -1
	} else if m.total >= 0 {
		m.total += size
	}
}

// Progress is for [transfer.Observer].
func (m *meter) Progress(key string, _ int, done int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if i := m.find(key); i >= 0 {
		m.advance(m.running[i], done)
	}
}

// Retrying is for [transfer.Observer]: the next attempt begins at its first byte.
func (m *meter) Retrying(key string, _ int, _ time.Duration, _ error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if i := m.find(key); i >= 0 {
		m.running[i].done = 0
	}
}

// Ended is for [transfer.Observer].
func (m *meter) Ended(r transfer.Result) {
	m.mu.Lock()
	defer m.mu.Unlock()
	i := m.find(r.Key)
	if i < 0 {
		return
	}
	job := m.running[i]
	m.advance(job, max(job.done, r.Bytes))
	m.settled += max(job.size, job.done)
	m.running = slices.Delete(m.running, i, i+1)
	m.ended++
}

func (m *meter) advance(job *running, done int64) {
	m.moved += max(done-job.done, 0)
	job.done = done
}

func (m *meter) find(key string) int {
	return slices.IndexFunc(m.running, func(r *running) bool { return r.key == key })
}

// reading is the state of a meter at one moment.
type reading struct {
	files, ended int
	bytes, total int64 // total -1: unknown
	rate         float64
	running      []running
}

func (m *meter) read(now time.Time) reading {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.speed.note(now, m.moved)
	r := reading{files: m.files, ended: m.ended, bytes: m.settled, total: m.total, rate: m.speed.rate()}
	for _, job := range m.running {
		r.running = append(r.running, *job)
		r.bytes += job.done
	}
	if r.total >= 0 {
		r.total = max(r.total, r.bytes)
	}
	return r
}

// String is the reading on one line.
func (r reading) String() string {
	text := fmt.Sprintf("%d of %s, %s", r.ended, count(r.files, "file"), formatSize(r.bytes))
	if r.total >= 0 {
		text += " of " + formatSize(r.total)
	}
	text += ", " + formatSize(int64(r.rate)) + "/s"
	if left, ok := r.left(); ok {
		text += ", " + left.String() + " left"
	}
	return text
}

// left is how long the rest takes at the speed of the last seconds.
func (r reading) left() (time.Duration, bool) {
	if r.total < 0 || r.rate < 1 {
		return 0, false
	}
	seconds := float64(r.total-r.bytes) / r.rate
	if seconds > (1000 * time.Hour).Seconds() {
		return 0, false
	}
	return (time.Duration(seconds) * time.Second).Round(time.Second), true
}

// speed is bytes per second over a window that moves on.
type speed struct{ samples []sample }

type sample struct {
	at    time.Time
	bytes int64
}

const (
	sampleEvery = time.Second
	sampleCount = 10
)

// note takes a sample, unless the last is fresh: then that one moves on.
func (s *speed) note(now time.Time, bytes int64) {
	if n := len(s.samples); n > 1 && now.Sub(s.samples[n-2].at) < sampleEvery {
		s.samples[n-1] = sample{now, bytes}
		return
	}
	s.samples = append(s.samples, sample{now, bytes})
	if len(s.samples) > sampleCount {
		s.samples = slices.Delete(s.samples, 0, 1)
	}
}

func (s *speed) rate() float64 {
	if len(s.samples) < 2 {
		return 0
	}
	first, last := s.samples[0], s.samples[len(s.samples)-1]
	elapsed := last.at.Sub(first.at).Seconds()
	if elapsed <= 0 {
		return 0
	}
	return float64(last.bytes-first.bytes) / elapsed
}

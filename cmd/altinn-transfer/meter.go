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
	skipped int   // of those that ended
	failed  int   // likewise
	settled int64 // bytes of jobs that ended; a failed one is settled, too
	moved   int64 // bytes that went over the line
	running []*running
	reads   []*running // files that are read beforehand, and have no job yet
	speed   speed
}

// running is a job under way.
type running struct {
	key        string
	size, done int64     // size -1: unknown
	until      time.Time // when it is tried again; zero while it is tried
	reading    bool      // it is read beforehand
	read       int64     // bytes, of that
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

// Progress is for [transfer.Observer]. It goes back to where an attempt begins.
func (m *meter) Progress(key string, _ int, done int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if i := m.find(key); i >= 0 {
		m.advance(m.running[i], done)
	}
}

// Retrying is for [transfer.Observer]: the next attempt begins at its first byte.
func (m *meter) Retrying(key string, _ int, wait time.Duration, _ error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if i := m.find(key); i >= 0 {
		m.running[i].done, m.running[i].until = 0, time.Now().Add(wait)
	}
}

// Reading is for [transfer.ReadingObserver]. What is read counts for nothing in the sums: nothing has moved.
func (m *meter) Reading(key string, done, size int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := append(slices.Clone(m.running), m.reads...)
	i := slices.IndexFunc(all, func(r *running) bool { return r.key == key })
	if i < 0 {
		i, all = len(all), append(all, &running{key: key, size: size})
		m.reads = append(m.reads, all[i])
	}
	all[i].reading, all[i].read = true, done
}

// ReadingEnded is for [transfer.ReadingObserver].
func (m *meter) ReadingEnded(key string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if i := m.find(key); i >= 0 {
		m.running[i].reading = false
	}
	m.reads = slices.DeleteFunc(m.reads, func(r *running) bool { return r.key == key })
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
	switch {
	case r.Skipped:
		m.skipped++
		job.done = max(job.done, r.Bytes) // it was moved by an earlier run
	case r.Err != nil:
		m.failed++
	default:
		m.advance(job, max(job.done, r.Bytes))
	}
	m.settled += max(job.size, job.done)
	m.running = slices.Delete(m.running, i, i+1)
	m.ended++
}

func (m *meter) advance(job *running, done int64) {
	m.moved += max(done-job.done, 0)
	job.done, job.until = done, time.Time{}
}

func (m *meter) find(key string) int {
	return slices.IndexFunc(m.running, func(r *running) bool { return r.key == key })
}

// reading is the state of a meter at one moment.
type reading struct {
	at           time.Time
	files, ended int
	skipped      int
	failed       int
	bytes, total int64   // total -1: unknown
	rate         float64 // bytes a second
	pace         float64 // files a second, without those that were skipped
	running      []running
}

func (m *meter) read(now time.Time) reading {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.speed.note(sample{now, m.moved, m.ended - m.skipped})
	r := reading{at: now, files: m.files, ended: m.ended, skipped: m.skipped, failed: m.failed, bytes: m.settled, total: m.total}
	r.rate, r.pace = m.speed.rates()
	for _, job := range m.running {
		r.running = append(r.running, *job)
		r.bytes += job.done
	}
	for _, file := range m.reads {
		r.running = append(r.running, *file)
	}
	if r.total >= 0 {
		r.total = max(r.total, r.bytes)
	}
	return r
}

// String is the reading on one line.
func (r reading) String() string {
	text := fmt.Sprintf("%d of %s", r.ended, count(r.files, "file"))
	if r.skipped > 0 {
		text += fmt.Sprintf(" (%d before)", r.skipped)
	}
	if r.failed > 0 {
		text += fmt.Sprintf(", %d failed", r.failed)
	}
	text += ", " + formatSize(r.bytes)
	if r.total >= 0 {
		text += " of " + formatSize(r.total)
	}
	text += ", " + formatSize(int64(r.rate)) + "/s"
	if left, ok := r.left(); ok {
		text += ", " + left.String() + " left"
	}
	for _, job := range r.running {
		if job.reading && job.size > 0 {
			return text + ", reading " + visible(job.key) + ": " + part(job.read, job.size)
		}
	}
	return text
}

// part is how much of a size is done, which is above 0.
func part(done, size int64) string {
	return fmt.Sprintf("%d%% of %s", min(int64(float64(done)/float64(size)*100), 100), formatSize(size))
}

// left is how long the rest takes at the speed of the last seconds: of bytes, or of files where the bytes are not known.
func (r reading) left() (time.Duration, bool) {
	var seconds float64
	switch {
	case r.total >= 0 && r.rate >= 1:
		seconds = float64(r.total-r.bytes) / r.rate
	case r.total < 0 && r.pace > 0:
		seconds = float64(max(r.files-r.ended, 0)) / r.pace
	default:
		return 0, false
	}
	if seconds > (1000 * time.Hour).Seconds() {
		return 0, false
	}
	return (time.Duration(seconds) * time.Second).Round(time.Second), true
}

// speed is bytes and files per second over a window that moves on.
type speed struct{ samples []sample }

type sample struct {
	at    time.Time
	bytes int64
	files int
}

const (
	sampleEvery = time.Second
	sampleCount = 10
)

// note takes a sample, unless the last is fresh: then that one moves on.
func (s *speed) note(now sample) {
	if n := len(s.samples); n > 1 && now.at.Sub(s.samples[n-2].at) < sampleEvery {
		s.samples[n-1] = now
		return
	}
	s.samples = append(s.samples, now)
	if len(s.samples) > sampleCount {
		s.samples = slices.Delete(s.samples, 0, 1)
	}
}

func (s *speed) rates() (bytes, files float64) {
	if len(s.samples) < 2 {
		return 0, 0
	}
	first, last := s.samples[0], s.samples[len(s.samples)-1]
	elapsed := last.at.Sub(first.at).Seconds()
	if elapsed <= 0 {
		return 0, 0
	}
	return float64(last.bytes-first.bytes) / elapsed, float64(last.files-first.files) / elapsed
}

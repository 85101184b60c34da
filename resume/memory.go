package resume

import (
	"context"
	"iter"
	"maps"
	"sync"
	"time"
)

// Memory is a journal that ends with the process. Its zero value is empty and ready.
type Memory struct {
	mu      sync.Mutex
	records map[string]Record
}

// Get is for [Journal].
func (m *Memory) Get(_ context.Context, key string) (Record, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r, ok := m.records[key]
	return r, ok, nil
}

// Put is for [Journal].
func (m *Memory) Put(ctx context.Context, records ...Record) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.records == nil {
		m.records = make(map[string]Record)
	}
	for _, r := range records {
		r.Updated = time.Now().UTC()
		m.records[r.Key] = r
	}
	return nil
}

// All is for [Journal].
func (m *Memory) All(context.Context) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		m.mu.Lock()
		all := maps.Clone(m.records)
		m.mu.Unlock()
		for _, r := range all {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// Close is for [Journal].
func (m *Memory) Close() error { return nil }

package transfer

import (
	"context"
	"sync"
)

// flights are jobs under way that the same must not be done beside.
type flights struct {
	mu    sync.Mutex
	ended map[string]chan struct{} // by key; closed when the job has ended
}

// enter waits until no other job of the key is under way. What that one has done is in the journal then.
func (f *flights) enter(ctx context.Context, key string) (leave func(), err error) {
	for {
		other := f.take(key)
		if other == nil {
			return func() { f.release(key) }, nil
		}
		select {
		case <-other:
		case <-ctx.Done():
			return nil, interrupted(ctx)
		}
	}
}

// take is nil when the key is free, and takes it then; else it is closed when somebody has left.
func (f *flights) take(key string) (other <-chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if ended, taken := f.ended[key]; taken {
		return ended
	}
	if f.ended == nil {
		f.ended = make(map[string]chan struct{})
	}
	f.ended[key] = make(chan struct{})
	return nil
}

func (f *flights) release(key string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	close(f.ended[key])
	delete(f.ended, key)
}

package transfer

import (
	"fmt"
	"sync"
)

// Observer hears how jobs go. It is called from the workers, so it must return quickly; calls for one key are in order.
type Observer interface {
	Started(key string, size int64)  // size in bytes; -1: unknown
	Progress(key string, done int64) // bytes that the transport took, or that are on their way to disk
	Ended(Result)
}

type nobody struct{}

func (nobody) Started(string, int64)  {}
func (nobody) Progress(string, int64) {}
func (nobody) Ended(Result)           {}

// keys keeps jobs under way apart when their files have the same name.
type keys struct {
	mu    sync.Mutex
	taken map[string]bool
}

func (k *keys) take(name string) string {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.taken == nil {
		k.taken = make(map[string]bool)
	}
	key := name
	for n := 2; k.taken[key]; n++ {
		key = fmt.Sprintf("%s (%d)", name, n)
	}
	k.taken[key] = true
	return key
}

func (k *keys) release(key string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.taken, key)
}

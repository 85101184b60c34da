package transfer

import (
	"fmt"
	"math"
	"strconv"
	"sync"
	"syscall"

	"github.com/altinn-transfer/altinn-transfer/internal/diskspace"
)

// spaceMargin stays free beside what is downloaded: directories grow, and journals.
const spaceMargin = 64 << 10

// space knows what downloads under way will still write, so that they do not run a disk full together.
type space struct {
	free     func(dir string) int64 // bytes; -1: not known
	mu       sync.Mutex
	reserved map[string]int64 // bytes by directory
}

func newSpace() *space { return &space{free: diskspace.Free, reserved: make(map[string]int64)} }

// reservation is what one download will still write; nil is nothing.
type reservation struct {
	space *space
	dir   string
	left  int64
}

// reserve sets bytes aside, or says why there is no room. What is not known (need below 0) reserves nothing.
func (s *space) reserve(dir string, need int64) (*reservation, error) {
	r := &reservation{space: s, dir: dir}
	return r, r.grow(need)
}

// grow makes a reservation that large, where it is smaller.
func (r *reservation) grow(need int64) error {
	s := r.space
	s.mu.Lock()
	defer s.mu.Unlock()
	if need <= r.left {
		return nil
	}
	others := s.reserved[r.dir] - r.left
	if free := s.free(r.dir); free >= 0 && need > free-others-spaceMargin {
		return noRoom(need, free, others)
	}
	s.reserved[r.dir] += need - r.left
	r.left = need
	return nil
}

func noRoom(need, free, others int64) error {
	if others == 0 {
		return fmt.Errorf("%w: %s are needed, and %s are free", syscall.ENOSPC, inBytes(need), inBytes(free))
	}
	return fmt.Errorf("%w: %s are needed, and of the %s that are free, %s are for files under way",
		syscall.ENOSPC, inBytes(need), inBytes(free), inBytes(others))
}

// wrote tells that bytes are on the disk, and so no longer counted as free.
func (r *reservation) wrote(n int64) {
	if r == nil {
		return
	}
	r.space.mu.Lock()
	defer r.space.mu.Unlock()
	n = min(n, r.left)
	r.left -= n
	r.space.reserved[r.dir] -= n
	if r.space.reserved[r.dir] == 0 {
		delete(r.space.reserved, r.dir)
	}
}

// release gives back what was not written.
func (r *reservation) release() { r.wrote(math.MaxInt64) }

// inBytes writes a size with the largest unit that it has one of.
func inBytes(n int64) string {
	size, unit := float64(n), -1
	for size >= 1024 && unit < 3 {
		size, unit = size/1024, unit+1
	}
	if unit < 0 {
		return strconv.FormatInt(n, 10) + " bytes"
	}
	return fmt.Sprintf("%.1f %ciB", size, "KMGT"[unit])
}

package transfer

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/altinn-transfer/altinn-transfer/stream"
)

// zeros gives so many bytes of nothing.
func zeros(n int64) io.Reader { return io.LimitReader(bytes.NewReader(make([]byte, n)), n) }

// slowest is a writer that knows the longest time between two writes.
type slowest struct {
	last time.Time
	gap  time.Duration
}

func (s *slowest) Write(p []byte) (int, error) {
	now := time.Now()
	s.gap = max(s.gap, now.Sub(s.last))
	s.last = now
	return len(p), nil
}

// All files together keep to the limit, in each direction, and each of them moves often enough not to look stalled.
func TestTheLimitIsSharedByAllFiles(t *testing.T) {
	const files = 8
	for name, test := range map[string]struct{ limit, size int64 }{
		"4 bytes a second":  {4, 20},
		"1 KiB a second":    {1 << 10, 4 << 10},
		"1 MiB a second":    {1 << 20, 1 << 20},
		"20 MiB a second":   {20 << 20, 10 << 20},
		"1000 MB a second":  {1e9, 50 << 20},
		"a prime number of": {1_000_003, 999_983},
	} {
		for _, direction := range []string{"out", "in"} {
			t.Run(name+" "+direction, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					m := New(nil, Options{BytesPerSec: test.limit, Concurrency: files})
					read := m.limited
					if direction == "out" {
						read = func(ctx context.Context, r io.Reader) io.Reader {
							p := &payload{Source: stream.OneShot("f", -1, r), pace: m.out}
							content, err := p.Open(ctx)
							if err != nil {
								t.Error(err)
							}
							return content
						}
					}
					start := time.Now()
					var gap time.Duration
					var mu sync.Mutex
					var all sync.WaitGroup
					for range files {
						all.Go(func() {
							w := &slowest{last: start}
							n, err := io.Copy(w, read(t.Context(), zeros(test.size)))
							if n != test.size || err != nil {
								t.Errorf("%d bytes, %v", n, err)
							}
							mu.Lock()
							defer mu.Unlock()
							gap = max(gap, w.gap)
						})
					}
					all.Wait()
					rate := float64(files*test.size) / time.Since(start).Seconds()
					if deviation := rate/float64(test.limit) - 1; math.Abs(deviation) > 0.15 {
						t.Errorf("%.0f bytes a second, %+.0f %%", rate, 100*deviation)
					}
					if gap > 5*time.Second {
						t.Errorf("a file did not move for %v", gap)
					}
				})
			})
		}
	}
}

func TestNoLimitChangesNothing(t *testing.T) {
	m := New(nil, Options{})
	r := bytes.NewReader(nil)
	if m.limited(t.Context(), r) != io.Reader(r) {
		t.Error("a reader is not what it was")
	}
	content, err := (&payload{Source: stream.Bytes("f", []byte("x")), pace: m.out}).Open(t.Context())
	if _, ok := content.(io.WriterTo); !ok || err != nil {
		t.Errorf("a source lost its WriteTo; %v", err)
	}
}

func TestAWaitForTheLimitEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		start := time.Now()
		_, err := io.Copy(io.Discard, New(nil, Options{BytesPerSec: 100}).limited(ctx, zeros(1e6)))
		if took := time.Since(start); err == nil || errors.Is(err, io.EOF) || took > 3*time.Second {
			t.Errorf("after %v: %v", took, err)
		}
	})
}

func TestAnyLimitCanBeSet(t *testing.T) {
	for _, limit := range []int64{-1, 0, 1, 2, 1 << 31, 1 << 40, math.MaxInt64} {
		for _, files := range []int{1, 4, 1000} {
			m := New(nil, Options{BytesPerSec: limit, Concurrency: files})
			synctest.Test(t, func(t *testing.T) {
				if n, err := io.Copy(io.Discard, m.limited(t.Context(), zeros(10))); n != 10 || err != nil {
					t.Errorf("%d for %d: %d bytes, %v", limit, files, n, err)
				}
			})
		}
	}
}

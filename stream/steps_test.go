package stream

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
)

// Each wrapper keeps a file in sight of a writer that can take it whole, alone and around the others.
func TestWrappersKeepAFileInSight(t *testing.T) {
	const size = 3<<20 + 5
	_, watchdog := NewWatchdog(t.Context(), 1<<40)
	defer watchdog.Stop()
	wraps := map[string]func(io.Reader) io.Reader{
		"Counter":  func(r io.Reader) io.Reader { return NewCounter(r) },
		"Limit":    func(r io.Reader) io.Reader { return Limit(r, size, errTooMuch) },
		"Verify":   func(r io.Reader) io.Reader { return Verify(r, size, "") },
		"Watchdog": watchdog.Reader,
	}
	wraps["all"] = func(r io.Reader) io.Reader {
		for _, name := range []string{"Limit", "Verify", "Watchdog", "Counter"} {
			r = wraps[name](r)
		}
		return r
	}
	source := mustFile(t, writeFile(t, "a", string(pattern(t, size))))
	for name, wrap := range wraps {
		file := mustOpen(t, source)
		var w fileWriter
		n, err := Copy(&w, wrap(file))
		file.Close()
		if err != nil || n != size || sumOf(w.Bytes()) != sumOf(pattern(t, size)) {
			t.Errorf("%s: %d bytes, error %v", name, n, err)
		}
	}
}

// fileWriter takes nothing but files.
type fileWriter struct{ bytes.Buffer }

func (f *fileWriter) Write([]byte) (int, error) { return 0, errors.New("Write instead of ReadFrom") }

func (f *fileWriter) ReadFrom(r io.Reader) (int64, error) {
	if !IsFile(r) {
		return 0, errors.New("the file is out of sight")
	}
	return f.Buffer.ReadFrom(r)
}

func TestLimitOfAFileInSight(t *testing.T) {
	for limit, want := range map[int64]error{5: errTooMuch, int64(len(content)): nil, int64(len(content)) - 1: errTooMuch, 1 << 40: nil} {
		file := mustOpen(t, mustFile(t, writeFile(t, "a", content)))
		var w fileWriter
		n, err := Copy(&w, Limit(file, limit, errTooMuch))
		file.Close()
		if err != want || n != min(limit, int64(len(content))) || w.String() != content[:n] {
			t.Errorf("limit %d: %d bytes, error %v", limit, n, err)
		}
	}
}

// A limited reader knows afterwards what is left of it, and is taken no further.
func TestInStepsOfALimitedReader(t *testing.T) {
	for _, step := range []int64{1, 3, 5, 100} {
		r := strings.NewReader(hello)
		limited := &io.LimitedReader{R: r, N: 6}
		var w bytes.Buffer
		var seen int64
		n, err := InSteps(&w, limited, step, func(n int64) { seen += n })
		if n != 6 || seen != 6 || err != nil || w.String() != hello[:6] || limited.N != 0 || r.Len() != len(hello)-6 {
			t.Errorf("step %d: %d bytes, seen %d, left %d and %d, error %v", step, n, seen, limited.N, r.Len(), err)
		}
	}
}

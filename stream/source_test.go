package stream

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/iotest"
)

const hello = "hello, far side"

func TestSourceOpensAgain(t *testing.T) {
	sources := map[string]Source{
		"file":  mustFile(t, writeFile(t, "a.zip", hello)),
		"bytes": Bytes("a.zip", []byte(hello)),
	}
	for kind, source := range sources {
		t.Run(kind, func(t *testing.T) {
			if source.Name() != "a.zip" || source.Size() != int64(len(hello)) {
				t.Errorf("source is %q, %d bytes", source.Name(), source.Size())
			}
			for range 2 {
				r := mustOpen(t, source)
				if err := iotest.TestReader(r, []byte(hello)); err != nil {
					t.Error(err)
				}
				if err := r.Close(); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

func TestSourceReadersOnlyReadAndWrite(t *testing.T) {
	sources := map[string]Source{
		"file":     mustFile(t, writeFile(t, "a.zip", hello)),
		"bytes":    Bytes("a.zip", []byte(hello)),
		"one shot": OneShot("a.zip", -1, strings.NewReader(hello)),
	}
	for kind, source := range sources {
		t.Run(kind, func(t *testing.T) {
			r := mustOpen(t, source)
			defer r.Close()
			checkNarrow(t, r)
			var got bytes.Buffer
			if _, err := r.(io.WriterTo).WriteTo(&got); err != nil || got.String() != hello {
				t.Errorf("WriteTo wrote %q, error %v", &got, err)
			}
		})
	}
}

// checkNarrow fails when a reader can do more than be read: somebody would seek it, or read it from two places.
func checkNarrow(t *testing.T, r io.Reader) {
	t.Helper()
	if _, ok := r.(io.Seeker); ok {
		t.Errorf("%T can seek", r)
	}
	if _, ok := r.(io.ReaderAt); ok {
		t.Errorf("%T can read at an offset", r)
	}
	if _, ok := r.(io.WriterTo); !ok {
		t.Errorf("%T has lost WriteTo", r)
	}
}

func TestSourceRefusesEndedContext(t *testing.T) {
	cause := errors.New("second signal")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(cause)
	oneShot := OneShot("a.zip", -1, strings.NewReader(hello))
	for _, source := range []Source{mustFile(t, writeFile(t, "a.zip", hello)), Bytes("a.zip", nil), oneShot} {
		if _, err := source.Open(ctx); !errors.Is(err, cause) {
			t.Errorf("%T: error %v", source, err)
		}
	}
	mustOpen(t, oneShot)
}

func TestOneShotIsConsumed(t *testing.T) {
	source := OneShot("-", -1, strings.NewReader(hello))
	if source.Size() != -1 {
		t.Errorf("size %d", source.Size())
	}
	got, err := io.ReadAll(mustOpen(t, source))
	if err != nil || string(got) != hello {
		t.Errorf("read %q, error %v", got, err)
	}
	if _, err := source.Open(t.Context()); !errors.Is(err, ErrConsumed) {
		t.Errorf("second Open: error %v", err)
	}
}

func TestOneShotIsConsumedByOne(t *testing.T) {
	source := OneShot("-", -1, strings.NewReader(hello))
	var won atomic.Int32
	var all sync.WaitGroup
	for range 32 {
		all.Go(func() {
			if _, err := source.Open(t.Context()); err == nil {
				won.Add(1)
			}
		})
	}
	all.Wait()
	if won.Load() != 1 {
		t.Errorf("%d of 32 have opened it", won.Load())
	}
}

func TestOneShotHoldsItsSize(t *testing.T) {
	for _, size := range []int64{0, int64(len(hello)) - 1, int64(len(hello)) + 1} {
		got, err := io.ReadAll(mustOpen(t, OneShot("-", size, strings.NewReader(hello))))
		if _, ok := errors.AsType[*SizeError](err); !ok || int64(len(got)) > size {
			t.Errorf("size %d: %d bytes, error %v", size, len(got), err)
		}
	}
}

type closeRecorder struct {
	io.Reader
	closed bool
}

func (c *closeRecorder) Close() error { c.closed = true; return nil }

func TestOneShotLeavesClosingToItsMaker(t *testing.T) {
	stdin := &closeRecorder{Reader: strings.NewReader(hello)}
	mustOpen(t, OneShot("-", -1, stdin)).Close()
	if stdin.closed {
		t.Error("Close has closed the reader below")
	}
}

func writeFile(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func mustFile(t *testing.T, path string) Source {
	t.Helper()
	source, err := File(path)
	if err != nil {
		t.Fatal(err)
	}
	return source
}

func mustOpen(t *testing.T, source Source) io.ReadCloser {
	t.Helper()
	r, err := source.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestSections(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(path, []byte("0123456789"), 0o600); err != nil {
		t.Fatal(err)
	}
	onDisk, err := File(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, source := range []Source{onDisk, Bytes("b", []byte("0123456789"))} {
		for _, test := range []struct {
			offset, n int64
			want      string
		}{{0, 10, "0123456789"}, {0, 3, "012"}, {3, 4, "3456"}, {9, 1, "9"}, {10, 0, ""}} {
			r, err := source.(Sectioned).OpenSection(t.Context(), test.offset, test.n)
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(r)
			if err := errors.Join(err, r.Close()); err != nil || string(got) != test.want {
				t.Errorf("%s from %d, %d bytes: %q, %v", source.Name(), test.offset, test.n, got, err)
			}
		}
	}
	r, err := onDisk.(Sectioned).OpenSection(t.Context(), 2, 3)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if err := os.WriteFile(path, []byte("012345678"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(r); !errors.Is(err, ErrChanged) {
		t.Errorf("a section of a file that changed: %v", err)
	}
}

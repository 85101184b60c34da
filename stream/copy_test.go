package stream

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/internal/iofault"
)

type (
	onlyReader struct{ io.Reader }
	onlyWriter struct{ io.Writer }
)

func TestCopyLetsTheEndsWork(t *testing.T) {
	from := &writerTo{Reader: bytes.NewReader([]byte(hello))}
	if n, err := Copy(onlyWriter{io.Discard}, from); n != int64(len(hello)) || err != nil || !from.used {
		t.Errorf("WriteTo used: %v, %d bytes, error %v", from.used, n, err)
	}
	to := &seeingWriter{counter: NewCounter(nil)}
	if n, err := Copy(to, onlyReader{strings.NewReader(hello)}); n != int64(len(hello)) || err != nil || len(to.seen) != 1 {
		t.Errorf("ReadFrom used: %d times, %d bytes, error %v", len(to.seen), n, err)
	}
}

func TestCopyPlain(t *testing.T) {
	for _, size := range sizes {
		data := pattern(t, size)
		var got bytes.Buffer
		n, err := Copy(onlyWriter{&got}, onlyReader{bytes.NewReader(data)})
		if n != int64(size) || err != nil || !bytes.Equal(got.Bytes(), data) {
			t.Errorf("%d of %d bytes, error %v", n, size, err)
		}
	}
}

// A copy into a writer without ReadFrom of its own must not fall into its own wrapper for ever.
func TestCounterOverPlainEnds(t *testing.T) {
	var got bytes.Buffer
	n, err := Copy(onlyWriter{&got}, NewCounter(onlyReader{strings.NewReader(hello)}))
	if n != int64(len(hello)) || err != nil || got.String() != hello {
		t.Errorf("%q, error %v", &got, err)
	}
}

func TestChunksCostNoMemory(t *testing.T) {
	ctx, watchdog := NewWatchdog(t.Context(), 1<<40)
	defer watchdog.Stop()
	endless := iofault.NewPattern(iofault.Zeros, 1<<60, 0)
	readers := map[string]io.Reader{
		"Counter":  NewCounter(endless),
		"Digest":   NewDigest(endless),
		"Limit":    Limit(endless, 1<<60, errTooMuch),
		"Verify":   Verify(endless, 1<<60, sumOf(nil)),
		"Watchdog": watchdog.Reader(endless),
	}
	buffer := make([]byte, 4096)
	for name, r := range readers {
		if n := testing.AllocsPerRun(100, func() { r.Read(buffer) }); n > 0 {
			t.Errorf("%s: %v allocations for each Read", name, n)
		}
	}
	if ctx.Err() != nil {
		t.Error("the watch has ended")
	}
}

func BenchmarkRead(b *testing.B) {
	watchdog := new(Watchdog)
	wraps := []struct {
		name string
		wrap func(io.Reader) io.Reader
	}{
		{"bare", func(r io.Reader) io.Reader { return r }},
		{"Counter", func(r io.Reader) io.Reader { return NewCounter(r) }},
		{"Limit", func(r io.Reader) io.Reader { return Limit(r, 1<<60, errTooMuch) }},
		{"Watchdog", watchdog.Reader},
		{"Digest", func(r io.Reader) io.Reader { return NewDigest(r) }},
	}
	for _, w := range wraps {
		b.Run(w.name, func(b *testing.B) {
			const chunk = 64 << 10
			r := w.wrap(iofault.NewPattern(iofault.Zeros, 1<<60, 0))
			buffer := make([]byte, chunk)
			b.SetBytes(chunk)
			for b.Loop() {
				r.Read(buffer)
			}
		})
	}
}

func BenchmarkKick(b *testing.B) {
	_, watchdog := NewWatchdog(b.Context(), 1<<40)
	defer watchdog.Stop()
	for b.Loop() {
		watchdog.Kick()
	}
}

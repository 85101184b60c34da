package iofault

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const text = "0123456789"

var errFault = errors.New("fault")

// deliveries are ways to give the same bytes.
var deliveries = map[string]func(io.Reader) io.Reader{
	"whole":       func(r io.Reader) io.Reader { return r },
	"one by one":  iotest.OneByteReader,
	"in halves":   iotest.HalfReader,
	"end with it": iotest.DataErrReader,
}

func TestFaultComesAtItsByte(t *testing.T) {
	for name, deliver := range deliveries {
		for at := range int64(len(text)) {
			got, err := io.ReadAll(ErrAt(deliver(strings.NewReader(text)), at, errFault))
			if string(got) != text[:at] || err != errFault {
				t.Errorf("%s, ErrAt %d: %q, error %v", name, at, got, err)
			}
			got, err = io.ReadAll(CutAt(deliver(strings.NewReader(text)), at))
			if string(got) != text[:at] || err != nil {
				t.Errorf("%s, CutAt %d: %q, error %v", name, at, got, err)
			}
			got, err = io.ReadAll(FlipAt(deliver(strings.NewReader(text)), at))
			want := []byte(text)
			want[at] ^= 1
			if !bytes.Equal(got, want) || err != nil {
				t.Errorf("%s, FlipAt %d: %q, error %v", name, at, got, err)
			}
		}
	}
}

func TestFaultBehindTheEndNeverComes(t *testing.T) {
	for name, wrap := range map[string]func(io.Reader) io.Reader{
		"ErrAt":  func(r io.Reader) io.Reader { return ErrAt(r, int64(len(text))+1, errFault) },
		"CutAt":  func(r io.Reader) io.Reader { return CutAt(r, int64(len(text))) },
		"FlipAt": func(r io.Reader) io.Reader { return FlipAt(r, int64(len(text))) },
		"Steps":  func(r io.Reader) io.Reader { return Steps(r, 3) },
	} {
		if err := iotest.TestReader(wrap(strings.NewReader(text)), []byte(text)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestErrAtSticks(t *testing.T) {
	r := ErrAt(strings.NewReader(text), 0, errFault)
	for range 3 {
		if n, err := r.Read(make([]byte, 1)); n != 0 || err != errFault {
			t.Errorf("%d bytes, error %v", n, err)
		}
	}
}

func TestStallLastsAsLongAsItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Hour, errFault)
		defer cancel()
		start := time.Now()
		got, err := io.ReadAll(StallAt(ctx, strings.NewReader(text), 4))
		if string(got) != text[:4] || err != errFault || time.Since(start) != time.Hour {
			t.Errorf("%q after %v, error %v", got, time.Since(start), err)
		}
	})
}

func TestSteps(t *testing.T) {
	for step := 1; step < 12; step++ {
		r := Steps(strings.NewReader(text), step)
		n, err := r.Read(make([]byte, 100))
		if n != min(step, len(text)) || err != nil {
			t.Errorf("by %d: %d bytes, error %v", step, n, err)
		}
	}
}

func TestFullAt(t *testing.T) {
	for at := range int64(len(text)) {
		for _, step := range []int{1, 3, len(text)} {
			var got bytes.Buffer
			n, err := io.CopyBuffer(FullAt(&got, at, syscall.ENOSPC), struct{ io.Reader }{strings.NewReader(text)}, make([]byte, step))
			if n != at || got.String() != text[:at] || !errors.Is(err, syscall.ENOSPC) {
				t.Errorf("at %d by %d: %d bytes, %q, error %v", at, step, n, &got, err)
			}
		}
	}
	if n, err := io.WriteString(FullAt(io.Discard, int64(len(text)), syscall.ENOSPC), text); n != len(text) || err != nil {
		t.Errorf("just full: %d bytes, error %v", n, err)
	}
}

package iofault

import (
	"bytes"
	"compress/flate"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

var kinds = []Kind{Random, Text, Zeros}

func TestPatternReadsTheSameFromEverywhere(t *testing.T) {
	for _, kind := range kinds {
		whole := make([]byte, 2*pageSize+100)
		if _, err := io.ReadFull(NewPattern(kind, int64(len(whole)), 7), whole); err != nil {
			t.Fatal(err)
		}
		for _, size := range []int{0, 1, 7, 8, 9, 1000} {
			if err := iotest.TestReader(NewPattern(kind, int64(size), 7), whole[:size]); err != nil {
				t.Errorf("%v, %d bytes: %v", kind, size, err)
			}
		}
		p := NewPattern(kind, int64(len(whole)), 7)
		for _, at := range []int{0, 1, 7, 8, 9, pageSize - 1, pageSize, pageSize + 1, len(whole) - 20} {
			for _, size := range []int{0, 1, 2, 7, 8, 9, 15, 16, 17, 20} {
				got := make([]byte, size)
				n, err := p.ReadAt(got, int64(at))
				if n != size || err != nil || !bytes.Equal(got, whole[at:at+size]) {
					t.Errorf("%v, %d bytes at %d: %d, error %v", kind, size, at, n, err)
				}
			}
		}
	}
}

func TestPatternReadAtTheEnd(t *testing.T) {
	p := NewPattern(Random, 10, 1)
	for _, test := range []struct {
		at   int64
		n    int
		want error
	}{{5, 5, io.EOF}, {10, 0, io.EOF}, {11, 0, io.EOF}} {
		if n, err := p.ReadAt(make([]byte, 6), test.at); n != test.n || err != test.want {
			t.Errorf("at %d: %d bytes, error %v", test.at, n, err)
		}
	}
	if _, err := p.ReadAt(make([]byte, 1), -1); err == nil || err == io.EOF {
		t.Errorf("at -1: error %v", err)
	}
}

func TestPatternIsWhatItSays(t *testing.T) {
	const size = 1 << 20
	squeezed := func(kind Kind) float64 {
		var out bytes.Buffer
		w, err := flate.NewWriter(&out, flate.DefaultCompression)
		if err != nil {
			t.Fatal(err)
		}
		io.Copy(w, NewPattern(kind, size, 1))
		w.Close()
		return float64(out.Len()) / size
	}
	if ratio := squeezed(Random); ratio < 0.99 {
		t.Errorf("random shrinks to %.3f", ratio)
	}
	if ratio := squeezed(Zeros); ratio > 0.01 {
		t.Errorf("zeros shrink to %.3f", ratio)
	}
	var lines strings.Builder
	io.Copy(&lines, NewPattern(Text, pageSize, 1))
	dashes := 0
	for line := range strings.SplitAfterSeq(lines.String(), "\r\n") {
		if line = strings.TrimSuffix(line, "\r\n"); strings.ContainsAny(line, "\r\n") || len(line) > 99 {
			t.Errorf("line %q", line)
		}
		if strings.HasPrefix(line, "--") {
			dashes++
		}
	}
	if dashes < 50 || !strings.HasSuffix(lines.String(), "\r\n") {
		t.Errorf("%d lines with dashes; ends in %q", dashes, lines.String()[pageSize-2:])
	}
}

func TestPatternFollowsItsSeed(t *testing.T) {
	read := func(kind Kind, seed uint64) []byte {
		b := make([]byte, 1000)
		NewPattern(kind, 1000, seed).Read(b)
		return b
	}
	for _, kind := range kinds {
		if !bytes.Equal(read(kind, 1), read(kind, 1)) {
			t.Errorf("%v: the same seed gives other bytes", kind)
		}
		if kind != Zeros && bytes.Equal(read(kind, 1), read(kind, 2)) {
			t.Errorf("%v: another seed gives the same bytes", kind)
		}
	}
}

func TestPatternOfNoKind(t *testing.T) {
	defer func() {
		if got := fmt.Sprint(recover()); got != "iofault: no pattern of Kind(9)" {
			t.Errorf("panic with %q", got)
		}
	}()
	NewPattern(9, 1, 1)
}

func BenchmarkPattern(b *testing.B) {
	for _, kind := range kinds {
		b.Run(kind.String(), func(b *testing.B) {
			p := NewPattern(kind, 1<<60, 1)
			buffer := make([]byte, 64<<10)
			b.SetBytes(int64(len(buffer)))
			for b.Loop() {
				p.Read(buffer)
			}
		})
	}
}

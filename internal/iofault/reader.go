// Package iofault has readers and writers that fail, stall or lie at byte N; a test aid.
package iofault

import (
	"context"
	"io"
)

// ErrAt gives the first n bytes of r, then err for ever.
func ErrAt(r io.Reader, n int64, err error) io.Reader {
	return &stopping{r: r, left: n, stop: func() error { return err }}
}

// CutAt gives the first n bytes of r, then a clean io.EOF: the end that nobody announced.
func CutAt(r io.Reader, n int64) io.Reader { return ErrAt(r, n, io.EOF) }

// StallAt gives the first n bytes of r, then nothing, until ctx ends; its cause is then the error.
func StallAt(ctx context.Context, r io.Reader, n int64) io.Reader {
	return &stopping{r: r, left: n, stop: func() error {
		<-ctx.Done()
		return context.Cause(ctx)
	}}
}

type stopping struct {
	r    io.Reader
	left int64
	stop func() error
}

func (s *stopping) Read(p []byte) (int, error) {
	if s.left <= 0 {
		return 0, s.stop()
	}
	n, err := s.r.Read(p[:min(int64(len(p)), s.left)])
	s.left -= int64(n)
	return n, err
}

// FlipAt gives r with one bit of its byte n changed; byte 0 is the first.
func FlipAt(r io.Reader, n int64) io.Reader { return &flipping{r, n} }

type flipping struct {
	r     io.Reader
	until int64
}

func (f *flipping) Read(p []byte) (int, error) {
	n, err := f.r.Read(p)
	if f.until >= 0 && f.until < int64(n) {
		p[f.until] ^= 1
	}
	f.until -= int64(n)
	return n, err
}

// Steps gives r in reads of at most step bytes.
func Steps(r io.Reader, step int) io.Reader { return &stepping{r, step} }

type stepping struct {
	r    io.Reader
	step int
}

func (s *stepping) Read(p []byte) (int, error) { return s.r.Read(p[:min(len(p), s.step)]) }

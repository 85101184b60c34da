package main

import (
	"context"
	"io"

	"github.com/altinn-transfer/altinn-transfer/stream"
)

// stdin is the argument that stands for standard input.
const stdin = "-"

// fromStdin is a source in standard input, which can be read once, and sent in one attempt.
func fromStdin(name string, in io.Reader) stream.Source {
	return abortable{stream.OneShot(name, -1, in)}
}

// abortable is a source whose Read can be left when the context ends. QUIRK: net/http waits for a Read of the request's body
// that is under way, even when the request was cancelled, and a Read of a pipe may last for ever.
type abortable struct{ stream.Source }

// Once says that it cannot be opened again; see [stream.Once].
func (a abortable) Once() bool { return stream.Once(a.Source) }

// Open opens the source below.
func (a abortable) Open(ctx context.Context) (io.ReadCloser, error) {
	below, err := a.Source.Open(ctx)
	if err != nil {
		return nil, err
	}
	return &abortableReader{ctx: ctx, below: below, buffer: make([]byte, 128<<10)}, nil
}

// abortableReader reads ahead of its reader by nothing: one Read below for one Read here, but into a buffer of its own, since
// a Read that was left may still write there.
type abortableReader struct {
	ctx    context.Context
	below  io.ReadCloser
	buffer []byte
	err    error
}

type readResult struct {
	n   int
	err error
}

func (a *abortableReader) Read(p []byte) (int, error) {
	if a.err != nil {
		return 0, a.err
	}
	read := make(chan readResult, 1)
	part := a.buffer[:min(len(p), len(a.buffer))]
	go func() {
		n, err := a.below.Read(part)
		read <- readResult{n, err}
	}()
	select {
	case r := <-read:
		a.err = r.err
		return copy(p, part[:r.n]), r.err
	case <-a.ctx.Done():
		a.err = context.Cause(a.ctx)
		return 0, a.err
	}
}

// Close closes the source below.
func (a *abortableReader) Close() error { return a.below.Close() }

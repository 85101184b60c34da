// Package stream has readers that count, digest, limit and notice a stall; and Source, which can be opened again.
package stream

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
)

// Source is what is sent. It is opened anew for every attempt, since a body that was read once cannot be sent again.
type Source interface {
	// Name is the base name that it is sent under, unless the caller says otherwise.
	Name() string
	// Size is the number of bytes that every Open gives, -1 when it is not known beforehand.
	Size() int64
	// Open starts at the first byte. The caller closes what it gives.
	Open(ctx context.Context) (io.ReadCloser, error)
}

// Sectioned is a [Source] that can be opened in its middle. Those of [File] and [Bytes] are.
type Sectioned interface {
	Source
	// OpenSection gives the n bytes from offset on, all of which are in the source. The caller closes what it gives.
	OpenSection(ctx context.Context, offset, n int64) (io.ReadCloser, error)
}

// ErrConsumed is given by a source that could be opened only once, and was.
var ErrConsumed = errors.New("it could be read only once, and was")

// Bytes is a source in memory. It does not copy b, which must stay as it is.
func Bytes(name string, b []byte) Source { return memory{name, b} }

type memory struct {
	name  string
	bytes []byte
}

func (m memory) Name() string { return m.name }
func (m memory) Size() int64  { return int64(len(m.bytes)) }

func (m memory) Open(ctx context.Context) (io.ReadCloser, error) {
	return m.OpenSection(ctx, 0, m.Size())
}

// OpenSection is for [Sectioned].
func (m memory) OpenSection(ctx context.Context, offset, n int64) (io.ReadCloser, error) {
	if err := context.Cause(ctx); err != nil {
		return nil, fmt.Errorf("open %s: %w", m.name, err)
	}
	return io.NopCloser(bytes.NewReader(m.bytes[offset : offset+n])), nil
}

// OneShot is a source that can be opened once, such as standard input; the second Open gives [ErrConsumed]. Size is -1 when
// it is not known; when it is, a stream of any other length ends in a [*SizeError]. Whoever made r closes it.
func OneShot(name string, size int64, r io.Reader) Source {
	return &oneShot{name: name, size: max(size, -1), r: r}
}

type oneShot struct {
	name   string
	size   int64
	r      io.Reader
	opened atomic.Bool
}

func (o *oneShot) Name() string { return o.name }
func (o *oneShot) Size() int64  { return o.size }

func (o *oneShot) Open(ctx context.Context) (io.ReadCloser, error) {
	if err := context.Cause(ctx); err != nil {
		return nil, fmt.Errorf("open %s: %w", o.name, err)
	}
	if o.opened.Swap(true) {
		return nil, fmt.Errorf("open %s: %w", o.name, ErrConsumed)
	}
	return io.NopCloser(Verify(o.r, o.size, "")), nil
}

package transfer

import (
	"context"
	"fmt"
	"io"
	"sync/atomic"

	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/stream"
)

// payload is a job's source as a back end reads it: digested, bounded, at the pace of the manager, and held against the
// digest that the journal knows it by. A reading ends in io.EOF only when all is as it was said to be, so that no message
// looks whole that is not what was meant.
type payload struct {
	stream.Source
	want  string // SHA-256 that it must have; "": any
	limit int64  // bytes that may pass; 0: any number
	pace  *pace
	last  *reading // nil: it was not opened yet
}

// Once is for [stream.Once].
func (p *payload) Once() bool { return stream.Once(p.Source) }

// spent reports whether it cannot be read again.
func (p *payload) spent() bool { return p.last != nil && p.Once() }

// Open starts a new reading. The one before may still be read by a transport that was told to stop, and is left alone.
func (p *payload) Open(ctx context.Context) (io.ReadCloser, error) {
	content, err := p.Source.Open(ctx)
	if err != nil {
		return nil, err
	}
	bounded := io.Reader(content)
	if p.limit > 0 {
		bounded = stream.Limit(content, p.limit, tooLarge(p.Name(), p.limit))
	}
	p.last = &reading{name: p.Name(), digest: stream.NewDigest(bounded), want: p.want}
	if p.pace == nil {
		return readCloser{p.last, content}, nil
	}
	return closing{p.pace.reader(ctx, p.last), content}, nil
}

// whole reports whether the last reading came to its end and was right.
func (p *payload) whole() bool { return p.last != nil && p.last.whole.Load() }

type readCloser struct {
	*reading
	io.Closer
}

// closing is a reader of something that is closed with it.
type closing struct {
	io.Reader
	io.Closer
}

// reading is a source that is read from its first byte.
type reading struct {
	name   string
	digest *stream.Digest
	want   string
	whole  atomic.Bool
	err    error
}

func (r *reading) Read(b []byte) (int, error) {
	if r.err != nil {
		return 0, r.err
	}
	n, err := r.digest.Read(b)
	if err == io.EOF {
		err = r.end()
	}
	r.err = err
	return n, err
}

// WriteTo writes the rest to w.
func (r *reading) WriteTo(w io.Writer) (int64, error) {
	var n int64
	if r.err == nil {
		if n, r.err = r.digest.WriteTo(w); r.err == nil {
			r.err = r.end()
		}
	}
	if r.err == io.EOF {
		return n, nil
	}
	return n, r.err
}

// end is io.EOF where the content is the one that was digested before.
func (r *reading) end() error {
	if got := r.digest.Sum(); r.want != "" && got != r.want {
		return &failure.Error{
			Op: "read " + r.name, Kind: failure.Source,
			Err: fmt.Errorf("its content has changed, though its size and time of change have not: %w", &stream.DigestError{Want: r.want, Got: got}),
		}
	}
	r.whole.Store(true)
	return io.EOF
}

func tooLarge(name string, limit int64) error {
	return &failure.Error{Op: "check " + name, Kind: failure.TooLarge, Err: fmt.Errorf("it has more than the %d bytes that may be sent", limit)}
}

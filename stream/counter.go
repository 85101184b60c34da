package stream

import (
	"io"
	"sync/atomic"
)

// Counter counts what is read through it.
type Counter struct {
	r io.Reader
	n atomic.Int64
}

// NewCounter counts what is read from r.
func NewCounter(r io.Reader) *Counter { return &Counter{r: r} }

// N is the number of bytes so far; of WriteTo, those that the writer took. It may be called from any goroutine.
func (c *Counter) N() int64 { return c.n.Load() }

// Read reads from the reader below.
func (c *Counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n.Add(int64(n))
	return n, err
}

// WriteTo writes the rest to w. The count grows on the way, also where the kernel does the copying.
func (c *Counter) WriteTo(w io.Writer) (int64, error) {
	return Copy(&countingWriter{w, &c.n}, c.r)
}

// countStep is how much is handed to a writer's own ReadFrom at a time: small enough that an eye sees a count move on a slow
// line, large enough that the kernel is not kept from its work.
const countStep = 1 << 20

type countingWriter struct {
	w io.Writer
	n *atomic.Int64
}

func (c *countingWriter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n.Add(int64(n))
	return n, err
}

// ReadFrom keeps the writer's own ReadFrom at work, and so sendfile(2) on a TCP connection.
func (c *countingWriter) ReadFrom(r io.Reader) (int64, error) {
	to, ok := c.w.(io.ReaderFrom)
	if !ok {
		return Copy(writerOnly{c}, r)
	}
	return InSteps(to, r, countStep, func(n int64) { c.n.Add(n) })
}

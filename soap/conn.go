package soap

import (
	"context"
	"io"
	"net"
	"sync"
	"time"

	"github.com/altinn-transfer/altinn-transfer/stream"
)

// patience is how long a failed write waits for the answer that may explain it.
const patience = 250 * time.Millisecond

// patientConn holds a failed write back until the connection is closed, or for a moment. A service that refuses an upload in
// its midst answers and closes. The reset that follows breaks the next write, and the transport, which looks at writes and
// reads at once, would give that for the reason although the answer lies in the socket's buffer.
type patientConn struct {
	net.Conn
	closed chan struct{}
	once   sync.Once
}

// patient makes the connections of a dialer patient.
func patient(dial func(context.Context, string, string) (net.Conn, error)) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return &patientConn{Conn: conn, closed: make(chan struct{})}, nil
	}
}

func (c *patientConn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.hold(err)
	return n, err
}

// ReadFrom has a message write itself, since the transport only knows how to read it; so a file in it goes to the kernel whole,
// by sendfile(2).
func (c *patientConn) ReadFrom(r io.Reader) (int64, error) {
	if body, ok := restOf(r); ok {
		return body.WriteTo(c)
	}
	to, ok := c.Conn.(io.ReaderFrom)
	if !ok {
		return stream.Copy(struct{ io.Writer }{c}, r)
	}
	n, err := to.ReadFrom(r)
	c.hold(err)
	return n, err
}

// restOf is the message that r has the rest of. The transport wraps it in the length that it announced.
func restOf(r io.Reader) (*requestBody, bool) {
	limited, ok := r.(*io.LimitedReader)
	if !ok {
		return nil, false
	}
	body, ok := limited.R.(*requestBody)
	return body, ok && limited.N == body.length-body.taken.Load()
}

// hold waits where a write has failed.
func (c *patientConn) hold(err error) {
	if err == nil {
		return
	}
	select {
	case <-c.closed:
	case <-time.After(patience):
	}
}

func (c *patientConn) Close() error {
	c.once.Do(func() { close(c.closed) })
	return c.Conn.Close()
}

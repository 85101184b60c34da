package soap

import (
	"context"
	"net"
	"sync"
	"time"
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
	if err != nil {
		select {
		case <-c.closed:
		case <-time.After(patience):
		}
	}
	return n, err
}

func (c *patientConn) Close() error {
	c.once.Do(func() { close(c.closed) })
	return c.Conn.Close()
}

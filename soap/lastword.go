package soap

import (
	"context"
	"net"
	"sync"
	"time"
)

// lastWordGrace is how long a failed write waits for the reader to come to its end: the answer is here or it is not.
const lastWordGrace = time.Second

// lastWordConn holds the news that a write failed back until all has been read that the far side said before.
//
// QUIRK: a service may refuse an upload and close without taking the rest of it, as gSOAP does. The transport makes the
// failed write the outcome, and loses the fault that has already come: a refused login would look like a bad network, and be
// tried again.
type lastWordConn struct {
	net.Conn
	read  chan struct{} // closed when there is nothing more to read
	ended func()
}

type dial = func(ctx context.Context, network, address string) (net.Conn, error)

func hearLastWord(connect dial) dial {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := connect(ctx, network, address)
		if err != nil {
			return nil, err
		}
		read := make(chan struct{})
		return &lastWordConn{Conn: conn, read: read, ended: sync.OnceFunc(func() { close(read) })}, nil
	}
}

// Read reads from the connection.
func (c *lastWordConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if err != nil {
		c.ended()
	}
	return n, err
}

// Write writes to the connection.
func (c *lastWordConn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	if err != nil {
		select {
		case <-c.read:
		case <-time.After(lastWordGrace):
		}
	}
	return n, err
}

// Close closes the connection, and ends the wait.
func (c *lastWordConn) Close() error {
	c.ended()
	return c.Conn.Close()
}

package iofault

import (
	"fmt"
	"math"
	"net"
)

// CutConn is c until it has read or written so many bytes (-1: any number); the call that wants more closes it without a
// goodbye and fails with [net.ErrClosed]. Over TCP the far side sees a reset, which may overtake the last bytes.
func CutConn(c net.Conn, read, written int64) net.Conn {
	return &cutConn{Conn: c, read: endless(read), written: endless(written)}
}

func endless(n int64) int64 {
	if n < 0 {
		return math.MaxInt64
	}
	return n
}

// cutConn has one count for each way, as a connection has one reader and one writer at a time.
type cutConn struct {
	net.Conn
	read    int64 // bytes left
	written int64
}

func (c *cutConn) Read(p []byte) (int, error) {
	if c.read == 0 {
		return 0, c.cut()
	}
	n, err := c.Conn.Read(p[:min(int64(len(p)), c.read)])
	c.read -= int64(n)
	return n, err
}

func (c *cutConn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p[:min(int64(len(p)), c.written)])
	c.written -= int64(n)
	if err == nil && n < len(p) {
		err = c.cut()
	}
	return n, err
}

func (c *cutConn) cut() error {
	if tcp, ok := c.Conn.(*net.TCPConn); ok {
		tcp.SetLinger(0)
	}
	c.Close()
	return fmt.Errorf("cut connection: %w", net.ErrClosed)
}

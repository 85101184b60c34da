package server_test

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/stream"
)

// fileListener counts what its connections are given as files.
type fileListener struct {
	net.Listener
	files atomic.Int64
}

func (l *fileListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &fileConn{conn, l}, nil
}

type fileConn struct {
	net.Conn
	listener *fileListener
}

func (c *fileConn) ReadFrom(r io.Reader) (int64, error) {
	if !stream.IsFile(r) {
		return 0, errors.New("ReadFrom was called with no file")
	}
	n, err := c.Conn.(io.ReaderFrom).ReadFrom(r)
	c.listener.files.Add(n)
	return n, err
}

// A payload goes to a plain connection as a file, between a head and a tail that are written.
func TestAPayloadReachesTheConnectionAsAFile(t *testing.T) {
	const sniffed = 512 // bytes of a body that net/http looks at itself
	f := start(t, nil)
	f.web.Close()
	f.web = httptest.NewUnstartedServer(f.server)
	listener := &fileListener{Listener: f.web.Listener}
	f.web.Listener = listener
	f.web.Start()
	content := emptyZIP + strings.Repeat("0123456789", 50_000)
	reference := f.initiate()
	if a := f.upload(reference, content); a.status != http.StatusOK {
		t.Fatal(a.body)
	}
	a := f.download(asRecipient, reference, recipient)
	if got := a.payload(t); got != content {
		t.Errorf("%d other bytes", len(got))
	}
	if n := listener.files.Load(); n < int64(len(content)-sniffed) || n > int64(len(content)) {
		t.Errorf("%d of %d bytes went as a file", n, len(content))
	}
}

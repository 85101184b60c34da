package soap_test

import (
	"errors"
	"fmt"
	"net"
	"syscall"
	"testing"
	"time"

	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/soap"
	"github.com/altinn-transfer/altinn-transfer/stream"
)

// A queue that is full drops what knocks, and so looks like a host that is not there.
func TestAHostThatDoesNotAnswerIsGivenUp(t *testing.T) {
	address := fullQueue(t)
	c := soap.NewClient(&soap.Options{ConnectTimeout: 300 * time.Millisecond})
	defer c.Close()
	start := time.Now()
	_, err := c.Do(t.Context(), upload("http://"+address, stream.Bytes("f.zip", []byte("PK"))))
	e, ok := errors.AsType[*failure.Error](err)
	if !ok || e.Kind != failure.Network || e.Ambiguous || e.Sent != 0 || time.Since(start) > 10*time.Second {
		t.Errorf("after %v: %v", time.Since(start), err)
	}
}

func fullQueue(t *testing.T) string {
	t.Helper()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Close(fd) })
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Listen(fd, 0); err != nil {
		t.Fatal(err)
	}
	bound, err := syscall.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	address := fmt.Sprintf("127.0.0.1:%d", bound.(*syscall.SockaddrInet4).Port)
	for range 8 {
		conn, err := net.DialTimeout("tcp", address, 100*time.Millisecond)
		if err != nil {
			return address
		}
		t.Cleanup(func() { conn.Close() })
	}
	t.Skip("the queue does not fill")
	return ""
}

package iofault

import (
	"bytes"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// pair is two ends of a TCP connection.
func pair(t *testing.T) (near, far net.Conn) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	if near, err = net.DialTimeout("tcp", listener.Addr().String(), 10*time.Second); err != nil {
		t.Fatal(err)
	}
	if far, err = listener.Accept(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { near.Close(); far.Close() })
	for _, c := range []net.Conn{near, far} {
		c.SetDeadline(time.Now().Add(10 * time.Second))
	}
	return near, far
}

func TestCutConnWrite(t *testing.T) {
	for at := range int64(len(text)) {
		near, far := pair(t)
		cut := CutConn(near, -1, at)
		n, err := io.WriteString(cut, text)
		if int64(n) != at || !errors.Is(err, net.ErrClosed) {
			t.Errorf("at %d: %d bytes, error %v", at, n, err)
		}
		got, err := io.ReadAll(far)
		if err == nil {
			t.Errorf("at %d: the far side sees a clean end", at)
		}
		if !strings.HasPrefix(text[:at], string(got)) {
			t.Errorf("at %d: the far side has %q", at, got)
		}
	}
}

func TestCutConnRead(t *testing.T) {
	for at := range int64(len(text)) {
		near, far := pair(t)
		io.WriteString(far, text)
		got, err := io.ReadAll(CutConn(near, at, -1))
		if string(got) != text[:at] || !errors.Is(err, net.ErrClosed) {
			t.Errorf("at %d: %q, error %v", at, got, err)
		}
		if _, err := far.Read(make([]byte, 1)); err == nil || err == io.EOF {
			t.Errorf("at %d: the far side sees error %v", at, err)
		}
	}
}

func TestCutConnBeforeItsByte(t *testing.T) {
	near, far := pair(t)
	cut := CutConn(near, int64(len(text)), int64(len(text)))
	if n, err := io.WriteString(cut, text); n != len(text) || err != nil {
		t.Errorf("wrote %d bytes, error %v", n, err)
	}
	echo := make([]byte, len(text))
	if _, err := io.ReadFull(far, echo); err != nil {
		t.Fatal(err)
	}
	far.Write(echo)
	got := make([]byte, len(text))
	if _, err := io.ReadFull(cut, got); err != nil || !bytes.Equal(got, echo) {
		t.Errorf("read %q, error %v", got, err)
	}
}

func TestCutConnOverAPipe(t *testing.T) {
	near, far := net.Pipe()
	go io.WriteString(CutConn(near, -1, 3), text)
	if got, err := io.ReadAll(far); string(got) != text[:3] || err != nil {
		t.Errorf("%q, error %v", got, err)
	}
}

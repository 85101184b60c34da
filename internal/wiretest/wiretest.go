// Package wiretest has messages that were written by hand replayed to a client, and compared with what it sends; a test aid.
package wiretest

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"os"
	"sync"
	"testing"
)

// Far is a service that answers every request with the same bytes.
type Far struct {
	URL string

	mu    sync.Mutex
	asked *Message
}

// Replay answers each request with a file that is a whole HTTP message, byte for byte, and closes the connection behind it.
func Replay(t testing.TB, file string) *Far {
	t.Helper()
	answer, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	far := &Far{URL: "http://" + listener.Addr().String()}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			if err := far.serve(conn, answer); err != nil {
				t.Errorf("replay %s: %v", file, err)
			}
		}
	}()
	t.Cleanup(func() { listener.Close(); <-done })
	return far
}

func (f *Far) serve(conn net.Conn, answer []byte) error {
	defer conn.Close()
	asked, err := read(conn)
	if err != nil {
		return err
	}
	f.mu.Lock()
	f.asked = asked
	f.mu.Unlock()
	_, err = conn.Write(answer)
	return err
}

// Asked is the last request.
func (f *Far) Asked() *Message {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.asked
}

// Request reads a file that is a whole HTTP request.
func Request(t testing.TB, file string) *Message {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	message, err := read(f)
	if err != nil {
		t.Fatalf("read %s: %v", file, err)
	}
	return message
}

func read(r io.Reader) (*Message, error) {
	request, err := http.ReadRequest(bufio.NewReader(r))
	if err != nil {
		return nil, err
	}
	message, err := newMessage(request.Header, request.Body)
	if err != nil {
		return nil, err
	}
	message.Path = request.URL.Path
	message.Action = request.Header.Get("SOAPAction")
	return message, nil
}

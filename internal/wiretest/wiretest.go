// Package wiretest has messages that were written by hand replayed to a client, and compared with what it sends; a test aid.
package wiretest

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"os"
	"regexp"
	"slices"
	"sync"
	"testing"
)

// Far is a service that answers with the same bytes every time.
type Far struct {
	URL string

	mu      sync.Mutex
	answers [][]byte
	asked   []*Message
}

// Replay answers each request with a file that is a whole HTTP message, and closes the connection behind it. Of several files,
// the first answers the first request, and the last all that are left. They go out byte for byte, except that a RelatesTo names
// the request.
func Replay(t testing.TB, files ...string) *Far {
	t.Helper()
	far := new(Far)
	for _, file := range files {
		answer, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		far.answers = append(far.answers, answer)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	far.URL = "http://" + listener.Addr().String()
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			if err := far.serve(conn); err != nil {
				t.Errorf("replay %s: %v", files, err)
			}
		}
	}()
	t.Cleanup(func() { listener.Close(); <-done })
	return far
}

func (f *Far) serve(conn net.Conn) error {
	defer conn.Close()
	asked, id, err := read(conn)
	if err != nil {
		return err
	}
	answer := f.next(asked)
	if id != "" {
		answer = relatesTo.ReplaceAll(answer, []byte("${1}"+id))
	}
	_, err = conn.Write(answer)
	return err
}

// relatesTo finds the id of the request in an answer.
var relatesTo = regexp.MustCompile(`(<a:RelatesTo>)urn:uuid:[0-9a-f-]{36}`)

// next keeps a request and gives its answer.
func (f *Far) next(asked *Message) []byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	answer := f.answers[min(len(f.asked), len(f.answers)-1)]
	f.asked = append(f.asked, asked)
	return answer
}

// Asked is the last request.
func (f *Far) Asked() *Message {
	all := f.All()
	return all[len(all)-1]
}

// All are the requests in their order.
func (f *Far) All() []*Message {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.asked)
}

// Request reads a file that is a whole HTTP request.
func Request(t testing.TB, file string) *Message {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	message, _, err := read(f)
	if err != nil {
		t.Fatalf("read %s: %v", file, err)
	}
	return message
}

// read reads a request and gives its id, which is "" where it has none.
func read(r io.Reader) (message *Message, id string, err error) {
	request, err := http.ReadRequest(bufio.NewReader(r))
	if err != nil {
		return nil, "", err
	}
	message, id, err = newMessage(request.Header, request.Body)
	if err != nil {
		return nil, "", err
	}
	message.Path = request.URL.Path
	return message, id, nil
}

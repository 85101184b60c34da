package server_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/altinn-transfer/altinn-transfer/server"
)

// serving is a run of Serve, and a connection to it.
type serving struct {
	net.Conn
	address string
	stop    func()
	wait    func()
}

// serve has Serve answer on an address of its own.
func (f *far) serve() *serving {
	f.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		f.t.Fatal(err)
	}
	ctx, stop := context.WithCancel(f.t.Context())
	var running sync.WaitGroup
	running.Go(func() {
		if err := f.server.Serve(ctx, l); err != nil {
			f.t.Error(err)
		}
	})
	s := &serving{address: l.Addr().String(), stop: stop, wait: running.Wait}
	if s.Conn, err = net.Dial("tcp", s.address); err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() { s.Close() })
	return s
}

func TestServeDrains(t *testing.T) {
	for _, c := range []struct {
		name  string
		drain time.Duration
		whole bool
	}{
		{"an upload that ends in time", 10 * time.Second, true},
		{"an upload that does not", 100 * time.Millisecond, false},
		{"an upload that has all the time there is", -1, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel() // it waits most of the time
			f := start(t, func(o *server.Options) { o.Limits.Drain = c.drain })
			reference := f.initiate()
			s := f.serve()
			body := message(uploadRoot(asSender, reference, sender, "file.zip", inPart), emptyZIP)
			io.WriteString(s, uploadHead(fmt.Sprintf("Content-Length: %d", len(body)))+body[:200])
			time.Sleep(50 * time.Millisecond)
			s.stop()
			time.Sleep(300 * time.Millisecond)
			if late, err := net.Dial("tcp", s.address); err == nil {
				late.Close()
				t.Error("it still takes connections")
			}
			io.WriteString(s, body[200:])
			got, _ := io.ReadAll(s)
			if answered := bytes.HasPrefix(got, []byte("HTTP/1.1 200")); answered != c.whole {
				t.Errorf("answered %v, want %v: %q", answered, c.whole, got)
			}
			s.wait()
			if f.waits(reference) != c.whole {
				t.Errorf("the file waits: %v, want %v", !c.whole, c.whole)
			}
		})
	}
}

// A delay on purpose must not keep a server from stopping.
func TestADelayEndsWithTheServer(t *testing.T) {
	f := start(t, func(o *server.Options) {
		o.Limits.Drain = 50 * time.Millisecond
		o.Troubles = []server.Trouble{{Kind: server.Delay, Operation: "UploadFileStreamed", Delay: 10 * time.Second}}
	})
	s := f.serve()
	begun, _, _ := strings.Cut(message(uploadRoot(asSender, f.initiate(), sender, "file.zip", inPart), "\x00"), "\x00")
	io.WriteString(s, uploadHead("Content-Length: 100000")+begun)
	time.Sleep(50 * time.Millisecond)
	begin := time.Now()
	s.stop()
	s.wait()
	if err := f.server.Close(); err != nil || time.Since(begin) > 5*time.Second {
		t.Errorf("closed after %v: %v", time.Since(begin), err)
	}
}

func TestAHeadThatIsTooLargeIsRefused(t *testing.T) {
	for size, want := range map[int]int{32 << 10: http.StatusOK, 1 << 20: http.StatusRequestHeaderFieldsTooLarge} {
		s := start(t, nil).serve()
		go fmt.Fprintf(s, "GET %s HTTP/1.1\r\nHost: far\r\nX-Large: %s\r\n\r\n", brokerPath, strings.Repeat("x", size))
		response, err := http.ReadResponse(bufio.NewReader(s), nil)
		if err != nil {
			t.Fatalf("%d bytes: %v", size, err)
		}
		response.Body.Close()
		if response.StatusCode != want {
			t.Errorf("%d bytes: %s, want %d", size, response.Status, want)
		}
		s.stop()
		s.wait()
	}
}

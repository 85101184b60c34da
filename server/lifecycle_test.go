package server_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/altinn-transfer/altinn-transfer/server"
)

func TestAClosedServerSaysSo(t *testing.T) {
	f := start(t, nil)
	f.server.Close()
	if err := f.server.Close(); err != nil {
		t.Errorf("a second Close: %v", err)
	}
	if a := f.available(asRecipient, recipient, "Uploaded"); a.status != http.StatusServiceUnavailable || !strings.Contains(a.body, "closed") {
		t.Errorf("%d %s", a.status, a.body)
	}
}

func TestCloseWaitsForRequests(t *testing.T) {
	f := start(t, nil)
	reference := f.initiate()
	body := message(uploadRoot(asSender, reference, sender, "file.zip", inPart), emptyZIP)
	c := f.dial()
	io.WriteString(c, uploadHead(fmt.Sprintf("Content-Length: %d", len(body)))+body[:len(body)-10])
	time.Sleep(50 * time.Millisecond)
	var closing sync.WaitGroup
	closing.Go(func() {
		if err := f.server.Close(); err != nil {
			t.Error(err)
		}
	})
	time.Sleep(50 * time.Millisecond)
	io.WriteString(c, body[len(body)-10:])
	response, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("the store was closed under an upload: %v, %v", response, err)
	}
	response.Body.Close()
	closing.Wait()
}

func TestAListenerThatFailsTakesItsConnectionsAlong(t *testing.T) {
	f := start(t, nil)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	serving.Go(func() {
		if err := f.server.Serve(t.Context(), l); !errors.Is(err, net.ErrClosed) {
			t.Errorf("got %v", err)
		}
	})
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	io.WriteString(c, "GET "+brokerPath+" HTTP/1.1\r\nHost: far\r\n\r\n")
	in := bufio.NewReader(c)
	if _, err := http.ReadResponse(in, nil); err != nil {
		t.Fatal(err)
	}
	l.Close()
	serving.Wait()
	c.SetReadDeadline(time.Now().Add(5 * time.Second))
	if _, err := io.Copy(io.Discard, in); err != nil {
		t.Errorf("the connection lives on: %v", err)
	}
}

func TestOptionsThatMakeNoSense(t *testing.T) {
	for name, change := range map[string]func(*server.Options){
		"a negative Keep":    func(o *server.Options) { o.Keep = -time.Hour },
		"a negative trouble": func(o *server.Options) { o.Troubles = []server.Trouble{{Kind: server.CutAnswer, After: -1}} },
		"no users":           func(o *server.Options) { o.Users = nil },
	} {
		o := server.Options{Dir: t.TempDir(), Users: server.DemoUsers()}
		change(&o)
		if s, err := server.New(o); err == nil {
			s.Close()
			t.Errorf("%s was taken", name)
		}
	}
}

func TestAStoreIsMadeWithWhatIsAboveIt(t *testing.T) {
	dir := t.TempDir()
	o := server.Options{Dir: filepath.Join(dir, "a", "b", "store"), Users: server.DemoUsers()}
	s, err := server.New(o)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	o.Dir = filepath.Join(dir, "file", "store")
	if err := os.WriteFile(filepath.Join(dir, "file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if s, err := server.New(o); err == nil {
		s.Close()
		t.Error("a store was made below a file")
	}
}

func TestNegativeLimitsAreNone(t *testing.T) {
	f := start(t, func(o *server.Options) {
		o.Limits = server.Limits{File: -1, Attachment: -1, Requests: -1, Stall: -1, Drain: -1}
	})
	if a := f.upload(f.initiate(), emptyZIP); a.status != http.StatusOK {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := f.submit(asSender, f.task(), "a.pdf", "x"); a.status != http.StatusOK {
		t.Errorf("%d %s", a.status, a.body)
	}
}

// Who says nothing, or says it slowly, must not take the place of who has something to say.
func TestSlowClientsDoNotKeepOthersOut(t *testing.T) {
	f := start(t, nil)
	reference := f.initiate()
	head := uploadHead("Content-Length: 100000")
	for range 200 {
		io.WriteString(f.dial(), head[:len(head)-10])
	}
	for range 300 { // more than may be under way
		io.WriteString(f.dial(), head+"--"+boundary+"\r\n")
	}
	time.Sleep(100 * time.Millisecond)
	begin := time.Now()
	if a := f.upload(reference, emptyZIP); a.status != http.StatusOK || time.Since(begin) > 2*time.Second {
		t.Errorf("after %v: %d %s", time.Since(begin), a.status, a.body)
	}
}

func TestTooManyRequestsAreSentAway(t *testing.T) {
	f := start(t, func(o *server.Options) { o.Limits.Requests = 2 })
	reference := f.initiate()
	var slow []*net.TCPConn
	var a answer
	begun, _, _ := strings.Cut(message(uploadRoot(asSender, reference, sender, "file.zip", inPart), "\x00"), "\x00")
	for range 100 { // a slow upload more each time; those above the limit are sent away themselves
		c := f.dial()
		io.WriteString(c, uploadHead("Content-Length: 100000")+begun)
		slow = append(slow, c)
		time.Sleep(10 * time.Millisecond) // else the request below could always overtake it
		if a = f.available(asRecipient, recipient, "Uploaded"); a.status == http.StatusServiceUnavailable {
			break
		}
	}
	if a.status != http.StatusServiceUnavailable || a.header.Get("Retry-After") == "" {
		t.Fatalf("one more: %d %v", a.status, a.header)
	}
	for _, c := range slow {
		c.Close()
	}
	for range 100 {
		if a = f.upload(reference, emptyZIP); a.status == http.StatusOK {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("it does not recover: %d %s", a.status, a.body)
}

// Slow is not stalled: what matters is that something moves.
func TestASlowDownloadIsNotGivenUp(t *testing.T) {
	t.Parallel() // it waits most of the time
	f := start(t, func(o *server.Options) { o.AnyFile, o.Limits.Stall = true, time.Second })
	reference := f.initiate()
	f.upload(reference, strings.Repeat("0123456789abcdef", 128<<10)) // 2 MiB
	narrow := httptest.NewUnstartedServer(f.server)
	narrow.Config.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
		c.(*net.TCPConn).SetWriteBuffer(16 << 10)
		return ctx
	}
	narrow.Start()
	defer narrow.Close()
	c, err := net.Dial("tcp", narrow.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.(*net.TCPConn).SetReadBuffer(16 << 10)
	root := envelope("", `<DownloadFileStreamedBasic xmlns="`+nsBroker+`"><systemUserName>mottaker</systemUserName><systemPassword>mottaker-demo</systemPassword>`+
		references(reference, recipient)+`</DownloadFileStreamedBasic>`)
	fmt.Fprintf(c, "POST %s HTTP/1.1\r\nHost: far\r\nConnection: close\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n%s", streamedPath, len(root), root)
	var got int64
	for {
		n, err := io.CopyN(io.Discard, c, 16<<10)
		got += n
		if err != nil {
			break
		}
		time.Sleep(20 * time.Millisecond) // 128 steps in 2.5 s
	}
	if got < 2<<20 {
		t.Errorf("broken off after %d bytes", got)
	}
}

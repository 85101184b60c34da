package soap_test

import (
	"bufio"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/soap"
	"github.com/altinn-transfer/altinn-transfer/stream"
	"github.com/beevik/etree"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const answer = `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><ok xmlns="urn:x"/></s:Body></s:Envelope>`

// client gives up after a short silence, and leaves no connection behind.
func client(t *testing.T) *soap.Client {
	t.Helper()
	c := soap.NewClient(&soap.Options{StallTimeout: 700 * time.Millisecond, ConnectTimeout: time.Second})
	t.Cleanup(c.Close)
	return c
}

func upload(url string, source stream.Source) *soap.Call {
	body := soap.NewElement("urn:x", "Upload")
	data := body.CreateElement("Data")
	return &soap.Call{
		Op: "Upload", URL: url, Action: "urn:x/Upload", MTOM: true, Body: body,
		Attachment: &soap.Attachment{Into: data, Source: source}, Secrets: []string{"hunter2"},
	}
}

// raw is a far side that speaks on the bare connection.
func raw(t *testing.T, speak func(net.Conn)) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			speak(conn)
			conn.Close()
		}
	}()
	t.Cleanup(func() { listener.Close(); <-done })
	return "http://" + listener.Addr().String()
}

func readRequest(conn net.Conn) {
	request, err := http.ReadRequest(bufio.NewReader(conn))
	if err == nil {
		io.Copy(io.Discard, request.Body)
	}
}

func TestWhatIsLostSaysWhetherItMayHaveBeenCarriedOut(t *testing.T) {
	refused, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	refused.Close()
	for name, test := range map[string]struct {
		url       string
		kind      failure.Kind
		ambiguous bool
	}{
		"nobody listens": {"http://" + refused.Addr().String(), failure.Network, false},
		"closed before the request was read": {raw(t, func(conn net.Conn) {
			conn.Read(make([]byte, 100))
			conn.(*net.TCPConn).SetLinger(0)
		}), failure.Network, false},
		"answer lost":            {raw(t, readRequest), failure.Network, true},
		"answer cut in its head": {raw(t, func(c net.Conn) { readRequest(c); io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Ty") }), failure.Network, true},
		"answer cut in its body": {raw(t, func(c net.Conn) {
			readRequest(c)
			fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 999\r\n\r\n%s", answer[:50])
		}), failure.Integrity, true},
		"silent after the upload": {raw(t, func(c net.Conn) { readRequest(c); c.Read(make([]byte, 1)) }), failure.Stalled, true},
		"not HTTP":                {raw(t, func(c net.Conn) { readRequest(c); io.WriteString(c, "SSH-2.0-x\r\n\r\n") }), failure.Network, true},
	} {
		t.Run(name, func(t *testing.T) {
			size := int64(4 << 20)
			if !test.ambiguous {
				size = 256 << 20 // more than lies in the buffers of both sides
			}
			source := stream.OneShot("f.zip", size, io.LimitReader(endless{}, size))
			_, err := client(t).Do(t.Context(), upload(test.url, source))
			e, ok := errors.AsType[*failure.Error](err)
			if !ok || e.Kind != test.kind || e.Ambiguous != test.ambiguous || e.Op != "Upload" {
				t.Errorf("got %v: %#v", err, e)
			}
			if test.ambiguous && e.Sent != size {
				t.Errorf("sent %d", e.Sent)
			}
		})
	}
}

// So many calls at once, round after round, need so many connections and no more.
func TestConnectionsAreUsedAgain(t *testing.T) {
	const atOnce, rounds = 40, 3
	var opened atomic.Int64
	arrived, together := make(chan struct{}), make(chan struct{})
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		arrived <- struct{}{}
		<-together
		w.Header().Set("Content-Type", "text/xml")
		io.WriteString(w, answer)
	}))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			opened.Add(1)
		}
	}
	server.Start()
	defer server.Close()
	c := soap.NewClient(nil)
	defer c.Close()
	for range rounds {
		var calls sync.WaitGroup
		for range atOnce {
			calls.Go(func() {
				if _, err := c.Do(t.Context(), &soap.Call{Op: "x", URL: server.URL, Body: soap.NewElement("urn:x", "x")}); err != nil {
					t.Error(err)
				}
			})
		}
		for range atOnce {
			<-arrived
		}
		for range atOnce {
			together <- struct{}{}
		}
		calls.Wait()
	}
	if n := opened.Load(); n > atOnce {
		t.Errorf("%d connections for %d calls at once", n, atOnce)
	}
}

func TestAPeerThatStopsReadingIsGivenUp(t *testing.T) {
	release := make(chan struct{})
	url := raw(t, func(conn net.Conn) { <-release })
	defer close(release)
	start := time.Now()
	_, err := client(t).Do(t.Context(), upload(url, stream.OneShot("f.zip", -1, endless{})))
	if !errors.Is(err, failure.Stalled) || time.Since(start) > 10*time.Second {
		t.Errorf("after %v: %v", time.Since(start), err)
	}
}

func TestASlowPeerIsNotGivenUp(t *testing.T) {
	far := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "text/xml")
		for i := range len(answer) {
			if i%20 == 0 {
				time.Sleep(100 * time.Millisecond)
			}
			io.WriteString(w, answer[i:i+1])
			w.(http.Flusher).Flush()
		}
	}))
	defer far.Close()
	if _, err := client(t).Do(t.Context(), upload(far.URL, stream.Bytes("f.zip", []byte("PK")))); err != nil {
		t.Error(err)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

func TestASourceThatFailsIsNotTheNetworksFault(t *testing.T) {
	far := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err == nil {
			t.Error("the far side saw a whole request")
		}
	}))
	defer far.Close()
	for name, source := range map[string]stream.Source{
		"cannot be opened":  broken{size: 10, open: errBroken},
		"fails in the way":  broken{size: 10, read: io.MultiReader(strings.NewReader("PK"), failing{})},
		"shorter than said": broken{size: 10, read: strings.NewReader("PK")},
		"longer than said":  broken{size: 1, read: strings.NewReader("PK")},
		"fails, unknown":    broken{size: -1, read: io.MultiReader(strings.NewReader("PK"), failing{})},
	} {
		_, err := client(t).Do(t.Context(), upload(far.URL, source))
		e, ok := errors.AsType[*failure.Error](err)
		if !ok || e.Kind != failure.Source || e.Ambiguous {
			t.Errorf("%s: %v: %#v", name, err, e)
		}
	}
}

var errBroken = errors.New("disk gone")

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errBroken }

type broken struct {
	size int64
	open error
	read io.Reader
}

func (b broken) Name() string { return "f.zip" }
func (b broken) Size() int64  { return b.size }
func (b broken) Open(context.Context) (io.ReadCloser, error) {
	if b.open != nil {
		return nil, b.open
	}
	return io.NopCloser(b.read), nil
}

func TestAReceiptForHalfARequestIsNone(t *testing.T) {
	url := raw(t, func(conn net.Conn) {
		conn.Read(make([]byte, 1000))
		fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n%s", len(answer), answer)
		io.CopyN(io.Discard, conn, 1<<20)
	})
	_, err := client(t).Do(t.Context(), upload(url, stream.OneShot("f.zip", -1, &slow{})))
	if err == nil || errors.Is(err, failure.Unknown) {
		t.Errorf("got %v", err)
	}
}

// slow never ends and never stalls.
type slow struct{}

func (*slow) Read(p []byte) (int, error) {
	time.Sleep(5 * time.Millisecond)
	return min(len(p), 1000), nil
}

func TestCancellingStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	url := raw(t, func(conn net.Conn) { io.CopyN(io.Discard, conn, 10_000); cancel(); io.Copy(io.Discard, conn) })
	_, err := client(t).Do(ctx, upload(url, stream.OneShot("f.zip", -1, &slow{})))
	if !errors.Is(err, failure.Interrupted) || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestASourceThatStopsBecauseItWasToldToIsNotBroken(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	url := raw(t, func(conn net.Conn) { io.CopyN(io.Discard, conn, 100); cancel(); io.Copy(io.Discard, conn) })
	_, err := client(t).Do(ctx, upload(url, obedient{}))
	if !errors.Is(err, failure.Interrupted) {
		t.Errorf("got %v", err)
	}
}

// obedient gives nothing but the cause for which its context ended.
type obedient struct{ ctx context.Context }

func (obedient) Name() string { return "f.zip" }
func (obedient) Size() int64  { return -1 }
func (obedient) Open(ctx context.Context) (io.ReadCloser, error) {
	return io.NopCloser(obedient{ctx}), nil
}

func (o obedient) Read([]byte) (int, error) {
	<-o.ctx.Done()
	return 0, context.Cause(o.ctx)
}

func TestAPayloadCanBeGivenUp(t *testing.T) {
	far := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/xml")
		io.WriteString(w, `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><r xmlns="urn:x"><d>`)
		for r.Context().Err() == nil {
			if _, err := io.WriteString(w, "AAAA"); err != nil {
				return
			}
		}
	}))
	defer far.Close()
	call := &soap.Call{Op: "Get", URL: far.URL, Action: "urn:x/Get", Body: etree.NewElement("get"), Stream: xml.Name{Space: "urn:x", Local: "d"}}
	reply, err := client(t).Do(t.Context(), call)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(reply.Payload, make([]byte, 1000)); err != nil {
		t.Fatal(err)
	}
	reply.Payload.Close()
	if _, err := reply.Payload.Read(make([]byte, 1)); err == nil || errors.Is(err, io.EOF) {
		t.Errorf("a payload that was closed reads %v", err)
	}
}

func TestAWriterThatFailsIsNotTheAnswersFault(t *testing.T) {
	far := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/xml")
		io.WriteString(w, `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><r xmlns="urn:x"><d>QUJD</d></r></s:Body></s:Envelope>`)
	}))
	defer far.Close()
	for _, broken := range []error{errBroken, io.EOF, fmt.Errorf("pipe: %w", io.EOF)} {
		call := &soap.Call{Op: "Get", URL: far.URL, Action: "urn:x/Get", Body: etree.NewElement("get"), Stream: xml.Name{Space: "urn:x", Local: "d"}}
		reply, err := client(t).Do(t.Context(), call)
		if err != nil {
			t.Fatal(err)
		}
		_, err = io.Copy(full{broken}, reply.Payload)
		if _, told := errors.AsType[*failure.Error](err); told || err != broken {
			t.Errorf("got %#v", err)
		}
		if rest, err := io.ReadAll(reply.Payload); err != nil || string(rest) != "ABC" {
			t.Errorf("behind it: %q, %v", rest, err)
		}
		reply.Payload.Close()
	}
}

// full is a writer that has no room.
type full struct{ err error }

func (f full) Write([]byte) (int, error) { return 0, f.err }

// inOneRead takes what the first Read of a request gives and answers to that.
type inOneRead struct{ n int }

func (r *inOneRead) RoundTrip(request *http.Request) (*http.Response, error) {
	defer request.Body.Close()
	r.n, _ = request.Body.Read(make([]byte, 64<<10))
	response := &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(answer))}
	response.Header.Set("Content-Type", "text/xml")
	return response, nil
}

func TestAnAnswerToTheBareEnvelopeIsTaken(t *testing.T) {
	hasty := new(inOneRead)
	c := soap.NewClient(&soap.Options{HTTP: &http.Client{Transport: hasty}})
	_, err := c.Do(t.Context(), &soap.Call{Op: "Test", URL: "http://127.0.0.1", MTOM: true, Body: soap.NewElement("urn:x", "Test")})
	if err != nil {
		t.Errorf("after %d bytes: %v", hasty.n, err)
	}
}

package soap_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/soap"
	"github.com/altinn-transfer/altinn-transfer/stream"
	"github.com/beevik/etree"
)

// These tests speak to the client on the bare connection, where a test server would be too polite.

const envelope11 = `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>%s</s:Body></s:Envelope>`

var downloadAnswer = "--b\r\nContent-Type: application/xop+xml;charset=utf-8;type=\"text/xml\"\r\n\r\n" +
	fmt.Sprintf(envelope11, `<r xmlns="urn:x"><d><xop:Include href="cid:p" xmlns:xop="http://www.w3.org/2004/08/xop/include"/></d></r>`) +
	"\r\n--b\r\nContent-ID: <p>\r\nContent-Transfer-Encoding: binary\r\n\r\nPK\x03\x04 payload\r\n--b--\r\n"

const downloadType = `multipart/related; type="application/xop+xml"; boundary=b`

func download(url string) *soap.Call {
	return &soap.Call{Op: "Get", URL: url, Action: "urn:x/Get", Body: etree.NewElement("get"), Stream: xml.Name{Space: "urn:x", Local: "d"}}
}

// fetch makes a call and copies its payload.
func fetch(t *testing.T, url string) (string, error) {
	t.Helper()
	reply, err := client(t).Do(t.Context(), download(url))
	if err != nil {
		return "", err
	}
	defer reply.Payload.Close()
	var payload bytes.Buffer
	_, err = io.Copy(&payload, reply.Payload)
	return payload.String(), err
}

// An answer that was cut is an error wherever it was cut, and however HTTP frames it.
func TestAnAnswerCutAtAnyByteIsAnError(t *testing.T) {
	end := len(strings.TrimRight(downloadAnswer, "\r\n")) // without HTTP's own framing, no one misses the last line break
	for framing, write := range map[string]struct {
		end  int
		send func(w io.Writer, body string)
	}{
		"Content-Length": {len(downloadAnswer), func(w io.Writer, body string) {
			fmt.Fprintf(w, "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s", downloadType, len(downloadAnswer), body)
		}},
		"chunked": {len(downloadAnswer) + 1, func(w io.Writer, body string) {
			fmt.Fprintf(w, "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nTransfer-Encoding: chunked\r\n\r\n", downloadType)
			for line := range strings.SplitAfterSeq(body, "\n") {
				if line != "" {
					fmt.Fprintf(w, "%X\r\n%s\r\n", len(line), line)
				}
			}
		}},
		"end of the connection": {end, func(w io.Writer, body string) {
			fmt.Fprintf(w, "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nConnection: close\r\n\r\n%s", downloadType, body)
		}},
	} {
		t.Run(framing, func(t *testing.T) {
			var cut atomic.Int64
			url := raw(t, func(conn net.Conn) {
				readRequest(conn)
				write.send(conn, downloadAnswer[:min(int(cut.Load()), len(downloadAnswer))])
			})
			for at := range write.end {
				cut.Store(int64(at))
				payload, err := fetch(t, url)
				kind := failure.KindOf(err)
				if kind != failure.Integrity && kind != failure.Network {
					t.Fatalf("cut at %d of %d: %q, %v", at, len(downloadAnswer), payload, err)
				}
			}
		})
	}
}

// What is cut behind the last byte that counts is one as well.
func TestAChunkedAnswerWithoutItsEndIsCut(t *testing.T) {
	for _, end := range []string{"0", "0\r\n", "0\r\n\r"} {
		url := raw(t, func(conn net.Conn) {
			readRequest(conn)
			fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nTransfer-Encoding: chunked\r\n\r\n", downloadType)
			fmt.Fprintf(conn, "%X\r\n%s\r\n%s", len(downloadAnswer), downloadAnswer, end)
		})
		if _, err := fetch(t, url); failure.KindOf(err) != failure.Integrity {
			t.Errorf("%q: %v", end, err)
		}
	}
}

func TestARedirectIsNotFollowed(t *testing.T) {
	var strayed atomic.Int64
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { strayed.Add(1) }))
	defer elsewhere.Close()
	for _, status := range []int{301, 302, 303, 307, 308} {
		far := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body)
			http.Redirect(w, r, elsewhere.URL, status)
		}))
		_, err := client(t).Do(t.Context(), upload(far.URL, stream.Bytes("f.zip", []byte("PK"))))
		e, ok := errors.AsType[*failure.Error](err)
		if !ok || e.Kind != failure.Protocol || e.HTTPStatus != status || e.Ambiguous {
			t.Errorf("%d: %v", status, err)
		}
		far.Close()
	}
	if n := strayed.Load(); n != 0 {
		t.Errorf("%d requests went elsewhere", n)
	}
}

func TestAPeerThatNeverFinishesTheHandshakeIsGivenUp(t *testing.T) {
	release := make(chan struct{})
	url := raw(t, func(net.Conn) { <-release })
	defer close(release)
	c := soap.NewClient(&soap.Options{ConnectTimeout: 200 * time.Millisecond})
	defer c.Close()
	start := time.Now()
	_, err := c.Do(t.Context(), upload(strings.Replace(url, "http:", "https:", 1), stream.Bytes("f.zip", []byte("PK"))))
	e, ok := errors.AsType[*failure.Error](err)
	if !ok || e.Kind != failure.Network || e.Ambiguous || e.Sent != 0 || time.Since(start) > 10*time.Second {
		t.Errorf("after %v: %v", time.Since(start), err)
	}
}

func TestAnAnswerThatStopsIsGivenUp(t *testing.T) {
	for _, at := range []int{0, len(downloadAnswer) / 2, len(downloadAnswer) - 12, len(downloadAnswer)} {
		t.Run(fmt.Sprint(at), func(t *testing.T) {
			t.Parallel()
			release := make(chan struct{})
			url := raw(t, func(conn net.Conn) {
				readRequest(conn)
				fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s", downloadType, len(downloadAnswer)+1, downloadAnswer[:at])
				<-release
			})
			defer close(release)
			start := time.Now()
			if _, err := fetch(t, url); !errors.Is(err, failure.Stalled) || time.Since(start) > 10*time.Second {
				t.Errorf("after %v: %v", time.Since(start), err)
			}
		})
	}
}

var fault = fmt.Sprintf(envelope11, `<s:Fault><faultcode>s:Client</faultcode><faultstring>no</faultstring><detail>`+
	`<AltinnFault xmlns="http://www.altinn.no/services/common/fault/2009/10"><ErrorGuid>g</ErrorGuid><ErrorID>40204</ErrorID></AltinnFault></detail></s:Fault>`)

// A service that refuses an upload before it has come says so at once. That fault is the answer, not the broken connection.
func TestAFaultDuringTheUploadIsReported(t *testing.T) {
	answer := fmt.Sprintf("HTTP/1.1 500 Internal Server Error\r\nContent-Type: text/xml\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s", len(fault), fault)
	for name, after := range map[string]func(net.Conn){
		"reads on":           func(conn net.Conn) { io.Copy(io.Discard, conn) },
		"reads no more":      func(conn net.Conn) { time.Sleep(100 * time.Millisecond) },
		"closes one side":    func(conn net.Conn) { conn.(*net.TCPConn).CloseWrite(); io.Copy(io.Discard, conn) },
		"closes after a bit": func(conn net.Conn) { time.Sleep(20 * time.Millisecond) },
		"closes at once":     func(conn net.Conn) {},
	} {
		for speed, source := range map[string]io.Reader{"slow": &slow{}, "fast": endless{}} {
			t.Run(name+", "+speed, func(t *testing.T) {
				url := raw(t, func(conn net.Conn) {
					io.ReadFull(conn, make([]byte, 20_000))
					io.WriteString(conn, answer)
					after(conn)
				})
				_, err := client(t).Do(t.Context(), upload(url, stream.OneShot("f.zip", 1<<40, source)))
				e, ok := errors.AsType[*failure.Error](err)
				if !ok || e.Kind != failure.TooLarge || e.Code != 40204 || e.GUID != "g" || e.Ambiguous {
					t.Errorf("got %v", err)
				}
			})
		}
	}
}

func TestNobodyIsToldOfACallThatIsOver(t *testing.T) {
	answer := fmt.Sprintf("HTTP/1.1 500 Internal Server Error\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n%s", len(fault), fault)
	url := raw(t, func(conn net.Conn) {
		io.ReadFull(conn, make([]byte, 20_000))
		io.WriteString(conn, answer)
		time.Sleep(50 * time.Millisecond)
	})
	call := upload(url, stream.OneShot("f.zip", 1<<40, &slow{}))
	told := 0
	call.Attachment.Progress = func(int64) { told++ } // the race detector looks at it, too
	if _, err := client(t).Do(t.Context(), call); !errors.Is(err, failure.TooLarge) {
		t.Fatal(err)
	}
	before := told
	time.Sleep(2 * 100 * time.Millisecond)
	if told != before {
		t.Errorf("told %d times after the end", told-before)
	}
}

// opened counts how often a source is opened and read.
type opened struct {
	stream.Source
	times atomic.Int64
}

func (o *opened) Open(ctx context.Context) (io.ReadCloser, error) {
	o.times.Add(1)
	return o.Source.Open(ctx)
}

// serveOnce answers the first request of each connection and keeps it open; what it does with the second is up to the test.
func serveOnce(t *testing.T, second func(net.Conn, *bufio.Reader)) (url string, connections *atomic.Int64) {
	connections = new(atomic.Int64)
	url = raw(t, func(conn net.Conn) {
		connections.Add(1)
		r := bufio.NewReader(conn)
		request, err := http.ReadRequest(r)
		if err != nil {
			return
		}
		io.Copy(io.Discard, request.Body)
		fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n%s", len(answer), answer)
		second(conn, r)
	})
	return url, connections
}

// The transport opens a new connection by itself when an idle one turns out to be dead. A payload never goes twice with it.
func TestAnUploadIsNeverSentTwice(t *testing.T) {
	for name, second := range map[string]func(net.Conn, *bufio.Reader){
		"dies at once":             func(net.Conn, *bufio.Reader) {},
		"dies at the first bytes":  func(conn net.Conn, r *bufio.Reader) { r.Peek(1); conn.(*net.TCPConn).SetLinger(0) },
		"dies within the payload":  func(conn net.Conn, r *bufio.Reader) { io.CopyN(io.Discard, r, 1<<20); conn.(*net.TCPConn).SetLinger(0) },
		"ends without an answer":   func(_ net.Conn, r *bufio.Reader) { r.Peek(1) },
		"dies behind the payload":  func(_ net.Conn, r *bufio.Reader) { readOn(r) },
		"reads half of the header": func(_ net.Conn, r *bufio.Reader) { r.ReadString('\n') },
	} {
		t.Run(name, func(t *testing.T) {
			url, connections := serveOnce(t, second)
			c := client(t)
			plain := &soap.Call{Op: "Test", URL: url, Action: "urn:x/Test", Body: etree.NewElement("t")}
			if _, err := c.Do(t.Context(), plain); err != nil {
				t.Fatal(err)
			}
			source := &opened{Source: stream.Bytes("f.zip", make([]byte, 4<<20))}
			_, err := c.Do(t.Context(), upload(url, source))
			if n := source.times.Load(); n != 1 {
				t.Errorf("the source was opened %d times: %v", n, err)
			}
			if n := connections.Load(); n > 2 || err == nil && n != 2 {
				t.Errorf("%d connections: %v", n, err)
			}
		})
	}
}

func readOn(r *bufio.Reader) {
	if request, err := http.ReadRequest(r); err == nil {
		io.Copy(io.Discard, request.Body)
	}
}

func TestAnAnswersHeadIsBounded(t *testing.T) {
	url := raw(t, func(conn net.Conn) {
		readRequest(conn)
		io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nX: "+strings.Repeat("y", 1<<20)+"\r\n\r\n"+answer)
	})
	if _, err := fetch(t, url); err == nil {
		t.Error("an answer with a head of 1 MiB was read")
	}
}

// slowWriter takes its time for the first piece, more than a silence of the far side may last.
type slowWriter struct{ buffer bytes.Buffer }

func (s *slowWriter) Write(p []byte) (int, error) {
	if s.buffer.Len() == 0 {
		time.Sleep(1500 * time.Millisecond)
	}
	return s.buffer.Write(p)
}

// A reader that is slower than the stall time is not taken for a far side that says nothing.
func TestASlowReaderIsNoStall(t *testing.T) {
	content := "PK\x03\x04" + strings.Repeat("much", 4<<20) // more than fits into all that is between
	url := answering(t, 200, typed(downloadType), strings.Replace(downloadAnswer, "PK\x03\x04 payload", content, 1))
	for name, read := range map[string]func(*slowWriter, *soap.Payload) error{
		"by Read": func(w *slowWriter, p *soap.Payload) error {
			_, err := io.Copy(w, struct{ io.Reader }{p})
			return err
		},
		"by WriteTo": func(w *slowWriter, p *soap.Payload) error {
			_, err := p.WriteTo(w)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			reply, err := client(t).Do(t.Context(), download(url))
			if err != nil {
				t.Fatal(err)
			}
			defer reply.Payload.Close()
			var w slowWriter
			if err := read(&w, reply.Payload); err != nil || w.buffer.String() != content {
				t.Errorf("%d bytes, %v", w.buffer.Len(), err)
			}
		})
	}
}

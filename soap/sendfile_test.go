package soap

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/internal/iofault"
	"github.com/altinn-transfer/altinn-transfer/mtom"
	"github.com/altinn-transfer/altinn-transfer/stream"
)

const fileSize = 3<<20 + 5

// lineConn counts what reaches a connection as a file, and what as bytes.
type lineConn struct {
	net.Conn
	files, bytes atomic.Int64
	onFile       func()
}

func (c *lineConn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.bytes.Add(int64(n))
	return n, err
}

func (c *lineConn) ReadFrom(r io.Reader) (int64, error) {
	if !stream.IsFile(r) {
		return 0, errors.New("ReadFrom was called with no file")
	}
	if c.onFile != nil {
		c.onFile()
	}
	n, err := c.Conn.(io.ReaderFrom).ReadFrom(r)
	c.files.Add(n)
	return n, err
}

// overLine is a client that speaks through c, once.
func overLine(t *testing.T, c *lineConn) *Client {
	t.Helper()
	dial := func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, network, address)
		c.Conn = conn
		return c, err
	}
	web := &http.Client{Transport: &http.Transport{DialContext: patient(dial)}}
	client := NewClient(&Options{HTTP: web, StallTimeout: time.Minute})
	t.Cleanup(client.Close)
	return client
}

// farSide decodes uploads; got has what came whole.
func farSide(t *testing.T) (url string, got chan []byte) {
	t.Helper()
	got = make(chan []byte, 1)
	far := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		decoder, err := mtom.NewDecoder(r.Body, r.Header.Get("Content-Type"), nil)
		if err != nil {
			return
		}
		payload, err := decoder.Next()
		if err != nil {
			return
		}
		content, err := io.ReadAll(payload)
		if err != nil {
			return
		}
		got <- content
		w.Header().Set("Content-Type", "text/xml")
		io.WriteString(w, `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body/></s:Envelope>`)
	}))
	t.Cleanup(far.Close)
	return far.URL, got
}

func uploadOf(url string, source stream.Source, progress func(int64)) *Call {
	body := NewElement("urn:x", "Upload")
	return &Call{
		Op: "Upload", URL: url, Action: "urn:x/Upload", MTOM: true, Body: body,
		Attachment: &Attachment{Into: body.CreateElement("Data"), Source: source, Progress: progress},
	}
}

func randomFile(t *testing.T) (path string, content []byte) {
	t.Helper()
	content, err := io.ReadAll(iofault.NewPattern(iofault.Random, fileSize, 1))
	if err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(t.TempDir(), "f.zip")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path, content
}

// unknown hides a source's size.
type unknown struct{ stream.Source }

func (unknown) Size() int64 { return -1 }

// A file whose bytes nobody has to see goes to the connection as a file. What has to be seen, or has no length, goes as bytes.
func TestAFileReachesTheConnectionAsAFile(t *testing.T) {
	for name, test := range map[string]struct {
		wrap   func(stream.Source) stream.Source
		asFile bool
	}{
		"file":           {func(s stream.Source) stream.Source { return s }, true},
		"digested":       {func(s stream.Source) stream.Source { return stream.NewDigested(s) }, false},
		"unknown length": {func(s stream.Source) stream.Source { return unknown{s} }, false},
	} {
		t.Run(name, func(t *testing.T) {
			path, content := randomFile(t)
			file, err := stream.File(path)
			if err != nil {
				t.Fatal(err)
			}
			url, got := farSide(t)
			line := &lineConn{}
			var told []int64
			reply, err := overLine(t, line).Do(t.Context(), uploadOf(url, test.wrap(file), func(n int64) { told = append(told, n) }))
			if err != nil || reply.Sent != fileSize {
				t.Fatalf("%+v, error %v", reply, err)
			}
			if !bytes.Equal(<-got, content) {
				t.Error("other bytes have come")
			}
			// What is read together with the head of the request goes as bytes.
			if files := line.files.Load(); test.asFile && files < fileSize-socketBuffer || !test.asFile && files > 0 {
				t.Errorf("%d bytes went as a file, %d as bytes", files, line.bytes.Load())
			}
			if !slices.IsSorted(told) || told[len(told)-1] != fileSize {
				t.Errorf("progress was %v", told)
			}
		})
	}
}

// A file that is written to while the kernel copies it has no closing delimiter behind it.
func TestAFileThatChangesUnderTheKernelIsNotSentWhole(t *testing.T) {
	for name, change := range map[string]func(path string) error{
		"written to": func(path string) error { return os.Chtimes(path, time.Time{}, time.Now().Add(time.Hour)) },
		"longer":     func(path string) error { return os.Truncate(path, fileSize+1) },
		"shorter":    func(path string) error { return os.Truncate(path, fileSize/2) },
	} {
		t.Run(name, func(t *testing.T) {
			path, _ := randomFile(t)
			file, err := stream.File(path)
			if err != nil {
				t.Fatal(err)
			}
			url, got := farSide(t)
			var changed error
			line := &lineConn{onFile: func() { changed = errors.Join(changed, change(path)) }}
			_, err = overLine(t, line).Do(t.Context(), uploadOf(url, file, nil))
			e, ok := errors.AsType[*failure.Error](err)
			if changed != nil || !ok || e.Kind != failure.Source || e.Ambiguous || !errors.Is(err, stream.ErrChanged) {
				t.Errorf("%v; the change: %v", err, changed)
			}
			if line.files.Load() == 0 {
				t.Error("it was not sent as a file")
			}
			select {
			case content := <-got:
				t.Errorf("%d bytes have come as whole", len(content))
			default:
			}
		})
	}
}

// longer gives more than it says.
type longer struct{ stream.Source }

func (l longer) Size() int64 { return fileSize / 2 }

// Nothing of a source that is too long gets behind the announced end of the request.
func TestNothingIsWrittenBehindTheEndOfARequest(t *testing.T) {
	path, content := randomFile(t)
	file, err := stream.File(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, source := range map[string]stream.Source{
		"file":   longer{file},
		"memory": longer{stream.Bytes("f.zip", content)},
	} {
		t.Run(name, func(t *testing.T) {
			url, _ := farSide(t)
			line := &lineConn{}
			_, err = overLine(t, line).Do(t.Context(), uploadOf(url, source, nil))
			if !errors.Is(err, failure.Source) {
				t.Errorf("error %v", err)
			}
			if sent := line.files.Load() + line.bytes.Load(); sent > fileSize/2+16<<10 {
				t.Errorf("%d bytes were written", sent)
			}
		})
	}
}

// A connection that breaks under a file is the line's fault, not the file's.
func TestALineThatBreaksUnderAFile(t *testing.T) {
	path, _ := randomFile(t)
	file, err := stream.File(path)
	if err != nil {
		t.Fatal(err)
	}
	url, _ := farSide(t)
	line := &lineConn{}
	line.onFile = func() { line.Conn.(*net.TCPConn).CloseWrite() }
	_, err = overLine(t, line).Do(t.Context(), uploadOf(url, file, nil))
	e, ok := errors.AsType[*failure.Error](err)
	if !ok || e.Kind == failure.Source || e.Ambiguous {
		t.Errorf("%v: %#v", err, e)
	}
}

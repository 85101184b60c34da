package server_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/altinn-transfer/altinn-transfer/internal/iofault"
	"github.com/altinn-transfer/altinn-transfer/server"
)

// dial opens a connection for a request that no HTTP client would send.
func (f *far) dial() *net.TCPConn {
	f.t.Helper()
	c, err := net.Dial("tcp", f.web.Listener.Addr().String())
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() { c.Close() })
	return c.(*net.TCPConn)
}

func uploadHead(extra string) string {
	return "POST " + streamedPath + " HTTP/1.1\r\nHost: far\r\nContent-Type: " + related + "\r\nSOAPAction: \"" + streamedAction +
		"UploadFileStreamedBasic\"\r\n" + extra + "\r\n\r\n"
}

// A connection that breaks within an upload must leave nothing behind and get no answer, wherever it breaks.
func TestAConnectionThatBreaksAtAnyByteOfAnUpload(t *testing.T) {
	f := start(t, nil)
	reference := f.initiate()
	body := message(uploadRoot(asSender, reference, sender, "file.zip", inPart), emptyZIP)
	head := uploadHead(fmt.Sprintf("Content-Length: %d", len(body)))
	for n := range len(body) {
		c := f.dial()
		io.WriteString(c, head+body[:n])
		c.CloseWrite()
		got, err := io.ReadAll(c)
		if len(got) > 0 {
			t.Fatalf("cut after %d of %d bytes, and answered (%v):\n%s", n, len(body), err, got)
		}
		c.Close()
	}
	f.nothingCame(reference)
}

// nothingCame checks that nothing was kept of an upload, and that its reference is as good as new.
func (f *far) nothingCame(reference string) {
	f.t.Helper()
	if f.waits(reference) {
		f.t.Error("a part of a file is given to the recipient")
	}
	for _, name := range f.stored() {
		if !strings.HasSuffix(name, ".json") && filepath.Base(name) != "lock" {
			f.t.Errorf("%s was left", name)
		}
	}
	if a := f.upload(reference, emptyZIP); a.status != http.StatusOK {
		f.t.Errorf("the reference is lost: %s", a.body)
	}
}

// The same in whole HTTP messages: the client is told, and nothing is kept.
func TestAMessageCutAtAnyByte(t *testing.T) {
	f := start(t, nil)
	reference := f.initiate()
	body := message(uploadRoot(asSender, reference, sender, "file.zip", inPart), emptyZIP)
	whole := len(body) - len("\r\n") // the line break behind the closing delimiter may be missing
	for _, chunked := range []bool{false, true} {
		for n := range whole {
			var cut io.Reader = strings.NewReader(body[:n])
			if chunked {
				cut = struct{ io.Reader }{cut}
			}
			a, err := f.try(streamedPath, streamedAction+"UploadFileStreamedBasic", related, cut)
			if err != nil || a.status != http.StatusInternalServerError || a.fault() < 0 {
				t.Fatalf("cut after %d of %d bytes: %v, %d %s", n, len(body), err, a.status, a.body)
			}
		}
	}
	f.nothingCame(reference)
}

// A cut message must not be carried out either where it has no stream: a confirmation deletes a file.
func TestACutConfirmationConfirmsNothing(t *testing.T) {
	f := start(t, nil)
	reference := f.initiate()
	f.upload(reference, emptyZIP)
	root := envelope("", `<ConfirmDownloadedBasic xmlns="`+nsBroker+`"><systemUserName>mottaker</systemUserName><systemPassword>mottaker-demo</systemPassword>`+
		references(reference, recipient)+`</ConfirmDownloadedBasic>`)
	body := "--b\r\nContent-Type: application/xop+xml;charset=utf-8;type=\"text/xml\"\r\n\r\n" + root + "\r\n--b--\r\n"
	for n := range len(body) - len("\r\n") {
		a := f.post(brokerPath, brokerAction+"ConfirmDownloadedBasic", `multipart/related; type="application/xop+xml"; boundary=b; start-info="text/xml"`, body[:n])
		if a.status == http.StatusOK {
			t.Fatalf("cut after %d of %d bytes, and confirmed", n, len(body))
		}
	}
	if !f.waits(reference) {
		t.Error("the file was confirmed")
	}
}

// A client that sends everything before it reads must still learn why it was refused.
func TestARefusalReachesAClientThatReadsLast(t *testing.T) {
	f := start(t, nil)
	const size = 32 << 20
	root := uploadRoot(asSender, "af303bd0-3333-4ec9-af6a-31dd05569011", sender, "file.zip", inPart)
	before, after, _ := strings.Cut(message(root, "\x00"), "\x00")
	c := f.dial()
	io.WriteString(c, uploadHead(fmt.Sprintf("Content-Length: %d", len(before)+size+len(after))))
	io.WriteString(c, before)
	if _, err := io.Copy(c, iofault.NewPattern(iofault.Random, size, 1)); err != nil {
		t.Fatalf("it hung up on what was still sent: %v", err)
	}
	io.WriteString(c, after)
	response, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusInternalServerError || !bytes.Contains(content, []byte("<ErrorID>40212<")) {
		t.Errorf("%v: %d %s", err, response.StatusCode, content)
	}
}

// A client that asks first whether its body is wanted must not wait for an answer that waits for the body.
func TestARefusalComesInsteadOfContinue(t *testing.T) {
	f := start(t, nil)
	for path, status := range map[string]string{"/nowhere": "HTTP/1.1 404 ", streamedPath: "HTTP/1.1 415 "} {
		c := f.dial()
		io.WriteString(c, "POST "+path+" HTTP/1.1\r\nHost: far\r\nContent-Type: image/png\r\nContent-Length: 100000\r\nExpect: 100-continue\r\n\r\n")
		c.SetReadDeadline(time.Now().Add(10 * time.Second))
		got := make([]byte, len(status))
		if _, err := io.ReadFull(c, got); err != nil || string(got) != status {
			t.Errorf("%s: %q, %v", path, got, err)
		}
	}
}

// A client in use lists its files in a form that the contract does not have; the real service took no notice.
func TestAListOfFilesInAnotherFormIsIgnored(t *testing.T) {
	f := start(t, nil)
	odd := `<ArrayOfFile><File><FileName>a.xml</FileName></File></ArrayOfFile><Reportee>`
	a := f.call(asSender, "InitiateBrokerServiceBasic", strings.Replace(initiation("4192", "270815", sender, "r", recipient), "<Reportee>", odd, 1))
	if a.status != http.StatusOK {
		t.Errorf("%d %s", a.status, a.body)
	}
}

func TestTooLargeIsSaidBeforeAllHasCome(t *testing.T) {
	f := start(t, func(o *server.Options) { o.Limits.File = 1 << 20 })
	reference := f.initiate()
	before, _, _ := strings.Cut(message(uploadRoot(asSender, reference, sender, "file.zip", inPart), "\x00"), "\x00")
	c := f.dial()
	io.WriteString(c, uploadHead("Content-Length: 1000000000")+before+"PK\x03\x04")
	c.SetReadDeadline(time.Now().Add(10 * time.Second))
	response, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if content, _ := io.ReadAll(response.Body); !bytes.Contains(content, []byte("<ErrorID>40204<")) {
		t.Errorf("%s", content)
	}
}

func TestWhatIsNoRequest(t *testing.T) {
	f := start(t, nil)
	root := envelope("", `<Test xmlns="http://www.altinn.no/services/2009/10"/>`)
	for _, c := range []struct {
		name, path, contentType, body string
		status                        int
		says                          string
	}{
		{"Test", brokerPath, "text/xml", root, 200, "TestResponse"},
		{"Test at a streamed endpoint", streamedPath, "text/xml", root, 200, "TestResponse"},
		{"no such path", "/ServiceEngineExternal/Broker.svc", "text/xml", root, 404, "no service"},
		{"not XML", brokerPath, "application/json", "{}", 415, "Content-Type"},
		{"not well-formed", brokerPath, "text/xml", "<a>", 500, "<ErrorID>0<"},
		{"not SOAP", brokerPath, "text/xml", "<a/>", 500, "not an Envelope"},
		{"an empty body", brokerPath, "text/xml", envelope("", ""), 500, "the body is empty"},
		{"a DTD", brokerPath, "text/xml", "<!DOCTYPE a>" + root, 500, "document type"},
		{"an operation that is not answered", brokerPath, "text/xml", envelope("", `<Other xmlns="urn:x"/>`), 500, "not answered here"},
		{"another binding", "/ServiceEngineExternal/BrokerServiceExternal.svc", "text/xml", root, 500, "s:VersionMismatch"},
		{"SOAP 1.2", brokerPath, "application/soap+xml", strings.Replace(root, "http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope", 1), 500, "s:VersionMismatch"},
		{"a block that must be understood", brokerPath, "text/xml", strings.Replace(root, "<s:Header>", `<s:Header><x xmlns="urn:x" s:mustUnderstand="1"/>`, 1), 500, "s:MustUnderstand"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := f.post(c.path, "", c.contentType, c.body)
			if a.status != c.status || !strings.Contains(a.body, c.says) {
				t.Errorf("got %d, want %d with %q:\n%s", a.status, c.status, c.says, a.body)
			}
		})
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPut, f.web.URL+brokerPath, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusMethodNotAllowed || response.Header.Get("Allow") == "" {
		t.Errorf("PUT: %s", response.Status)
	}
}

func TestAStalledUploadIsGivenUpAndASlowOneIsNot(t *testing.T) {
	t.Parallel() // it waits most of the time
	f := start(t, func(o *server.Options) { o.Limits.Stall = time.Second })
	reference := f.initiate()
	body := message(uploadRoot(asSender, reference, sender, "file.zip", inPart), emptyZIP)
	head := uploadHead(fmt.Sprintf("Content-Length: %d", len(body)))

	stalled := f.dial()
	io.WriteString(stalled, head+body[:len(body)/2])
	stalled.SetReadDeadline(time.Now().Add(5 * time.Second))
	if got, err := io.ReadAll(stalled); len(got) > 0 || errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a stalled upload: %q, %v", got, err)
	}

	slow := f.dial()
	io.WriteString(slow, head)
	for piece := range slices.Chunk([]byte(body), len(body)/12+1) {
		time.Sleep(100 * time.Millisecond)
		slow.Write(piece)
	}
	response, err := http.ReadResponse(bufio.NewReader(slow), nil)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Errorf("a slow upload: %s", response.Status)
	}
}

func TestTroubles(t *testing.T) {
	upload := "UploadFileStreamed"
	for _, c := range []struct {
		trouble  server.Trouble
		answered bool // the upload that meets it
		stored   bool
	}{
		{server.Trouble{Kind: server.Delay, Delay: 50 * time.Millisecond}, true, true},
		{server.Trouble{Kind: server.CutRequest, After: 100}, false, false},
		{server.Trouble{Kind: server.CutRequest, After: 1000}, false, false},
		{server.Trouble{Kind: server.CutAnswer}, false, true},
		{server.Trouble{Kind: server.CutAnswer, After: 300}, false, true},
		{server.Trouble{Kind: server.LoseAnswer}, false, true},
		{server.Trouble{Kind: server.Fault, Code: 40209}, true, false},
		{server.Trouble{Kind: server.Busy}, true, false},
	} {
		t.Run(fmt.Sprintf("%s %d", c.trouble.Kind, c.trouble.After), func(t *testing.T) {
			rule := c.trouble
			rule.Operation, rule.Skip, rule.Times = upload, 1, 1
			f := start(t, func(o *server.Options) { o.Troubles = []server.Trouble{rule} })
			spared, met := f.initiate(), f.initiate()
			if a := f.upload(spared, emptyZIP); a.status != http.StatusOK {
				t.Errorf("the first upload should be spared: %s", a.body)
			}
			a, err := f.try(streamedPath, streamedAction+"UploadFileStreamedBasic", related,
				struct{ io.Reader }{strings.NewReader(message(uploadRoot(asSender, met, sender, "file.zip", inPart), emptyZIP))})
			if (err == nil) != c.answered {
				t.Errorf("answered with %v, %d %q", err, a.status, a.body)
			}
			if c.trouble.Kind == server.Fault && a.fault() != 40209 || c.trouble.Kind == server.Busy && a.header.Get("Retry-After") == "" {
				t.Errorf("%d %v %s", a.status, a.header, a.body)
			}
			if f.waits(met) != c.stored {
				t.Errorf("stored: %v, want %v", !c.stored, c.stored)
			}
			if a := f.upload(met, emptyZIP); (a.fault() == 40208) != c.stored || (a.status == http.StatusOK) == c.stored {
				t.Errorf("the upload again: %d %s", a.status, a.body)
			}
		})
	}
	if _, err := server.New(server.Options{Dir: t.TempDir(), Users: server.DemoUsers(), Troubles: []server.Trouble{{Kind: "rain"}}}); err == nil {
		t.Error("a kind of trouble that is none was taken")
	}
}

func TestADownloadThatIsCutOnPurpose(t *testing.T) {
	f := start(t, func(o *server.Options) {
		o.AnyFile = true
		o.Troubles = []server.Trouble{{Kind: server.CutAnswer, Operation: "DownloadFileStreamed", After: 2 << 20, Times: 1}}
	})
	reference := f.initiate()
	content := strings.Repeat("0123456789abcdef", 256<<10)
	f.upload(reference, content)
	a, err := f.try(streamedPath, streamedAction+"DownloadFileStreamedBasic", "text/xml", strings.NewReader(envelope("",
		`<DownloadFileStreamedBasic xmlns="`+nsBroker+`"><systemUserName>mottaker</systemUserName><systemPassword>mottaker-demo</systemPassword>`+
			references(reference, recipient)+`</DownloadFileStreamedBasic>`)))
	if err == nil || len(a.body) != 2<<20 {
		t.Errorf("%d bytes came, and %v", len(a.body), err)
	}
	if f.download(asRecipient, reference, recipient).payload(t) != content {
		t.Error("the second download is not whole")
	}
}

func TestTheLogHasEveryRequestAndNoPassword(t *testing.T) {
	f := start(t, nil)
	reference := f.initiate()
	f.upload(reference, emptyZIP)
	f.download(login{"mottaker", "Secret-of-mine"}, reference, recipient)
	f.post(brokerPath, "", "text/xml", envelope("", `<avsender-demo xmlns="urn:x"><systemPassword>Secret-of-mine</systemPassword></avsender-demo>`)+"<")
	f.web.Close() // the last line is written behind the answer
	log := f.log.String()
	if n := strings.Count(log, "msg=request"); n != 4 {
		t.Errorf("%d lines for 4 requests:\n%s", n, log)
	}
	for _, secret := range []string{"avsender-demo", "mottaker-demo", "Secret-of-mine"} {
		if strings.Contains(log, secret) {
			t.Errorf("%s is in the log:\n%s", secret, log)
		}
	}
	if !strings.Contains(log, reference) || !strings.Contains(log, "user=avsender") {
		t.Errorf("the log does not say who did what:\n%s", log)
	}
}

package transfer_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/altinn-transfer/altinn-transfer/binding"
	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/internal/iofault"
	"github.com/altinn-transfer/altinn-transfer/server"
	"github.com/altinn-transfer/altinn-transfer/stream"
	"github.com/altinn-transfer/altinn-transfer/transfer"
)

// lineFaults are the ways in which a line breaks.
var lineFaults = map[string]iofault.FaultKind{
	"reset": iofault.Reset, "end": iofault.End, "half-close": iofault.HalfClose, "stall": iofault.Stall,
}

// linesAtOnce is how many are in use, most of them in silence.
const linesAtOnce = 128

// distant is a far side that is only reached over lines with faults.
type distant struct {
	store string
	lines chan *iofault.Proxy // that nobody uses now
}

func newDistant(t *testing.T) *distant {
	t.Helper()
	d := &distant{store: t.TempDir(), lines: make(chan *iofault.Proxy, linesAtOnce)}
	service, err := server.New(server.Options{Dir: d.store, Users: server.DemoUsers(), KeepConfirmed: true})
	if err != nil {
		t.Fatal(err)
	}
	far := httptest.NewServer(service)
	t.Cleanup(func() {
		far.CloseClientConnections()
		far.Close()
		service.Close()
	})
	for range cap(d.lines) {
		line, err := iofault.NewProxy(far.Listener.Addr().String(), iofault.Fault{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(line.Close)
		d.lines <- line
	}
	return d
}

// accepted is an upload that stands.
type accepted struct {
	FileName, SHA256 string
	Size             int64
}

// lastLine is the line of a record's file that counts: the last one that has an end.
func lastLine(text []byte) []byte {
	whole := text[:bytes.LastIndexByte(text, '\n')]
	return whole[bytes.LastIndexByte(whole, '\n')+1:]
}

// uploads are those that the store holds, by file name.
func (d *distant) uploads(t *testing.T) map[string][]accepted {
	t.Helper()
	records, err := filepath.Glob(filepath.Join(d.store, "broker", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]accepted{}
	for _, path := range records {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var record struct{ Upload *accepted }
		if err := json.Unmarshal(lastLine(text), &record); err != nil {
			t.Fatal(err)
		}
		if record.Upload != nil {
			all[record.Upload.FileName] = append(all[record.Upload.FileName], *record.Upload)
		}
	}
	return all
}

// stallTime is long beside a pause of a loaded machine, and short beside the patience of who waits for the tests.
const stallTime = 750 * time.Millisecond

// passed are the bytes that went over a line each way.
type passed struct{ sent, answered int64 }

// over lets a manager work that reaches the far side over a line with that fault, and tries so many times.
func (d *distant) over(t *testing.T, fault iofault.Fault, user string, attempts int, work func(*transfer.Manager) transfer.Result) (transfer.Result, passed) {
	line := <-d.lines
	defer func() { d.lines <- line }()
	line.Set(fault)
	client, err := broker.New(line.URL(), binding.Basic{SystemUser: user, Password: binding.Literal(user + "-demo")},
		&broker.Options{StallTimeout: stallTime})
	if err != nil {
		t.Error(err)
		return transfer.Result{}, passed{}
	}
	defer client.Close()
	result := work(transfer.New(client, transfer.Options{
		Retry: transfer.Retry{Attempts: attempts, Base: time.Millisecond, Max: 5 * time.Millisecond},
	}))
	sent, answered := line.Passed()
	return result, passed{sent, answered}
}

// send sends a source over a line with that fault.
func (d *distant) send(t *testing.T, fault iofault.Fault, attempts int, source stream.Source) (transfer.Result, passed) {
	return d.over(t, fault, "avsender", attempts, func(m *transfer.Manager) transfer.Result {
		return m.Send(t.Context(), transfer.Job{Source: source, Manifest: broker.Manifest{
			ServiceCode: "4192", EditionCode: 270815, Sender: "910075918", Recipients: []broker.Party{"910077473"},
		}})
	})
}

// receive stores a file that came over a line with that fault.
func (d *distant) receive(t *testing.T, fault iofault.Fault, attempts int, file broker.AvailableFile, dir string) (transfer.Result, passed) {
	return d.over(t, fault, "mottaker", attempts, func(m *transfer.Manager) transfer.Result {
		return m.Receive(t.Context(), file, "910077473", dir)
	})
}

// smallZIP is as long as a frame of it is small, and no two are alike.
func smallZIP(name string) []byte {
	return []byte("PK\x03\x04" + name + strings.Repeat(" of the same\r\n--", 10))
}

func sum(content []byte) string {
	digest := sha256.Sum256(content)
	return hex.EncodeToString(digest[:])
}

// sweep calls back with each way to break a line, after every byte of what passes over it when it is sound, by turns with and
// without further attempts. A quick run takes some of the bytes; ALTINN_TRANSFER_LONG=all takes no turns. Most of the time is
// waiting, so many go on at once.
func sweep(sound passed, test func(name string, fault iofault.Fault, attempts int)) (cases int) {
	stride, turns := int64(97), true
	if long := os.Getenv("ALTINN_TRANSFER_LONG"); long != "" {
		stride, turns = 1, long != "all"
	}
	var all sync.WaitGroup
	places := make(chan struct{}, linesAtOnce)
	for kind, fault := range lineFaults {
		for way, total := range []int64{sound.sent, sound.answered} {
			for at := int64(0); at <= total; at += stride {
				for turn, attempts := range []int{1, 4} {
					if turns && int(at)%2 != turn {
						continue
					}
					places <- struct{}{}
					all.Go(func() {
						defer func() { <-places }()
						name := fmt.Sprintf("%s-%d-%d-%d", kind, way, at, attempts)
						test(name, iofault.Fault{Kind: fault, Answer: way == 1, At: at}, attempts)
					})
					cases++
				}
			}
		}
	}
	all.Wait()
	return cases
}

// A line that breaks anywhere in the messages of a send, in any way, leaves an upload that stands once and was answered or may
// have been carried out, or one that is known not to stand. With further attempts it stands, once.
func TestSendOverALineThatBreaks(t *testing.T) {
	d := newDistant(t)
	first, sound := d.send(t, iofault.Fault{}, 1, stream.Bytes("sound.zip", smallZIP("sound.zip")))
	if first.Err != nil {
		t.Fatal(first.Err)
	}
	var mu sync.Mutex
	results := map[string]transfer.Result{}
	cases := sweep(sound, func(name string, fault iofault.Fault, attempts int) {
		name += ".zip"
		r, _ := d.send(t, fault, attempts, stream.Bytes(name, smallZIP(name)))
		mu.Lock()
		defer mu.Unlock()
		results[name] = r
	})
	uploads := d.uploads(t)
	for name, r := range results {
		checkSent(t, name, r, uploads[name], mayFail(strings.TrimSuffix(name, ".zip")))
	}
	t.Logf("%d cases: %+v in each", cases, sound)
}

// mayFail is what has one attempt, and what the far side gets a half of and can answer: with 400, that it makes no sense.
func mayFail(name string) bool {
	return strings.HasSuffix(name, "-1") || strings.HasPrefix(name, "half-close-0")
}

func checkSent(t *testing.T, name string, r transfer.Result, stands []accepted, mayFail bool) {
	t.Helper()
	content := smallZIP(name)
	if len(stands) > 1 {
		t.Errorf("%s: %d uploads stand", name, len(stands))
	}
	for _, upload := range stands {
		if upload.SHA256 != sum(content) || upload.Size != int64(len(content)) {
			t.Errorf("%s: what stands is not what was sent", name)
		}
	}
	failed, _ := errors.AsType[*failure.Error](r.Err)
	switch {
	case r.Err == nil && len(stands) == 0:
		t.Errorf("%s: a success, and nothing stands", name)
	case r.Err == nil && (r.SHA256 != sum(content) || r.Bytes != int64(len(content))):
		t.Errorf("%s: a success of %d bytes, %s", name, r.Bytes, r.SHA256)
	case r.Err != nil && !mayFail:
		t.Errorf("%s: %v", name, r.Err)
	case r.Err != nil && len(stands) == 1 && (failed == nil || !failed.Ambiguous):
		t.Errorf("%s: it stands, and the error does not tell that it may: %v", name, r.Err)
	}
}

// A line that breaks anywhere in the messages of a download and its confirm leaves a whole file or none.
func TestReceiveOverALineThatBreaks(t *testing.T) {
	d := newDistant(t)
	content := smallZIP("waiting.zip")
	files := d.waiting(t, content)
	first, sound := d.receive(t, iofault.Fault{}, 1, files[0], t.TempDir())
	if first.Err != nil {
		t.Fatal(first.Err)
	}
	dir := t.TempDir()
	var turn atomic.Uint64
	cases := sweep(sound, func(name string, fault iofault.Fault, attempts int) {
		target := filepath.Join(dir, name)
		if err := os.Mkdir(target, 0o700); err != nil {
			t.Error(err)
		}
		r, _ := d.receive(t, fault, attempts, files[turn.Add(1)%uint64(len(files))], target)
		checkReceived(t, name, r, target, content, mayFail(name))
		os.RemoveAll(target)
	})
	t.Logf("%d cases: %+v in each", cases, sound)
}

// waiting sends the same file many times. If all received one and the same, their confirms would wait for each other, and for
// the disk, until the line seems to stall.
func (d *distant) waiting(t *testing.T, content []byte) (files []broker.AvailableFile) {
	t.Helper()
	for range linesAtOnce / 4 {
		sent, _ := d.send(t, iofault.Fault{}, 1, stream.Bytes("waiting.zip", content))
		if sent.Err != nil {
			t.Fatal(sent.Err)
		}
		files = append(files, broker.AvailableFile{Name: "waiting.zip", Reference: sent.Reference, Size: int64(len(content))})
	}
	return files
}

func checkReceived(t *testing.T, name string, r transfer.Result, dir string, content []byte, mayFail bool) {
	t.Helper()
	left, err := os.ReadDir(dir)
	if err != nil {
		t.Error(err)
	}
	got, _ := os.ReadFile(filepath.Join(dir, "waiting.zip"))
	there := got != nil
	switch {
	case there && !bytes.Equal(got, content):
		t.Errorf("%s: what is stored is not what was sent", name)
	case r.Err == nil && (!there || !r.Confirmed || r.SHA256 != sum(content)):
		t.Errorf("%s: a success: %+v", name, r)
	case r.Err != nil && !mayFail:
		t.Errorf("%s: %v", name, r.Err)
	case there != (r.Path != ""):
		t.Errorf("%s: stored is %t, and the result has the path %q", name, there, r.Path)
	case there && len(left) != 1 || !there && len(left) != 0:
		t.Errorf("%s: left behind: %v", name, left)
	}
}

package transfer_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/altinn-transfer/altinn-transfer/binding"
	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/resume"
	"github.com/altinn-transfer/altinn-transfer/server"
	"github.com/altinn-transfer/altinn-transfer/stream"
	"github.com/altinn-transfer/altinn-transfer/transfer"
)

// What the parent tells a process that sends and dies.
const (
	envDiesAt   = "TRANSFER_TEST_DIES_AT" // the step, from 1; 0: it lives
	envJournal  = "TRANSFER_TEST_JOURNAL"
	envFile     = "TRANSFER_TEST_FILE"
	envAddress  = "TRANSFER_TEST_ADDRESS"
	envSegments = "TRANSFER_TEST_SEGMENTS" // bytes of each; 0: it is not cut
)

// mortal ends the process at a step, as kill -9 does, and says which step that was.
type mortal struct {
	mu     sync.Mutex
	passed int
	diesAt int
}

func (m *mortal) step(name string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.passed++; m.passed != m.diesAt {
		return
	}
	fmt.Println("died", name)
	self, err := os.FindProcess(os.Getpid())
	if err != nil {
		panic(err)
	}
	self.Kill()
	select {}
}

// mortalJournal has a step before and behind each writing.
type mortalJournal struct {
	resume.Journal
	*mortal
}

func (j mortalJournal) Put(ctx context.Context, records ...resume.Record) error {
	state := records[len(records)-1].State
	j.step("before " + string(state))
	defer j.step("after " + string(state))
	return j.Journal.Put(ctx, records...)
}

// mortalBackend has a step before and behind each call.
type mortalBackend struct {
	transfer.Backend
	*mortal
}

func (b mortalBackend) Initiate(ctx context.Context, m broker.Manifest) (broker.Reference, error) {
	b.step("before initiate")
	defer b.step("after initiate")
	return b.Backend.Initiate(ctx, m)
}

func (b mortalBackend) Upload(ctx context.Context, r broker.Reference, as broker.Party, s stream.Source, o *broker.UploadOptions) (*broker.Receipt, error) {
	b.step("before upload")
	defer b.step("after upload")
	return b.Backend.Upload(ctx, r, as, s, o)
}

// mortalSource has a step at each piece that is read.
type mortalSource struct {
	stream.Sectioned
	*mortal
}

func (s mortalSource) Open(ctx context.Context) (io.ReadCloser, error) {
	return s.OpenSection(ctx, 0, s.Size())
}

func (s mortalSource) OpenSection(ctx context.Context, offset, n int64) (io.ReadCloser, error) {
	content, err := s.Sectioned.OpenSection(ctx, offset, n)
	return mortalReader{content, s.mortal}, err
}

type mortalReader struct {
	io.ReadCloser
	*mortal
}

func (r mortalReader) Read(b []byte) (int, error) {
	r.step("read")
	return r.ReadCloser.Read(b[:min(len(b), 40_000)])
}

// TestSendThatDies is what the process of [TestSendSurvivesAKillAtEveryStep] runs. It is nothing by itself.
func TestSendThatDies(t *testing.T) {
	if os.Getenv(envDiesAt) == "" {
		return
	}
	m := &mortal{}
	var err error
	if m.diesAt, err = strconv.Atoi(os.Getenv(envDiesAt)); err != nil {
		t.Fatal(err)
	}
	segments, err := strconv.ParseInt(os.Getenv(envSegments), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range sendInFull(t, m, os.Getenv(envAddress), os.Getenv(envJournal), os.Getenv(envFile), segments) {
		if r.Err != nil {
			t.Fatal(r.Err)
		}
	}
	fmt.Println("lived", m.passed)
}

// openJournal has patience: on a busy machine, a process that another test is just beginning has this one's files, and so its
// locks, for a moment.
func openJournal(t *testing.T, path string) *resume.File {
	t.Helper()
	for tries := 1; ; tries++ {
		file, err := resume.Open(path)
		if err == nil {
			return file
		}
		if !errors.Is(err, resume.ErrLocked) || tries == 20 {
			t.Fatal(err)
		}
	}
}

// sendInFull is one run of a sender: a journal of its own, a client of its own.
func sendInFull(t *testing.T, m *mortal, address, journal, path string, segments int64) (results []transfer.Result) {
	t.Helper()
	file := openJournal(t, journal)
	defer file.Close()
	client, err := broker.New(address, binding.Basic{SystemUser: "avsender", Password: binding.Literal("avsender-demo")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	source, err := stream.File(path)
	if err != nil {
		t.Fatal(err)
	}
	j := job(filepath.Base(path), "")
	j.Source = mortalSource{source.(stream.Sectioned), m}
	j.Path, j.Stamp = path, path+" as it is"
	manager := transfer.New(mortalBackend{client, m}, transfer.Options{
		Journal: mortalJournal{file, m}, Scope: address, Concurrency: 1, Retry: transfer.Retry{Base: 10 * time.Millisecond},
	})
	jobs := iter.Seq2[transfer.Job, error](func(yield func(transfer.Job, error) bool) { yield(j, nil) })
	if segments > 0 {
		jobs = manager.Segments(t.Context(), j, segments)
	}
	for r := range manager.SendAll(t.Context(), jobs) {
		results = append(results, r)
	}
	return results
}

// victim is a file that a process sends, which dies on the way.
type victim struct {
	address, journal, path string
	segments               int64
}

// run gives what the process said last.
func (v victim) run(t *testing.T, diesAt int) string {
	t.Helper()
	word, rest := lastWords(t, "TestSendThatDies", envDiesAt+"="+strconv.Itoa(diesAt), envJournal+"="+v.journal, envFile+"="+v.path,
		envAddress+"="+v.address, envSegments+"="+strconv.FormatInt(v.segments, 10))
	if want := map[bool]string{true: "lived", false: "died"}[diesAt == 0]; word != want {
		t.Fatalf("it %s %s", word, rest)
	}
	return rest
}

// lastWords runs a test as a process of its own, and gives whether it "lived" or "died", and what it said behind that.
func lastWords(t *testing.T, test string, env ...string) (word, rest string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, os.Args[0], "-test.run=^"+test+"$")
	command.Env = append(os.Environ(), env...)
	said, err := command.CombinedOutput()
	if _, exited := errors.AsType[*exec.ExitError](err); err != nil && !exited {
		t.Fatal(err)
	}
	word, rest, _ = strings.Cut(string(said), " ")
	if word != "lived" && word != "died" {
		t.Fatalf("%v: %s", err, said)
	}
	rest, _, _ = strings.Cut(rest, "\n")
	return word, rest
}

// again is the same command in a process that lives.
func (v victim) again(t *testing.T) []transfer.Result {
	t.Helper()
	results := sendInFull(t, &mortal{}, v.address, v.journal, v.path, v.segments)
	for _, r := range results {
		if r.Err != nil {
			t.Errorf("%s: %v", r.Name, r.Err)
		}
	}
	return results
}

// A process that sends is killed at every step there is: before and behind each writing of the journal, before and behind each
// call, at each piece of the file. The same command again ends it: the service has taken the file once, and the journal says so.
func TestSendSurvivesAKillAtEveryStep(t *testing.T) {
	content := append([]byte(zipHead), numbered(110_000)...)
	for name, segments := range map[string]int64{"whole": 0, "in segments": 80_000} {
		t.Run(name, func(t *testing.T) {
			address, dir := startService(t), t.TempDir()
			newVictim := func(file string) victim {
				v := victim{address, filepath.Join(dir, file+".journal"), filepath.Join(dir, file), segments}
				if err := os.WriteFile(v.path, content, 0o600); err != nil {
					t.Fatal(err)
				}
				return v
			}
			steps, err := strconv.Atoi(newVictim("steps.zip").run(t, 0))
			if err != nil || steps < 10 {
				t.Fatalf("%d steps, %v", steps, err)
			}
			for k := 1; k <= steps; k++ {
				t.Run(strconv.Itoa(k), func(t *testing.T) {
					t.Parallel()
					v := newVictim(fmt.Sprintf("killed-%d.zip", k))
					died := v.run(t, k)
					checkRerun(t, address, v, died)
				})
			}
		})
	}
}

func startService(t *testing.T) (address string) {
	t.Helper()
	service, err := server.New(server.Options{Dir: t.TempDir(), Users: server.DemoUsers()})
	if err != nil {
		t.Fatal(err)
	}
	far := httptest.NewServer(service)
	t.Cleanup(func() { far.Close(); service.Close() })
	return far.URL
}

// checkRerun ends what a process had begun that died at a step.
func checkRerun(t *testing.T, address string, v victim, died string) {
	t.Helper()
	hadIt, skipped := 0, 0
	for _, r := range v.again(t) {
		if strings.Contains(r.Note, "has had it") {
			hadIt++
		}
		if r.Skipped {
			skipped++
		}
	}
	wantHadIt := 0
	if died == "after upload" || died == "before sent" {
		wantHadIt = 1
	}
	if hadIt != wantHadIt || v.segments == 0 && (skipped == 1) != (died == "after sent") {
		t.Errorf("died %s: %d had arrived, %d were skipped", died, hadIt, skipped)
	}
	for _, r := range v.again(t) {
		if !r.Skipped {
			t.Errorf("died %s: sent once more: %+v", died, r)
		}
	}
	journal := openJournal(t, v.journal)
	defer journal.Close()
	sent := map[string]resume.Record{}
	for r, err := range journal.All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if r.Direction == resume.Send {
			sent[r.Reference] = r
		}
		if r.Direction == resume.Send && (r.State != resume.Sent || r.Problem != "" || r.Size <= 0 || r.SHA256 == "") {
			t.Errorf("died %s: %+v", died, r)
		}
	}
	if want := map[bool]int{true: 1, false: 2}[v.segments == 0]; len(sent) != want {
		t.Errorf("died %s: %d records, not %d", died, len(sent), want)
	}
	checkDelivered(t, address, v, died, sent)
}

// checkDelivered compares what waits for the recipient with the journal.
func checkDelivered(t *testing.T, address string, v victim, died string, sent map[string]resume.Record) {
	t.Helper()
	recipient, err := broker.New(address, binding.Basic{SystemUser: "mottaker", Password: binding.Literal("mottaker-demo")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer recipient.Close()
	delivered := 0
	for file, err := range recipient.Available(t.Context(), broker.Query{Recipient: "910077473"}) {
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(file.Name, strings.TrimSuffix(filepath.Base(v.path), ".zip")+".") {
			continue
		}
		delivered++
		record, ok := sent[string(file.Reference)]
		if !ok {
			t.Errorf("died %s: %s is at the service on %s, which the journal does not know", died, file.Name, file.Reference)
		}
		download, err := recipient.Download(t.Context(), file.Reference, "910077473")
		if err != nil {
			t.Fatal(err)
		}
		got := stream.NewDigest(download)
		_, err = io.Copy(io.Discard, got)
		if err := errors.Join(err, download.Close()); err != nil || got.Sum() != record.SHA256 {
			t.Errorf("died %s: other contents, %v", died, err)
		}
	}
	if delivered != len(sent) {
		t.Errorf("died %s: the service has taken %d files, not %d", died, delivered, len(sent))
	}
}

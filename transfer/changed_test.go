package transfer_test

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/altinn-transfer/altinn-transfer/binding"
	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/resume"
	"github.com/altinn-transfer/altinn-transfer/server"
	"github.com/altinn-transfer/altinn-transfer/stream"
	"github.com/altinn-transfer/altinn-transfer/transfer"
)

// farSide is a real server, and its users' clients.
type farSide struct {
	sender, recipient *broker.Client
}

func startFarSide(t *testing.T, troubles ...server.Trouble) farSide {
	t.Helper()
	service, err := server.New(server.Options{Dir: t.TempDir(), Users: server.DemoUsers(), Troubles: troubles})
	if err != nil {
		t.Fatal(err)
	}
	far := httptest.NewServer(service)
	t.Cleanup(func() { far.Close(); service.Close() })
	user := func(name string) *broker.Client {
		client, err := broker.New(far.URL, binding.Basic{SystemUser: name, Password: binding.Literal(name + "-demo")}, nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(client.Close)
		return client
	}
	return farSide{user("avsender"), user("mottaker")}
}

// delivered are the files that wait for the recipient.
func (f farSide) delivered(t *testing.T) (all []broker.AvailableFile) {
	t.Helper()
	for file, err := range f.recipient.Available(t.Context(), broker.Query{Recipient: "910077473"}) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, file)
	}
	return all
}

// meddler lets something happen when the first bytes of an upload have gone out.
type meddler struct {
	transfer.Backend
	meddle func()
}

func (m *meddler) Upload(ctx context.Context, r broker.Reference, p broker.Party, s stream.Source, o *broker.UploadOptions) (*broker.Receipt, error) {
	return m.Backend.Upload(ctx, r, p, &meddledSource{s, sync.OnceFunc(m.meddle)}, o)
}

type meddledSource struct {
	stream.Source
	meddle func()
}

func (m *meddledSource) Open(ctx context.Context) (io.ReadCloser, error) {
	content, err := m.Source.Open(ctx)
	return &meddledReader{content, m.meddle}, err
}

type meddledReader struct {
	io.ReadCloser
	meddle func()
}

func (m *meddledReader) Read(p []byte) (int, error) {
	n, err := m.ReadCloser.Read(p[:min(len(p), 1000)])
	m.meddle()
	return n, err
}

// A file that changes while it is sent is not sent: the message has no end, so nothing is accepted, and nothing is done in
// the journal.
func TestAFileThatChangesWhileItIsSentIsNotSent(t *testing.T) {
	random := make([]byte, 2_000_000) // which does not shrink in a package, and is more than one reads ahead
	rand.NewChaCha8([32]byte{}).Read(random)
	content := zipHead + string(random)
	changes := map[string]func(t *testing.T, path string, was os.FileInfo){
		"longer":  func(t *testing.T, path string, _ os.FileInfo) { rewrite(t, path, content+"!") },
		"shorter": func(t *testing.T, path string, _ os.FileInfo) { rewrite(t, path, content[:len(content)-1]) },
		"touched": func(t *testing.T, path string, _ os.FileInfo) {
			must(t, os.Chtimes(path, time.Time{}, time.Now().Add(time.Hour)))
		},
		"other bytes at the same time": func(t *testing.T, path string, was os.FileInfo) {
			rewrite(t, path, content[:len(content)-2]+"!!")
			must(t, os.Chtimes(path, time.Time{}, was.ModTime()))
		},
	}
	sources := map[string]func(t *testing.T, path string) transfer.Job{
		"plain": func(t *testing.T, path string) transfer.Job {
			j := job("a.zip", "")
			var err error
			j.Source, err = stream.File(path)
			must(t, err)
			j.Stamp = "stamp"
			return j
		},
		"packed": func(t *testing.T, path string) transfer.Job {
			j := job("a.zip", "")
			var err error
			j.Source, err = transfer.Package("packed.zip", []string{path}, transfer.PackageOptions{})
			must(t, err)
			return j
		},
		"a segment": func(t *testing.T, path string) transfer.Job {
			j := job("a.zip", "")
			var err error
			j.Source, err = stream.File(path)
			must(t, err)
			for last, err := range transfer.New(nil, transfer.Options{}).Segments(t.Context(), j, 1_000_000) {
				must(t, err)
				j = last
			}
			return j
		},
	}
	for kind, source := range sources {
		for name, change := range changes {
			t.Run(kind+", "+name, func(t *testing.T) {
				far, path := startFarSide(t), filepath.Join(t.TempDir(), "a.zip")
				rewrite(t, path, content)
				was, err := os.Stat(path)
				must(t, err)
				meddling := &meddler{far.sender, func() { change(t, path, was) }}
				journal := &resume.Memory{}
				result := transfer.New(meddling, transfer.Options{Journal: journal}).Send(t.Context(), source(t, path))
				if !errors.Is(result.Err, failure.Source) || result.Receipt != nil || result.SHA256 != "" || result.Attempts != 1 {
					t.Errorf("%+v", result)
				}
				if record := onlySend(t, journal); record.State != resume.Initiated || record.Problem == "" {
					t.Errorf("record %+v", record)
				}
				if files := far.delivered(t); len(files) > 0 {
					t.Errorf("the service has %v", files)
				}
				// As it is now, it can be sent, and is digested anew for it.
				again := transfer.New(far.sender, transfer.Options{Journal: journal}).Send(t.Context(), source(t, path))
				if again.Err != nil || again.Skipped || len(far.delivered(t)) != 1 {
					t.Errorf("sent again: %+v", again)
				}
			})
		}
	}
}

// A service that gives a receipt for what it has not taken is not believed, now or later.
func TestAReceiptForHalfAFileIsNoSuccess(t *testing.T) {
	journal := &resume.Memory{}
	manager := func() *transfer.Manager { return transfer.New(careless{}, transfer.Options{Journal: journal}) }
	result := manager().Send(t.Context(), job("a.zip", "content"))
	if !errors.Is(result.Err, failure.Protocol) || result.Receipt != nil || result.SHA256 != "" || result.Attempts != 1 {
		t.Errorf("%+v", result)
	}
	if record := onlySend(t, journal); record.State != resume.Initiated {
		t.Errorf("record %+v", record)
	}
}

// careless reads a byte of what it takes.
type careless struct{ transfer.Backend }

func (careless) Initiate(context.Context, broker.Manifest) (broker.Reference, error) {
	return "ref", nil
}

func (careless) Upload(ctx context.Context, _ broker.Reference, _ broker.Party, s stream.Source, _ *broker.UploadOptions) (*broker.Receipt, error) {
	content, err := s.Open(ctx)
	if err != nil {
		return nil, err
	}
	defer content.Close()
	_, err = content.Read(make([]byte, 1))
	return &broker.Receipt{Status: "OK"}, err
}

func rewrite(t *testing.T, path, content string) {
	t.Helper()
	must(t, os.WriteFile(path, []byte(content), 0o600))
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

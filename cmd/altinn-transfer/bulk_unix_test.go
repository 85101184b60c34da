//go:build unix

package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/altinn-transfer/altinn-transfer/internal/iofault"
	"github.com/altinn-transfer/altinn-transfer/server"
)

// scaled is how often something is done: seldom in a quick run, as often as is promised in a long one.
func scaled(quick, long int) int {
	if os.Getenv("ALTINN_TRANSFER_LONG") != "" {
		return long
	}
	return quick
}

// seeded gives the random numbers of a test and says which they are. ALTINN_TRANSFER_SEED gives the same ones again.
func seeded(t *testing.T) *rand.Rand {
	t.Helper()
	seed := rand.Uint64()
	if again, err := strconv.ParseUint(os.Getenv("ALTINN_TRANSFER_SEED"), 10, 64); err == nil {
		seed = again
	}
	t.Logf("ALTINN_TRANSFER_SEED=%d", seed)
	return rand.New(rand.NewPCG(seed, 0))
}

// digests are the SHA-256 of files, by name.
type digests map[string]string

// makeBulk writes so many files that begin as a ZIP does, of all sizes up to most bytes, no two alike.
func makeBulk(t *testing.T, dir string, files int, most int64) digests {
	t.Helper()
	all := digests{}
	for i := range files {
		name := fmt.Sprintf("file-%04d.zip", i)
		size := 1 + most*int64(i)/int64(files)
		content := io.MultiReader(strings.NewReader("PK\x03\x04"), iofault.NewPattern(iofault.Random, size, uint64(i+1)))
		file, err := os.Create(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		digest := sha256.New()
		if _, err := io.Copy(io.MultiWriter(file, digest), content); err != nil {
			t.Fatal(err)
		}
		if err := file.Close(); err != nil {
			t.Fatal(err)
		}
		all[name] = hex.EncodeToString(digest.Sum(nil))
	}
	return all
}

func digestIn(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	digest := sha256.New()
	_, err = io.Copy(digest, file)
	return hex.EncodeToString(digest.Sum(nil)), err
}

// shipmentOnDisk is what the far side's store says of a reference.
type shipmentOnDisk struct {
	Reference  string
	Recipients []struct{ Confirmed time.Time }
	Upload     *struct {
		FileName, SHA256 string
		Receipt          int64
	}
	Deleted bool
}

func (s shipmentOnDisk) confirmed() bool { return !s.Recipients[0].Confirmed.IsZero() }

// shipmentsIn reads a store, of a server that works on it or of one that has died.
func shipmentsIn(t *testing.T, store string) []shipmentOnDisk {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(store, "broker", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	var all []shipmentOnDisk
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var s shipmentOnDisk
		if err := json.Unmarshal(lastLine(text), &s); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		all = append(all, s)
	}
	return all
}

// lastLine is the line of a record's file that counts: the last one that has an end.
func lastLine(text []byte) []byte {
	whole := text[:bytes.LastIndexByte(text, '\n')]
	return whole[bytes.LastIndexByte(whole, '\n')+1:]
}

// countingFar is a far side that takes its time, and counts what it is asked.
type countingFar struct {
	http    *httptest.Server
	service *server.Server
	store   string
	pause   time.Duration // before an operation, and again before its answer

	mu       sync.Mutex
	asked    map[string]int
	requests int // for whatever operation
}

func newCountingFar(t *testing.T, store string, pause time.Duration) *countingFar {
	t.Helper()
	return newTroubledFar(t, store, pause)
}

// newTroubledFar is one that misbehaves as well.
func newTroubledFar(t *testing.T, store string, pause time.Duration, troubles ...server.Trouble) *countingFar {
	t.Helper()
	service, err := server.New(server.Options{Dir: store, Users: server.DemoUsers(), Troubles: troubles})
	if err != nil {
		t.Fatal(err)
	}
	f := &countingFar{service: service, store: store, pause: pause, asked: map[string]int{}}
	f.http = httptest.NewServer(f)
	t.Cleanup(f.close)
	return f
}

// close ends the service first: a request that it delays would keep its connection.
func (f *countingFar) close() {
	f.http.CloseClientConnections()
	f.service.Close()
	f.http.Close()
}

// operations are those that a job is made of.
var operations = []string{
	"InitiateBrokerService", "UploadFileStreamed",
	"CheckIfAvailableFiles", "GetAvailableFiles", "DownloadFileStreamed", "ConfirmDownloaded",
}

func (f *countingFar) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	action := r.Header.Get("SOAPAction") + r.Header.Get("Content-Type")
	f.mu.Lock()
	f.requests++
	f.mu.Unlock()
	for _, operation := range operations {
		if strings.Contains(action, operation) {
			f.mu.Lock()
			f.asked[operation]++
			f.mu.Unlock()
		}
	}
	time.Sleep(f.pause)
	f.service.ServeHTTP(w, r)
	time.Sleep(f.pause)
}

func (f *countingFar) count(operation string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.asked[operation]
}

func (f *countingFar) all() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.requests
}

// worker is the command with a journal of its own in state.
func worker(t *testing.T, f *countingFar, state string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := process(t, f.http.URL, args...)
	cmd.Env = append(cmd.Env, "XDG_STATE_HOME="+state)
	return cmd
}

// killed runs a command and kills it after a while. It reports whether the command had ended by itself before, which it must
// have done well.
func killed(t *testing.T, cmd *exec.Cmd, after time.Duration) (ended bool) {
	t.Helper()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(after, func() { cmd.Process.Kill() })
	cmd.Wait()
	timer.Stop()
	if code := cmd.ProcessState.ExitCode(); code >= 0 {
		if code != exitDone {
			t.Fatalf("exit code %d: %s", code, cmd.Stderr)
		}
		return true
	}
	return false
}

// finished runs a command to its end, and gives how long that took.
func finished(t *testing.T, cmd *exec.Cmd) time.Duration {
	t.Helper()
	start := time.Now()
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v: %s", err, cmd.Stderr)
	}
	return time.Since(start)
}

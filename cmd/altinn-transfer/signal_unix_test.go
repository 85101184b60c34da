//go:build unix

package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/altinn-transfer/altinn-transfer/internal/atomicfile"
	"github.com/altinn-transfer/altinn-transfer/internal/iofault"
	"github.com/altinn-transfer/altinn-transfer/server"
)

// stateDirs are the state directories of tests by their names: each test has journals of its own, and its subtests have them too.
var stateDirs sync.Map

func stateOf(t *testing.T) string {
	for name := t.Name(); name != ""; name = name[:max(0, strings.LastIndexByte(name, '/'))] {
		if dir, ok := stateDirs.Load(name); ok {
			return dir.(string)
		}
	}
	dir := t.TempDir()
	stateDirs.Store(t.Name(), dir)
	t.Cleanup(func() { stateDirs.Delete(t.Name()) })
	return dir
}

// process is the command as a process of its own; its first argument makes this test binary run it.
func process(t *testing.T, url string, args ...string) *exec.Cmd {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return &exec.Cmd{
		Path: program, Args: append([]string{"altinn-transfer"}, args...), Stderr: &bytes.Buffer{},
		Env: append(os.Environ(), "XDG_STATE_HOME="+stateOf(t),
			"ALTINN_TRANSFER_ENDPOINT="+url, "PASSWORD_OF_SENDER=avsender-demo", "PASSWORD_OF_RECIPIENT=mottaker-demo"),
	}
}

// ends runs a command that must end with that code, and gives what it said.
func ends(t *testing.T, want int, cmd *exec.Cmd) string {
	t.Helper()
	cmd.Run()
	told := cmd.Stderr.(*bytes.Buffer).String()
	if code := cmd.ProcessState.ExitCode(); code != want {
		t.Errorf("exit code %d, want %d: %s", code, want, told)
	}
	return told
}

var (
	asSender    = []string{"--user", "avsender", "--password-env", "PASSWORD_OF_SENDER", "--party", "910075918"}
	asRecipient = []string{"--user", "mottaker", "--password-env", "PASSWORD_OF_RECIPIENT", "--party", "910077473"}
	toRecipient = append([]string{"--to", "910077473", "--service", "4192", "--edition", "270815"}, asSender...)
)

func far(t *testing.T, troubles ...server.Trouble) string {
	t.Helper()
	service, err := server.New(server.Options{Dir: t.TempDir(), Users: server.DemoUsers(), Troubles: troubles})
	if err != nil {
		t.Fatal(err)
	}
	far := httptest.NewServer(service)
	t.Cleanup(func() {
		far.CloseClientConnections()
		far.Close()
		service.Close()
	})
	return far.URL
}

// stopped sends signals, and gives how long the process lived on and how it ended.
func stopped(t *testing.T, cmd *exec.Cmd, signals ...os.Signal) (time.Duration, int) {
	t.Helper()
	start := time.Now()
	for _, signal := range signals {
		if err := cmd.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		time.Sleep(100 * time.Millisecond) // signals of one kind that meet would be one
	}
	cmd.Wait()
	return time.Since(start), cmd.ProcessState.ExitCode()
}

// until waits for something to be so.
func until(t *testing.T, what string, so func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !so(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

func TestASignalStopsASend(t *testing.T) {
	t.Parallel()
	cmd := process(t, far(t), append([]string{"send", "-", "--name", "x.zip"}, toRecipient...)...)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	// More than all buffers on the way hold, so that it is certain that the upload is under way. Then the pipe is silent.
	if _, err := io.Copy(stdin, io.MultiReader(strings.NewReader("PK\x03\x04"), iofault.NewPattern(iofault.Random, 64<<20, 1))); err != nil {
		t.Fatal(err)
	}
	took, code := stopped(t, cmd, os.Interrupt)
	if code != exitInterrupted || took > 5*time.Second {
		t.Errorf("exit code %d after %v: %s", code, took, cmd.Stderr)
	}
	if told := fmt.Sprint(cmd.Stderr); !strings.Contains(told, "0 of 1 file sent: told to stop by a signal") {
		t.Errorf("it said %s", told)
	}
}

// waiting sends a file, and gives a directory for it.
func waiting(t *testing.T, url string) string {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "a.txt")
	if err := os.WriteFile(file, []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	if cmd := process(t, url, append([]string{"send", file}, toRecipient...)...); cmd.Run() != nil {
		t.Fatalf("it was not sent: %s", cmd.Stderr)
	}
	return t.TempDir()
}

// halfway lists one file, gives the first half of it, and is silent then.
func halfway(w http.ResponseWriter, r *http.Request) {
	const begin = `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>`
	asked, _ := io.ReadAll(r.Body)
	w.Header().Set("Content-Type", "text/xml; charset=utf-8")
	if !strings.Contains(string(asked), "DownloadFileStreamed") {
		io.WriteString(w, begin+`<GetAvailableFilesBasicResponse xmlns="http://www.altinn.no/services/ServiceEngine/Broker/2015/06">`+
			`<GetAvailableFilesBasicResult xmlns:a="http://schemas.altinn.no/services/ServiceEngine/Broker/2015/06"><a:BrokerServiceAvailableFile>`+
			`<a:FileName>a.zip</a:FileName><a:FileReference>ref</a:FileReference></a:BrokerServiceAvailableFile></GetAvailableFilesBasicResult>`+
			`</GetAvailableFilesBasicResponse></s:Body></s:Envelope>`)
		return
	}
	io.WriteString(w, begin+`<DownloadFileStreamedBasicResponse xmlns="http://www.altinn.no/services/ServiceEngine/Broker/2015/06">`+
		`<DownloadFileStreamedBasicResult>`+strings.Repeat("UEsDBCBo", 10_000))
	w.(http.Flusher).Flush()
	<-r.Context().Done()
}

// What came in part is kept under a name that says so, for the next run.
func TestASignalLeavesNoHalfFile(t *testing.T) {
	far := httptest.NewServer(http.HandlerFunc(halfway))
	defer far.Close()
	defer far.CloseClientConnections()
	dir := t.TempDir()
	cmd := process(t, far.URL, append([]string{"receive", "--out", dir}, asRecipient...)...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	until(t, "half of the file is there", func() bool {
		parts, _ := filepath.Glob(filepath.Join(dir, ".a.zip.*.part"))
		return len(parts) == 1
	})
	took, code := stopped(t, cmd, os.Interrupt)
	if code != exitInterrupted || took > 5*time.Second {
		t.Errorf("exit code %d after %v: %s", code, took, cmd.Stderr)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 || !atomicfile.IsTemp(left[0].Name()) {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// A run that is stopped before it knows what waits has not found that nothing does.
func TestASignalWhileListingIsNoSuccess(t *testing.T) {
	asked := make(chan struct{})
	far := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		close(asked)
		<-r.Context().Done()
	}))
	defer far.Close()
	defer far.CloseClientConnections()
	cmd := process(t, far.URL, append([]string{"receive", "--out", t.TempDir()}, asRecipient...)...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	<-asked
	took, code := stopped(t, cmd, os.Interrupt)
	if told := fmt.Sprint(cmd.Stderr); code != exitInterrupted || took > 5*time.Second || !strings.Contains(told, "GetAvailableFiles: stopped") {
		t.Errorf("exit code %d after %v: %s", code, took, told)
	}
}

func TestTheSecondSignalStopsAtOnce(t *testing.T) {
	url := far(t, server.Trouble{Kind: server.Delay, Operation: "ConfirmDownloaded", Delay: time.Hour})
	dir := waiting(t, url)
	cmd := process(t, url, append([]string{"receive", "--out", dir}, asRecipient...)...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	until(t, "the file is stored", func() bool { _, err := os.Stat(filepath.Join(dir, "a.zip")); return err == nil })
	took, code := stopped(t, cmd, os.Interrupt, os.Interrupt)
	if code != exitInterrupted || took > time.Second {
		t.Errorf("exit code %d after %v: %s", code, took, cmd.Stderr)
	}
}

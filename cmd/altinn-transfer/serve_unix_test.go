//go:build unix

package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/altinn-transfer/altinn-transfer/internal/diskspace"
)

// serving is serve as a process of its own, in a directory of its own.
type serving struct {
	*exec.Cmd
	dir     string
	address string
	before  string      // stderr up to the address
	lines   chan string // stderr behind the address
}

func serve(t *testing.T, config string, args ...string) *serving {
	t.Helper()
	s := &serving{Cmd: process(t, "", append([]string{"serve", "--addr", "127.0.0.1:0"}, args...)...), dir: t.TempDir(), lines: make(chan string, 1000)}
	s.Dir, s.Stderr = s.dir, nil
	if config != "" {
		if err := os.WriteFile(filepath.Join(s.dir, "server.toml"), []byte(config), 0o600); err != nil {
			t.Fatal(err)
		}
		s.Args = append(s.Args, "--config", "server.toml")
	}
	stderr, err := s.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Process.Kill() })
	lines := bufio.NewScanner(stderr)
	var found, before []string
	for found == nil && lines.Scan() {
		before = append(before, lines.Text())
		found = regexp.MustCompile(`listening on (https?://127\.0\.0\.1:\d+), store in `).FindStringSubmatch(lines.Text())
	}
	if found == nil {
		t.Fatalf("it begins with %q", before)
	}
	s.address, s.before = found[1], strings.Join(before, "\n")
	go func() {
		defer close(s.lines)
		for lines.Scan() {
			s.lines <- lines.Text()
		}
	}()
	return s
}

// client runs a command against the server.
func (s *serving) client(t *testing.T, args ...string) ran {
	t.Helper()
	cmd := process(t, s.address, args...)
	var out, errs strings.Builder
	cmd.Dir, cmd.Stdout, cmd.Stderr = s.dir, &out, &errs
	err := cmd.Run()
	if _, exited := err.(*exec.ExitError); err != nil && !exited {
		t.Fatal(err)
	}
	return ran{cmd.ProcessState.ExitCode(), out.String(), errs.String()}
}

// end stops the server and gives what it has said.
func (s *serving) end(t *testing.T) string {
	t.Helper()
	if _, code := stopped(t, s.Cmd, syscall.SIGTERM); code != 0 {
		t.Errorf("it ended with exit code %d", code)
	}
	var all []string
	for line := range s.lines {
		all = append(all, line)
	}
	return strings.Join(all, "\n")
}

func TestServeWithoutAConfigurationIsReadyForUse(t *testing.T) {
	t.Parallel()
	s := serve(t, "")
	if err := os.WriteFile(filepath.Join(s.dir, "a.txt"), []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{append([]string{"send", "a.txt"}, toRecipient...), append([]string{"receive", "--out", "."}, asRecipient...)} {
		if r := s.client(t, args...); r.code != 0 {
			t.Fatalf("%s: %+v", args[0], r)
		}
	}
	if _, err := os.Stat(filepath.Join(s.dir, "a.zip")); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(s.dir, "altinn-transfer-data")); err != nil {
		t.Error(err)
	}
	said := s.end(t)
	for _, want := range []string{
		"avsender, password avsender-demo, party 910075918", "mottaker, password mottaker-demo, party 910077473",
		"altinn-transfer send FILE --endpoint " + s.address, "UploadFileStreamed", "ConfirmDownloaded",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("it does not say %q:\n%s", want, said)
		}
	}
	if requests := strings.Count(said, "msg=request"); requests != 5 {
		t.Errorf("%d lines for 5 requests:\n%s", requests, said)
	}
}

func TestServeDoesWhatItsConfigurationSays(t *testing.T) {
	t.Parallel()
	hash := runApp(t, "avsender-demo\n", "serve", "hash-password").out
	s := serve(t, fmt.Sprintf(`
any_file = true
keep = "1h"
[limits]
file = "1KiB"
requests = 5
stall = "5s"
[[user]]
name = "avsender"
password_hash = '%s'
rights = [{ party = "910075918", send = true }, { party = "910077473", receive = true }]
[[service]]
code = "4192"
edition = 270815
[[trouble]]
kind = "fault"
operation = "GetAvailableFiles"
code = 40214
times = 1
`, strings.TrimSpace(hash)))
	large := filepath.Join(s.dir, "large.zip")
	if err := os.WriteFile(large, []byte("PK\x03\x04"+strings.Repeat("x", 2000)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		args []string
		code int
	}{
		{append([]string{"send", "large.zip"}, toRecipient...), exitRefusedContent},
		{append([]string{"send", "large.zip", "--to", "910077473", "--service", "1", "--edition", "1"}, asSender...), exitNothingDone},
		{append([]string{"send", "large.zip"}, append(toRecipient, "--party", "910077473")...), exitForbidden},
		{append([]string{"list"}, asSender...), exitNothingDone},
		{append([]string{"list"}, asSender...), exitDone},
		{append([]string{"list"}, asRecipient...), exitUnauthenticated},
	} {
		if r := s.client(t, step.args...); r.code != step.code {
			t.Errorf("%v: exit code %d, not %d\n%s", step.args, r.code, step.code, r.err)
		}
	}
	if said := s.end(t); strings.Contains(said, "known to everybody") || strings.Contains(said, "avsender-demo") {
		t.Errorf("it says\n%s", said)
	}
}

// TestServeLetsARequestEnd stops the server in the middle of an upload: the first signal waits for it, the second does not.
func TestServeLetsARequestEnd(t *testing.T) {
	t.Parallel()
	for signals, want := range map[int]int{1: 0, 2: 143} {
		s := serve(t, "")
		conn, err := net.Dial("tcp", strings.TrimPrefix(s.address, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		fmt.Fprintf(conn, "POST /ServiceEngineExternal/BrokerServiceExternalBasicStreamed.svc HTTP/1.1\r\nHost: h\r\nContent-Type: text/xml\r\nContent-Length: 8\r\nExpect: 100-continue\r\n\r\n")
		if line, err := bufio.NewReader(conn).ReadString('\n'); err != nil || !strings.Contains(line, "100") {
			t.Fatalf("answer %q, error %v", line, err)
		}
		if signals == 2 {
			took, code := stopped(t, s.Cmd, syscall.SIGTERM, syscall.SIGTERM)
			if code != want || took > 3*time.Second {
				t.Errorf("after two signals it lived on for %v and ended with %d", took, code)
			}
			continue
		}
		s.Process.Signal(syscall.SIGTERM)
		time.Sleep(200 * time.Millisecond)
		fmt.Fprintf(conn, "<a></a>\n")
		answer, err := io.ReadAll(conn)
		if err != nil || !strings.Contains(string(answer), "HTTP/1.1 500") {
			t.Errorf("answer %q, error %v", answer, err)
		}
		if s.Wait(); s.ProcessState.ExitCode() != want {
			t.Errorf("after one signal it ended with %d", s.ProcessState.ExitCode())
		}
	}
}

func TestAnInterruptedDemoLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	cmd := process(t, "", "demo", "--size", "64GiB", "--files", "2", "--progress", "none")
	if free := diskspace.Free(dir); free > 0 && free < 130<<30 {
		cmd = process(t, "", "demo", "--size", fmt.Sprint(free/3), "--files", "2", "--progress", "none")
	}
	cmd.Env = append(cmd.Env, "TMPDIR="+dir)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	until(t, "a file is on its way", func() bool {
		parts, _ := filepath.Glob(filepath.Join(dir, "*", "store", "*", ".*.part"))
		return len(parts) > 0
	})
	if took, code := stopped(t, cmd, os.Interrupt); code != exitInterrupted || took > 5*time.Second {
		t.Errorf("it lived on for %v and ended with %d: %s", took, code, cmd.Stderr)
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("it has left %v", left)
	}
}

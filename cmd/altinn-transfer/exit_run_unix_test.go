//go:build unix

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/altinn-transfer/altinn-transfer/resume"
	"github.com/altinn-transfer/altinn-transfer/server"
)

// scene is where a command runs in the table of exit codes.
type scene struct {
	t       *testing.T
	dir     string
	url     string
	a, b    string // files to be sent
	in      string // directory to receive into
	journal string
}

func newScene(t *testing.T, troubles []server.Trouble) *scene {
	dir := t.TempDir()
	s := &scene{
		t: t, dir: dir, url: far(t, troubles...), a: filepath.Join(dir, "a.txt"), b: filepath.Join(dir, "b.txt"),
		in: filepath.Join(dir, "in"), journal: filepath.Join(dir, "journal"),
	}
	for path, content := range map[string]string{s.a: "hello", s.b: "hello, b", filepath.Join(dir, "empty.txt"): ""} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(s.in, 0o700); err != nil {
		t.Fatal(err)
	}
	return s
}

// send and receive are command lines that would end well.
func (s *scene) send(more ...string) []string {
	return slices.Concat([]string{"send", "--journal", s.journal}, toRecipient, more)
}

func (s *scene) receive(more ...string) []string {
	return slices.Concat([]string{"receive", "--out", s.in, "--journal", s.journal + "-in"}, asRecipient, more)
}

func (s *scene) run(args ...string) *exec.Cmd {
	cmd := process(s.t, s.url, append(args, "--json")...)
	cmd.Stdout = &bytes.Buffer{}
	return cmd
}

// sent sends a file to be received.
func (s *scene) sent() {
	if cmd := s.run(s.send(s.a)...); cmd.Run() != nil {
		s.t.Fatal(cmd.Stderr)
	}
}

// Every exit code that the help promises, as a script sees it: the code, and on stdout an event that says the same at the end.
func TestEveryExitCode(t *testing.T) {
	t.Parallel()
	fault := func(operation string, code int) server.Trouble {
		return server.Trouble{Kind: server.Fault, Operation: operation, Code: code}
	}
	second := fault("UploadFileStreamed", 40204)
	second.Skip, second.Times = 1, 1
	rows := []struct {
		code     int
		what     string
		troubles []server.Trouble
		args     func(s *scene) []string
		signal   syscall.Signal // is sent while the first call is under way
	}{
		{code: 0, what: "sent", args: func(s *scene) []string { return s.send(s.a) }},
		{code: 0, what: "nothing to receive", args: func(s *scene) []string { return s.receive() }},
		{code: 0, what: "sent before", args: func(s *scene) []string { s.sent(); return s.send(s.a) }},
		{code: 1, what: "the second of two is refused", troubles: []server.Trouble{second}, args: func(s *scene) []string { return s.send("-j", "1", s.a, s.b) }},
		{code: 2, what: "no recipient", args: func(s *scene) []string { return append([]string{"send", s.a}, asSender...) }},
		{code: 2, what: "no such flag", args: func(s *scene) []string { return s.send(s.a, "--no-such-flag") }},
		{code: 2, what: "no such command", args: func(*scene) []string { return []string{"no-such-command"} }},
		{code: 2, what: "no command", args: func(*scene) []string { return nil }},
		{code: 3, what: "no such recipient", args: func(s *scene) []string { return s.send(s.a, "--to", "999999999") }},
		{code: 4, what: "the time is over", args: func(s *scene) []string { return s.send(s.a, s.b, "--stop-after", "1ns") }},
		{code: 4, what: "and so it is for a receive", args: func(s *scene) []string { s.sent(); return s.receive("--stop-after", "1ns") }},
		{code: 5, what: "no such reference", args: func(s *scene) []string {
			return slices.Concat([]string{"download", "00000000-0000-0000-0000-000000000000", "-o", filepath.Join(s.in, "x")}, asRecipient)
		}},
		{code: 9, what: "nothing to receive", args: func(s *scene) []string { return s.receive("--error-on-nothing") }},
		{code: 9, what: "sent before", args: func(s *scene) []string { s.sent(); return s.send(s.a, "--error-on-nothing") }},
		{code: 10, what: "nobody listens", args: func(s *scene) []string { return s.send(s.a, "--attempts", "1", "--endpoint", "http://127.0.0.1:1") }},
		{code: 10, what: "busy", troubles: []server.Trouble{{Kind: server.Busy}}, args: func(s *scene) []string { return s.receive("--attempts", "1") }},
		{code: 11, what: "the journal is in use", args: func(s *scene) []string {
			holder, err := resume.Open(s.journal)
			if err != nil {
				s.t.Fatal(err)
			}
			s.t.Cleanup(func() { holder.Close() })
			return s.send(s.a)
		}},
		{code: 12, what: "wrong password", args: func(s *scene) []string { return s.send(s.a, s.b, "--user", "mottaker") }},
		{code: 13, what: "the party of another", args: func(s *scene) []string { return s.send(s.a, "--party", "910077473") }},
		{code: 13, what: "no right", troubles: []server.Trouble{fault("InitiateBrokerService", 40201)}, args: func(s *scene) []string { return s.send(s.a, s.b) }},
		{code: 14, what: "too large", troubles: []server.Trouble{fault("UploadFileStreamed", 40204)}, args: func(s *scene) []string { return s.send(s.a) }},
		{code: 14, what: "empty", args: func(s *scene) []string { return s.send(filepath.Join(s.dir, "empty.txt")) }},
		{
			code: 15, what: "what arrives is cut", troubles: []server.Trouble{{Kind: server.CutAnswer, Operation: "DownloadFileStreamed", After: 900}},
			args: func(s *scene) []string { s.sent(); return s.receive("--attempts", "1") },
		},
		{code: 16, what: "no such file", args: func(s *scene) []string { return s.send(filepath.Join(s.dir, "missing")) }},
		{code: 16, what: "no such directory", args: func(s *scene) []string { return s.receive("--out", filepath.Join(s.dir, "missing")) }},
		{code: 129, signal: syscall.SIGHUP, what: "SIGHUP", args: func(s *scene) []string { return s.send(s.a) }},
		{code: 130, signal: syscall.SIGINT, what: "SIGINT", args: func(s *scene) []string { return s.send(s.a) }},
		{code: 143, signal: syscall.SIGTERM, what: "SIGTERM", args: func(s *scene) []string { return s.receive() }},
	}
	shown := map[int]bool{}
	for _, row := range rows {
		shown[row.code] = true
		t.Run(fmt.Sprintf("%d %s", row.code, row.what), func(t *testing.T) {
			if row.signal != 0 {
				row.troubles = []server.Trouble{{Kind: server.Delay, Delay: time.Minute}}
			}
			s := newScene(t, row.troubles)
			cmd := s.run(row.args(s)...)
			if row.signal == 0 {
				cmd.Run()
			} else {
				s.interrupt(cmd, row.signal)
			}
			out := cmd.Stdout.(*bytes.Buffer).String()
			if code := cmd.ProcessState.ExitCode(); code != row.code {
				t.Errorf("exit code %d: %s%s", code, cmd.Stderr, out)
			}
			checkLastEvent(t, out, row.code)
		})
	}
	for _, promised := range regexp.MustCompile(`(?m)^ +(\d+)  `).FindAllStringSubmatch(exitCodesHelp, -1) {
		var code int
		fmt.Sscan(promised[1], &code)
		if !shown[code] {
			t.Errorf("no row has exit code %d", code)
		}
	}
}

// checkLastEvent looks for the code in the last line: a summary is that of a run that ended well.
func checkLastEvent(t *testing.T, out string, code int) {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(out), "\n")
	var last struct {
		Event    string `json:"event"`
		ExitCode int    `json:"exit_code"`
		Message  string `json:"message"`
	}
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &last); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	want := "exit_error"
	if code == exitDone {
		want = "summary"
	}
	if last.Event != want || last.ExitCode != code || (last.Message == "") != (code == exitDone) {
		t.Errorf("the last event is %+v", last)
	}
}

// interrupt sends a signal while the service lets the command wait.
func (s *scene) interrupt(cmd *exec.Cmd, signal syscall.Signal) {
	s.t.Helper()
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	until(s.t, "the journal is open", func() bool {
		_, out := os.Stat(s.journal)
		_, in := os.Stat(s.journal + "-in")
		return out == nil || in == nil
	})
	if took, _ := stopped(s.t, cmd, signal); took > 5*time.Second {
		s.t.Errorf("it lived on for %v", took)
	}
}

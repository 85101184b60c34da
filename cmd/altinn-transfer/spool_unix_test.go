//go:build unix

package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/altinn-transfer/altinn-transfer/internal/iofault"
	"github.com/altinn-transfer/altinn-transfer/stream"
)

// Nothing of standard input is left on the disk, however the run ends: while it is read, it has no name there.
func TestASpoolIsGoneWithTheProcess(t *testing.T) {
	t.Parallel()
	for name, signal := range map[string]syscall.Signal{"it is stopped": syscall.SIGTERM, "it is killed": syscall.SIGKILL} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			cmd := process(t, far(t), append([]string{"send", "-", "--name", "x.zip", "--spool", "--spool-dir", dir}, toRecipient...)...)
			stdin, err := cmd.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			// More than the pipe holds, so that it is certain that the spool is there.
			if _, err := io.Copy(stdin, iofault.NewPattern(iofault.Random, 4<<20, 1)); err != nil {
				t.Fatal(err)
			}
			stopped(t, cmd, signal)
			if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
				t.Errorf("left behind: %v, %v", left, err)
			}
			if code := cmd.ProcessState.ExitCode(); signal == syscall.SIGTERM && code != 143 {
				t.Errorf("exit code %d: %s", code, cmd.Stderr)
			}
		})
	}
}

func TestASpoolIsReadAsOftenAsNeeded(t *testing.T) {
	dir := t.TempDir()
	f := spoolFlags{dir: dir}
	s, err := f.keep(t.Context(), fromStdin("a", strings.NewReader("content")), 7, &app{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	for range 2 {
		content, err := s.Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(content); string(got) != "content" || err != nil {
			t.Errorf("%q, %v", got, err)
		}
		content.Close()
	}
	if s.Size() != 7 || stream.Once(s) {
		t.Errorf("size %d, once %v", s.Size(), stream.Once(s))
	}
	if info, err := s.file.Stat(); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

// A spool leaves the disk some room for the journal, whose bytes are needed more.
func TestASpoolLeavesSomeRoomOnTheDisk(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "spool"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	free := int64(spoolMargin + 1000)
	w := &spaciousWriter{w: file, free: func() int64 { return free }}
	if n, err := w.Write(make([]byte, 900)); n != 900 || err != nil {
		t.Fatalf("%d, %v", n, err)
	}
	free -= 900
	n, err := w.Write(make([]byte, 200))
	if n != 0 || !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "16.0 MiB are left alone") {
		t.Errorf("%d, %v", n, err)
	}
}

// A command whose output is sent does not outlive the run, whether its output goes out at once or is kept first.
func TestACommandThatIsSentFromEndsWithTheRun(t *testing.T) {
	for name, more := range map[string][]string{"at once": nil, "kept": {"--spool", "--spool-dir", t.TempDir()}} {
		t.Run(name, func(t *testing.T) {
			pidFile := filepath.Join(t.TempDir(), "pid")
			line := "printf 'PK\\003\\004'; echo $$ > '" + pidFile + "'; exec sleep 60"
			cmd := process(t, far(t), slices.Concat([]string{"send", "-", "--name", "x.zip", "--stdin-command", line}, toRecipient, more)...)
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			var pid int
			until(t, "the command runs", func() bool {
				text, _ := os.ReadFile(pidFile)
				pid, _ = strconv.Atoi(strings.TrimSpace(string(text)))
				return pid > 0
			})
			if took, code := stopped(t, cmd, syscall.SIGTERM); code != 143 || took > 5*time.Second {
				t.Errorf("exit code %d after %v: %s", code, took, cmd.Stderr)
			}
			if err := syscall.Kill(pid, 0); !errors.Is(err, syscall.ESRCH) {
				syscall.Kill(pid, syscall.SIGKILL)
				t.Errorf("the command lives on: %v", err)
			}
		})
	}
}

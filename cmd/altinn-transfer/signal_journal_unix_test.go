//go:build unix

package main

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/altinn-transfer/altinn-transfer/internal/iofault"
	"github.com/altinn-transfer/altinn-transfer/resume"
	"github.com/altinn-transfer/altinn-transfer/server"
)

// states are the states of all jobs in a journal.
func states(t *testing.T, journal string) map[resume.State]int {
	t.Helper()
	found := map[resume.State]int{}
	for record, err := range resume.Read(journal) {
		if err != nil {
			return nil // it is not there yet
		}
		if record.Direction != resume.Source {
			found[record.State]++
		}
	}
	return found
}

// largeZIP writes a file that begins as a ZIP does.
func largeZIP(t *testing.T, size int64) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "large.zip")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := io.Copy(file, io.MultiReader(strings.NewReader("PK\x03\x04"), iofault.NewPattern(iofault.Random, size, 1))); err != nil {
		t.Fatal(err)
	}
	return path
}

// A send that is stopped in the midst of an upload, or between two attempts, is finished by the same command: the file is
// there once.
func TestASendThatIsStoppedIsFinishedByTheSameCommand(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		troubles []server.Trouble
		flags    []string
		under    resume.State // when the signal comes
		signal   syscall.Signal
	}{
		"an upload is under way": {nil, []string{"--limit", "4MiB"}, resume.Sending, syscall.SIGINT},
		"between two attempts": {
			[]server.Trouble{{Kind: server.Busy, Operation: "UploadFileStreamed", Times: 1, Delay: time.Hour}},
			nil, resume.Initiated, syscall.SIGTERM,
		},
	} {
		t.Run(name, func(t *testing.T) {
			url, journal := far(t, test.troubles...), filepath.Join(t.TempDir(), "j")
			args := append([]string{"send", largeZIP(t, 64<<20), "--journal", journal}, toRecipient...)
			cmd := process(t, url, append(args, test.flags...)...)
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			until(t, "the job is "+string(test.under), func() bool { return states(t, journal)[test.under] == 1 })
			time.Sleep(300 * time.Millisecond) // into the upload, or the wait
			took, code := stopped(t, cmd, test.signal)
			if code != 128+int(test.signal) || took > 5*time.Second {
				t.Errorf("exit code %d after %v: %s", code, took, cmd.Stderr)
			}
			if told := cmd.Stderr.(*bytes.Buffer).String(); !strings.Contains(told, "to do what is left:\n    altinn-transfer send ") {
				t.Errorf("it said %s", told)
			}
			if left := states(t, journal); left[resume.Initiated]+left[resume.Sending] != 1 || len(left) != 1 {
				t.Errorf("the journal has %v", left)
			}
			if cmd = process(t, url, args...); cmd.Run() != nil {
				t.Fatalf("it was not finished: %s", cmd.Stderr)
			}
			if left := states(t, journal); left[resume.Sent] != 1 || len(left) != 1 {
				t.Errorf("the journal has %v", left)
			}
			cmd = process(t, url, append([]string{"list"}, asRecipient...)...)
			cmd.Stderr = nil
			if out, err := cmd.Output(); err != nil || strings.Count(string(out), " large.zip\n") != 1 {
				t.Errorf("the recipient sees %s, %v", out, err)
			}
		})
	}
}

// A second process with the same journal is told within a second, with who has it, and what to do.
func TestASecondProcessIsToldWhoHasTheJournal(t *testing.T) {
	url, journal := far(t), filepath.Join(t.TempDir(), "j")
	first, err := resume.Open(journal)
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	dir := t.TempDir()
	for _, args := range [][]string{
		append([]string{"send", largeZIP(t, 1), "--journal", journal}, toRecipient...),
		append([]string{"receive", "--out", dir, "--journal", journal}, asRecipient...),
	} {
		start := time.Now()
		cmd := process(t, url, args...)
		cmd.Run()
		told := cmd.Stderr.(*bytes.Buffer).String()
		if code := cmd.ProcessState.ExitCode(); code != exitLocked || time.Since(start) > 3*time.Second {
			t.Errorf("%s: exit code %d after %v", args[0], code, time.Since(start))
		}
		for _, says := range []string{strconv.Itoa(os.Getpid()), journal, "wait until that process has ended", "--journal"} {
			if !strings.Contains(told, says) {
				t.Errorf("%s does not say %q: %s", args[0], says, told)
			}
		}
	}
	cmd := process(t, url, append([]string{"send", largeZIP(t, 1), "--dry-run", "--journal", journal}, toRecipient...)...)
	if err := cmd.Run(); err != nil {
		t.Errorf("a plan needs no lock: %s", cmd.Stderr)
	}
}

// A file that is cut is not done when one of its segments is.
func TestASignalAmongSegmentsLeavesTheOthers(t *testing.T) {
	t.Parallel()
	url, journal := far(t), filepath.Join(t.TempDir(), "j")
	args := append([]string{"send", largeZIP(t, 8<<20), "--segment", "1MiB", "--journal", journal}, toRecipient...)
	cmd := process(t, url, append(args, "--jobs", "1", "--limit", "1MiB")...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	until(t, "a segment is sent", func() bool { return states(t, journal)[resume.Sent] >= 1 })
	if took, code := stopped(t, cmd, os.Interrupt); code != 130 || took > 5*time.Second {
		t.Errorf("exit code %d after %v: %s", code, took, cmd.Stderr)
	}
	again := process(t, url, args...)
	if err := again.Run(); err != nil || states(t, journal)[resume.Sent] != 9 {
		t.Errorf("%v, %v: %s", err, states(t, journal), again.Stderr)
	}
}

// Who asks by a signal is told how far it is, in any mode.
func TestASignalAsksHowFarItIs(t *testing.T) {
	journal := filepath.Join(t.TempDir(), "j")
	args := []string{"send", largeZIP(t, 64<<20), "--limit", "4MiB", "--progress", "none", "--journal", journal}
	cmd := process(t, far(t), append(args, toRecipient...)...)
	cmd.Stderr = nil
	told, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := make(chan string, 100)
	go func() {
		defer close(lines)
		for s := bufio.NewScanner(told); s.Scan(); {
			lines <- s.Text()
		}
	}()
	defer stopped(t, cmd, syscall.SIGKILL)
	until(t, "the upload is under way", func() bool { return states(t, journal)[resume.Sending] == 1 })
	cmd.Process.Signal(syscall.SIGUSR1)
	for _, want := range []string{`^0 of 1 file, \d.* of 64\.0 MiB, .*/s`, `^ +\d+% of 64.0 MiB +.*large.zip$`} {
		select {
		case line := <-lines:
			if !regexp.MustCompile(want).MatchString(line) {
				t.Errorf("it says %q, want %s", line, want)
			}
		case <-time.After(20 * time.Second):
			t.Fatal("it says nothing")
		}
	}
}

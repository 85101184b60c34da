//go:build unix

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/altinn-transfer/altinn-transfer/internal/atomicfile"
	"github.com/altinn-transfer/altinn-transfer/resume"
)

// uploading waits until the journal says that a send is under way, and then some, so that it is.
func uploading(t *testing.T, journal string) {
	t.Helper()
	until(t, "the upload is under way", func() bool { return states(t, journal)[resume.Sending] == 1 })
	time.Sleep(200 * time.Millisecond)
}

// The second signal ends each of the commands at once, with the code of the signal.
func TestTheSecondSignalStopsEachCommandAtOnce(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		url, journal, large := far(t), filepath.Join(t.TempDir(), "j"), largeZIP(t, 8<<20)
		if cmd := process(t, url, append([]string{"send", large}, toRecipient...)...); cmd.Run() != nil {
			t.Fatalf("it was not sent: %s", cmd.Stderr)
		}
		slow, in, polled := []string{"--limit", "1MiB", "--journal", journal}, t.TempDir(), t.TempDir()
		for _, test := range []struct {
			args, who []string
			ready     func()
		}{
			{[]string{"send", largeZIP(t, 8<<20)}, toRecipient, func() { uploading(t, journal) }},
			{[]string{"watch", filepath.Dir(large), "--settle", "10ms"}, toRecipient, func() { uploading(t, journal) }},
			{[]string{"receive", "--out", in}, asRecipient, func() { partIn(t, in) }},
			{[]string{"poll", "--out", polled}, asRecipient, func() { partIn(t, polled) }},
		} {
			os.Remove(journal)
			cmd := process(t, url, append(append(test.args, slow...), test.who...)...)
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			test.ready()
			took, code := stopped(t, cmd, signal, signal)
			if code != 128+int(signal) || took > time.Second {
				t.Errorf("%s, %v twice: exit code %d after %v: %s", test.args[0], signal, code, took, cmd.Stderr)
			}
		}
	}
}

// partIn waits until something of a file has come, and gives its part file.
func partIn(t *testing.T, dir string) (path string) {
	t.Helper()
	until(t, "a part of the file is there", func() bool {
		entries, err := os.ReadDir(dir)
		if err != nil || len(entries) != 1 {
			return false
		}
		path = filepath.Join(dir, entries[0].Name())
		info, err := os.Stat(path)
		return err == nil && info.Size() > 0
	})
	return path
}

// A receive or a poll that is stopped in the midst of a file ends within 5 seconds, keeps its part, and is finished by the same
// command.
func TestAReceiveThatIsStoppedIsFinishedByTheSameCommand(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		signal syscall.Signal
		verb   string
		again  []string
	}{
		{syscall.SIGINT, "receive", nil}, {syscall.SIGTERM, "receive", nil}, {syscall.SIGTERM, "poll", []string{"--once"}},
	} {
		signal := test.signal
		url, journal, dir, large := far(t), filepath.Join(t.TempDir(), "j"), t.TempDir(), largeZIP(t, 4<<20)
		if cmd := process(t, url, append([]string{"send", large}, toRecipient...)...); cmd.Run() != nil {
			t.Fatalf("it was not sent: %s", cmd.Stderr)
		}
		args := append([]string{test.verb, "--out", dir, "--journal", journal}, asRecipient...)
		cmd := process(t, url, append(args, "--limit", "1MiB")...)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		part := partIn(t, dir)
		took, code := stopped(t, cmd, signal)
		if told := cmd.Stderr.(*bytes.Buffer); code != 128+int(signal) || took > 5*time.Second {
			t.Errorf("%v: exit code %d after %v: %s", signal, code, took, told)
		}
		left, err := os.ReadDir(dir)
		if err != nil || len(left) != 1 || left[0].Name() != filepath.Base(part) || !atomicfile.IsTemp(left[0].Name()) {
			t.Errorf("%v: left behind: %v, %v: %s", signal, left, err, cmd.Stderr)
		}
		if found := states(t, journal); found[resume.Fetching] != 1 || len(found) != 1 {
			t.Errorf("%v: the journal has %v", signal, found)
		}
		if cmd := process(t, url, append(args, test.again...)...); cmd.Run() != nil {
			t.Fatalf("%v: it was not finished: %s", signal, cmd.Stderr)
		}
		want, _ := digestIn(large)
		if got, err := digestIn(filepath.Join(dir, "large.zip")); err != nil || got != want {
			t.Errorf("%v: what came is not what was sent: %v", signal, err)
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
			t.Errorf("%v: %d files for one, %v", signal, len(left), err)
		}
		if found := states(t, journal); found[resume.Confirmed] != 1 || len(found) != 1 {
			t.Errorf("%v: the journal has %v", signal, found)
		}
	}
}

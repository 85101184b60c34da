package main

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// disk is a small one that is mounted for the test.
func disk(t *testing.T) string {
	t.Helper()
	path := t.TempDir()
	if err := syscall.Mount("tmpfs", path, "tmpfs", 0, "size=64k"); err != nil {
		t.Skipf("a disk to fill needs the right to mount it: %v", err)
	}
	t.Cleanup(func() { syscall.Unmount(path, syscall.MNT_DETACH) })
	return path
}

// A target that refuses is told by its reason, keeps nothing, and loses nothing: the file can be received elsewhere.
func TestATargetThatRefusesLosesNothing(t *testing.T) {
	full, readOnly, good := disk(t), disk(t), t.TempDir()
	if err := syscall.Mount("", readOnly, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	content := make([]byte, 200<<10)
	rand.NewChaCha8([32]byte{}).Read(content)
	copy(content, "PK\x03\x04")
	file := filepath.Join(t.TempDir(), "a.zip")
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	url := far(t)
	if cmd := process(t, url, append([]string{"send", file}, toRecipient...)...); cmd.Run() != nil {
		t.Fatalf("it was not sent: %s", cmd.Stderr)
	}
	for _, target := range []struct {
		dir, says string
		code      int
	}{
		{full, "no space left on device", exitDisk},
		{readOnly, "read-only file system", exitDisk},
		{good, "received a.zip", exitDone},
	} {
		cmd := process(t, url, append([]string{"receive", "--out", target.dir}, asRecipient...)...)
		cmd.Run()
		told := cmd.Stderr.(*bytes.Buffer).String()
		if code := cmd.ProcessState.ExitCode(); code != target.code || !strings.Contains(told, target.says) {
			t.Errorf("exit code %d, want %d with %q: %s", code, target.code, target.says, told)
		}
		if entries, err := os.ReadDir(target.dir); err != nil || len(entries) > 0 && target.code != exitDone {
			t.Errorf("left behind: %v, %v", entries, err)
		}
	}
	if got, err := os.ReadFile(filepath.Join(good, "a.zip")); err != nil || !bytes.Equal(got, content) {
		t.Errorf("what came back is not what was sent: %v", err)
	}
}

// What a command has to say and cannot is no success, nor a broken pipe one.
func TestStandardOutputThatRefusesIsTold(t *testing.T) {
	url := far(t)
	login := asRecipient[:4] // without the party, which no check has
	refuses := map[string]string{"full": "no space left on device", "nobody reads": "broken pipe"}
	for _, args := range [][]string{
		{"version"},
		{"version", "--json"},
		{"endpoints", "case"},
		{"endpoints", "--json"},
		{"endpoints", "getcaselistec"},
		append([]string{"endpoints", "--check", "--service", "case"}, login...),
		append([]string{"endpoints", "--check", "--service", "case", "--json"}, login...),
		{"call", "--template", "GetCaseList"},
	} {
		for name, says := range refuses {
			cmd := process(t, url, args...)
			out := refusing(t, name)
			cmd.Stdout = out
			cmd.Run()
			out.Close()
			told := cmd.Stderr.(*bytes.Buffer).String()
			if code := cmd.ProcessState.ExitCode(); code != exitDisk || !strings.Contains(told, says) {
				t.Errorf("%s, %s: exit code %d: %s", args, name, code, told)
			}
		}
	}
}

func refusing(t *testing.T, name string) *os.File {
	t.Helper()
	if name == "full" {
		full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
		if err != nil {
			t.Skip(err)
		}
		return full
	}
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	reader.Close()
	return writer
}

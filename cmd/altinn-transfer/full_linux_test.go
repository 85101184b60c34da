package main

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/internal/atomicfile"
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

// remount makes a disk what the options say: larger, or only to be read.
func remount(t *testing.T, disk string, flags uintptr, options string) {
	t.Helper()
	if err := syscall.Mount("", disk, "", syscall.MS_REMOUNT|flags, options); err != nil {
		t.Fatal(err)
	}
}

// A target that refuses is told by its reason, keeps nothing, and loses nothing: once it takes files, the same command
// finishes the job.
func TestATargetThatRefusesLosesNothing(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "a.zip")
	content := make([]byte, 200<<10)
	rand.NewChaCha8([32]byte{}).Read(content)
	copy(content, "PK\x03\x04")
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	for says, spoil := range map[string]func(disk string){
		"no space left on device": func(string) {},
		"read-only file system":   func(disk string) { remount(t, disk, syscall.MS_RDONLY, "") },
	} {
		t.Run(says, func(t *testing.T) {
			target, url := disk(t), far(t)
			spoil(target)
			if cmd := process(t, url, append([]string{"send", file}, toRecipient...)...); cmd.Run() != nil {
				t.Fatalf("it was not sent: %s", cmd.Stderr)
			}
			receive := append([]string{"receive", "--out", target}, asRecipient...)
			told := ends(t, exitDisk, process(t, url, receive...))
			if !strings.Contains(told, says) {
				t.Errorf("it said %s", told)
			}
			if entries, err := os.ReadDir(target); err != nil || len(entries) > 0 {
				t.Errorf("left behind: %v, %v", entries, err)
			}
			remount(t, target, 0, "size=1m")
			ends(t, exitDone, process(t, url, receive...))
			if got, err := os.ReadFile(filepath.Join(target, "a.zip")); err != nil || !bytes.Equal(got, content) {
				t.Errorf("what came back is not what was sent: %v", err)
			}
		})
	}
}

// A spool does not fill its disk to the end, and tells of another place.
func TestASpoolThatFindsNoRoomSendsNothing(t *testing.T) {
	f := newCountingFar(t, t.TempDir(), 0)
	cmd := process(t, f.http.URL, append([]string{"send", "-", "--name", "x.zip", "--spool", "--spool-dir", disk(t)}, toRecipient...)...)
	cmd.Stdin = strings.NewReader("PK\x03\x04")
	if told := ends(t, exitDisk, cmd); !strings.Contains(told, "no space left on device") || !strings.Contains(told, "use --spool-dir") {
		t.Errorf("it said %s", told)
	}
	if n := f.asked["InitiateBrokerService"]; n != 0 {
		t.Errorf("%d shipments were announced", n)
	}
}

// fill takes all of a disk but so many bytes.
func fill(t *testing.T, disk string, but int64) {
	t.Helper()
	var free syscall.Statfs_t
	if err := syscall.Statfs(disk, &free); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(disk, "filler"), make([]byte, int64(free.Bavail)*free.Bsize-but), 0o600); err != nil {
		t.Fatal(err)
	}
}

// A job that cannot be written into the journal is not begun, whether the journal's disk is full from the start or becomes so
// in the midst of a bulk. Once it takes records again, the same command finishes the rest, and each file is there once.
func TestWorkThatCannotBeJournalledIsNotStarted(t *testing.T) {
	t.Parallel()
	const files = 40
	dir := t.TempDir()
	want := makeBulk(t, dir, files, 4<<10)
	for name, free := range map[string]int64{"from the start": 0, "in the midst": 12 << 10} {
		t.Run(name, func(t *testing.T) {
			f := newCountingFar(t, t.TempDir(), 0)
			refuseJournal(t, f, free, "InitiateBrokerService", append([]string{"send", dir, "--jobs", "4"}, toRecipient...))
			checkUploads(t, f.store, want)
			if sent := len(uploadsIn(t, f.store)); sent != files {
				t.Errorf("%d of %d files were sent", sent, files)
			}
			out := t.TempDir()
			refuseJournal(t, f, free, "DownloadFileStreamed", append([]string{"receive", "--out", out, "--jobs", "4"}, asRecipient...))
			checkStored(t, out, f.store, want)
			if confirmed := confirmedIn(t, f.store); confirmed != files {
				t.Errorf("%d of %d files were confirmed", confirmed, files)
			}
			if left, err := os.ReadDir(out); err != nil || len(left) != files {
				t.Errorf("%d files for %d, %v", len(left), files, err)
			}
		})
	}
}

// refuseJournal runs a command with a journal on a disk with little space, and again with enough. An operation is asked for no
// more often than the journal has jobs.
func refuseJournal(t *testing.T, f *countingFar, free int64, operation string, args []string) {
	t.Helper()
	disk := disk(t)
	fill(t, disk, free)
	journal := filepath.Join(disk, "journal")
	args = append(args, "--journal", journal, "--progress", "none")
	code := exitDisk
	if free > 0 {
		code = exitSomeFailed // some are done
	}
	told := ends(t, code, process(t, f.http.URL, args...))
	if !strings.Contains(told, "no space left on device") || !strings.Contains(told, "journal") ||
		free > 0 && !strings.Contains(told, " not begun: ") {
		t.Errorf("it said %s", told)
	}
	known := 0
	for _, n := range states(t, journal) {
		known += n
	}
	asked := f.count(operation)
	if asked > known || free > 0 && asked == 0 {
		t.Errorf("%s was asked for %d times, and the journal has %d jobs", operation, asked, known)
	}
	t.Logf("%s: %d times with %d jobs in the journal", operation, asked, known)
	for _, entry := range entriesOf(t, disk) {
		if atomicfile.IsTemp(entry.Name()) {
			t.Errorf("%s is left behind", entry.Name())
		}
	}
	remount(t, disk, 0, "size=1m")
	ends(t, exitDone, process(t, f.http.URL, args...))
}

func entriesOf(t *testing.T, dir string) []os.DirEntry {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	return entries
}

// What a command has to say and cannot is no success, nor a broken pipe one.
func TestStandardOutputThatRefusesIsTold(t *testing.T) {
	t.Parallel()
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

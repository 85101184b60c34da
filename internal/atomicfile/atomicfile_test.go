package atomicfile

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"
)

const (
	before = "the file that was there"
	after  = "the file that comes"
)

func openDir(t *testing.T) *os.Root {
	t.Helper()
	return openRoot(t, t.TempDir())
}

func openRoot(t *testing.T, path string) *os.Root {
	t.Helper()
	dir, err := os.OpenRoot(path)
	must(t, err)
	t.Cleanup(func() { dir.Close() })
	return dir
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func mustCreate(t *testing.T, dir *os.Root, name string) *File {
	t.Helper()
	f, err := Create(dir, name)
	must(t, err)
	t.Cleanup(func() { f.Discard() })
	return f
}

func write(t *testing.T, f *File, content string) {
	t.Helper()
	_, err := io.WriteString(f, content)
	must(t, err)
}

// checkDir fails unless dir holds exactly these files, name and content by turns.
func checkDir(t *testing.T, dir *os.Root, want ...string) {
	t.Helper()
	var got []string
	for _, name := range list(t, dir) {
		content, err := dir.ReadFile(name)
		must(t, err)
		got = append(got, name, string(content))
	}
	if !slices.Equal(got, want) {
		t.Errorf("the directory holds %q, not %q", got, want)
	}
}

func list(t *testing.T, dir *os.Root) (names []string) {
	t.Helper()
	entries, err := fs.ReadDir(dir.FS(), ".")
	must(t, err)
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

var commits = map[string]func(*File) error{"Commit": (*File).Commit, "CommitNew": (*File).CommitNew}

func TestAppearsAtCommit(t *testing.T) {
	for name, commit := range commits {
		t.Run(name, func(t *testing.T) {
			dir := openDir(t)
			f := mustCreate(t, dir, "a.zip")
			write(t, f, "the file ")
			names := list(t, dir)
			if len(names) != 1 || !IsTemp(names[0]) || !strings.HasPrefix(names[0], ".a.zip.") {
				t.Errorf("before: %q", names)
			}
			n, err := f.ReadFrom(iotest.OneByteReader(strings.NewReader("that comes")))
			if n != 10 || err != nil {
				t.Errorf("ReadFrom: %d bytes, error %v", n, err)
			}
			must(t, commit(f))
			checkDir(t, dir, "a.zip", after)
			must(t, f.Discard())
			checkDir(t, dir, "a.zip", after)
		})
	}
}

func TestOnlyTheOwnerMayRead(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such modes")
	}
	for name, commit := range commits {
		dir := openDir(t)
		f := mustCreate(t, dir, "a")
		for _, when := range []string{"before", "after"} {
			info, err := dir.Stat(list(t, dir)[0])
			must(t, err)
			if info.Mode() != 0o600 {
				t.Errorf("%s %s: mode %v", when, name, info.Mode())
			}
			if when == "before" {
				must(t, commit(f))
			}
		}
	}
}

func TestCommitReplaces(t *testing.T) {
	dir := openDir(t)
	must(t, WriteFile(dir, "a", []byte(before)))
	f := mustCreate(t, dir, "a")
	write(t, f, after)
	if content, err := dir.ReadFile("a"); err != nil || string(content) != before {
		t.Errorf("before Commit: %q, error %v", content, err)
	}
	must(t, f.Commit())
	checkDir(t, dir, "a", after)
}

func TestCommitNewReplacesNothing(t *testing.T) {
	there := map[string]func(*os.Root) error{
		"file":             func(dir *os.Root) error { return dir.WriteFile("a", []byte(before), 0o600) },
		"link to nowhere":  func(dir *os.Root) error { return dir.Symlink("nowhere", "a") },
		"directory":        func(dir *os.Root) error { return dir.Mkdir("a", 0o700) },
		"made in the race": nil,
	}
	for kind, make := range there {
		t.Run(kind, func(t *testing.T) {
			dir := openDir(t)
			f := mustCreate(t, dir, "a")
			write(t, f, after)
			if make == nil {
				must(t, WriteFile(dir, "a", []byte(before)))
			} else if err := make(dir); err != nil {
				t.Skip(err)
			}
			was, err := dir.Lstat("a")
			must(t, err)
			if err := f.CommitNew(); !errors.Is(err, fs.ErrExist) || !strings.Contains(err.Error(), "commit a") {
				t.Errorf("error %v", err)
			}
			is, err := dir.Lstat("a")
			must(t, err)
			if !os.SameFile(was, is) || len(list(t, dir)) != 1 {
				t.Errorf("the directory holds %q", list(t, dir))
			}
		})
	}
}

func TestCommitNewFirstWins(t *testing.T) {
	dir := openDir(t)
	results := make(chan error)
	const writers = 16
	for range writers {
		f := mustCreate(t, dir, "a")
		write(t, f, after)
		go func() { results <- f.CommitNew() }()
	}
	won := 0
	for range writers {
		switch err := <-results; {
		case err == nil:
			won++
		case !errors.Is(err, fs.ErrExist):
			t.Error(err)
		}
	}
	if won != 1 {
		t.Errorf("%d of %d have won", won, writers)
	}
	checkDir(t, dir, "a", after)
}

func TestDiscard(t *testing.T) {
	dir := openDir(t)
	must(t, WriteFile(dir, "a", []byte(before)))
	f := mustCreate(t, dir, "a")
	write(t, f, after)
	must(t, f.Discard())
	must(t, f.Discard())
	checkDir(t, dir, "a", before)
	for name, commit := range commits {
		if err := commit(f); !errors.Is(err, fs.ErrClosed) {
			t.Errorf("%s after Discard: error %v", name, err)
		}
	}
	if _, err := f.Write([]byte("more")); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("Write after Discard: error %v", err)
	}
	checkDir(t, dir, "a", before)
}

func TestCommitOnce(t *testing.T) {
	dir := openDir(t)
	f := mustCreate(t, dir, "a")
	must(t, f.Commit())
	must(t, dir.Remove("a"))
	if err := f.Commit(); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("error %v", err)
	}
	checkDir(t, dir)
}

func TestOverlookedWriteErrorStopsCommit(t *testing.T) {
	broken := errors.New("the line is down")
	for name, commit := range commits {
		dir := openDir(t)
		f := mustCreate(t, dir, "a")
		f.ReadFrom(io.MultiReader(strings.NewReader("half"), iotest.ErrReader(broken)))
		if err := commit(f); !errors.Is(err, broken) {
			t.Errorf("%s: error %v", name, err)
		}
		checkDir(t, dir)
	}
}

func TestWriteFile(t *testing.T) {
	dir := openDir(t)
	for _, content := range []string{before, after, ""} {
		must(t, WriteFile(dir, "state.json", []byte(content)))
		checkDir(t, dir, "state.json", content)
	}
}

func TestRefusesNamesThatLeadElsewhere(t *testing.T) {
	dir := openDir(t)
	names := []string{
		"", ".", "..", "/", "a/b", "/a", "a/", "../a", "./a", `a\b`, `\a`, `..\a`, `\\host\share`, "a\x00b", "\x00",
		strings.Repeat("x", 256), strings.Repeat("æ", 128),
	}
	if runtime.GOOS == "windows" {
		names = append(names, "NUL", "con", "C:a", "a:stream", "COM1")
	}
	for _, name := range names {
		if f, err := Create(dir, name); err == nil {
			t.Errorf("%q is accepted", name)
			f.Discard()
		}
		if err := WriteFile(dir, name, []byte(after)); err == nil {
			t.Errorf("%q is accepted by WriteFile", name)
		}
	}
	checkDir(t, dir)
}

func TestTakesEveryPlainName(t *testing.T) {
	dir := openDir(t)
	names := []string{"a", ".hidden", "...", "a b", "-rf", "~", "æøå.zip", "x.part", strings.Repeat("x", 255)}
	if runtime.GOOS == "linux" {
		names = append(names, "CON", "12:30", strings.Repeat("æ", 127), "a"+strings.Repeat("世", 84), "not \xff UTF-8"+strings.Repeat("\xff", 200))
	}
	for _, name := range names {
		must(t, WriteFile(dir, name, []byte(after)))
		checkDir(t, dir, name, after)
		must(t, dir.Remove(name))
	}
}

func TestTempNames(t *testing.T) {
	for length := range 256 {
		for _, unit := range []string{"x", "æ", "世", "😀"} {
			name := strings.Repeat(unit, length/len(unit)+1)
			temp := tempName(name)
			if len(temp) > maxName || !utf8.ValidString(temp) || !IsTemp(temp) || temp == tempName(name) {
				t.Fatalf("%q has the temporary name %q", name, temp)
			}
		}
	}
}

func TestIsTempLeavesOtherFilesAlone(t *testing.T) {
	for _, name := range []string{
		"", ".", ".part", "..part", "a.part", ".a.part", ".a.ABCDEFGHIJKLMNO.part", ".a.ABCDEFGHIJKLMNOPQ.part",
		".a.abcdefghijklmnop.part", ".a.ABCDEFGHIJKLMNO1.part", "a.ABCDEFGHIJKLMNOP.part", ".a.ABCDEFGHIJKLMNOP", ".ABCDEFGHIJKLMNOP.part",
		"..ABCDEFGHIJKLMNOP.part",
	} {
		if IsTemp(name) {
			t.Errorf("%q is taken for a temporary file", name)
		}
	}
}

func TestLinkInPlaceOfTheNameIsNotFollowed(t *testing.T) {
	outside := filepath.Join(t.TempDir(), "outside")
	must(t, os.WriteFile(outside, []byte(before), 0o600))
	dir := openDir(t)
	if err := os.Symlink(outside, filepath.Join(dir.Name(), "a")); err != nil {
		t.Skip(err)
	}
	must(t, WriteFile(dir, "a", []byte(after)))
	checkDir(t, dir, "a", after)
	if content, err := os.ReadFile(outside); err != nil || string(content) != before {
		t.Errorf("outside: %q, error %v", content, err)
	}
}

func TestDirectoryThatIsGone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "dir")
	must(t, os.Mkdir(path, 0o700))
	dir := openRoot(t, path)
	f := mustCreate(t, dir, "a")
	write(t, f, after)
	if err := os.RemoveAll(path); err != nil {
		t.Skip(err)
	}
	if err := f.Commit(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Commit: error %v", err)
	}
	if _, err := Create(dir, "a"); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "create a") {
		t.Errorf("Create: error %v", err)
	}
}

func TestLargeFileIsWhole(t *testing.T) {
	dir := openDir(t)
	content := bytes.Repeat([]byte("0123456789abcdef"), 1<<18)
	f := mustCreate(t, dir, "a")
	n, err := io.Copy(f, bytes.NewReader(content))
	if n != int64(len(content)) || err != nil {
		t.Fatalf("%d bytes, error %v", n, err)
	}
	must(t, f.Commit())
	got, err := dir.ReadFile("a")
	if err != nil || !bytes.Equal(got, content) {
		t.Errorf("%d bytes of %d, error %v", len(got), len(content), err)
	}
}

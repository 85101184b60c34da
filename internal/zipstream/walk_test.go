package zipstream

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// tree makes files in a new directory, which is then the current one. A name that ends in '/' is a directory.
func tree(t *testing.T, names ...string) {
	t.Helper()
	t.Chdir(t.TempDir())
	for _, name := range names {
		dir := filepath.Dir(name)
		must(t, os.MkdirAll(dir, 0o700))
		if !strings.HasSuffix(name, "/") {
			must(t, os.WriteFile(name, []byte("content of "+name), 0o600))
		}
	}
}

func TestWalk(t *testing.T) {
	tree(t, "b.txt", "a/2.txt", "a/10.txt", "a/b/c/deep", "a/empty/", "a.txt", "x/y/z.txt")
	inside, err := filepath.Abs("a")
	must(t, err)
	tests := []struct {
		paths []string
		want  []string
	}{
		{nil, nil},
		{[]string{"b.txt"}, []string{"b.txt"}},
		{[]string{"x/y/z.txt", "b.txt"}, []string{"z.txt", "b.txt"}},
		{[]string{"a"}, []string{"a/10.txt", "a/2.txt", "a/b/c/deep"}},
		{[]string{"a/"}, []string{"a/10.txt", "a/2.txt", "a/b/c/deep"}},
		{[]string{"./a"}, []string{"a/10.txt", "a/2.txt", "a/b/c/deep"}},
		{[]string{inside}, []string{"a/10.txt", "a/2.txt", "a/b/c/deep"}},
		{[]string{"x/y", "a.txt"}, []string{"y/z.txt", "a.txt"}},
		{[]string{"x/y/.."}, []string{"y/z.txt"}},
		{[]string{"."}, []string{"a/10.txt", "a/2.txt", "a/b/c/deep", "a.txt", "b.txt", "x/y/z.txt"}},
	}
	for _, test := range tests {
		entries, err := Walk(test.paths...)
		var got []string
		for _, e := range entries {
			got = append(got, e.Name)
		}
		if err != nil || !slices.Equal(got, test.want) {
			t.Errorf("%q: %q, error %v", test.paths, got, err)
		}
	}
}

func TestWalkUpwards(t *testing.T) {
	tree(t, "a.txt", "b/c/")
	t.Chdir("b/c")
	entries, err := Walk("../..")
	if err != nil || len(entries) != 1 || entries[0].Name != "a.txt" {
		t.Errorf("%v, error %v", entries, err)
	}
}

func TestWalkedFilesCanBePacked(t *testing.T) {
	tree(t, "a/æøå.txt", "a/b/c", "d")
	must(t, os.Chtimes("d", time.Time{}, noon))
	entries, err := Walk("a", "d")
	must(t, err)
	names, contents := unpack(t, packAll(t, entries...))
	if !slices.Equal(names, []string{"a/b/c", "a/æøå.txt", "d"}) {
		t.Errorf("names %q", names)
	}
	for _, name := range names {
		if want := "content of " + name; string(contents[name]) != want {
			t.Errorf("%s: %q", name, contents[name])
		}
	}
	if d := entries[2]; d.Size != int64(len("content of d")) || !d.Modified.Equal(noon) {
		t.Errorf("d has %d bytes of %v", d.Size, d.Modified)
	}
}

func TestWalkRefusesMissingFiles(t *testing.T) {
	tree(t, "a")
	if _, err := Walk("a", "none"); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "none") {
		t.Errorf("error %v", err)
	}
}

func TestWalkRefusesLinks(t *testing.T) {
	for _, target := range []string{"secret", "nowhere", "."} {
		for _, path := range []string{"a", "a/link"} {
			tree(t, "a/b", "secret")
			if err := os.Symlink(filepath.Join("..", target), "a/link"); err != nil {
				t.Skip(err)
			}
			_, err := Walk(path)
			if err == nil || err.Error() != filepath.FromSlash("a/link")+" is a symbolic link, which is not followed" {
				t.Errorf("%s to %s: error %v", path, target, err)
			}
		}
	}
}

func TestWalkRefusesTwoFilesOfOneName(t *testing.T) {
	tree(t, "x/a.txt", "y/a.txt", "z/x/a.txt")
	for _, paths := range [][]string{{"x/a.txt", "y/a.txt"}, {"x", "z/x"}, {"x", "x"}, {"x", "./x/"}} {
		_, err := Walk(paths...)
		if err == nil || !strings.Contains(err.Error(), "a.txt in the ZIP") {
			t.Errorf("%q: error %v", paths, err)
			continue
		}
		for _, path := range paths {
			if !strings.Contains(err.Error(), filepath.Clean(path)) {
				t.Errorf("%q: the error does not name %s: %v", paths, path, err)
			}
		}
	}
}

func TestWalkRefusesNames(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("no such files here")
	}
	for _, name := range []string{"12:30", `a\b`, `..\a`, "a\nb", "a\x1b[31m", "not \xff UTF-8", "nel\u0085"} {
		tree(t, "d/"+name)
		for _, path := range []string{"d", "d/" + name} {
			if _, err := Walk(path); err == nil || !strings.HasPrefix(err.Error(), `pack "d/`) || strings.ContainsAny(err.Error(), "\n\x1b") {
				t.Errorf("%q: error %v", path, err)
			}
		}
	}
}

func TestCheck(t *testing.T) {
	refused := []string{
		"", ".", "..", "/", "/a", "a/", "a//b", "./a", "a/.", "../a", "a/../b", "C:a", `a\b`, "a\x00", "a\r\nb", "\x7f", "\xff",
		strings.Repeat("x", maxName+1),
	}
	for _, name := range refused {
		if err := Check([]Entry{{Name: name}}); err == nil {
			t.Errorf("%.20q is accepted", name)
		}
	}
	accepted := []string{"a", "a/b", "...", ".hidden", "a b", "æøå", "日本", "-rf", "a..b", strings.Repeat("x", maxName)}
	for _, name := range accepted {
		if err := Check([]Entry{{Name: name}}); err != nil {
			t.Errorf("%.20q: %v", name, err)
		}
	}
	if err := Check([]Entry{{Name: "a"}, {Name: "b"}, {Name: "a"}}); err == nil || !strings.Contains(err.Error(), `"a"`) {
		t.Errorf("twice: error %v", err)
	}
}

func TestChangedFileBreaksTheZIP(t *testing.T) {
	later := func() { must(t, os.Chtimes("a", time.Time{}, time.Now().Add(time.Second))) }
	changes := map[string]func(){
		"touched":   later,
		"rewritten": func() { must(t, os.WriteFile("a", []byte(strings.Repeat("y", largeSize)), 0o600)); later() },
		"appended":  func() { must(t, os.WriteFile("a", []byte(strings.Repeat("x", largeSize+1)), 0o600)) },
		"truncated": func() { must(t, os.Truncate("a", 10)) },
		"replaced": func() {
			info, err := os.Stat("a")
			must(t, err)
			must(t, os.WriteFile("new", []byte(strings.Repeat("y", largeSize)), 0o600))
			must(t, os.Chtimes("new", time.Time{}, info.ModTime()))
			must(t, os.Rename("new", "a"))
		},
	}
	for name, change := range changes {
		t.Run("before/"+name, func(t *testing.T) {
			r := walkLarge(t)
			defer r.Close()
			change()
			checkBroken(t, r, errChanged)
		})
		if name == "replaced" {
			continue // what was opened stays the old file, whole
		}
		t.Run("while/"+name, func(t *testing.T) {
			r := walkLarge(t)
			defer r.Close()
			must(t, r.(*packer).step()) // it is open, and not read to its end
			change()
			checkBroken(t, r, errChanged)
		})
	}
}

// largeSize is more than is read ahead.
const largeSize = (maxBlocks + 2) * blockSize

// walkLarge is the ZIP of one file of largeSize, called a.
func walkLarge(t *testing.T) io.ReadCloser {
	t.Helper()
	tree(t)
	must(t, os.WriteFile("a", []byte(strings.Repeat("x", largeSize)), 0o600))
	entries, err := Walk("a")
	must(t, err)
	return Reader(t.Context(), entries)
}

func TestFileGoneBreaksTheZIP(t *testing.T) {
	r := walkLarge(t)
	defer r.Close()
	must(t, os.Remove("a"))
	checkBroken(t, r, fs.ErrNotExist)
}

package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/altinn-transfer/altinn-transfer/failure"
)

// tree makes files with times that follow their order, the first the oldest, and changes into their directory.
func tree(t *testing.T, names ...string) {
	t.Helper()
	t.Chdir(t.TempDir())
	for i, name := range names {
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
		at := time.Date(2026, 1, 1, 0, 0, i, 0, time.UTC)
		if err := os.Chtimes(name, at, at); err != nil {
			t.Fatal(err)
		}
	}
}

func pickNames(t *testing.T, g globs, log io.Writer, paths ...string) []string {
	t.Helper()
	if err := g.check(); err != nil {
		t.Fatal(err)
	}
	found, err := pick(t.Context(), new(listFlags).names(paths, nil), filter{&g, slog.New(slog.NewTextHandler(log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, name := range found.paths(0) {
		names = append(names, filepath.ToSlash(name))
	}
	return names
}

func TestWhatIsPicked(t *testing.T) {
	tree(t, "d/z.txt", "d/sub/b.zip", "d/a.txt", "d/sub/deep/c.txt", "d/.hidden", "d/.git/config", "d/.a.zip.ABCDEFGHIJKLMNOP.part", "loose.txt", ".named")
	for name, test := range map[string]struct {
		globs globs
		paths []string
		want  string
	}{
		"oldest first, all levels":          {globs{}, []string{"d"}, "d/z.txt d/sub/b.zip d/a.txt d/sub/deep/c.txt"},
		"a file and a directory":            {globs{}, []string{"loose.txt", "d/sub"}, "d/sub/b.zip d/sub/deep/c.txt loose.txt"},
		"the same twice":                    {globs{}, []string{"d/sub", "d/sub/b.zip", "./d/sub/", "d/sub/../sub/b.zip"}, "d/sub/b.zip d/sub/deep/c.txt"},
		"where it stands":                   {globs{}, []string{"d/.hidden", ".named"}, "d/.hidden .named"},
		"a hidden directory that is named":  {globs{}, []string{"d/.git"}, "d/.git/config"},
		"one that is missing":               {globs{}, []string{"no.txt", "loose.txt"}, "no.txt loose.txt"},
		"by the last name":                  {globs{include: []string{"*.txt"}}, []string{"d", "loose.txt"}, "d/z.txt d/a.txt d/sub/deep/c.txt loose.txt"},
		"by the path below":                 {globs{include: []string{"sub/*"}}, []string{"d"}, "d/sub/b.zip"},
		"by the path below, any depth":      {globs{include: []string{"sub/**"}}, []string{"d"}, "d/sub/b.zip d/sub/deep/c.txt"},
		"by alternatives":                   {globs{include: []string{"{z,b}.*"}}, []string{"d"}, "d/z.txt d/sub/b.zip"},
		"one of several":                    {globs{include: []string{"z*", "*.zip"}}, []string{"d"}, "d/z.txt d/sub/b.zip"},
		"exclude outweighs include":         {globs{include: []string{"*.txt"}, exclude: []string{"z*"}}, []string{"d"}, "d/a.txt d/sub/deep/c.txt"},
		"a directory is excluded whole":     {globs{exclude: []string{"sub"}}, []string{"d"}, "d/z.txt d/a.txt"},
		"a directory below":                 {globs{exclude: []string{"sub/deep"}}, []string{"d"}, "d/z.txt d/sub/b.zip d/a.txt"},
		"a file that is named, excluded":    {globs{exclude: []string{"*.txt"}}, []string{"loose.txt", "d/sub"}, "d/sub/b.zip"},
		"the directory itself has no glob":  {globs{exclude: []string{"d"}}, []string{"d/sub"}, "d/sub/b.zip d/sub/deep/c.txt"},
		"nothing":                           {globs{include: []string{"*.pdf"}}, []string{"d"}, ""},
		"a name that holds what globs have": {globs{include: []string{`\[x\].txt`}}, []string{"d"}, ""},
	} {
		if got := strings.Join(pickNames(t, test.globs, io.Discard, test.paths...), " "); got != test.want {
			t.Errorf("%s: %s\nwant %s", name, got, test.want)
		}
	}
}

func TestFilesOfOneTimeGoByName(t *testing.T) {
	names := []string{"c", "a", "b"}
	tree(t, names...)
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, name := range names {
		if err := os.Chtimes(name, at, at); err != nil {
			t.Fatal(err)
		}
	}
	if got := pickNames(t, globs{}, io.Discard, "."); !slices.Equal(got, []string{"a", "b", "c"}) {
		t.Errorf("picked %q", got)
	}
}

func TestALinkIsFollowedWhenItIsNamed(t *testing.T) {
	tree(t, "d/a.txt", "outside/b.txt")
	for link, target := range map[string]string{"d/link.txt": "../outside/b.txt", "d/dir": "../outside", "named": "outside"} {
		if err := os.Symlink(target, link); err != nil {
			t.Skip(err)
		}
	}
	var log bytes.Buffer
	if got := pickNames(t, globs{}, &log, "d"); !slices.Equal(got, []string{"d/a.txt"}) {
		t.Errorf("picked %q", got)
	}
	if n := strings.Count(log.String(), "a symbolic link"); n != 2 || !strings.Contains(log.String(), "path=link.txt") {
		t.Errorf("it logged %s", &log)
	}
	if got := pickNames(t, globs{}, io.Discard, "d/link.txt", "named"); !slices.Equal(got, []string{"named/b.txt", "d/link.txt"}) {
		t.Errorf("picked %q", got)
	}
}

func TestADirectoryThatCannotBeReadHoldsUpNoOther(t *testing.T) {
	tree(t, "d/a.txt", "d/locked/b.txt")
	if err := os.Chmod("d/locked", 0); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod("d/locked", 0o700)
	if _, err := os.ReadDir("d/locked"); err == nil {
		t.Skip("nothing is locked for this user")
	}
	found, err := pick(t.Context(), new(listFlags).names([]string{"d"}, nil), filter{&globs{}, slog.New(slog.DiscardHandler)})
	if err != nil || len(found.files) != 1 || len(found.unread) != 1 || found.unread[0].path != filepath.Join("d", "locked") {
		t.Errorf("%+v, %v", found, err)
	}
}

func TestAList(t *testing.T) {
	for name, test := range map[string]struct {
		list  string
		from0 bool
		want  []string
		fails string
	}{
		"lines":                 {"a\nb c\n\nd", false, []string{"a", "b c", "d"}, ""},
		"lines of Windows":      {"a\r\nb\r\n", false, []string{"a", "b"}, ""},
		"ended by NUL":          {"a\nb\x00c\x00", true, []string{"a\nb", "c"}, ""},
		"the last has no NUL":   {"a\x00b", true, []string{"a", "b"}, ""},
		"empty":                 {"", false, nil, ""},
		"NUL without --from0":   {"a\x00b\x00", false, nil, "use --from0"},
		"a name without an end": {strings.Repeat("n", maxListed+1), false, nil, "longer than"},
	} {
		l := &listFlags{from: stdin, from0: test.from0}
		var names []string
		var failed error
		for name, err := range l.names(nil, strings.NewReader(test.list)) {
			if err != nil {
				failed = err
				break
			}
			names = append(names, name)
		}
		if test.fails != "" {
			if failed == nil || !strings.Contains(failed.Error(), test.fails) || failure.KindOf(failed) != failure.Usage {
				t.Errorf("%s: %v", name, failed)
			}
		} else if failed != nil || !slices.Equal(names, test.want) {
			t.Errorf("%s: %q, %v", name, names, failed)
		}
	}
}

func TestAWalkEndsWithItsContext(t *testing.T) {
	tree(t, "d/a.txt")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := pick(ctx, new(listFlags).names([]string{"d"}, nil), filter{&globs{}, slog.New(slog.DiscardHandler)})
	if failure.KindOf(err) != failure.Interrupted {
		t.Errorf("got %v", err)
	}
}

// A hundred thousand files are kept in little memory. It takes a while to make them.
func TestManyFilesArePickedInLittleMemory(t *testing.T) {
	if os.Getenv("ALTINN_TRANSFER_LONG") == "" {
		t.Skip("set ALTINN_TRANSFER_LONG=1")
	}
	const files = 100_000
	t.Chdir(t.TempDir())
	for i := range files {
		name := fmt.Sprintf("d%02d/report-of-the-day-%06d.xml", i%10, i)
		if i < 10 {
			if err := os.Mkdir(filepath.Dir(name), 0o700); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	before, start := heap(), time.Now()
	found, err := pick(t.Context(), new(listFlags).names([]string{"."}, nil), filter{&globs{exclude: []string{"*.tmp"}}, slog.New(slog.DiscardHandler)})
	took, grown := time.Since(start), heap()-before
	if err != nil || len(found.files) != files {
		t.Fatalf("%d files, %v", len(found.files), err)
	}
	t.Logf("%d files in %v, %.1f MiB of heap, %d bytes a file", files, took, float64(grown)/(1<<20), grown/files)
	if grown > 200*files {
		t.Errorf("%d bytes a file", grown/files)
	}
	runtime.KeepAlive(found)
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

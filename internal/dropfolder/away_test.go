package dropfolder

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fsnotify/fsnotify"
)

// A share that is away for a while is met with an error a scan, and looked for each second.
func TestAFolderThatIsAway(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	away := dir + ".away"
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	put(t, dir, "a", "1")
	synctest.Test(t, func(t *testing.T) {
		at(5*time.Second, func() { os.Rename(dir, away) })
		at(100*time.Second, func() { os.Rename(away, dir) })
		start, looks := time.Now(), []time.Duration{}
		f := New(dir, Options{Polling: true, Looked: func(anew bool) {
			if anew {
				t.Error("it was the same folder")
			}
			looks = append(looks, time.Since(start))
		}})
		names, failed := found(t, f, 5*time.Minute)
		if !slices.Equal(names, []string{"a"}) || len(failed) < 80 || len(failed) > 95 || !errors.Is(failed[0], fs.ErrNotExist) {
			t.Errorf("%q, %d times %v", names, len(failed), failed[:1])
		}
		if len(looks) < 2 || looks[1] < 100*time.Second || looks[1] > 102*time.Second {
			t.Errorf("it looked at %v", looks)
		}
	})
}

// Another folder under the path is told of: so does a mount look.
func TestAFolderInItsPlaceIsToldOf(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	for _, path := range []string{dir, dir + ".other"} {
		if err := os.Mkdir(path, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	put(t, dir+".other", "a", "1")
	synctest.Test(t, func(t *testing.T) {
		at(45*time.Second, func() { os.Rename(dir, dir+".away"); os.Rename(dir+".other", dir) })
		var told []bool
		f := New(dir, Options{Polling: true, Looked: func(anew bool) { told = append(told, anew) }})
		names, failed := found(t, f, 2*time.Minute)
		if !slices.Equal(names, []string{"a"}) || failed != nil || !slices.Equal(told[:4], []bool{false, false, true, false}) {
			t.Errorf("%q, %v, told %v", names, failed, told)
		}
	})
}

// hearing watches a folder with an hour between its looks, so that only what the system tells finds a file in time.
func hearing(t *testing.T, dir string) (names chan string, failed chan error, looks chan bool) {
	t.Helper()
	if !told() {
		t.Skip("this system tells nothing")
	}
	names, failed, looks = make(chan string, 100), make(chan error, 100), make(chan bool, 1000)
	f := New(dir, Options{Settle: 20 * time.Millisecond, Interval: time.Hour, Looked: func(anew bool) { looks <- anew }})
	ctx, cancel := context.WithCancel(t.Context())
	over := make(chan struct{})
	go func() {
		defer close(over)
		for file, err := range f.Settled(ctx) {
			switch {
			case err == nil:
				names <- file.Name
			case len(failed) < cap(failed)/2:
				failed <- err
			}
		}
	}()
	t.Cleanup(func() { cancel(); <-over })
	return names, failed, looks
}

func next[T any](t *testing.T, c <-chan T, what string) (v T) {
	t.Helper()
	select {
	case v = <-c:
	case <-time.After(20 * time.Second):
		t.Fatalf("waited for %s", what)
	}
	return v
}

// A folder that goes away is missed at once. When it is back, or another one is there, its files are found at once, and those
// that come later by what the system tells.
func TestAFolderThatIsBackIsHeardAgain(t *testing.T) {
	for name, back := range map[string]func(dir string) error{
		"the same":    func(dir string) error { return os.Rename(dir+".away", dir) },
		"another one": func(dir string) error { return os.Mkdir(dir, 0o700) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "out")
			if err := os.Mkdir(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			names, failed, looks := hearing(t, dir)
			next(t, looks, "the first look")
			for _, round := range []string{"1", "2"} {
				if err := os.Rename(dir, dir+".away"); err != nil {
					t.Fatal(err)
				}
				if err := next(t, failed, "the error"); !errors.Is(err, fs.ErrNotExist) {
					t.Error(err)
				}
				put(t, dir+".away", "while away "+round, "1")
				if err := back(dir); err != nil {
					t.Fatal(err)
				}
				put(t, dir, "back "+round, "1")
				want := []string{"back " + round}
				if name == "the same" {
					want = append(want, "while away "+round)
				} else if err := os.RemoveAll(dir + ".away"); err != nil {
					t.Fatal(err)
				}
				got := []string{next(t, names, "a file")}
				if len(want) > 1 {
					got = append(got, next(t, names, "a file"))
				}
				if slices.Sort(got); !slices.Equal(got, want) {
					t.Errorf("%q, not %q", got, want)
				}
				put(t, dir, "later "+round, "1")
				if got := next(t, names, "a hint"); got != "later "+round {
					t.Errorf("%q", got)
				}
				for len(failed) > 0 {
					<-failed
				}
			}
		})
	}
}

// A folder whose parent is renamed tells nothing of itself. The one in its place is another one at the next look.
func TestAFolderInItsPlaceIsHeard(t *testing.T) {
	parent := filepath.Join(t.TempDir(), "parent")
	dir := filepath.Join(parent, "out")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	names, _, looks := hearing(t, dir)
	next(t, looks, "the first look")
	if err := os.Rename(parent, parent+".away"); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(parent+".away", "out"), "old", "1") // the last hint of the one before
	for !next(t, looks, "another folder") {
	}
	put(t, dir, "new", "1")
	if got := next(t, names, "a hint"); got != "new" {
		t.Errorf("%q", got)
	}
}

// A folder that was away between two looks is the same to the eye, but the system has ended what it tells.
func TestAFolderThatWasAwayBetweenTwoLooksIsHeardAgain(t *testing.T) {
	if !told() {
		t.Skip("this system tells nothing")
	}
	dir := filepath.Join(t.TempDir(), "out")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	h := newHints(New(dir, Options{}))
	defer h.close()
	if anew, err := h.attend(); anew || err != nil {
		t.Fatal(anew, err)
	}
	if err := cmp.Or(os.Rename(dir, dir+".away"), os.Rename(dir+".away", dir)); err != nil {
		t.Fatal(err)
	}
	next(t, h.came, "the end")
	if anew, err := h.attend(); anew || err != nil {
		t.Fatal(anew, err)
	}
	put(t, dir, "a", "1")
	next(t, h.came, "a hint")
}

// Where the limit of the system is reached, the scans go on alone, and that is said once. When there is room again, it is heard.
func TestListeningIsNotNeeded(t *testing.T) {
	if !told() {
		t.Skip("this system tells nothing")
	}
	dir, limit := t.TempDir(), errors.New("too many open files")
	tries, free := 0, false
	f := New(dir, Options{Settle: 10 * time.Millisecond, Interval: 20 * time.Millisecond})
	f.open = func(dir string) (*fsnotify.Watcher, error) {
		if tries++; !free {
			return nil, limit
		}
		f.options.Interval = time.Hour // from now on by hints alone
		return openWatcher(dir)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	time.AfterFunc(200*time.Millisecond, func() { put(t, dir, "a", "1") })
	var said []error
	for file, err := range f.Settled(ctx) {
		if err != nil {
			said = append(said, err)
			continue
		}
		if file.Name == "b" {
			break
		}
		if file.Name != "a" || tries < 2 {
			t.Errorf("%q after %d tries", file.Name, tries)
		}
		free = true
		time.AfterFunc(time.Second, func() { put(t, dir, "b", "1") })
	}
	if ctx.Err() != nil || len(said) != 1 || !errors.Is(said[0], ErrDeaf) || !errors.Is(said[0], limit) {
		t.Errorf("%v, said %v", ctx.Err(), said)
	}
}

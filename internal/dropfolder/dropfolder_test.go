package dropfolder

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func put(t *testing.T, dir, name, content string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// found collects what a folder gives out until the bubble's clock has gone on by so much.
func found(t *testing.T, f *Folder, d time.Duration) (names []string, failed []error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	for file, err := range f.Settled(ctx) {
		if err != nil {
			failed = append(failed, err)
			continue
		}
		names = append(names, file.Name)
	}
	return names, failed
}

// at calls do when the bubble's clock has gone on by so much.
func at(d time.Duration, do func()) { time.AfterFunc(d, do) }

func polling(dir string) *Folder { return New(dir, Options{Polling: true}) }

func TestAFileIsGivenOutWhenItHasSettled(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "a", "1")
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		for file, err := range polling(dir).Settled(t.Context()) {
			if took := time.Since(start); err != nil || file.Name != "a" || file.Path != filepath.Join(dir, "a") || file.Size != 1 ||
				file.Modified.IsZero() || took < 10*time.Second || took > 11*time.Second {
				t.Errorf("%+v, %v after %v", file, err, took)
			}
			return
		}
	})
}

// A file that grows, is overwritten with as many bytes or gets another time settles anew with each change.
func TestAChangeBeginsTheSettlingAnew(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(t *testing.T, path string, n int)
	}{
		{"grows", func(t *testing.T, path string, n int) { put(t, filepath.Dir(path), "a", fmt.Sprintf("%0*d", n, 0)) }},
		{"is touched", func(t *testing.T, path string, n int) {
			when := time.Unix(1_700_000_000, int64(n))
			if err := os.Chtimes(path, when, when); err != nil {
				t.Fatal(err)
			}
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			put(t, dir, "a", "")
			synctest.Test(t, func(t *testing.T) {
				const changes = 20
				for n := range changes {
					at(time.Duration(n+1)*4*time.Second, func() { test.change(t, filepath.Join(dir, "a"), n+2) })
				}
				start := time.Now()
				for range polling(dir).Settled(t.Context()) {
					break
				}
				// The last change is seen by the scan after it.
				if took := time.Since(start); took < changes*4*time.Second+10*time.Second || took > changes*4*time.Second+21*time.Second {
					t.Errorf("given out after %v", took)
				}
			})
		})
	}
}

// Between the scan and the turn of a file an hour may pass.
func TestAFileIsLookedAtAgainBeforeItIsGivenOut(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a", "b", "c", "d"} {
		put(t, dir, name, name)
	}
	sameTime(t, dir, "a", "b", "c", "d")
	synctest.Test(t, func(t *testing.T) {
		var names []string
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		for file, err := range polling(dir).Settled(ctx) {
			if err != nil {
				t.Fatal(err)
			}
			names = append(names, file.Name)
			switch file.Name {
			case "a":
				put(t, dir, "b", "longer")
				os.Remove(filepath.Join(dir, "c"))
				start := time.Now()
				defer func() {
					if took := time.Since(start); took < 10*time.Second {
						t.Errorf("the changed file was given out after %v", took)
					}
				}()
			case "b":
				cancel()
			}
		}
		if want := []string{"a", "d", "b"}; !slices.Equal(names, want) {
			t.Errorf("%q, not %q", names, want)
		}
	})
}

func sameTime(t *testing.T, dir string, names ...string) {
	t.Helper()
	for _, name := range names {
		if err := os.Chtimes(filepath.Join(dir, name), time.Time{}, time.Unix(1_700_000_000, 0)); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTheOldestComesFirst(t *testing.T) {
	dir := t.TempDir()
	for i, name := range []string{"new", "newer", "newest", "old"} {
		put(t, dir, name, name)
		when := time.Unix(1_700_000_000+int64(i), 0)
		if name == "old" {
			when = time.Unix(1_600_000_000, 0)
		}
		if err := os.Chtimes(filepath.Join(dir, name), when, when); err != nil {
			t.Fatal(err)
		}
	}
	synctest.Test(t, func(t *testing.T) {
		names, failed := found(t, polling(dir), time.Minute)
		if want := []string{"old", "new", "newer", "newest"}; !slices.Equal(names, want) || failed != nil {
			t.Errorf("%q, %v", names, failed)
		}
	})
}

func TestWhatIsNoFinishedFileIsLeftAlone(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{
		".hidden", "a.part", "a.PART", "a.tmp", "a.filepart", "a.crdownload", "a.partial", "a~", "~$a.docx", "a.zip",
		"part", "tmp", "a.part.zip", "~a",
	} {
		put(t, dir, name, name)
	}
	if err := os.Mkdir(filepath.Join(dir, "folder.zip"), 0o700); err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" {
		if err := os.Symlink("a.zip", filepath.Join(dir, "link.zip")); err != nil {
			t.Fatal(err)
		}
	}
	synctest.Test(t, func(t *testing.T) {
		names, failed := found(t, polling(dir), 5*time.Minute)
		slices.Sort(names)
		if want := []string{"a.part.zip", "a.zip", "part", "tmp", "~a"}; !slices.Equal(names, want) || failed != nil {
			t.Errorf("%q, %v", names, failed)
		}
	})
}

// A file is its taker's until that says what became of it, also when it is gone and another one came; then what stands under
// the name is a new file.
func TestAFileIsGivenOutOnce(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "a", "1")
	synctest.Test(t, func(t *testing.T) {
		f := polling(dir)
		at(5*time.Minute, func() { os.Remove(filepath.Join(dir, "a")) })
		at(10*time.Minute, func() { put(t, dir, "a", "2") })
		at(20*time.Minute, func() { f.Done("a") })
		start := time.Now()
		var times []time.Duration
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		for range f.Settled(ctx) {
			times = append(times, time.Since(start))
		}
		if len(times) != 2 || times[1] < 20*time.Minute+10*time.Second || times[1] > 21*time.Minute {
			t.Errorf("given out at %v", times)
		}
	})
}

func TestWhatIsGoneIsForgotten(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "a", "1")
	put(t, dir, "b", "1")
	synctest.Test(t, func(t *testing.T) {
		f := polling(dir)
		at(15*time.Second, func() { os.Remove(filepath.Join(dir, "a")) })
		if names, _ := found(t, f, time.Minute); len(names) != 2 {
			t.Fatalf("%q", names)
		}
		f.Postpone("b", 0)
		os.Remove(filepath.Join(dir, "b"))
		found(t, f, time.Minute)
		f.Done("a")
		if !f.empty() {
			t.Errorf("it remembers %v", f.files)
		}
	})
}

func TestPausesGrow(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "a", "1")
	put(t, dir, "b", "1")
	synctest.Test(t, func(t *testing.T) {
		f := polling(dir)
		var pauses []time.Duration
		var given time.Time
		others := 0
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		for file := range f.Settled(ctx) {
			if file.Name != "a" {
				others++
				f.Postpone(file.Name, 24*time.Hour)
				continue
			}
			if n := len(pauses); n > 0 {
				if late := time.Since(given) - pauses[n-1]; late < 0 || late > time.Second {
					t.Errorf("after a pause of %v it was %v late", pauses[n-1], late)
				}
			}
			given = time.Now()
			pauses = append(pauses, f.Postpone("a", 0))
		}
		want := []time.Duration{
			30 * time.Second, time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute, 10 * time.Minute, 10 * time.Minute, 10 * time.Minute,
		}
		if !slices.Equal(pauses[:len(want)], want) || others != 1 {
			t.Errorf("%v, and the other one %d times", pauses, others)
		}
	})
}

// Who mends a file that waits for its pause does not wait for it.
func TestAChangedFileIsNotPostponed(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "a", "1")
	synctest.Test(t, func(t *testing.T) {
		f := polling(dir)
		times := 0
		start := time.Now()
		for range f.Settled(t.Context()) {
			if times++; times == 2 {
				break
			}
			f.Postpone("a", time.Hour)
			at(time.Minute, func() { put(t, dir, "a", "mended") })
		}
		if took := time.Since(start); took > 3*time.Minute {
			t.Errorf("given out again after %v", took)
		}
	})
}

func TestOnce(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		once := func() *Folder { return New(dir, Options{Once: true}) }
		start := time.Now()
		if names, failed := found(t, once(), time.Hour); names != nil || failed != nil || time.Since(start) > 0 {
			t.Errorf("an empty folder: %q, %v after %v", names, failed, time.Since(start))
		}
		put(t, dir, "a", "1")
		put(t, dir, "b", "1")
		at(5*time.Second, func() { put(t, dir, "b", "and more") })
		if names, failed := found(t, once(), time.Hour); !slices.Equal(names, []string{"a"}) || failed != nil {
			t.Errorf("%q, %v", names, failed)
		}
		if took := time.Since(start); took != 10*time.Second {
			t.Errorf("it took %v", took)
		}
		if _, failed := found(t, New(filepath.Join(dir, "none"), Options{Once: true}), time.Hour); len(failed) != 1 {
			t.Errorf("a folder that is not there: %v", failed)
		}
	})
}

// What the system tells brings the scan forward: with an hour between scans a file is found at once.
func TestAHintBringsTheScanForward(t *testing.T) {
	if !told() {
		t.Skip("this system tells nothing")
	}
	dir := t.TempDir()
	f := New(dir, Options{Settle: 50 * time.Millisecond, Interval: time.Hour})
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	time.AfterFunc(200*time.Millisecond, func() { put(t, dir, "a.zip.part", "1") })
	time.AfterFunc(400*time.Millisecond, func() { os.Rename(filepath.Join(dir, "a.zip.part"), filepath.Join(dir, "a.zip")) })
	for file, err := range f.Settled(ctx) {
		if err != nil || file.Name != "a.zip" {
			t.Errorf("%+v, %v", file, err)
		}
		return
	}
	t.Error("it was not found")
}

// Without what the system tells, the same folder is found by the scans alone.
func TestScansAloneFindEverything(t *testing.T) {
	dir := t.TempDir()
	f := New(dir, Options{Settle: 50 * time.Millisecond, Interval: 100 * time.Millisecond, Polling: true})
	time.AfterFunc(200*time.Millisecond, func() { put(t, dir, "a", "1") })
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for file, err := range f.Settled(ctx) {
		if err != nil || file.Name != "a" {
			t.Errorf("%+v, %v", file, err)
		}
		return
	}
	t.Error("it was not found")
}

package dropfolder

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"
)

// Whatever number is kept, each file is given out once, and the oldest first.
func TestFewAreKeptAndAllGivenOut(t *testing.T) {
	dir := t.TempDir()
	const files = 100
	for i := range files {
		name := fmt.Sprintf("%02d", (i*37)%files)
		put(t, dir, name, name)
		if err := os.Chtimes(filepath.Join(dir, name), time.Time{}, time.Unix(1_700_000_000+int64(i/3), 0)); err != nil {
			t.Fatal(err)
		}
	}
	for _, keep := range []int{1, 7, 50, 99, 100, 1000} {
		for _, once := range []bool{true, false} {
			synctest.Test(t, func(t *testing.T) {
				f := New(dir, Options{Once: once, Polling: true})
				f.keep = keep
				var ages []age
				start := time.Now()
				for file, err := range f.Settled(t.Context()) {
					if err != nil || f.wait >= 2*keep {
						t.Fatalf("%v, %d wait", err, f.wait)
					}
					ages = append(ages, age{file.Modified.UnixNano(), file.Name})
					if !once && len(ages) == files {
						break
					}
				}
				if len(ages) != files || !slices.IsSortedFunc(ages, age.compare) {
					t.Errorf("%d kept, once %t: %d files: %v", keep, once, len(ages), ages)
				}
				if took := time.Since(start); took > (files/time.Duration(keep)+1)*13*time.Second {
					t.Errorf("%d kept, once %t: it took %v", keep, once, took)
				}
			})
		}
	}
}

// Once, a file that was postponed is not given out again, however many rounds there are.
func TestOnceIsOnceWithManyRounds(t *testing.T) {
	dir := t.TempDir()
	for i := range 40 {
		put(t, dir, fmt.Sprintf("%02d", i), "1")
	}
	synctest.Test(t, func(t *testing.T) {
		f := New(dir, Options{Once: true})
		f.keep = 2
		seen := map[string]int{}
		for file := range f.Settled(t.Context()) {
			seen[file.Name]++
			f.Postpone(file.Name, 0)
		}
		for name, times := range seen {
			if times != 1 {
				t.Errorf("%s was given out %d times", name, times)
			}
		}
		if len(seen) != 40 {
			t.Errorf("%d files", len(seen))
		}
	})
}

// Failing files do not hold back the others, and have their pauses, however few are kept.
func TestPostponedFilesBlockNoOthers(t *testing.T) {
	dir := t.TempDir()
	for i := range 20 {
		put(t, dir, fmt.Sprintf("%02d", i), "1")
	}
	synctest.Test(t, func(t *testing.T) {
		f := New(dir, Options{Polling: true})
		f.keep = 2
		seen := map[string]bool{}
		for file := range f.Settled(t.Context()) {
			if seen[file.Name] {
				t.Fatalf("%s was given out twice", file.Name)
			}
			f.Postpone(file.Name, time.Hour)
			if seen[file.Name] = true; len(seen) == 20 {
				break
			}
		}
	})
}

// The memory of a folder does not follow its files: 20 000 here, 200 000 with ALTINN_TRANSFER_LONG, a million by
// ALTINN_TRANSFER_LONG=1000000.
func TestManyFiles(t *testing.T) {
	files, most := 20_000, int64(8<<20)
	if long := os.Getenv("ALTINN_TRANSFER_LONG"); long != "" {
		files, most = 200_000, 32<<20
		if n, err := strconv.Atoi(long); err == nil {
			files = max(files, n)
		}
	}
	dir := t.TempDir()
	for i := range files {
		if err := os.Link(seed(t, dir, i), filepath.Join(dir, fmt.Sprintf("%08d.zip", i))); err != nil {
			t.Skip("no links here:", err)
		}
	}
	before, peak := heap(), int64(0)
	f := New(dir, Options{Settle: 10 * time.Millisecond, Once: true})
	n := 0
	for file, err := range f.Settled(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if n++; n%5000 == 1 {
			peak = max(peak, heap()-before)
		}
		os.Remove(file.Path)
		f.Done(file.Name)
	}
	if n != files {
		t.Errorf("%d files", n)
	}
	t.Logf("%d files: %d KiB at most", files, peak>>10)
	if peak > most {
		t.Errorf("%d KiB of memory for %d files", peak>>10, files)
	}
	runtime.KeepAlive(f)
}

// seed is a hidden file to be linked to; a file has so many links and no more.
func seed(t *testing.T, dir string, i int) string {
	name := fmt.Sprintf(".seed-%d", i/1000)
	if i%1000 == 0 {
		put(t, dir, name, "PK")
	}
	return filepath.Join(dir, name)
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

package resume

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestFileIsThereAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state", "altinn-transfer", "a.journal")
	f := open(t, path)
	must(t, f.Put(t.Context(), record("a", Planned), record("b", Planned)))
	must(t, f.Put(t.Context(), record("a", Sent)))
	want := all(t, f.All(t.Context()))
	must(t, f.Close())

	again := open(t, path)
	if diff := cmp.Diff(want, all(t, again.All(t.Context()))); diff != "" || again.Damage() != 0 {
		t.Errorf("damage %d\n%s", again.Damage(), diff)
	}
	if r, ok := get(t, again, "a"); !ok || r.State != Sent {
		t.Errorf("%v %+v", ok, r)
	}
}

func TestFileIsForItsOwner(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there are no such permissions")
	}
	path := filepath.Join(t.TempDir(), "new", "a.journal")
	open(t, path)
	for name, want := range map[string]fs.FileMode{path: 0o600, path + ".lock": 0o600, filepath.Dir(path): fs.ModeDir | 0o700} {
		if info, err := os.Stat(name); err != nil || info.Mode() != want {
			t.Errorf("%s: %v, error %v", name, info.Mode(), err)
		}
	}
}

// A person can read it: a line for each Put, and JSON behind the numbers.
func TestFileIsText(t *testing.T) {
	path := journalPath(t)
	f := open(t, path)
	must(t, f.Put(t.Context(), record("a", Planned), record("b", Planned)))
	must(t, f.Put(t.Context(), record("a", Initiated)))
	lines := strings.Split(string(content(t, path)), "\n")
	if len(lines) != 4 || lines[0] != "altinn-transfer journal 1 c29a3bc8" || lines[3] != "" {
		t.Fatalf("%q", lines)
	}
	var two, one []Record
	must(t, json.Unmarshal([]byte(lines[1][len(lineStart):]), &two))
	must(t, json.Unmarshal([]byte(lines[2][len(lineStart):]), &one))
	if len(two) != 2 || len(one) != 1 || two[1].Key != "b" || one[0].State != Initiated {
		t.Errorf("%v %v", two, one)
	}
}

func TestClosedFile(t *testing.T) {
	f := open(t, journalPath(t))
	must(t, f.Close())
	if err := f.Put(t.Context(), record("a", Planned)); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("Put: %v", err)
	}
	if _, _, err := f.Get(t.Context(), "a"); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("Get: %v", err)
	}
	for _, err := range f.All(t.Context()) {
		if !errors.Is(err, fs.ErrClosed) {
			t.Errorf("All: %v", err)
		}
	}
	if _, err := f.Prune(t.Context(), time.Now()); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("Prune: %v", err)
	}
	must(t, f.Close())
}

func TestWhatIsNoJournalIsLeftAlone(t *testing.T) {
	newer := fmt.Appendf(nil, "%s%d ", headStart, version+1)
	newer = fmt.Appendf(newer, "%08x\nsomething", checksum(newer))
	tests := map[string]struct {
		text []byte
		want string
	}{
		"a ZIP":          {[]byte("PK\x03\x04" + strings.Repeat("=\n", 5000)), "it is no journal of altinn-transfer, and is left alone"},
		"a text":         {[]byte("altinn-transfer journal of last year\n"), "it is no journal"},
		"a newer format": {newer, "it has format 2, and this program knows 1"},
		"a newer state": {
			appendLine(headLine(), 1, false, []byte(`[{"key":"a","state":"sent"},{"key":"b","state":"halfway"}]`)),
			`it has a record with the state "halfway", which this program does not know: use the newer program`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			path := journalPath(t)
			must(t, os.WriteFile(path, test.text, 0o600))
			if _, err := Open(path); err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), path) {
				t.Errorf("Open: %v", err)
			}
			for _, err := range Read(path) {
				if err == nil || !strings.Contains(err.Error(), test.want) {
					t.Errorf("Read: %v", err)
				}
			}
			if !bytes.Equal(content(t, path), test.text) {
				t.Error("the file is not what it was")
			}
		})
	}
}

func TestOnlyARegularFile(t *testing.T) {
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "elsewhere"), nil, 0o600))
	if err := os.Symlink(filepath.Join(dir, "elsewhere"), filepath.Join(dir, "link")); err != nil {
		t.Skip(err)
	}
	must(t, os.Mkdir(filepath.Join(dir, "directory"), 0o700))
	must(t, os.Symlink(filepath.Join(dir, "elsewhere"), filepath.Join(dir, "locked.lock")))
	for _, name := range []string{"link", "directory", "locked"} {
		if _, err := Open(filepath.Join(dir, name)); err == nil || !strings.Contains(err.Error(), "it is no regular file") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A member that a newer program has added is kept when the file is written anew.
func TestUnknownMemberIsKept(t *testing.T) {
	path := journalPath(t)
	text := appendLine(headLine(), 1, false, []byte(`[{"key":"a","state":"sent","colour":"blue"}]`))
	must(t, os.WriteFile(path, text, 0o600))
	f := open(t, path)
	if _, err := f.Prune(t.Context(), time.Time{}); err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(content(t, path), []byte(`"colour":"blue"`)) {
		t.Errorf("%s", content(t, path))
	}
}

func TestRefusedPutIsNotTheLast(t *testing.T) {
	f := open(t, journalPath(t))
	large := record("a", Planned)
	large.Problem = strings.Repeat("x", maxJSON)
	for _, r := range []Record{large, {State: Sent}, {Key: "a", State: "halfway"}} {
		if err := f.Put(t.Context(), record("b", Planned), r); err == nil {
			t.Error("it was taken")
		}
	}
	if _, ok := get(t, f, "b"); ok {
		t.Error("a part of a Put was taken")
	}
	must(t, f.Put(t.Context(), record("a", Planned)))
}

// After a write that has failed, and after a sync that has, nothing is taken any more, and what was there can be read.
func TestFailedPutIsTheLast(t *testing.T) {
	for name, device := range map[string]string{"write": "/dev/full", "sync": "/dev/null"} {
		t.Run(name, func(t *testing.T) {
			file, err := os.OpenFile(device, os.O_WRONLY, 0)
			if err != nil {
				t.Skip(err)
			}
			f := open(t, journalPath(t))
			must(t, f.Put(t.Context(), record("a", Planned)))
			good := f.file
			f.file = file
			err = f.Put(t.Context(), record("b", Planned))
			if err == nil {
				t.Fatal("no error")
			}
			f.file = good
			file.Close()
			if again := f.Put(t.Context(), record("c", Planned)); again == nil || again.Error() != err.Error() {
				t.Errorf("the next Put: %v", again)
			}
			if _, again := f.Prune(t.Context(), time.Now()); again == nil {
				t.Error("it can be pruned")
			}
			if found := all(t, f.All(t.Context())); len(found) != 1 {
				t.Errorf("%v", found)
			}
		})
	}
}

func TestPrune(t *testing.T) {
	f := open(t, journalPath(t))
	old := []Record{
		record("planned", Planned), record("initiated", Initiated), record("sending", Sending), record("uncertain", Uncertain),
		record("sent", Sent), record("fetching", Fetching), record("stored", Stored), record("confirmed", Confirmed),
		{Key: "source", Direction: Source, State: Digested},
		{Key: "odd source", Direction: Source},
	}
	must(t, f.Put(t.Context(), old...))
	between := time.Now().Add(time.Millisecond)
	time.Sleep(2 * time.Millisecond)
	must(t, f.Put(t.Context(), record("new", Sent)))

	for _, test := range []struct {
		before time.Time
		want   int
	}{{time.Time{}, 0}, {between, 4}, {between, 0}} {
		if n, err := f.Prune(t.Context(), test.before); n != test.want || err != nil {
			t.Errorf("%d were dropped and not %d, error %v", n, test.want, err)
		}
	}
	found := all(t, f.All(t.Context()))
	for _, r := range old {
		if _, there := found[r.Key]; there == (r.State.Done() || r.Direction == Source) {
			t.Errorf("%s is there: %v", r.Key, there)
		}
	}
	must(t, f.Put(t.Context(), record("sent", Planned)))
	if r, ok := get(t, f, "sent"); len(found) != 7 || !ok || r.State != Planned {
		t.Errorf("%d are there; %+v", len(found), r)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := f.Prune(ctx, time.Now()); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

// A file that grows while it is in use is written anew then too.
func TestCompactionInUse(t *testing.T) {
	path := journalPath(t)
	f := open(t, path)
	f.roomy = 64 << 10
	size := 0
	for round := range 600 {
		r := record("a", Sending)
		r.Generation = round
		must(t, f.Put(t.Context(), r, record("b", Planned)))
		if r, ok := get(t, f, "a"); !ok || r.Generation != round {
			t.Fatalf("round %d: %v %+v", round, ok, r)
		}
		size = max(size, len(content(t, path)))
	}
	if size < 60<<10 || size > 64<<10 {
		t.Errorf("it grew up to %d bytes", size)
	}
	want := all(t, f.All(t.Context()))
	must(t, f.Close())
	if found := all(t, open(t, path).All(t.Context())); !cmp.Equal(want, found) {
		t.Error(cmp.Diff(want, found))
	}
}

// What is put into a file that nobody will find again is not taken.
func TestFileTakenAway(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a file that is open stays")
	}
	for name, do := range map[string]func(path string) error{
		"removed":          os.Remove,
		"lock removed":     func(path string) error { return os.Remove(path + lockSuffix) },
		"replaced":         func(path string) error { return os.WriteFile(path+".new", headLine(), 0o600) },
		"directory is new": func(path string) error { return os.RemoveAll(filepath.Dir(path)) },
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "state", "a.journal")
			f := open(t, path)
			must(t, f.Put(t.Context(), record("a", Planned)))
			must(t, do(path))
			if name == "replaced" {
				must(t, os.Rename(path+".new", path))
			}
			if _, err := f.Prune(t.Context(), time.Time{}); err == nil {
				t.Error("it was written anew")
			}
			err := f.Put(t.Context(), record("a", Sending))
			if err == nil || !strings.Contains(err.Error(), path) {
				t.Fatalf("error %v", err)
			}
			if again := f.Put(t.Context(), record("b", Planned)); again == nil {
				t.Error("the next Put was taken")
			}
			if r, ok := get(t, f, "a"); !ok || r.State != Planned {
				t.Errorf("%v %+v", ok, r)
			}
		})
	}
}

// A line that is half written is no damage to who reads it meanwhile, and turns no state into another.
func TestReadWhileWritten(t *testing.T) {
	path := journalPath(t)
	f := open(t, path)
	must(t, f.Put(t.Context(), record("a", Initiated)))
	whole := content(t, path)
	next := appendLine(nil, f.found.number+1, false, []byte(`[{"key":"b","state":"planned"}]`))
	must(t, os.WriteFile(path, append(bytes.Clone(whole), next[:20]...), 0o600))
	var w sync.WaitGroup
	w.Go(func() {
		time.Sleep(10 * time.Millisecond)
		os.WriteFile(path, append(whole, next...), 0o600)
	})
	found := all(t, Read(path))
	w.Wait()
	if len(found) != 2 || found["a"].State != Initiated {
		t.Errorf("%+v", found)
	}
}

// A file that is written anew at Open is smaller and says the same, and leftovers of an attempt are gone.
func TestCompaction(t *testing.T) {
	path := journalPath(t)
	f := open(t, path)
	for round := range 10 {
		for i := range 30 {
			r := record(fmt.Sprint(i), Sending)
			r.Generation = round
			must(t, f.Put(t.Context(), r))
		}
	}
	want := all(t, f.All(t.Context()))
	must(t, f.Close())
	before := len(content(t, path))
	leftover := filepath.Join(filepath.Dir(path), ".a.journal.ABCDEFGHIJKLMNOP.part")
	foreign := filepath.Join(filepath.Dir(path), ".b.journal.ABCDEFGHIJKLMNOP.part")
	must(t, os.WriteFile(leftover, []byte("half"), 0o600))
	must(t, os.WriteFile(foreign, []byte("half"), 0o600))

	f = open(t, path)
	if diff := cmp.Diff(want, all(t, f.All(t.Context()))); diff != "" || f.Damage() != 0 {
		t.Errorf("damage %d\n%s", f.Damage(), diff)
	}
	after := content(t, path)
	if len(after) > before/4 {
		t.Errorf("%d bytes, and %d before", len(after), before)
	}
	if _, err := os.Stat(leftover); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the leftover: %v", err)
	}
	if _, err := os.Stat(foreign); err != nil {
		t.Error(err)
	}
	must(t, f.Close())
	open(t, path)
	if !bytes.Equal(after, content(t, path)) {
		t.Error("it is written anew each time")
	}
}

func TestReadWhileInUse(t *testing.T) {
	path := journalPath(t)
	for _, err := range Read(path) {
		if !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("no journal: %v", err)
		}
	}
	f := open(t, path)
	must(t, f.Put(t.Context(), record("a", Initiated), record("b", Sent)))
	if diff := cmp.Diff(all(t, f.All(t.Context())), all(t, Read(path))); diff != "" {
		t.Error(diff)
	}
	seen := 0
	for _, err := range Read(path) { // the file is replaced beneath it
		must(t, err)
		seen++
		must(t, f.Put(t.Context(), record("c", Planned)))
		if _, err := f.Prune(t.Context(), time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	if found := all(t, Read(path)); seen != 2 || len(found) != 2 {
		t.Errorf("%d were listed, %v are there", seen, found)
	}
}

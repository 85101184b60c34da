package atomicfile

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
)

var errStep = errors.New("the power is low")

// stepsOf are the steps of each kind of commit, as Commit and CommitNew take them.
var stepsOf = map[string]func(*File) []step{"Commit": (*File).replaceSteps, "CommitNew": (*File).newSteps}

func TestOrderOfSteps(t *testing.T) {
	want := map[string][]string{
		"Commit":    {"sync", "close", "rename", "sync directory"},
		"CommitNew": {"sync", "close", "link", "remove temporary name", "sync directory"},
	}
	for kind, steps := range stepsOf {
		var names []string
		for _, s := range steps(mustCreate(t, openDir(t), "a")) {
			names = append(names, s.name)
		}
		if !slices.Equal(names, want[kind]) {
			t.Errorf("%s: %q", kind, names)
		}
	}
}

// Nothing is under the final name before the file is synced and closed, and no temporary name is left for the last sync.
func TestWhatIsThereAtEachStep(t *testing.T) {
	for kind, steps := range stepsOf {
		dir := openDir(t)
		f := mustCreate(t, dir, "a")
		write(t, f, after)
		for _, s := range steps(f) {
			_, noName := dir.Lstat("a")
			_, noTemp := dir.Lstat(f.temp)
			var wantName, wantTemp bool
			switch s.name {
			case "sync", "close", "rename", "link":
				wantTemp = true
			case "remove temporary name":
				wantName, wantTemp = true, true
			case "sync directory":
				wantName = true
			}
			if wantName != (noName == nil) || wantTemp != (noTemp == nil) {
				t.Errorf("%s, before %s: the name: %v, the temporary name: %v", kind, s.name, noName, noTemp)
			}
			must(t, s.run())
		}
		checkDir(t, dir, "a", after)
	}
}

// A commit that fails at any step leaves no temporary file and the old state. Only a replaced file cannot come back, when
// the one that replaced it is there and the directory is not synced.
func TestFailedStepLeavesTheOldState(t *testing.T) {
	tests := []struct {
		kind string
		old  []string
	}{
		{"Commit", nil},
		{"Commit", []string{"a", before}},
		{"CommitNew", nil},
	}
	for _, test := range tests {
		for failing := range len(stepsOf[test.kind](mustCreate(t, openDir(t), "a"))) {
			dir := openDir(t)
			if test.old != nil {
				must(t, WriteFile(dir, "a", []byte(before)))
			}
			f := mustCreate(t, dir, "a")
			write(t, f, after)
			steps := stepsOf[test.kind](f)
			failed := steps[failing].name
			steps[failing].run = func() error { return errStep }
			t.Run(fmt.Sprintf("%s %q %s", test.kind, test.old, failed), func(t *testing.T) {
				err := f.commit(steps)
				if !errors.Is(err, errStep) || !strings.Contains(err.Error(), "commit a: "+failed+": ") {
					t.Errorf("error %v", err)
				}
				want := test.old
				if test.kind == "Commit" && failed == "sync directory" {
					want = []string{"a", after}
				}
				checkDir(t, dir, want...)
			})
		}
	}
}

// On a file system without links, a name that is free is taken by a rename, and one that is not is left alone.
func TestWithoutLinks(t *testing.T) {
	dir := openDir(t)
	f := mustCreate(t, dir, "a")
	write(t, f, after)
	must(t, f.linkless())
	must(t, f.removeTemp())
	checkDir(t, dir, "a", after)

	late := mustCreate(t, dir, "a")
	if err := late.linkless(); !errors.Is(err, fs.ErrExist) {
		t.Errorf("error %v", err)
	}
	must(t, late.Discard())
	checkDir(t, dir, "a", after)
}

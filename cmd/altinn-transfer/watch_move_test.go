package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func unsupported(_, _ string) error { return errors.ErrUnsupported }

// movers are the ways to a new name, by what the file system can do.
func movers() map[string]mover {
	return map[string]mover{
		"as here":    newMover(),
		"links":      {rename: unsupported, link: os.Link},
		"not a link": {rename: unsupported, link: func(_, _ string) error { return fs.ErrPermission }},
	}
}

// All ways to a new name move the file when the name is free, change nothing when it is not, and leave nothing behind.
func TestAMoveOverwritesNothing(t *testing.T) {
	for name, m := range movers() {
		d := dropFolder(t)
		from, free, held := filepath.Join(d.dir, "a.zip"), filepath.Join(d.sent, "free.zip"), filepath.Join(d.sent, "held.zip")
		writeFile(t, from, "new")
		writeFile(t, held, "old")
		if err := m.move(from, held); !errors.Is(err, fs.ErrExist) {
			t.Errorf("%s: onto a name that is held: %v", name, err)
		}
		if fileContent(t, held) != "old" || fileContent(t, from) != "new" {
			t.Errorf("%s: a file was changed", name)
		}
		if err := m.move(from, free); err != nil || fileContent(t, free) != "new" || taken(from) {
			t.Errorf("%s: onto a free name: %v", name, err)
		}
		if err := m.move(from, filepath.Join(d.sent, "none")); !errors.Is(err, fs.ErrNotExist) || taken(filepath.Join(d.sent, "none")) {
			t.Errorf("%s: of a file that is gone: %v", name, err)
		}
		if left, err := os.ReadDir(d.sent); len(left) != 2 {
			t.Errorf("%s: it left %v, %v", name, left, err)
		}
	}
}

// A kill between the link and the removal leaves the file under both names. The next run takes the old one away, and makes no
// second copy.
func TestAKillAfterTheLinkIsMadeGood(t *testing.T) {
	for into, reason := range map[string]string{"sent": "", "failed": "because"} {
		d := dropFolder(t)
		file := settled(t, d, "a.zip", "new")
		to := filepath.Join(d.dir, into, "a.zip")
		if err := os.Link(file.Path, to); err != nil {
			t.Skip("no links here:", err)
		}
		if got, err := d.move(file, filepath.Join(d.dir, into), "R1", reason); err != nil || got != to || taken(file.Path) || fileContent(t, to) != "new" {
			t.Errorf("moved to %s: %v", got, err)
		}
	}
}

// A symbolic link in the place of the new name is no second name.
func TestASymbolicLinkIsNoSecondName(t *testing.T) {
	d := dropFolder(t)
	file := settled(t, d, "a.zip", "new")
	if err := os.Symlink(file.Path, filepath.Join(d.sent, "a.zip")); err != nil {
		t.Skip("no links here:", err)
	}
	if to, err := d.move(file, d.sent, "R1", ""); err != nil || filepath.Base(to) != "a-R1.zip" || fileContent(t, to) != "new" {
		t.Errorf("moved to %s: %v", to, err)
	}
}

// What a kill leaves of a placeholder is gone at the next start. Nobody's file is taken for one.
func TestAPlaceholderIsRemovedAtTheNextStart(t *testing.T) {
	for _, test := range []struct {
		name, content string
		noted, old    bool
		stays         bool
	}{
		{name: "filled", content: placeholder, noted: true},
		{name: "just made", noted: true},
		{name: "an empty file that was moved", noted: true, old: true, stays: true},
		{name: "a file that was moved", content: "PK", noted: true, stays: true},
		{name: "as long", content: placeholder[1:] + "!", noted: true, stays: true},
		{name: "without a note", content: placeholder, stays: true},
	} {
		d := dropFolder(t)
		for _, dir := range []string{d.dir, d.sent, d.failed} {
			if notes := filepath.Join(dir, notesDir); test.noted {
				if err := writeNote(notes, filepath.Join(notes, "a.zip")); err != nil {
					t.Fatal(err)
				}
			}
			writeFile(t, filepath.Join(dir, "a.zip"), test.content)
			if when := time.Now().Add(-time.Minute); test.old {
				os.Chtimes(filepath.Join(dir, "a.zip"), when, when)
			}
		}
		if _, err := openDrop(d.dir, "", ""); err != nil {
			t.Fatal(err)
		}
		for _, dir := range []string{d.dir, d.sent, d.failed} {
			if got := taken(filepath.Join(dir, "a.zip")); got != test.stays || taken(filepath.Join(dir, notesDir)) {
				t.Errorf("%s: stays: %t", test.name, got)
			}
		}
	}
}

// A move that fails leaves no placeholder, and without a note there is none.
func TestNoPlaceholderIsLeftOrMadeWithoutANote(t *testing.T) {
	d := dropFolder(t)
	from, to := filepath.Join(d.dir, "a.zip"), filepath.Join(d.sent, "a.zip")
	if err := os.MkdirAll(filepath.Join(from, "full"), 0o700); err != nil { // the rename of a directory over a file fails
		t.Fatal(err)
	}
	if err := overPlaceholder(from, to); err == nil {
		t.Error("it was moved")
	}
	if left, err := os.ReadDir(d.sent); len(left) != 0 {
		t.Errorf("it left %v, %v", left, err)
	}
	if err := os.WriteFile(filepath.Join(d.sent, notesDir), nil, 0o600); err != nil { // no notes can be made
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(d.dir, "b.zip"), "new")
	if err := overPlaceholder(filepath.Join(d.dir, "b.zip"), filepath.Join(d.sent, "b.zip")); err == nil || taken(filepath.Join(d.sent, "b.zip")) {
		t.Errorf("without a note: %v", err)
	}
}

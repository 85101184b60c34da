package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/internal/dropfolder"
)

// Both ways to a new name move the file when the name is free, and change nothing when it is not.
func TestAMoveOverwritesNothing(t *testing.T) {
	for name, move := range map[string]func(from, to string) error{"moveNew": moveNew, "replaceOwn": replaceOwn} {
		d := dropFolder(t)
		from, free, held := filepath.Join(d.dir, "a.zip"), filepath.Join(d.sent, "free.zip"), filepath.Join(d.sent, "held.zip")
		writeFile(t, from, "new")
		writeFile(t, held, "old")
		if err := move(from, held); !errors.Is(err, fs.ErrExist) {
			t.Errorf("%s: onto a name that is held: %v", name, err)
		}
		if fileContent(t, held) != "old" || fileContent(t, from) != "new" {
			t.Errorf("%s: a file was changed", name)
		}
		if err := move(from, free); err != nil || fileContent(t, free) != "new" || taken(from) {
			t.Errorf("%s: onto a free name: %v", name, err)
		}
		if err := move(from, filepath.Join(d.sent, "none")); !errors.Is(err, fs.ErrNotExist) || taken(filepath.Join(d.sent, "none")) {
			t.Errorf("%s: of a file that is gone: %v", name, err)
		}
	}
}

// Whatever stands in the folder, a file and the text beside it find a place together.
func TestARefusedFileFindsAPlaceForItsReason(t *testing.T) {
	d := dropFolder(t)
	writeFile(t, filepath.Join(d.failed, "a.zip"), "old")
	writeFile(t, filepath.Join(d.failed, "a-R1.zip.reason.txt"), "old")
	path := filepath.Join(d.dir, "a.zip")
	writeFile(t, path, "new")
	info, err := os.Lstat(path)
	if err != nil {
		t.Fatal(err)
	}
	file := dropfolder.File{Path: path, Name: "a.zip", Size: info.Size(), Modified: info.ModTime()}
	to, err := d.move(file, d.failed, "R1", "because")
	if err != nil || fileContent(t, to) != "new" || fileContent(t, to+reasonSuffix) != "because" {
		t.Errorf("moved to %s: %v", to, err)
	}
	entries, err := os.ReadDir(d.failed)
	if len(entries) != 4 || taken(path) {
		t.Errorf("%v, %v", entries, err)
	}
}

func dropFolder(t *testing.T) *drop {
	t.Helper()
	d, err := openDrop(t.TempDir(), "", "")
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func writeFile(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

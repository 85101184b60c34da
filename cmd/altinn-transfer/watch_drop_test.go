package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/internal/dropfolder"
)

// An end of a file is made again where the folder is another one by now.
func TestTheEndsAreMadeAgain(t *testing.T) {
	d := dropFolder(t)
	for _, into := range []string{d.sent, d.failed} {
		if err := os.Remove(into); err != nil {
			t.Fatal(err)
		}
		if to, err := d.move(settled(t, d, "a.zip", "new"), into, "", "because"); err != nil || fileContent(t, to) != "new" {
			t.Errorf("%s: %v", to, err)
		}
	}
}

// Whatever stands in the folder, a file and the text beside it find a place together.
func TestARefusedFileFindsAPlaceForItsReason(t *testing.T) {
	d := dropFolder(t)
	writeFile(t, filepath.Join(d.failed, "a.zip"), "old")
	writeFile(t, filepath.Join(d.failed, "a-R1.zip.reason.txt"), "old")
	file := settled(t, d, "a.zip", "new")
	to, err := d.move(file, d.failed, "R1", "because")
	if err != nil || fileContent(t, to) != "new" || fileContent(t, to+reasonSuffix) != "because" {
		t.Errorf("moved to %s: %v", to, err)
	}
	entries, err := os.ReadDir(d.failed)
	if len(entries) != 4 || taken(file.Path) {
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

// settled is a new file of a drop folder.
func settled(t *testing.T, d *drop, name, content string) dropfolder.File {
	t.Helper()
	path := filepath.Join(d.dir, name)
	writeFile(t, path, content)
	info, err := os.Lstat(path)
	if err != nil {
		t.Fatal(err)
	}
	return dropfolder.File{Path: path, Name: name, Size: info.Size(), Modified: info.ModTime()}
}

func writeFile(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

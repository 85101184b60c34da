package main

import (
	"cmp"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"unicode/utf8"

	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/internal/atomicfile"
	"github.com/altinn-transfer/altinn-transfer/internal/dropfolder"
)

// drop is a drop folder and the two where its files end, as absolute paths.
type drop struct {
	dir, sent, failed string
	mover             mover
}

// openDrop makes the two folders where they are missing, and sees that files can be moved there.
func openDrop(dir, sent, failed string) (*drop, error) {
	full, err := filepath.Abs(dir)
	if err != nil {
		return nil, usageError("%w", err)
	}
	if err := checkDir(full); err != nil {
		return nil, err
	}
	d := &drop{dir: full, mover: newMover()}
	for _, end := range []struct {
		path        *string
		given, name string
	}{{&d.sent, sent, "sent"}, {&d.failed, failed, "failed"}} {
		if *end.path, err = d.end(end.given, end.name); err != nil {
			return nil, err
		}
		removePlaceholders(*end.path)
	}
	removePlaceholders(full)
	return d, nil
}

func (d *drop) end(given, name string) (string, error) {
	path := filepath.Join(d.dir, name)
	if given != "" {
		var err error
		if path, err = filepath.Abs(given); err != nil {
			return "", usageError("--%s: %w", name, err)
		}
	}
	if err := makeDir(path); err != nil {
		return "", err
	}
	if sameFile(path, d.dir) {
		return "", usageError("--%s: the files would move into the folder that they come from, %s", name, path)
	}
	return path, d.try(path, name)
}

// try moves an empty file, which says more than the numbers of the file systems do.
func (d *drop) try(into, name string) error {
	probe := ".altinn-transfer-" + rand.Text() + ".part"
	from, to := filepath.Join(d.dir, probe), filepath.Join(into, probe)
	file, err := os.OpenFile(from, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return &failure.Error{Op: "write into the folder", Kind: failure.Disk, Err: err}
	}
	file.Close()
	defer os.Remove(from)
	if err := os.Rename(from, to); err != nil {
		return usageError("files cannot be moved from %s to %s, which must be on the same file system (--%s): %w", d.dir, into, name, err)
	}
	if err := os.Remove(to); err != nil {
		return &failure.Error{Op: "write into the folder", Kind: failure.Disk, Err: err}
	}
	return nil
}

// errReplaced is given when a file is no longer the one that was taken from the folder.
var errReplaced = errors.New("another file has taken its place")

// move brings a file into a folder, under a name that is free there, and a reason beside it where there is one. It returns
// when that is on disk.
func (d *drop) move(file dropfolder.File, into, reference, reason string) (string, error) {
	if !unchanged(file, file.Path) {
		return "", errReplaced
	}
	if err := d.remake(into); err != nil {
		return "", err
	}
	to, err := d.moveFree(file, into, reference, reason)
	if err != nil {
		return "", err
	}
	if !unchanged(file, to) { // it was replaced between the look and the move
		return "", cmp.Or(d.back(file, to, reason), errReplaced)
	}
	return to, errors.Join(syncDir(into), syncDir(d.dir))
}

// remake makes a folder in the drop folder again: that may be another one by now. Any other path is left to who gave it, since it
// may be a mount.
func (d *drop) remake(into string) error {
	if filepath.Dir(into) != d.dir {
		return nil
	}
	return makeDir(into)
}

// back returns a file that was moved by mistake, unless yet another one has come.
func (d *drop) back(file dropfolder.File, to, reason string) error {
	if err := d.mover.move(to, file.Path); err != nil {
		return fmt.Errorf("a newer one was moved to %s: %w", to, err)
	}
	if reason != "" {
		return os.Remove(to + reasonSuffix)
	}
	return nil
}

// mostNames bounds the search for a free name.
const mostNames = 10_000

// moveFree moves a file to the first free name, so that nothing is overwritten, whoever else puts files there. With a reason,
// the name of that must be free, too; it is on disk before the file comes.
func (d *drop) moveFree(file dropfolder.File, into, reference, reason string) (string, error) {
	for n := range mostNames {
		to := filepath.Join(into, nameNumber(n, file.Name, reference))
		if linked(file.Path, to) {
			return to, finishLink(file.Path, to)
		}
		if taken(to) || reason != "" && taken(to+reasonSuffix) {
			continue
		}
		if reason != "" {
			if err := writeReason(into, filepath.Base(to)+reasonSuffix, reason); err != nil {
				return "", err
			}
		}
		err := d.mover.move(file.Path, to)
		if err != nil && reason != "" {
			os.Remove(to + reasonSuffix)
		}
		if !errors.Is(err, fs.ErrExist) {
			return to, err
		}
	}
	return "", fmt.Errorf("%s holds too many files called %s already; move some away", into, file.Name)
}

func taken(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// nameNumber is the name itself, then the name with the reference, then names with numbers. The reason's name must have room.
func nameNumber(n int, name, reference string) string {
	switch {
	case n == 0 && len(name)+len(reasonSuffix) <= longestName:
		return name
	case n <= 1 && reference != "":
		return marked(name, "-"+reference)
	case reference != "":
		return marked(name, fmt.Sprintf("-%s (%d)", reference, n))
	}
	return marked(name, fmt.Sprintf(" (%d)", n+1))
}

// longestName is the longest file name, in bytes, that common file systems take.
const longestName = 255

// marked puts a mark before the extension of a name, and shortens the name where it has to.
func marked(name, mark string) string {
	ext := filepath.Ext(name)
	if len(ext) > 32 {
		ext = ""
	}
	stem := name[:len(name)-len(ext)]
	most := longestName - len(mark) - len(ext) - len(reasonSuffix)
	for len(stem) > most {
		_, size := utf8.DecodeLastRuneInString(stem)
		stem = stem[:len(stem)-size]
	}
	return stem + mark + ext
}

func writeReason(dir, name, reason string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	return atomicfile.WriteFile(root, name, []byte(reason))
}

func syncDir(path string) error {
	root, err := os.OpenRoot(path)
	if err != nil {
		return err
	}
	defer root.Close()
	return atomicfile.SyncDir(root)
}

// unchanged reports whether the file at path is the one that settled.
func unchanged(file dropfolder.File, path string) bool {
	info, err := os.Lstat(path)
	return err == nil && info.Mode().IsRegular() && info.Size() == file.Size && info.ModTime().Equal(file.Modified)
}

func sameFile(a, b string) bool {
	one, err := os.Stat(a)
	if err != nil {
		return false
	}
	other, err := os.Stat(b)
	return err == nil && os.SameFile(one, other)
}

package main

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// mover gives a file of a drop folder another name, which nothing has.
type mover struct {
	rename func(from, to string) error // in one step; [errors.ErrUnsupported] where the file system cannot
	link   func(from, to string) error
}

func newMover() mover { return mover{rename: renameNew, link: os.Link} }

// move is [fs.ErrExist] where something has the name. Whenever it is killed, the file is whole under one of the names, or both.
func (m mover) move(from, to string) error {
	err := m.rename(from, to)
	if !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	err = m.link(from, to)
	switch {
	case err == nil:
		return finishLink(from, to)
	case errors.Is(err, fs.ErrExist), errors.Is(err, fs.ErrNotExist):
		return err
	}
	return overPlaceholder(from, to)
}

// finishLink takes the old name of a file that has both. QUIRK: a file that is renamed to the old name between the look and
// the removal is lost. That is only for file systems that cannot rename without replacing, and lasts as long as two calls.
func finishLink(from, to string) error {
	if !linked(from, to) {
		return nil
	}
	return os.Remove(from)
}

// linked reports whether both names are one file's, which a kill leaves between the link and the removal.
func linked(one, other string) bool {
	a, err := os.Lstat(one)
	if err != nil || !a.Mode().IsRegular() {
		return false
	}
	b, err := os.Lstat(other)
	return err == nil && os.SameFile(a, b)
}

// placeholder is what a file holds that keeps a name free for another one, so that nothing else is taken for it.
const placeholder = "altinn-transfer moves a file to this name. When no altinn-transfer is at work, this one may be deleted.\n"

// notesDir is the directory, in that of a new name, whose entries are called as the placeholders are.
const notesDir = ".altinn-transfer-moves"

// overPlaceholder takes the name with a placeholder, and replaces that. A note is on disk before, from which the next start
// knows what to remove after a kill.
func overPlaceholder(from, to string) error {
	if _, err := os.Lstat(from); err != nil {
		return err
	}
	notes := filepath.Join(filepath.Dir(to), notesDir)
	note := filepath.Join(notes, filepath.Base(to))
	defer removeNote(notes, note)
	if err := writeNote(notes, note); err != nil {
		return err
	}
	file, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = file.WriteString(placeholder)
	if err = cmp.Or(err, file.Close()); err == nil {
		err = os.Rename(from, to)
	}
	if err != nil {
		os.Remove(to)
	}
	return err
}

func writeNote(notes, note string) error {
	if err := os.Mkdir(notes, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	if err := os.WriteFile(note, nil, 0o600); err != nil {
		return err
	}
	return syncDir(notes)
}

// removeNote removes the directory as well, when it is empty.
func removeNote(notes, note string) {
	os.Remove(note)
	os.Remove(notes)
}

// removePlaceholders removes what a kill left in a directory.
func removePlaceholders(dir string) {
	notes := filepath.Join(dir, notesDir)
	left, err := os.ReadDir(notes)
	if err != nil {
		return
	}
	for _, entry := range left {
		note, path := filepath.Join(notes, entry.Name()), filepath.Join(dir, entry.Name())
		if isPlaceholder(path, note) {
			os.Remove(path)
		}
		removeNote(notes, note)
	}
}

// isPlaceholder reports whether a file is one, or has been made to be one and not been filled yet: then it is empty, and not
// older than its note, as an empty file would be that was moved.
func isPlaceholder(path, note string) bool {
	file, err := os.Lstat(path)
	if err != nil || !file.Mode().IsRegular() {
		return false
	}
	noted, err := os.Lstat(note)
	if err == nil && file.Size() == 0 {
		return !file.ModTime().Before(noted.ModTime())
	}
	if file.Size() != int64(len(placeholder)) {
		return false
	}
	content, err := os.ReadFile(path)
	return err == nil && string(content) == placeholder
}

package atomicfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"slices"
	"syscall"
)

// Commit gives the file its name, in place of one that is there, and returns when that is on disk. It fails when a write has
// failed. After an error the temporary file is gone and the final name is as it was, with one exception: when only the last
// step failed, the sync of the directory, the file is there and whole, but may not survive a loss of power.
func (f *File) Commit() error { return f.commit(f.replaceSteps()) }

// CommitNew is Commit for a name that must not be there yet; when it is, the error is [fs.ErrExist] and that file is left
// alone. After any error the final name is as it was.
func (f *File) CommitNew() error { return f.commit(f.newSteps()) }

type step struct {
	name string
	run  func() error
	undo func() error // when a later step fails; nil: there is nothing to undo
}

func (f *File) replaceSteps() []step {
	return []step{
		{name: "sync", run: f.file.Sync},
		{name: "close", run: f.file.Close},
		{name: "rename", run: f.rename},
		{name: "sync directory", run: f.syncDir},
	}
}

func (f *File) newSteps() []step {
	return []step{
		{name: "sync", run: f.file.Sync},
		{name: "close", run: f.file.Close},
		{name: "link", run: f.link, undo: f.removeName},
		{name: "remove temporary name", run: f.removeTemp},
		{name: "sync directory", run: f.syncDir},
	}
}

func (f *File) commit(steps []step) error {
	if f.done {
		return fmt.Errorf("commit %s: %w", f.name, fs.ErrClosed)
	}
	defer f.Discard()
	if f.err != nil {
		return fmt.Errorf("commit %s: a write has failed: %w", f.name, f.err)
	}
	for i, s := range steps {
		if err := s.run(); err != nil {
			undo(steps[:i])
			return fmt.Errorf("commit %s: %s: %w", f.name, s.name, err)
		}
		if f.Stepped != nil {
			f.Stepped(s.name)
		}
	}
	f.done = true
	return nil
}

func undo(steps []step) {
	for _, s := range slices.Backward(steps) {
		if s.undo != nil {
			s.undo()
		}
	}
}

func (f *File) rename() error     { return f.dir.Rename(f.temp, f.name) }
func (f *File) removeName() error { return f.dir.Remove(f.name) }

// link gives the file its name only if nobody else has it.
func (f *File) link() error {
	err := f.dir.Link(f.temp, f.name)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	return f.linkless()
}

// linkless does what link does where the file system knows no links (FAT, some network shares): a look and a rename, which
// another program could get between.
func (f *File) linkless() error {
	if _, err := f.dir.Lstat(f.name); err == nil {
		return &fs.PathError{Op: "rename", Path: f.name, Err: fs.ErrExist}
	}
	return f.rename()
}

func (f *File) removeTemp() error {
	if err := f.dir.Remove(f.temp); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func (f *File) syncDir() error { return SyncDir(f.dir) }

// SyncDir makes new names in dir last. Windows has no such call and some file systems refuse it; they leave nothing to be done.
func SyncDir(dir *os.Root) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := dir.Open(".")
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	return nil
}

package atomicfile

import (
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"syscall"
)

// Commit gives the file its name, in place of one that is there, and returns when that is on disk. It fails when a write has
// failed. After an error the temporary file is gone and the final name is as it was, with one exception: when only the last
// step failed, the sync of the directory, the file is there and whole, but may not survive a loss of power.
func (f *File) Commit() error {
	return f.commit([]step{
		{"sync", f.file.Sync},
		{"close", f.file.Close},
		{"rename", f.rename},
		{"sync directory", f.syncDir},
	})
}

// CommitNew is Commit for a name that must not be there yet; when it is, the error is [fs.ErrExist] and that file is left
// alone. After any error the final name is as it was.
func (f *File) CommitNew() error {
	return f.commit([]step{
		{"sync", f.file.Sync},
		{"close", f.file.Close},
		{"link", f.link},
		{"sync directory", f.syncNewName},
	})
}

type step struct {
	name string
	run  func() error
}

func (f *File) commit(steps []step) error {
	if f.done {
		return fmt.Errorf("commit %s: %w", f.name, fs.ErrClosed)
	}
	defer f.Discard()
	if f.err != nil {
		return fmt.Errorf("commit %s: a write has failed: %w", f.name, f.err)
	}
	for _, s := range steps {
		if err := s.run(); err != nil {
			return fmt.Errorf("commit %s: %s: %w", f.name, s.name, err)
		}
	}
	return nil
}

func (f *File) rename() error { return f.dir.Rename(f.temp, f.name) }

// link gives the file its name only if nobody else has it. A second link does that in one step; where the file system knows
// no links (FAT, some network shares), a look and a rename must do, which another program could get between.
func (f *File) link() error {
	err := f.dir.Link(f.temp, f.name)
	switch {
	case err == nil:
		return f.removeTemp()
	case errors.Is(err, fs.ErrExist):
		return err
	}
	if _, err := f.dir.Lstat(f.name); err == nil {
		return &fs.PathError{Op: "rename", Path: f.name, Err: fs.ErrExist}
	}
	return f.rename()
}

func (f *File) removeTemp() error {
	err := f.dir.Remove(f.temp)
	if err != nil {
		f.dir.Remove(f.name)
	}
	return err
}

// syncNewName takes the name back when it cannot be made to last: nobody had it before.
func (f *File) syncNewName() error {
	err := f.syncDir()
	if err != nil {
		f.dir.Remove(f.name)
	}
	return err
}

// syncDir makes the new name last. Windows has no such call and some file systems refuse it; they leave nothing to be done.
func (f *File) syncDir() error {
	if runtime.GOOS == "windows" {
		return nil
	}
	dir, err := f.dir.Open(".")
	if err != nil {
		return err
	}
	defer dir.Close()
	if err := dir.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	return nil
}

package zipstream

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// file is a regular file as the walk found it.
type file struct {
	path string
	info fs.FileInfo
}

func newFile(path string) (file, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return file{}, err
	}
	return file{path, info}, checkMode(path, info.Mode())
}

func checkMode(path string, mode fs.FileMode) error {
	switch {
	case mode.IsRegular():
		return nil
	case mode&fs.ModeSymlink != 0:
		return fmt.Errorf("%s is a symbolic link, which is not followed", path)
	case mode&fs.ModeNamedPipe != 0:
		return fmt.Errorf("%s is a named pipe, not a file", path)
	default:
		return fmt.Errorf("%s is no regular file", path)
	}
}

// open looks before it opens, since opening a pipe that took the file's place could wait for ever.
func (f file) open(context.Context) (io.ReadCloser, error) {
	if err := f.compare(os.Lstat(f.path)); err != nil {
		return nil, err
	}
	opened, err := os.Open(f.path)
	if err != nil {
		return nil, err
	}
	return &reading{f, opened}, nil
}

var errChanged = errors.New("the file has changed since it was chosen")

func (f file) compare(now fs.FileInfo, err error) error {
	if err != nil {
		return err
	}
	same := os.SameFile(f.info, now) && now.Size() == f.info.Size() && now.ModTime().Equal(f.info.ModTime())
	if !same {
		return fmt.Errorf("%s: %w", f.path, errChanged)
	}
	return nil
}

// reading ends in an error when the file was changed while it was read: it may be half old and half new.
type reading struct {
	found file
	now   *os.File
}

func (r *reading) Read(p []byte) (int, error) {
	n, err := r.now.Read(p)
	if err == io.EOF {
		if changed := r.found.compare(r.now.Stat()); changed != nil {
			err = changed
		}
	}
	return n, err
}

func (r *reading) Close() error { return r.now.Close() }

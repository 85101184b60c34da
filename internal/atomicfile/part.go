package atomicfile

import (
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// ErrForeign is the error for a name at which something lies that no process of ours has left there: a link, a pipe, a
// directory, for [Continue] also another user's file. It is not touched.
var ErrForeign = errors.New("it is no plain file of this user's")

// PartName is the temporary name of a file called name that is the same for the same key, so that a later process goes on
// where an earlier one ended. [IsTemp] knows it.
func PartName(name, key string) string {
	sum := sha256.Sum256([]byte(key))
	return tempWith(name, base32.StdEncoding.EncodeToString(sum[:])[:randomLen])
}

// Continue opens the temporary file called part in dir, made by [PartName], to go on with what an earlier process has left in
// it, or makes it. It will be called name. The position is at its beginning.
func Continue(dir *os.Root, part, name string) (*File, error) {
	if err := checkName(name); err != nil {
		return nil, err
	}
	if !IsTemp(part) {
		return nil, fmt.Errorf("%q is not the name of a part file", part)
	}
	file, err := open(dir, part, os.O_RDWR, isOurs)
	if errors.Is(err, fs.ErrNotExist) {
		file, err = dir.OpenFile(part, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	}
	if err != nil {
		return nil, fmt.Errorf("open part of %s: %w", name, err)
	}
	return &File{dir: dir, name: name, temp: part, file: file}, nil
}

// OpenPlain opens a file for reading, provided that it is a plain one: no link is followed, no pipe waited for.
func OpenPlain(dir *os.Root, name string) (*os.File, error) {
	return open(dir, name, os.O_RDONLY, func(info fs.FileInfo) bool { return info.Mode().IsRegular() })
}

// open looks before and after it opens, because os.Root follows links within the directory.
func open(dir *os.Root, name string, flag int, good func(fs.FileInfo) bool) (*os.File, error) {
	before, err := dir.Lstat(name)
	if err != nil {
		return nil, err
	}
	if !good(before) {
		return nil, ErrForeign
	}
	file, err := dir.OpenFile(name, flag|openAtOnce, 0)
	if err != nil {
		return nil, err
	}
	after, err := file.Stat()
	if err != nil || !os.SameFile(before, after) {
		file.Close()
		return nil, errors.Join(ErrForeign, err)
	}
	return file, nil
}

// IsPart reports whether info, of Lstat, is that of a part file: a plain file of this user's that has no other name.
func IsPart(info fs.FileInfo) bool { return IsTemp(info.Name()) && isOurs(info) }

// Keep closes the file and leaves what it holds to a later [Continue].
func (f *File) Keep() error {
	if f.done {
		return nil
	}
	f.done = true
	return f.file.Close()
}

// Len is how many bytes the temporary file holds.
func (f *File) Len() (int64, error) {
	info, err := f.file.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// ReadAt reads from a file of [Continue].
func (f *File) ReadAt(p []byte, offset int64) (int, error) { return f.file.ReadAt(p, offset) }

// WriteAt writes to the temporary file.
func (f *File) WriteAt(p []byte, offset int64) (int, error) {
	n, err := f.file.WriteAt(p, offset)
	return n, f.keep(err)
}

// Truncate cuts the temporary file, or makes it longer.
func (f *File) Truncate(size int64) error { return f.keep(f.file.Truncate(size)) }

// Package atomicfile is a file that appears whole or not at all.
//
//	f, err := atomicfile.Create(dir, "invoice.zip")
//	if err != nil {
//		return err
//	}
//	defer f.Discard()
//	if _, err := io.Copy(f, body); err != nil {
//		return err
//	}
//	return f.Commit()
//
// On disk, in this order: the bytes under a temporary name in the same directory, synced; the final name; the directory,
// synced. A crash leaves the old state or the new one, and maybe a temporary file, which [IsTemp] knows.
package atomicfile

import (
	"crypto/rand"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"unicode/utf8"
)

// File is being written. It is no file under its name before Commit.
type File struct {
	Stepped func(step string) // hears of each step of a commit, for tests that end the process there; nil: nobody

	dir  *os.Root
	name string
	temp string
	file *os.File
	mu   sync.Mutex
	err  error // of the first write that failed
	done bool
}

const (
	maxName    = 255 // bytes, on every file system in common use
	tempSuffix = ".part"
	randomLen  = 16 // characters of [rand.Text], 80 bits
	randomSet  = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
)

// Create starts a file that will be called name in dir, which must outlive it. Name is a plain base name: one with a
// separator of any system in it, ".", "..", a name that Windows keeps for a device and the like are refused. Only the owner
// may read the file.
func Create(dir *os.Root, name string) (*File, error) {
	if err := checkName(name); err != nil {
		return nil, err
	}
	temp := tempName(name)
	f, err := dir.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fmt.Errorf("create %s: %w", name, err)
	}
	return &File{dir: dir, name: name, temp: temp, file: f}, nil
}

func checkName(name string) error {
	switch {
	case !filepath.IsLocal(name), name == ".", strings.ContainsAny(name, "/\\\x00"):
		return fmt.Errorf("%q is not a plain file name", name)
	case len(name) > maxName:
		return fmt.Errorf("the file name %.20q... has %d bytes, and %d are allowed", name, len(name), maxName)
	}
	return nil
}

func tempName(name string) string { return tempWith(name, rand.Text()[:randomLen]) }

// tempWith is .<short name>.<tag>.part, never longer than a name may be.
func tempWith(name, tag string) string {
	tail := "." + tag + tempSuffix
	short := name
	for len(short) > maxName-len(".")-len(tail) {
		_, size := utf8.DecodeLastRuneInString(short)
		short = short[:len(short)-size]
	}
	return "." + short + tail
}

// IsTemp reports whether name is a temporary one of this package: what a crash has left, unless somebody is writing it now.
func IsTemp(name string) bool {
	rest, isPart := strings.CutSuffix(name, tempSuffix)
	dot := strings.LastIndexByte(rest, '.')
	random := rest[dot+1:]
	return isPart && dot > 1 && rest[0] == '.' && len(random) == randomLen && strings.Trim(random, randomSet) == ""
}

// Write writes to the temporary file.
func (f *File) Write(p []byte) (int, error) {
	n, err := f.file.Write(p)
	return n, f.keep(err)
}

// ReadFrom writes what is left of r to the temporary file.
func (f *File) ReadFrom(r io.Reader) (int64, error) {
	n, err := f.file.ReadFrom(r)
	return n, f.keep(err)
}

// keep remembers a failed write, so that a caller who overlooked it cannot commit a file with a hole.
func (f *File) keep(err error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err == nil {
		f.err = err
	}
	return err
}

// Discard removes the temporary file. After Commit it does nothing, so that it can be deferred.
func (f *File) Discard() error {
	if f.done {
		return nil
	}
	f.done = true
	f.file.Close()
	if err := f.removeTemp(); err != nil {
		return fmt.Errorf("discard %s: %w", f.name, err)
	}
	return nil
}

// WriteFile writes data to the file called name in dir, in place of the one that is there. It is for small files of state.
func WriteFile(dir *os.Root, name string, data []byte) error {
	f, err := Create(dir, name)
	if err != nil {
		return err
	}
	defer f.Discard()
	if _, err := f.Write(data); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return f.Commit()
}

package stream

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// ErrChanged is given when a file is no longer what it was when [File] looked at it: another size or another time of change.
var ErrChanged = errors.New("the file has changed since it was chosen")

// File is the source in a regular file; a directory, pipe, socket or device is refused, because it cannot be read again or
// has no size. Its name is the base name of path and its size the one it has now.
//
// Open fails with [ErrChanged] when the file has changed since, and so does the last Read, instead of io.EOF, when it was
// changed while it was read: what was sent may then be half old and half new.
func File(path string) (Source, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if err := checkRegular(path, info); err != nil {
		return nil, err
	}
	return &file{path: path, size: info.Size(), modified: info.ModTime()}, nil
}

func checkRegular(path string, info fs.FileInfo) error {
	if info.Mode().IsRegular() {
		return nil
	}
	return fmt.Errorf("%s is %s, not a file", path, kindOf(info.Mode()))
}

func kindOf(mode fs.FileMode) string {
	switch {
	case mode.IsDir():
		return "a directory"
	case mode&fs.ModeNamedPipe != 0:
		return "a named pipe"
	case mode&fs.ModeSocket != 0:
		return "a socket"
	case mode&fs.ModeDevice != 0:
		return "a device"
	default:
		return "something else"
	}
}

type file struct {
	path     string
	size     int64
	modified time.Time
}

func (s *file) Name() string { return filepath.Base(s.path) }
func (s *file) Size() int64  { return s.size }

func (s *file) Open(ctx context.Context) (io.ReadCloser, error) { return s.OpenSection(ctx, 0, s.size) }

// OpenSection is for [Sectioned].
func (s *file) OpenSection(ctx context.Context, offset, n int64) (io.ReadCloser, error) {
	if err := context.Cause(ctx); err != nil {
		return nil, fmt.Errorf("open %s: %w", s.path, err)
	}
	// Looked at before it is opened: opening a pipe that took the file's place would wait for a writer, maybe for ever.
	info, err := os.Stat(s.path)
	if err != nil {
		return nil, err
	}
	if err := s.check(info); err != nil {
		return nil, err
	}
	f, err := os.Open(s.path)
	if err != nil {
		return nil, err
	}
	if _, err := f.Seek(offset, io.SeekStart); err != nil {
		f.Close()
		return nil, err
	}
	return &openFile{source: s, file: f, left: n, last: offset+n == s.size}, nil
}

func (s *file) check(info fs.FileInfo) error {
	if err := checkRegular(s.path, info); err != nil {
		return err
	}
	if info.Size() != s.size {
		return fmt.Errorf("%s: %w: it had %d bytes and has %d", s.path, ErrChanged, s.size, info.Size())
	}
	if !info.ModTime().Equal(s.modified) {
		return fmt.Errorf("%s: %w: it was written to", s.path, ErrChanged)
	}
	return nil
}

// openFile gives exactly the bytes that were asked for, then looks whether they are still the file's.
type openFile struct {
	source *file
	file   *os.File
	left   int64
	last   bool // the source has nothing behind it
	err    error
}

func (o *openFile) Read(p []byte) (int, error) {
	if o.err != nil || len(p) == 0 {
		return 0, o.err
	}
	n, err := o.file.Read(p[:min(int64(len(p)), o.left)])
	o.left -= int64(n)
	if o.left == 0 || errors.Is(err, io.EOF) {
		err = o.end()
	}
	o.err = err
	return n, err
}

// WriteTo leaves the file in a plain [io.LimitedReader], the form in which a TCP connection passes it to the kernel whole.
func (o *openFile) WriteTo(w io.Writer) (int64, error) {
	if o.err != nil {
		return 0, ignoreEOF(o.err)
	}
	n, err := Copy(w, &io.LimitedReader{R: o.file, N: o.left})
	o.left -= n
	if err != nil { // also io.EOF, which is the writer's own then, and no end of the file
		o.err = err
		return n, err
	}
	o.err = o.end()
	return n, ignoreEOF(o.err)
}

// end is io.EOF when the file is as it was. The byte too many is looked for beside the size, because files that the kernel
// makes up (/proc) say that they have none.
func (o *openFile) end() error {
	info, err := o.file.Stat()
	if err != nil {
		return err
	}
	if err := o.source.check(info); err != nil {
		return err
	}
	if o.left > 0 || o.last && o.hasMore() {
		return fmt.Errorf("%s: %w: it does not have the %d bytes it says", o.source.path, ErrChanged, o.source.size)
	}
	return io.EOF
}

func (o *openFile) hasMore() bool {
	n, _ := o.file.Read(make([]byte, 1))
	return n > 0
}

func (o *openFile) Close() error { return o.file.Close() }

func ignoreEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

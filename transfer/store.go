package transfer

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/internal/atomicfile"
	"github.com/altinn-transfer/altinn-transfer/stream"
)

// Stored is a file that is whole, synced, and under its final name.
type Stored struct {
	Path   string
	Bytes  int64
	SHA256 string // hex
}

// Store writes one stream to path, whole or not at all. A file that exists is never overwritten; a directory that is missing
// is not made. progress hears the bytes on their way to disk; nil for nobody. body is not closed.
func Store(path string, body io.Reader, progress func(done int64)) (Stored, error) {
	dir, name := filepath.Split(path)
	root, err := os.OpenRoot(filepath.Clean(dir))
	if err != nil {
		return Stored{}, diskFailure("open the target directory", err)
	}
	defer root.Close()
	if _, err := root.Lstat(name); err == nil {
		return Stored{}, diskFailure("store "+name, fs.ErrExist)
	}
	if progress == nil {
		progress = func(int64) {}
	}
	stored, err := storage{root: root, name: name, size: -1, progress: progress}.store(body)
	stored.Path = filepath.Join(dir, stored.Path)
	return stored, err
}

// storage is where one stream goes and what it must be.
type storage struct {
	root     *os.Root
	name     string
	size     int64 // bytes to be expected; -1: any number
	progress func(done int64)
}

// store keeps the order that makes a crash harmless: everything is written and checked under a temporary name; commit syncs,
// renames and syncs the directory.
func (s storage) store(body io.Reader) (Stored, error) {
	file, err := atomicfile.Create(s.root, s.name)
	if err != nil {
		return Stored{}, diskFailure("store "+s.name, err)
	}
	defer file.Discard()
	digest := stream.NewDigest(body)
	n, err := stream.Copy(file, &reporting{reader: digest, progress: s.progress})
	if err != nil {
		return Stored{Bytes: n}, copyFailure("store "+s.name, err)
	}
	if s.size >= 0 && n != s.size {
		return Stored{Bytes: n}, &failure.Error{
			Op: "store " + s.name, Kind: failure.Integrity,
			Err: fmt.Errorf("it has %d bytes, but the service listed it with %d", n, s.size),
		}
	}
	if err := file.CommitNew(); errors.Is(err, fs.ErrExist) {
		return Stored{Bytes: n}, diskFailure("store "+s.name, fmt.Errorf("another program has taken the name meanwhile: %w", err))
	} else if err != nil {
		return Stored{Bytes: n}, diskFailure("store "+s.name, err)
	}
	return Stored{Path: s.name, Bytes: n, SHA256: digest.Sum()}, nil
}

// copyFailure tells a disk that refuses from a stream that broke; the stream says itself what happened.
func copyFailure(op string, err error) error {
	if _, ok := errors.AsType[*failure.Error](err); ok {
		return err
	}
	return diskFailure(op, err)
}

func diskFailure(op string, err error) error {
	return &failure.Error{Op: op, Kind: failure.Disk, Err: err}
}

// reportEvery is how often progress is reported; more often is more than an eye can follow.
const reportEvery = 100 * time.Millisecond

// reporting tells how much was read, now and then and at the end.
type reporting struct {
	reader   *stream.Digest
	progress func(int64)
	told     time.Time
}

func (r *reporting) Read(p []byte) (int, error) {
	n, err := r.reader.Read(p)
	r.report(err != nil)
	return n, err
}

// WriteTo writes the rest to w in the pieces in which it comes, which are larger than a plain copy's.
func (r *reporting) WriteTo(w io.Writer) (int64, error) {
	n, err := r.reader.WriteTo(reportingWriter{w, r})
	r.report(true)
	return n, err
}

func (r *reporting) report(last bool) {
	if now := time.Now(); last || now.Sub(r.told) >= reportEvery {
		r.told = now
		r.progress(r.reader.N())
	}
}

type reportingWriter struct {
	io.Writer
	r *reporting
}

func (w reportingWriter) Write(p []byte) (int, error) {
	n, err := w.Writer.Write(p)
	w.r.report(false)
	return n, err
}

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
	Path   string // as the caller gave its directory
	Bytes  int64  // of the whole file
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
	file, err := atomicfile.Create(root, name)
	if err != nil {
		return Stored{}, diskFailure("store "+name, err)
	}
	defer file.Discard()
	stored, err := storage{file: file, name: name, size: -1, progress: progress}.store(body)
	if err != nil {
		return stored, err
	}
	if err := commitNew(file, name); err != nil {
		return Stored{Bytes: stored.Bytes}, err
	}
	stored.Path = filepath.Join(dir, name)
	return stored, nil
}

// commitNew gives a file its name, which must be free.
func commitNew(file *atomicfile.File, name string) error {
	err := file.CommitNew()
	if errors.Is(err, fs.ErrExist) {
		err = fmt.Errorf("another program has taken the name meanwhile: %w", err)
	}
	if err != nil {
		return diskFailure("store "+name, err)
	}
	return nil
}

// storage is where one stream goes and what it must be.
type storage struct {
	file     *atomicfile.File
	name     string
	held     int64 // bytes that are in file already
	offset   int64 // where the stream begins: 0, or held
	size     int64 // bytes of the whole file; -1: any number
	room     *reservation
	progress func(done int64)
}

// store writes the stream over what the file holds, and checks that the whole has come. The file keeps its temporary name.
func (s storage) store(body io.Reader) (Stored, error) {
	digest := stream.NewDigest(body)
	if s.offset > 0 {
		digest = stream.NewDigest(io.MultiReader(io.NewSectionReader(s.file, 0, s.offset), body))
		if _, err := io.CopyN(io.Discard, digest, s.offset); err != nil {
			return Stored{}, diskFailure("read the part of "+s.name, err)
		}
	}
	over := &overlay{file: s.file, at: s.offset, held: s.held, room: s.room}
	_, err := stream.Copy(over, &reporting{reader: digest, progress: s.progress})
	n := digest.N()
	if err == nil {
		err = over.end()
	}
	if err != nil {
		return Stored{Bytes: n}, copyFailure("store "+s.name, err)
	}
	if s.size >= 0 && n != s.size {
		return Stored{Bytes: n}, &failure.Error{
			Op: "store " + s.name, Kind: failure.Integrity,
			Err: fmt.Errorf("it has %d bytes, but the service listed it with %d", n, s.size),
		}
	}
	return Stored{Bytes: n, SHA256: digest.Sum()}, nil
}

// copyFailure tells a disk that refuses from a stream that broke, which says itself what happened, and from a wait that was
// ended.
func copyFailure(op string, err error) error {
	if _, ok := errors.AsType[*failure.Error](err); ok {
		return err
	}
	if errors.Is(err, errNoTurn) {
		return &failure.Error{Op: op, Kind: failure.Interrupted, Err: err}
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

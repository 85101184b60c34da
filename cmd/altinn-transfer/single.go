package main

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/stream"
	"github.com/altinn-transfer/altinn-transfer/transfer"
)

// single is a job that is one call of the service.
type single struct {
	key  string
	size int64 // -1: unknown
	// work carries the job out and fills its result in.
	work func(r *transfer.Result, progress func(done int64)) error
}

// runSingle runs it in the eyes of a view, as a batch of one. done is the word for it when it ended well.
func (a *app) runSingle(ctx context.Context, o *viewFlags, done string, s single) error {
	b := a.newBatch(o, done, 1)
	b.view.expect(1, s.size)
	b.run(func(yield func(transfer.Result) bool) { yield(s.observed(b.view)) })
	return b.end(ctx, 0, nil)
}

func (s single) observed(v view) transfer.Result {
	r := transfer.Result{Key: s.key, Name: s.key}
	start := time.Now()
	v.Started(s.key, s.size)
	r.Err = s.work(&r, func(done int64) { v.Progress(s.key, 1, done) })
	r.Elapsed = time.Since(start)
	v.Ended(r)
	return r
}

// stdout is the target that stands for standard output.
const stdout = "-"

// checkTarget finds before the call what would be refused after it.
func (a *app) checkTarget(path string) error {
	switch {
	case path == "":
		return usageError("no file is given to write to; use -o FILE, or -o - for standard output")
	case path == stdout && a.json:
		return usageError("standard output cannot take the file and --json")
	case path == stdout && isTerminal(a.out):
		return usageError("the file is not written to a terminal; redirect standard output")
	case path == stdout:
		return nil
	}
	if _, err := os.Lstat(path); err == nil {
		return &failure.Error{Op: "store " + path, Kind: failure.Disk, Err: fs.ErrExist}
	}
	return checkDir(filepath.Dir(path))
}

// keep stores what comes at path, whole or not at all, or copies it to standard output, where only the exit code tells
// whether it was whole.
func (a *app) keep(r *transfer.Result, path string, body io.Reader, progress func(int64)) error {
	if path != stdout {
		stored, err := transfer.Store(path, body, progress)
		r.Path, r.Bytes, r.SHA256 = stored.Path, stored.Bytes, stored.SHA256
		return err
	}
	digest := stream.NewDigest(body)
	n, err := stream.Copy(a.out, &reporting{digest, progress})
	r.Bytes = n
	if err == nil {
		r.SHA256 = digest.Sum()
		return nil
	}
	if _, ok := errors.AsType[*failure.Error](err); ok {
		return err
	}
	return unwritten(err)
}

// reporting tells how much was read.
type reporting struct {
	digest   *stream.Digest
	progress func(int64)
}

func (r *reporting) Read(p []byte) (int, error) {
	n, err := r.digest.Read(p)
	r.progress(r.digest.N())
	return n, err
}

// makeDir makes a directory with what is missing above it.
func makeDir(path string) error {
	if err := os.MkdirAll(path, 0o777); err != nil {
		return &failure.Error{Op: "make directory " + filepath.Clean(path), Kind: failure.Disk, Err: err}
	}
	return nil
}

package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"

	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/internal/diskspace"
	"github.com/altinn-transfer/altinn-transfer/stream"
	"github.com/spf13/pflag"
)

// spoolFlags say whether standard input is kept on disk while it is sent.
type spoolFlags struct {
	wanted bool
	dir    string // "": where journals are
}

func (f *spoolFlags) addFlags(flags *pflag.FlagSet) {
	flags.BoolVar(&f.wanted, "spool", false, "keep standard input on disk while it is sent, so that it is tried again and remembered like a file")
	flags.StringVar(&f.dir, "spool-dir", "", "`directory` for --spool, which must be there (default the one of the journals)")
}

const (
	// spoolMargin stays free on the disk, because a journal may be on it.
	spoolMargin = 16 << 20
	// spoolStride is how many bytes are written between two looks at what is free.
	spoolStride = 16 << 20
)

// spool is a source that was read once, and is kept in a file that nobody else can open. It has no name from the start, so that
// it is gone with the process, however that ends. QUIRK: Windows lets nobody take the name from an open file; there it goes
// when the file is closed.
type spool struct {
	name string // of the source
	file *os.File
	size int64
}

// keep reads a source to its end.
func (f *spoolFlags) keep(ctx context.Context, source stream.Source, limit int64, a *app) (*spool, error) {
	dir, err := f.directory(a)
	if err != nil {
		return nil, err
	}
	file, err := os.CreateTemp(dir, ".altinn-transfer-*.spool") // with mode 0600
	if err != nil {
		return nil, unspooled(failure.Disk, err)
	}
	os.Remove(file.Name())
	s := &spool{name: source.Name(), file: file}
	if err := s.fill(ctx, source, limit, dir); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func (f *spoolFlags) directory(a *app) (string, error) {
	if f.dir != "" {
		return f.dir, nil
	}
	dir, err := stateDir(a.env)
	if err != nil {
		return "", usageError("no place to keep standard input: %w; use --spool-dir", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", unspooled(failure.Disk, err)
	}
	return dir, nil
}

// fill writes the source into the file. A limit of 0 is none.
func (s *spool) fill(ctx context.Context, source stream.Source, limit int64, dir string) error {
	content, err := source.Open(ctx)
	if err != nil {
		return unspooled(failure.Source, err)
	}
	defer content.Close()
	tooLarge := &failure.Error{Op: "spool standard input", Kind: failure.TooLarge, Err: fmt.Errorf("--size-limit is %d bytes", limit)}
	from := stream.Limit(content, cmp.Or(limit, -1), tooLarge)
	to := &spaciousWriter{w: s.file, free: func() int64 { return diskspace.Free(dir) }}
	s.size, err = stream.Copy(to, from)
	switch {
	case errors.Is(err, failure.TooLarge):
		return err
	case ctx.Err() != nil:
		return unspooled(failure.Interrupted, context.Cause(ctx))
	case to.err != nil:
		return unspooled(failure.Disk, fmt.Errorf("%w; use --spool-dir", to.err))
	case err != nil:
		return unspooled(failure.Source, err)
	case s.size == 0:
		return unspooled(failure.Empty, nil)
	}
	return nil
}

func unspooled(kind failure.Kind, err error) error {
	return &failure.Error{Op: "spool standard input", Kind: kind, Err: err}
}

// Name is that of what was read.
func (s *spool) Name() string { return s.name }

// Size is known, now that all was read.
func (s *spool) Size() int64 { return s.size }

// Open starts at the first byte.
func (s *spool) Open(ctx context.Context) (io.ReadCloser, error) {
	return s.OpenSection(ctx, 0, s.size)
}

// OpenSection gives a part; see [stream.Sectioned].
func (s *spool) OpenSection(_ context.Context, offset, n int64) (io.ReadCloser, error) {
	return io.NopCloser(io.NewSectionReader(s.file, offset, n)), nil
}

// close gives the disk back what the spool takes.
func (s *spool) close() {
	s.file.Close()
	os.Remove(s.file.Name()) // which is gone, but on Windows
}

// spaciousWriter refuses to fill a disk to its end.
type spaciousWriter struct {
	w    io.Writer
	free func() int64 // bytes; -1: unknown
	left int64        // that can be written before the next look
	err  error        // of the last Write
}

func (s *spaciousWriter) Write(p []byte) (int, error) {
	if int64(len(p)) > s.left {
		free := s.free()
		if free >= 0 && free-spoolMargin < int64(len(p)) {
			s.err = fmt.Errorf("%w: %s are free, of which %s are left alone", syscall.ENOSPC, formatSize(free), formatSize(spoolMargin))
			return 0, s.err
		}
		s.left = spoolStride
		if free >= 0 {
			s.left = min(spoolStride, free-spoolMargin)
		}
	}
	n, err := s.w.Write(p)
	s.left -= int64(n)
	s.err = err
	return n, err
}

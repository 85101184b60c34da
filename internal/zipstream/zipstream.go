// Package zipstream is files in, one ZIP out as it is read; nothing on disk, and little held.
//
// What is in memory is at most [maxBlocks] blocks, each with 288 KiB of content, what it was deflated to, and a compressor (2 MiB
// at most together); the last of them once more, until it is read; and some hundred bytes for each entry, since the directory
// at the end of a ZIP names them all.
package zipstream

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/klauspost/compress/zip"
)

// Entry is one file of a ZIP.
type Entry struct {
	Name     string // in UTF-8, with '/' between directories; see [Check]
	Open     func(context.Context) (io.ReadCloser, error)
	Modified time.Time // the zero time: none is written
	Size     int64     // bytes that Open gives, compared while they are packed; -1: not known
}

// Reader is the ZIP of entries, in their order, made while it is read. The same entries give the same bytes, on any number of
// processors. Where an entry cannot be packed, or ctx ends, Read gives that error and the ZIP has no end: it never looks whole.
// Close gives up what is open; it may come while a Read is under way, and waits for it.
//
// From the first Read, contents are read and deflated ahead of it, in goroutines that have ended when Read gives an error or
// Close returns. Entries are open one at a time. A file that changes after it was read to its end is packed as it was.
func Reader(ctx context.Context, entries []Entry) io.ReadCloser {
	return newPacker(ctx, entries, blockCount())
}

func newPacker(ctx context.Context, entries []Entry, blocks int) *packer {
	p := &packer{cutter: newCutter(entries, blocks), err: Check(entries)}
	p.ctx, p.stop = context.WithCancelCause(ctx)
	p.zip = zip.NewWriter(&p.packed)
	p.zip.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return deflated{p, w}, nil })
	return p
}

// packer puts together what the cutter has cut.
type packer struct {
	ctx  context.Context // ends with Close and with an error
	stop context.CancelCauseFunc

	mu      sync.Mutex
	cutter  *cutter
	cutting bool
	zip     *zip.Writer
	entry   io.Writer    // the entry under way
	block   *block       // its block under way
	packed  bytes.Buffer // what zip has written and nobody has read
	err     error        // given when packed is empty
}

func (p *packer) Read(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.packed.Len() == 0 {
		if p.err != nil {
			p.end(p.err)
			return 0, p.err
		}
		p.err = p.step()
	}
	return p.packed.Read(b)
}

func (p *packer) Close() error {
	p.stop(errClosed)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.end(errClosed)
	p.err = errClosed
	p.packed = bytes.Buffer{}
	return nil
}

var errClosed = errors.New("zipstream: read after close")

// end waits until nothing runs any more.
func (p *packer) end(err error) {
	p.stop(err)
	p.cutter.running.Wait()
}

// step moves the ZIP on by a block, or to its end.
func (p *packer) step() error {
	if err := context.Cause(p.ctx); err != nil {
		return err
	}
	if !p.cutting {
		p.cutting = true
		p.cutter.running.Go(func() { p.cutter.run(p.ctx) })
	}
	b, more := <-p.cutter.blocks
	if !more {
		return p.finish()
	}
	<-b.done
	if err := p.add(b); err != nil {
		return fmt.Errorf("write ZIP: %w", err)
	}
	p.cutter.give(b)
	return nil
}

// finish writes the directory, unless the cutter gave up.
func (p *packer) finish() error {
	if err := context.Cause(p.ctx); err != nil {
		return err
	}
	if p.cutter.err != nil {
		return p.cutter.err
	}
	if err := p.zip.Close(); err != nil {
		return fmt.Errorf("end ZIP: %w", err)
	}
	return io.EOF
}

func (p *packer) add(b *block) (err error) {
	if b.err != nil {
		return b.err
	}
	if b.begins != nil {
		if p.entry, err = p.zip.CreateHeader(b.begins.header()); err != nil {
			return err
		}
	}
	p.block = b
	_, err = p.entry.Write(b.content())
	return err
}

// deflated is a compressor whose work is done: for the content of a block it writes what that was deflated to. So zip takes
// length and CRC of both, as it does from any compressor.
type deflated struct {
	packer *packer
	w      io.Writer
}

func (d deflated) Write(content []byte) (int, error) {
	if _, err := d.w.Write(d.packer.block.packed.Bytes()); err != nil {
		return 0, err
	}
	return len(content), nil
}

func (d deflated) Close() error { return nil }

// dosEpoch is the first moment that a ZIP can express.
var dosEpoch = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

// header has the time in UTC, so that the ZIP does not depend on where it is made. All entries are deflated, also those that
// do not shrink: the compressor notices that soon and passes them on in stored blocks at the speed of a copy. As entries of
// method "stored" they would need their length in front, which a stream does not know; with the length behind, Java's
// ZipInputStream and others refuse them.
func (e Entry) header() *zip.FileHeader {
	h := &zip.FileHeader{Name: e.Name, Method: zip.Deflate}
	switch {
	case e.Modified.IsZero():
	case e.Modified.Before(dosEpoch):
		h.Modified = dosEpoch
	default:
		h.Modified = e.Modified.UTC()
	}
	return h
}

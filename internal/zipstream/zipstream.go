// Package zipstream is files in, one ZIP out as it is read; nothing held, nothing on disk.
//
// What is in memory is a buffer, a compressor, and some hundred bytes for each entry, since the directory at the end of a
// ZIP names them all.
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

// Reader is the ZIP of entries, in their order, made while it is read. The same entries give the same bytes. Where an entry
// cannot be packed, or ctx ends, Read gives that error and the ZIP has no end: it never looks whole. Close gives up what is
// open; it may come while a Read is under way, and waits for it.
//
// Each Read packs just enough, in its own goroutine. A pipe between packer and reader would add a switch for every write
// and hardly any overlap, since the two sides of a pipe wait for each other.
func Reader(ctx context.Context, entries []Entry) io.ReadCloser {
	p := &packer{ctx: ctx, entries: entries, chunk: make([]byte, chunkSize), err: Check(entries)}
	p.zip = zip.NewWriter(&p.packed)
	p.zip.RegisterCompressor(zip.Deflate, p.deflate.open)
	return p
}

// chunkSize is read from an entry at a time, and the first of each decides how it is packed. The compressor makes its blocks
// of as much.
const chunkSize = 64 << 10

type packer struct {
	mu      sync.Mutex
	ctx     context.Context
	entries []Entry // those not begun
	member  *member // the one under way, nil between two
	chunk   []byte
	deflate deflater
	zip     *zip.Writer
	packed  bytes.Buffer // what zip has written and nobody has read
	err     error        // given when packed is empty
}

// member is an entry under way.
type member struct {
	Entry
	content io.ReadCloser
	w       io.Writer // nil: its header is not written yet
	n       int64
}

func (p *packer) Read(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.packed.Len() == 0 {
		if p.err != nil {
			return 0, p.err
		}
		p.err = p.step()
	}
	return p.packed.Read(b)
}

func (p *packer) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.err = errClosed
	p.packed = bytes.Buffer{}
	return p.closeMember()
}

var errClosed = errors.New("zipstream: read after close")

// step moves the ZIP on: by an open file, a chunk, or its end.
func (p *packer) step() error {
	if err := context.Cause(p.ctx); err != nil {
		return err
	}
	switch {
	case p.member != nil:
		return p.failed(p.pack())
	case len(p.entries) > 0:
		p.member = &member{Entry: p.entries[0]}
		p.entries = p.entries[1:]
		return p.failed(p.open())
	}
	if err := p.zip.Close(); err != nil {
		return fmt.Errorf("end ZIP: %w", err)
	}
	return io.EOF
}

func (p *packer) failed(err error) error {
	if err == nil {
		return nil
	}
	name := p.member.Name
	p.closeMember()
	return fmt.Errorf("pack %s: %w", name, err)
}

func (p *packer) open() (err error) {
	p.member.content, err = p.member.Open(p.ctx)
	return err
}

func (p *packer) pack() error {
	m := p.member
	n, err := fill(p.chunk, m.content)
	if err != nil && err != io.EOF {
		return err
	}
	if err := p.write(m, p.chunk[:n]); err != nil {
		return err
	}
	if err == nil {
		return nil
	}
	if m.Size >= 0 && m.n != m.Size {
		return fmt.Errorf("it has %d bytes instead of %d", m.n, m.Size)
	}
	return p.closeMember()
}

// fill reads until chunk is full. Unlike io.ReadFull it hands on the reader's own error at the end, whatever it is.
func fill(chunk []byte, r io.Reader) (n int, err error) {
	for n < len(chunk) && err == nil {
		var read int
		read, err = r.Read(chunk[n:])
		n += read
	}
	return n, err
}

func (p *packer) write(m *member, chunk []byte) (err error) {
	if m.w == nil {
		p.deflate.choose(chunk)
		if m.w, err = p.zip.CreateHeader(m.header()); err != nil {
			return err
		}
	}
	n, err := m.w.Write(chunk)
	m.n += int64(n)
	return err
}

// dosEpoch is the first moment that a ZIP can express.
var dosEpoch = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

// header has the time in UTC, so that the ZIP does not depend on where it is made.
func (m *member) header() *zip.FileHeader {
	h := &zip.FileHeader{Name: m.Name, Method: zip.Deflate}
	if !m.Modified.IsZero() {
		h.Modified = m.Modified.UTC()
		if h.Modified.Before(dosEpoch) {
			h.Modified = dosEpoch
		}
	}
	return h
}

func (p *packer) closeMember() error {
	m := p.member
	p.member = nil
	if m == nil || m.content == nil {
		return nil
	}
	return m.content.Close()
}

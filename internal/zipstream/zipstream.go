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
// Each Read packs just enough, in the goroutine of its caller. A pipe with a goroutine behind it would add a switch for every
// write and hardly any overlap, since the two sides of a pipe wait for each other.
func Reader(ctx context.Context, entries []Entry) io.ReadCloser {
	p := &packer{ctx: ctx, entries: entries, chunk: make([]byte, chunkSize), err: Check(entries)}
	p.zip = zip.NewWriter(&p.packed)
	return p
}

// chunkSize is read from an entry at a time; the compressor makes its blocks of as much.
const chunkSize = 64 << 10

type packer struct {
	mu      sync.Mutex
	ctx     context.Context
	entries []Entry // those not begun
	member  *member // the one under way, nil between two
	chunk   []byte
	zip     *zip.Writer
	packed  bytes.Buffer // what zip has written and nobody has read
	err     error        // given when packed is empty
}

// member is an entry under way.
type member struct {
	Entry
	content io.ReadCloser
	packed  io.Writer
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
	if p.member == nil {
		return nil
	}
	return p.closeMember()
}

var errClosed = errors.New("zipstream: read after close")

// step moves the ZIP on: by an entry's head, a chunk, or the end.
func (p *packer) step() error {
	if err := context.Cause(p.ctx); err != nil {
		return err
	}
	switch {
	case p.member != nil:
		return p.pack()
	case len(p.entries) > 0:
		return p.begin()
	}
	if err := p.zip.Close(); err != nil {
		return fmt.Errorf("end ZIP: %w", err)
	}
	return io.EOF
}

// begin opens the next entry. All are deflated, also those that do not shrink: the compressor notices that soon and passes
// them on in stored blocks at the speed of a copy. As entries of method "stored" they would need their length in front,
// which a stream does not know; with the length behind, Java's ZipInputStream and others refuse them.
func (p *packer) begin() error {
	e := p.entries[0]
	p.entries = p.entries[1:]
	content, err := e.Open(p.ctx)
	if err != nil {
		return fmt.Errorf("pack %s: %w", e.Name, err)
	}
	p.member = &member{Entry: e, content: content}
	p.member.packed, err = p.zip.CreateHeader(e.header())
	return p.failed(err)
}

// pack moves one chunk of the entry under way.
func (p *packer) pack() error {
	m := p.member
	n, readErr := m.content.Read(p.chunk)
	m.n += int64(n)
	if _, err := m.packed.Write(p.chunk[:n]); err != nil {
		return p.failed(err)
	}
	switch {
	case readErr == nil:
		return nil
	case readErr != io.EOF:
		return p.failed(readErr)
	case m.Size >= 0 && m.n != m.Size:
		return p.failed(fmt.Errorf("it had %d bytes and gave %d", m.Size, m.n))
	}
	return p.closeMember()
}

// failed closes the entry under way when there is an error.
func (p *packer) failed(err error) error {
	if err == nil {
		return nil
	}
	name := p.member.Name
	p.closeMember()
	return fmt.Errorf("pack %s: %w", name, err)
}

func (p *packer) closeMember() error {
	m := p.member
	p.member = nil
	if err := m.content.Close(); err != nil {
		return fmt.Errorf("close %s: %w", m.Name, err)
	}
	return nil
}

// dosEpoch is the first moment that a ZIP can express.
var dosEpoch = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

// header has the time in UTC, so that the ZIP does not depend on where it is made.
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

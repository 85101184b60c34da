package transfer

import (
	"bufio"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"github.com/altinn-transfer/altinn-transfer/broker"
)

// Bounds of what a segment's ZIP holds beside its one file.
const (
	maxManifest  = 256 << 10 // bytes of a manifest
	maxEntryName = 1 << 10
	maxDirectory = 1 << 20 // bytes behind the last entry
)

const (
	signatureEntry      = 0x04034b50
	signatureDirectory  = 0x02014b50
	signatureDescriptor = 0x08074b50

	flagEncrypted  = 1 << 0
	flagDescriptor = 1 << 3 // CRC and sizes stand behind the content

	methodStored   = 0
	methodDeflated = 8

	extraZip64 = 1
)

// segmentPackage reads the ZIP of a segment from its beginning to its end, without its directory: the manifest, then one
// entry that is stored. Its errors are those of the reader below, or a [badPackage].
type segmentPackage struct{ in *bufio.Reader }

// badPackage is what a ZIP is that is no segment's.
type badPackage struct{ reason string }

func (b *badPackage) Error() string { return "its ZIP is not that of a segment: " + b.reason }

func bad(format string, args ...any) error { return &badPackage{fmt.Sprintf(format, args...)} }

func newSegmentPackage(r io.Reader) *segmentPackage {
	return &segmentPackage{bufio.NewReaderSize(r, 64<<10)}
}

// entry is what stands before the content of a file in a ZIP.
type entry struct {
	name   string
	flags  uint16
	method uint16
	crc    uint32
	packed int64
	size   int64
}

// full reads all of b; an end that comes too early is the ZIP's fault, since the message was whole.
func (p *segmentPackage) full(b []byte) error {
	_, err := io.ReadFull(p.in, b)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return bad("it ends early")
	}
	return err
}

// next reads the head of the next entry.
func (p *segmentPackage) next() (entry, error) {
	var head [30]byte
	if err := p.full(head[:]); err != nil {
		return entry{}, err
	}
	if binary.LittleEndian.Uint32(head[:]) != signatureEntry {
		return entry{}, bad("where an entry is due there is none")
	}
	e := entry{
		flags: binary.LittleEndian.Uint16(head[6:]), method: binary.LittleEndian.Uint16(head[8:]), crc: binary.LittleEndian.Uint32(head[14:]),
		packed: int64(binary.LittleEndian.Uint32(head[18:])), size: int64(binary.LittleEndian.Uint32(head[22:])),
	}
	name := make([]byte, binary.LittleEndian.Uint16(head[26:]))
	extra := make([]byte, binary.LittleEndian.Uint16(head[28:]))
	if len(name) > maxEntryName {
		return entry{}, bad("the name of an entry has %d bytes", len(name))
	}
	if err := errors.Join(p.full(name), p.full(extra)); err != nil {
		return entry{}, err
	}
	e.name = string(name)
	if e.flags&flagEncrypted != 0 {
		return entry{}, bad("%.100q is encrypted", e.name)
	}
	return e, e.zip64(extra)
}

// zip64 takes sizes that do not fit into the head from the field that has them.
func (e *entry) zip64(extra []byte) error {
	const large = 0xffffffff
	for len(extra) >= 4 {
		id, size := binary.LittleEndian.Uint16(extra), int(binary.LittleEndian.Uint16(extra[2:]))
		extra = extra[4:]
		if size > len(extra) {
			return bad("the head of %.100q is not whole", e.name)
		}
		field := extra[:size]
		extra = extra[size:]
		if id != extraZip64 {
			continue
		}
		for _, value := range []*int64{&e.size, &e.packed} {
			if *value == large && len(field) >= 8 {
				*value, field = int64(binary.LittleEndian.Uint64(field)), field[8:]
			}
		}
	}
	if e.size < 0 || e.packed < 0 {
		return bad("%.100q has no size", e.name)
	}
	return nil
}

// manifest reads the first entry.
func (p *segmentPackage) manifest() (broker.Manifest, error) {
	e, err := p.next()
	if err != nil {
		return broker.Manifest{}, err
	}
	if e.name != broker.ManifestFile {
		return broker.Manifest{}, bad("its first entry is %.100q", e.name)
	}
	document, err := p.small(e)
	if err != nil {
		return broker.Manifest{}, err
	}
	m, err := broker.ReadManifest(document)
	if err != nil {
		return m, bad("%v", err)
	}
	return m, nil
}

// small reads an entry into memory.
func (p *segmentPackage) small(e entry) ([]byte, error) {
	var content io.Reader
	switch {
	case e.method == methodDeflated:
		content = flate.NewReader(p.in) // takes not a byte too many from a bufio.Reader
	case e.method == methodStored && e.flags&flagDescriptor == 0:
		content = io.LimitReader(p.in, e.size)
	default:
		return nil, bad("%.100q is packed in an unusual way", e.name)
	}
	var held bytes.Buffer
	if _, err := held.ReadFrom(io.LimitReader(content, maxManifest+1)); err != nil {
		return nil, unpackFailure(e, err)
	}
	if held.Len() > maxManifest {
		return nil, bad("%.100q has more than %d bytes", e.name, maxManifest)
	}
	if err := p.descriptor(&e); err != nil {
		return nil, err
	}
	if crc32.ChecksumIEEE(held.Bytes()) != e.crc {
		return nil, bad("%.100q is damaged", e.name)
	}
	return held.Bytes(), nil
}

// unpackFailure tells data that cannot be unpacked from a stream that broke.
func unpackFailure(e entry, err error) error {
	_, corrupt := errors.AsType[flate.CorruptInputError](err)
	if corrupt || errors.Is(err, io.ErrUnexpectedEOF) {
		return bad("%.100q cannot be unpacked", e.name)
	}
	return err
}

// descriptor reads the CRC behind an entry's content where it stands there. Its signature is optional.
func (p *segmentPackage) descriptor(e *entry) error {
	if e.flags&flagDescriptor == 0 {
		return nil
	}
	var b [16]byte
	if err := p.full(b[:12]); err != nil {
		return err
	}
	e.crc = binary.LittleEndian.Uint32(b[:])
	if e.crc != signatureDescriptor {
		return nil
	}
	e.crc = binary.LittleEndian.Uint32(b[4:])
	return p.full(b[12:])
}

// content gives the one entry that a segment consists of.
func (p *segmentPackage) content(name string, size int64) (io.Reader, entry, error) {
	e, err := p.next()
	switch {
	case err != nil:
		return nil, e, err
	case e.name != name:
		return nil, e, bad("its second entry is %.100q, not %q", e.name, name)
	case e.method != methodStored || e.flags&flagDescriptor != 0 || e.packed != e.size:
		return nil, e, bad("%.100q is not stored as it is", e.name)
	case e.size != size:
		return nil, e, bad("%.100q has %d bytes, and its manifest says %d", e.name, e.size, size)
	}
	return io.LimitReader(p.in, e.size), e, nil
}

// end reads the rest, in which no entry follows, up to the end of the message.
func (p *segmentPackage) end() error {
	var signature [4]byte
	if err := p.full(signature[:]); err != nil {
		return err
	}
	if binary.LittleEndian.Uint32(signature[:]) != signatureDirectory {
		return bad("something follows its second entry")
	}
	n, err := io.Copy(io.Discard, io.LimitReader(p.in, maxDirectory))
	if err == nil && n == maxDirectory {
		return bad("its directory has more than %d bytes", maxDirectory)
	}
	return err
}

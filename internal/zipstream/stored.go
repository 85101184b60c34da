package zipstream

import (
	"encoding/binary"
	"hash/crc32"
)

// Stored is a file whose length and CRC are known before it is packed. It goes into a ZIP as it is.
type Stored struct {
	Name  string // see [Check]
	Size  int64
	CRC32 uint32 // IEEE
}

// Around gives what stands before and behind the content of last in a ZIP of two files, of which the first is held. Length and
// CRC of both stand before them, so that the ZIP can be read from its beginning, and its own length is known.
func Around(name string, content []byte, last Stored) (head, tail []byte) {
	first := Stored{Name: name, Size: int64(len(content)), CRC32: crc32.ChecksumIEEE(content)}
	head = append(first.local(nil), content...)
	at := int64(len(head))
	head = last.local(head)

	tail = last.central(first.central(nil, 0), at)
	return head, end(tail, int64(len(head))+last.Size)
}

// What a ZIP says of itself, from APPNOTE.TXT.
const (
	signatureLocal   = 0x04034b50
	signatureCentral = 0x02014b50
	signatureEnd     = 0x06054b50
	signatureEnd64   = 0x06064b50
	signatureLocator = 0x07064b50

	version     = 20 // needed to read it
	version64   = 45
	flagUTF8    = 1 << 11
	dosDate     = 1<<5 | 1 // 1980-01-01: the same content makes the same ZIP
	extra64     = 1
	beyond      = 1<<32 - 1 // as a length: the larger form has it
	end64Length = 56
)

func (s Stored) large() bool { return s.Size >= beyond }

// local appends what stands before the content.
func (s Stored) local(b []byte) []byte {
	b = binary.LittleEndian.AppendUint32(b, signatureLocal)
	b = s.common(b)
	b = append(b, s.Name...)
	return append(b, s.extra()...)
}

// central appends the entry of the directory. at is where local is in the ZIP, which is before anything that is large.
func (s Stored) central(b []byte, at int64) []byte {
	b = binary.LittleEndian.AppendUint32(b, signatureCentral)
	b = binary.LittleEndian.AppendUint16(b, version64) // made by
	b = s.common(b)
	b = append(b, make([]byte, 10)...) // comment, disk, attributes
	b = binary.LittleEndian.AppendUint32(b, uint32(at))
	b = append(b, s.Name...)
	return append(b, s.extra()...)
}

// common appends what both say of the file.
func (s Stored) common(b []byte) []byte {
	needed, size := uint16(version), uint32(beyond)
	if s.large() {
		needed = version64
	} else {
		size = uint32(s.Size)
	}
	for _, field := range []uint16{needed, flagUTF8, 0, 0, dosDate} { // method and time are 0
		b = binary.LittleEndian.AppendUint16(b, field)
	}
	for _, field := range []uint32{s.CRC32, size, size} {
		b = binary.LittleEndian.AppendUint32(b, field)
	}
	b = binary.LittleEndian.AppendUint16(b, uint16(len(s.Name)))
	return binary.LittleEndian.AppendUint16(b, uint16(len(s.extra())))
}

// extra has the length, before and after packing, where four bytes are too few.
func (s Stored) extra() []byte {
	if !s.large() {
		return nil
	}
	b := binary.LittleEndian.AppendUint16(nil, extra64)
	b = binary.LittleEndian.AppendUint16(b, 16)
	b = binary.LittleEndian.AppendUint64(b, uint64(s.Size))
	return binary.LittleEndian.AppendUint64(b, uint64(s.Size))
}

// end appends the end of a directory of two files that begins at at.
func end(directory []byte, at int64) []byte {
	length := len(directory)
	b, at32 := directory, uint32(beyond)
	if at >= beyond {
		b = end64(b, at, int64(length))
	} else {
		at32 = uint32(at)
	}
	b = binary.LittleEndian.AppendUint32(b, signatureEnd)
	for _, field := range []uint16{0, 0, 2, 2} { // disks, entries
		b = binary.LittleEndian.AppendUint16(b, field)
	}
	b = binary.LittleEndian.AppendUint32(b, uint32(length))
	b = binary.LittleEndian.AppendUint32(b, at32)
	return binary.LittleEndian.AppendUint16(b, 0) // comment
}

// end64 appends the larger form of the end, and where it is.
func end64(b []byte, at, length int64) []byte {
	b = binary.LittleEndian.AppendUint32(b, signatureEnd64)
	b = binary.LittleEndian.AppendUint64(b, end64Length-12)
	b = binary.LittleEndian.AppendUint16(b, version64)
	b = binary.LittleEndian.AppendUint16(b, version64)
	b = binary.LittleEndian.AppendUint64(b, 0) // disks
	for _, field := range []int64{2, 2, length, at} {
		b = binary.LittleEndian.AppendUint64(b, uint64(field))
	}
	b = binary.LittleEndian.AppendUint32(b, signatureLocator)
	b = binary.LittleEndian.AppendUint32(b, 0)
	b = binary.LittleEndian.AppendUint64(b, uint64(at+length))
	return binary.LittleEndian.AppendUint32(b, 1)
}

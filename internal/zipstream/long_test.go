package zipstream

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/internal/iofault"
)

// Sizes beyond four bytes, of an entry and of what is before one, take the larger form of ZIP. It is read back with the
// standard library, from a file.
func TestBeyondFourGiB(t *testing.T) {
	if os.Getenv("ALTINN_TRANSFER_LONG") == "" {
		t.Skip("takes 4 GiB of disk; set ALTINN_TRANSFER_LONG")
	}
	const size = 4<<30 + 5
	zeros := iofault.NewPattern(iofault.Zeros, size, 1)
	random := iofault.NewPattern(iofault.Random, size, 1)
	file, err := os.CreateTemp(t.TempDir(), "zip")
	must(t, err)
	defer file.Close()
	r := Reader(t.Context(), []Entry{made("zeros", zeros), made("random", random), textEntry("behind", "the end")})
	defer r.Close()
	n, err := io.Copy(file, r)
	must(t, err)

	archive, err := zip.NewReader(file, n)
	must(t, err)
	wants := []io.Reader{
		io.NewSectionReader(zeros, 0, size),
		io.NewSectionReader(random, 0, size),
		strings.NewReader("the end"),
	}
	for i, f := range archive.File {
		content, err := f.Open()
		must(t, err)
		if sum(t, content) != sum(t, wants[i]) {
			t.Errorf("%s: other contents", f.Name)
		}
		checkDescriptor(t, file, f)
	}
}

func sum(t *testing.T, r io.Reader) string {
	t.Helper()
	hash := sha256.New()
	_, err := io.Copy(hash, r)
	must(t, err)
	return fmt.Sprintf("%x", hash.Sum(nil))
}

// checkDescriptor looks at the record behind an entry, which the standard library skips and readers from front to back
// need: signature, CRC, and two lengths of eight bytes when one of them takes more than four (APPNOTE.TXT 4.3.9).
func checkDescriptor(t *testing.T, zipped io.ReaderAt, f *zip.File) {
	t.Helper()
	start, err := f.DataOffset()
	must(t, err)
	record := make([]byte, 28)
	_, err = zipped.ReadAt(record, start+int64(f.CompressedSize64))
	must(t, err)

	wantLength, packed, plain := 16, uint64(binary.LittleEndian.Uint32(record[8:])), uint64(binary.LittleEndian.Uint32(record[12:]))
	if f.UncompressedSize64 >= 1<<32-1 || f.CompressedSize64 >= 1<<32-1 {
		wantLength, packed, plain = 24, binary.LittleEndian.Uint64(record[8:]), binary.LittleEndian.Uint64(record[16:])
	}
	if string(record[:4]) != "PK\x07\x08" || binary.LittleEndian.Uint32(record[4:]) != f.CRC32 {
		t.Errorf("%s: record %x", f.Name, record)
	}
	if packed != f.CompressedSize64 || plain != f.UncompressedSize64 {
		t.Errorf("%s: record of %d and %d bytes, not %d and %d", f.Name, packed, plain, f.CompressedSize64, f.UncompressedSize64)
	}
	if next := string(record[wantLength : wantLength+4]); next != "PK\x03\x04" && next != "PK\x01\x02" {
		t.Errorf("%s: %q follows its record", f.Name, next)
	}
}

// A ZIP counts its entries in two bytes, and in a larger form beyond.
func TestManyEntries(t *testing.T) {
	if os.Getenv("ALTINN_TRANSFER_LONG") == "" {
		t.Skip("slow under the race detector, which empties pools; set ALTINN_TRANSFER_LONG")
	}
	const many = 1<<16 + 10
	entries := make([]Entry, many)
	for i := range entries {
		entries[i] = textEntry(fmt.Sprintf("%06d", i), "")
	}
	packed := packAll(t, entries...)
	archive, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	must(t, err)
	if len(archive.File) != many || archive.File[many-1].Name != entries[many-1].Name {
		t.Errorf("%d entries", len(archive.File))
	}
}

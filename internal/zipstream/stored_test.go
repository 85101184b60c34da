package zipstream

import (
	"archive/zip"
	"errors"
	"hash/crc32"
	"io"
	"testing"
)

// sparse is a ZIP around a content that is not there, save for its first bytes.
type sparse struct {
	head, tail []byte
	content    string
	size       int64
}

func (s sparse) ReadAt(b []byte, at int64) (n int, err error) {
	for n < len(b) {
		here := at + int64(n)
		switch inner := here - int64(len(s.head)); {
		case here < int64(len(s.head)):
			n += copy(b[n:], s.head[here:])
		case inner < int64(len(s.content)):
			n += copy(b[n:], s.content[inner:])
		case inner < s.size:
			b[n] = 0
			n++
		case inner-s.size < int64(len(s.tail)):
			n += copy(b[n:], s.tail[inner-s.size:])
		default:
			return n, io.EOF
		}
	}
	return n, nil
}

func TestAroundIsReadByTheStandardLibrary(t *testing.T) {
	const manifest = "<manifest/>"
	for name, size := range map[string]int64{
		"nothing": 0, "one byte": 1, "some": 7, "the most of four bytes": 1<<32 - 2, "too many for four bytes": 1<<32 - 1, "large": 5 << 40,
	} {
		t.Run(name, func(t *testing.T) {
			content := "content"[:min(size, 7)]
			last := Stored{Name: "blåbær.iso.001", Size: size, CRC32: crc32.ChecksumIEEE([]byte(content))}
			head, tail := Around("manifest.xml", []byte(manifest), last)
			packed := sparse{head, tail, content, size}
			archive, err := zip.NewReader(packed, int64(len(head)+len(tail))+size)
			must(t, err)
			if len(archive.File) != 2 {
				t.Fatalf("%d files", len(archive.File))
			}
			first, second := archive.File[0], archive.File[1]
			if got := readEntry(t, first); got != manifest || first.Name != "manifest.xml" {
				t.Errorf("%s holds %q", first.Name, got)
			}
			if second.Name != last.Name || second.UncompressedSize64 != uint64(size) || second.CompressedSize64 != uint64(size) {
				t.Errorf("%+v", second.FileHeader)
			}
			if at, err := second.DataOffset(); err != nil || at != int64(len(head)) {
				t.Errorf("the content is at %d, not %d: %v", at, len(head), err)
			}
			if size > 7 {
				return
			}
			if got := readEntry(t, second); got != content {
				t.Errorf("it holds %q", got)
			}
		})
	}
}

func readEntry(t *testing.T, f *zip.File) string {
	t.Helper()
	r, err := f.Open()
	must(t, err)
	b, err := io.ReadAll(r)
	must(t, errors.Join(err, r.Close()))
	return string(b)
}

// A reader from front to back finds the length where it is due (APPNOTE.TXT 4.3.7, 4.5.3).
func TestAroundHasTheLengthInFront(t *testing.T) {
	for size, extra := range map[int64]string{
		258:     "",
		1 << 32: "\x01\x00\x10\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00",
	} {
		head, _ := Around("m", nil, Stored{Name: "n", Size: size, CRC32: 0x01020304})
		local := string(head[31:])
		want := "\x02\x01\x00\x00"
		if extra != "" {
			want = "\xff\xff\xff\xff"
		}
		want = "PK\x03\x04" + local[4:14] + "\x04\x03\x02\x01" + want + want + "\x01\x00" + string(rune(len(extra))) + "\x00n" + extra
		if local != want {
			t.Errorf("%d bytes: %q, not %q", size, local, want)
		}
		if flags := local[6]; flags != 0 || local[7] != 8 {
			t.Errorf("flags %x %x", local[6], local[7])
		}
	}
}

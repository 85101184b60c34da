package transfer

import (
	"bytes"
	"errors"
	"io"
	"os"

	"github.com/altinn-transfer/altinn-transfer/internal/atomicfile"
	"github.com/altinn-transfer/altinn-transfer/stream"
)

// overlay writes a stream over a file that may hold its beginning. What is the same is left as it is; at the first difference
// the file is cut there, and the rest is written.
type overlay struct {
	file *atomicfile.File
	at   int64 // of the next byte
	held int64 // bytes of the file that are still to be compared, counted from its beginning
	// within is whether more lies behind the stream's place in the file, so that nothing is cut.
	within bool
	room   *reservation
	same   comparer
}

func (o *overlay) Write(p []byte) (int, error) {
	n := 0
	if o.at < o.held {
		var err error
		n, err = o.compare(p)
		if err != nil {
			return n, err
		}
	}
	if n == len(p) {
		return n, nil
	}
	written, err := o.file.WriteAt(p[n:], o.at)
	o.at += int64(written)
	o.room.wrote(int64(written))
	return n + written, err
}

// compare goes over what the file holds, and cuts it where it differs.
func (o *overlay) compare(p []byte) (int, error) {
	expected := p[:min(int64(len(p)), o.held-o.at)]
	n, err := o.same.prefix(o.file, o.at, expected)
	o.at += int64(n)
	if err != nil || n == len(expected) {
		return n, err
	}
	o.held = o.at
	if o.within {
		return n, nil
	}
	return n, o.file.Truncate(o.at)
}

// end cuts what the file holds beyond the stream.
func (o *overlay) end() error {
	if o.at < o.held {
		return o.file.Truncate(o.at)
	}
	return nil
}

// comparer compares with a file, a piece at a time.
type comparer struct{ piece []byte }

// comparePiece is read at a time.
const comparePiece = 64 << 10

// prefix is how many bytes of p stand at an offset of file, which has as many.
func (c *comparer) prefix(file io.ReaderAt, offset int64, p []byte) (int, error) {
	if c.piece == nil {
		c.piece = make([]byte, comparePiece)
	}
	for n := 0; ; {
		if n == len(p) {
			return n, nil
		}
		piece := c.piece[:min(len(c.piece), len(p)-n)]
		read, err := file.ReadAt(piece, offset+int64(n))
		same := commonPrefix(piece[:read], p[n:])
		n += same
		if same < read || errors.Is(err, io.EOF) {
			return n, nil
		}
		if err != nil {
			return n, err
		}
	}
}

func commonPrefix(a, b []byte) int {
	if len(a) <= len(b) && bytes.Equal(a, b[:len(a)]) {
		return len(a)
	}
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// errDiffers ends the reading of a stream that is not what a file holds.
var errDiffers = errors.New("the stream differs from the file")

// matching takes a stream that is the same as a file.
type matching struct {
	file io.ReaderAt
	at   int64
	same comparer
}

func (m *matching) Write(p []byte) (int, error) {
	n, err := m.same.prefix(m.file, m.at, p)
	m.at += int64(n)
	if err == nil && n < len(p) {
		err = errDiffers
	}
	return n, err
}

// sameContent reports whether a stream gives just what file holds, and what that is.
func sameContent(file *os.File, body io.Reader, progress func(int64)) (bool, Stored, error) {
	digest := stream.NewDigest(body)
	onDisk := &matching{file: file}
	n, err := stream.Copy(onDisk, &reporting{reader: digest, progress: progress})
	if errors.Is(err, errDiffers) {
		return false, Stored{}, nil
	}
	if err != nil {
		return false, Stored{}, copyFailure("compare", err)
	}
	info, err := file.Stat()
	if err != nil {
		return false, Stored{}, diskFailure("compare", err)
	}
	return info.Size() == n, Stored{Bytes: n, SHA256: digest.Sum()}, nil
}

package mtom

import "io"

// window is the unread stretch of a body that is in memory. Slices of it are handed out as they are, so that a payload is not
// copied on its way. It begins small, for most messages are, and grows while reads fill it.
type window struct {
	src   io.Reader
	buf   []byte
	most  int // how large buf may become
	start int
	end   int
	full  bool  // the last read filled buf
	err   error // of src; comes after the bytes that are in memory
	read  int64 // bytes taken from src
}

// windowSize is large enough that a read costs little beside the bytes it brings, and small enough for a second-level cache.
const (
	windowSize  = 128 << 10
	firstWindow = 8 << 10
)

// maxEmptyReads is how often in a row a reader may give nothing before it is given up.
const maxEmptyReads = 100

func newWindow(src io.Reader, most int) *window {
	return &window{src: src, buf: make([]byte, min(firstWindow, most)), most: most}
}

func (w *window) bytes() []byte { return w.buf[w.start:w.end] }
func (w *window) skip(n int)    { w.start += n }

// offset is where the unread bytes begin in the body.
func (w *window) offset() int64 { return w.read - int64(w.end-w.start) }

// fill reads more, at least a byte, or says why not: io.EOF at the end of the body. The unread bytes must leave room.
func (w *window) fill() error {
	if w.err != nil {
		return w.err
	}
	w.makeRoom()
	for range maxEmptyReads {
		n, err := w.src.Read(w.buf[w.end:])
		w.end += n
		w.full = w.end == len(w.buf)
		w.read += int64(n)
		if w.err = err; err != io.EOF {
			w.err = broken(err)
		}
		if n > 0 {
			return nil
		}
		if w.err != nil {
			return w.err
		}
	}
	w.err = io.ErrNoProgress
	return w.err
}

func (w *window) makeRoom() {
	to := w.buf
	if w.full && len(to) < w.most {
		to = make([]byte, min(2*len(to), w.most))
	}
	w.end = copy(to, w.bytes())
	w.buf, w.start = to, 0
}

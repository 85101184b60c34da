package stream

import (
	"cmp"
	"io"
)

// Limit lets exactly the first limit bytes of r pass; where r has one more, tooMuch follows them, for ever. A negative limit
// is none.
func Limit(r io.Reader, limit int64, tooMuch error) io.Reader {
	if limit < 0 {
		return r
	}
	return &limited{r: r, left: limit, tooMuch: tooMuch}
}

type limited struct {
	r       io.Reader
	left    int64
	tooMuch error
	err     error
}

func (l *limited) Read(p []byte) (int, error) {
	if l.err != nil || len(p) == 0 {
		return 0, l.err
	}
	// One byte more than may pass is asked for: only so an excess is told from an end.
	if int64(len(p))-1 > l.left {
		p = p[:l.left+1]
	}
	n, err := l.r.Read(p)
	if int64(n) > l.left {
		n, err = int(l.left), l.tooMuch
	}
	l.left -= int64(n)
	l.err = err
	return n, err
}

// WriteTo writes what may pass of the rest to w.
func (l *limited) WriteTo(w io.Writer) (int64, error) {
	if l.err != nil {
		return 0, ignoreEOF(l.err)
	}
	before := l.left
	_, err := Copy(limitedWriter{w, l}, l.r)
	l.err = cmp.Or(l.err, err, io.EOF)
	return before - l.left, ignoreEOF(l.err)
}

type limitedWriter struct {
	w io.Writer
	l *limited
}

func (w limitedWriter) Write(p []byte) (int, error) {
	pass := p[:min(int64(len(p)), w.l.left)]
	n, err := w.w.Write(pass)
	w.l.left -= int64(n)
	if err == nil && len(pass) < len(p) {
		err, w.l.err = w.l.tooMuch, w.l.tooMuch
	}
	return n, err
}

// ReadFrom keeps the writer's own ReadFrom at work for what may pass. Only behind that it looks for a byte too many.
func (w limitedWriter) ReadFrom(r io.Reader) (int64, error) {
	to, ok := w.w.(io.ReaderFrom)
	if !ok {
		return Copy(writerOnly{w}, r)
	}
	n, err := pass(to, r, w.l.left)
	w.l.left -= n
	if err != nil || w.l.left > 0 {
		return n, err
	}
	return n, w.probe(r)
}

// probe gives tooMuch where r has more.
func (w limitedWriter) probe(r io.Reader) error {
	switch n, err := io.ReadFull(r, make([]byte, 1)); {
	case n > 0:
		w.l.err = w.l.tooMuch
	case err != io.EOF:
		w.l.err = err
	}
	return w.l.err
}

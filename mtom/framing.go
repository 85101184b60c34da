package mtom

import (
	"bytes"
	"errors"
	"io"
)

// framing takes a multipart body apart: preamble, parts, epilogue.
type framing struct {
	win    *window
	delim  *delimiter
	limits Limits
	parts  int64
	open   bool // within a part's content
	closed bool // behind the closing delimiter
	fresh  bool // at the blank line that ends a part's fields
}

// newFraming begins in the preamble. A line break is put before the body, so that a delimiter at its very front is like any
// other.
func newFraming(body io.Reader, boundary string, limits Limits, size int) *framing {
	f := &framing{win: newWindow(body, size), delim: newDelimiter(boundary), limits: limits, open: true}
	f.win.end = copy(f.win.buf, "\r\n")
	return f
}

// chunk gives the next bytes of the part's content, in the window's memory and until the next call only; io.EOF when the
// delimiter behind it was read.
func (f *framing) chunk() ([]byte, error) {
	if !f.open {
		return nil, io.EOF
	}
	for {
		data := f.win.bytes()
		n := f.delim.index(data)
		if n < 0 {
			n = f.delim.clear(data)
		} else if n == 0 {
			ended, err := f.delimiterLine()
			if err != nil {
				return nil, err
			}
			if ended {
				f.open, f.fresh = false, false
				return nil, io.EOF
			}
			n = len(f.delim.text) // a line that only begins like a delimiter
		}
		if f.fresh && n > 0 {
			f.fresh = false
			f.win.skip(2)
			continue
		}
		if n > 0 {
			f.win.skip(n)
			return data[:n], nil
		}
		if err := f.win.fill(); err != nil {
			return nil, within("a part", err)
		}
	}
}

type lineEnd uint8

const (
	undecided lineEnd = iota
	notDelimiter
	opening
	closing
)

// delimiterLine looks at what follows the delimiter that the window begins with, and takes the whole line if it is one.
func (f *framing) delimiterLine() (ended bool, err error) {
	for atEnd := false; ; {
		kind, n := classify(f.win.bytes()[len(f.delim.text):], atEnd)
		if int64(n) > f.limits.Padding {
			return false, &LimitError{"Padding", f.limits.Padding}
		}
		switch kind {
		case opening, closing:
			f.win.skip(len(f.delim.text) + n)
			f.closed = kind == closing
			return true, nil
		case notDelimiter:
			return false, nil
		}
		if err := f.win.fill(); errors.Is(err, io.EOF) && !atEnd {
			atEnd = true
		} else if err != nil {
			return false, within("a delimiter", err)
		}
	}
}

// classify tells by the rest of the line what a delimiter is, and how long that rest is. The line break of a closing one may
// be missing at the end of the body; JAX-WS leaves it out.
func classify(rest []byte, atEnd bool) (lineEnd, int) {
	kind, n := opening, 0
	if len(rest) == 0 {
		return undecided, 0
	}
	if rest[0] == '-' {
		if len(rest) == 1 {
			return undecided, 0
		}
		if rest[1] != '-' {
			return notDelimiter, 0
		}
		kind, n = closing, 2
	}
	for n < len(rest) && (rest[n] == ' ' || rest[n] == '\t') {
		n++
	}
	switch tail := rest[n:]; {
	case len(tail) >= 2 && tail[0] == '\r' && tail[1] == '\n':
		return kind, n + 2
	case len(tail) >= 2, len(tail) == 1 && tail[0] != '\r':
		return notDelimiter, 0
	case kind == closing && atEnd:
		return closing, len(rest)
	}
	return undecided, n
}

// next goes to the next part, past what is left of this one, and reads its fields. io.EOF: the message has been closed, and
// its body has ended.
func (f *framing) next() (fields, error) {
	if err := f.skipContent(); err != nil {
		return fields{}, err
	}
	if f.closed {
		if err := f.epilogue(); err != nil {
			return fields{}, err
		}
		return fields{}, io.EOF
	}
	f.parts++
	if f.parts > f.limits.Parts {
		return fields{}, &LimitError{"Parts", f.limits.Parts}
	}
	block, err := f.fieldBlock()
	if err != nil {
		return fields{}, err
	}
	f.open, f.fresh = true, true
	return parseFields(block, f.limits, f.win.offset())
}

func (f *framing) skipContent() error {
	skipped := -int64(len("\r\n")) // what was put before the body
	for {
		chunk, err := f.chunk()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		skipped += int64(len(chunk))
		if f.parts == 0 && skipped > f.limits.Preamble {
			return &LimitError{"Preamble", f.limits.Preamble}
		}
	}
}

// fieldBlock reads a part's fields, and leaves the line break of the blank line that ends them: where a part is empty, it may
// be that of the delimiter.
func (f *framing) fieldBlock() ([]byte, error) {
	const blankLine = "\r\n\r\n"
	for searched := 0; ; {
		data := f.win.bytes()
		if bytes.HasPrefix(data, []byte("\r\n")) {
			return nil, nil
		}
		end := bytes.Index(data[searched:], []byte(blankLine))
		length := searched + end + len("\r\n")
		switch {
		case end >= 0 && int64(length) <= f.limits.FieldBytes:
			block := bytes.Clone(data[:length])
			f.win.skip(length)
			return block, nil
		case end >= 0, int64(len(data)) > f.limits.FieldBytes+int64(len(blankLine)):
			return nil, &LimitError{"FieldBytes", f.limits.FieldBytes}
		}
		searched = max(0, len(data)-len(blankLine)+1)
		if err := f.win.fill(); err != nil {
			return nil, within("a part's fields", err)
		}
	}
}

// epilogue reads to the end of the body. What stands there means nothing.
func (f *framing) epilogue() error {
	for skipped := int64(0); ; {
		skipped += int64(len(f.win.bytes()))
		if skipped > f.limits.Epilogue {
			return &LimitError{"Epilogue", f.limits.Epilogue}
		}
		f.win.skip(len(f.win.bytes()))
		if err := f.win.fill(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return within("the epilogue", err)
		}
	}
}

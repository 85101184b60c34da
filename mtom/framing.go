package mtom

import (
	"bytes"
	"errors"
	"io"
)

const crlf = "\r\n"

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
	f.win.end = copy(f.win.buf, crlf)
	return f
}

// chunk gives the next bytes of the part's content, in the window's memory and until the next call only; io.EOF when the
// delimiter behind it was read.
func (f *framing) chunk() ([]byte, error) {
	for f.open {
		n, err := f.content()
		switch {
		case err != nil:
			return nil, err
		case !f.open:
			return nil, io.EOF
		case n == 0:
			if err := f.win.fill(); err != nil {
				return nil, within("a part", err)
			}
		case f.fresh:
			f.fresh = false
			f.win.skip(len(crlf))
		default:
			content := f.win.bytes()[:n]
			f.win.skip(n)
			return content, nil
		}
	}
	return nil, io.EOF
}

// content is how many bytes at the window's front belong to the part for sure. A delimiter that stands there ends the part.
func (f *framing) content() (int, error) {
	n, ended := f.search(0)
	if n > 0 || !ended {
		return n, nil
	}
	isDelimiter, err := f.delimiterLine()
	if isDelimiter {
		f.open, f.fresh = false, false
	}
	if isDelimiter || err != nil {
		return 0, err
	}
	n, _ = f.search(len(f.delim.text))
	return n, nil
}

// search is how many bytes of the window lie before the first delimiter from there on, or what may be one; where there is
// none, how many can be no part of one. What only looks like a delimiter does not stop it, so that content goes out in large
// pieces.
func (f *framing) search(from int) (n int, found bool) {
	data := f.win.bytes()
	for {
		i := f.delim.index(data[from:])
		if i < 0 {
			return from + f.delim.clear(data[from:]), false
		}
		end := from + i + len(f.delim.text)
		if line := classify(data[end:], false); line.kind != notDelimiter || int64(line.blanks) > f.limits.Padding {
			return from + i, true
		}
		from = end
	}
}

// rest is what follows the text of a delimiter on its line.
type rest struct {
	kind   lineKind
	length int
	blanks int // padding, which a sender may put there
}

type lineKind uint8

const (
	undecided lineKind = iota
	notDelimiter
	opening
	closing
)

// delimiterLine looks at what follows the delimiter that the window begins with, and takes the whole line if it is one.
func (f *framing) delimiterLine() (isDelimiter bool, err error) {
	for atEnd := false; ; {
		line := classify(f.win.bytes()[len(f.delim.text):], atEnd)
		if int64(line.blanks) > f.limits.Padding {
			return false, &LimitError{"Padding", f.limits.Padding}
		}
		switch line.kind {
		case opening, closing:
			f.win.skip(len(f.delim.text) + line.length)
			f.closed = line.kind == closing
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

// classify tells by the rest of the line what a delimiter is.
//
// QUIRK: Metro and CXF leave out the line break behind the closing one, where the body ends.
func classify(text []byte, atEnd bool) rest {
	if len(text) > 0 && text[0] > '-' { // what may follow is '-' or before it; this is for speed
		return rest{kind: notDelimiter}
	}
	after, closes := bytes.CutPrefix(text, []byte("--"))
	tail := bytes.TrimLeft(after, blanks)
	line := rest{kind: opening, length: len(text) - len(tail), blanks: len(after) - len(tail)}
	if closes {
		line.kind = closing
	}
	switch {
	case bytes.HasPrefix(tail, []byte(crlf)):
		line.length += len(crlf)
	case closes && atEnd && bytes.HasPrefix([]byte(crlf), tail):
		line.length = len(text)
	case bytes.HasPrefix([]byte(crlf), tail), string(text) == "-":
		line.kind = undecided
	default:
		line.kind = notDelimiter
	}
	return line
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
	skipped := -int64(len(crlf)) // what was put before the body
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
	const blankLine = crlf + crlf
	for searched := 0; ; {
		data := f.win.bytes()
		if bytes.HasPrefix(data, []byte(crlf)) {
			return nil, nil
		}
		end := bytes.Index(data[searched:], []byte(blankLine))
		length := searched + end + len(crlf)
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

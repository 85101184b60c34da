package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"net/http"
	"os"
	"strings"

	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/mtom"
)

// message is a saved one. It can be decoded more than once, because what stands in place may only be known when the root has
// been read.
type message struct {
	file        io.ReadSeeker
	close       func()
	contentType string
	isBody      bool // and not a whole HTTP message, which has a Content-Type of its own
	inline      *inlineElements
}

// openMessage finds the message and its Content-Type. The caller closes it.
func openMessage(a *app, args []string, f *messageFlags) (*message, error) {
	contentType, given, err := f.readContentType()
	if err != nil {
		return nil, err
	}
	m := &message{contentType: contentType, isBody: given, inline: newInlineElements(f.elements)}
	if len(args) == 0 || args[0] == "-" {
		m.file, m.close, err = seekable(a.in)
	} else {
		m.file, m.close, err = openFile(args[0])
	}
	if err != nil || given {
		return m, err
	}
	if whole, err := m.isHTTP(); err != nil || !whole {
		m.close()
		if err == nil {
			err = usageError("which Content-Type had the message? Give --content-type or --content-type-file, or a whole saved HTTP message")
		}
		return nil, err
	}
	return m, nil
}

func openFile(path string) (io.ReadSeeker, func(), error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, nil, unreadable(err)
	}
	return file, func() { file.Close() }, nil
}

// seekable is in itself when it can be read twice, or a copy of it in a temporary file.
func seekable(in io.Reader) (io.ReadSeeker, func(), error) {
	if file, ok := in.(*os.File); ok {
		if at, err := file.Seek(0, io.SeekCurrent); err == nil && at == 0 {
			return file, func() {}, nil
		}
	}
	file, err := os.CreateTemp("", "altinn-transfer-*")
	if err != nil {
		return nil, nil, unkept(err)
	}
	remove := func() {
		file.Close()
		os.Remove(file.Name())
	}
	if _, err := io.Copy(file, in); err != nil {
		remove()
		return nil, nil, unkept(err)
	}
	return file, remove, nil
}

func unkept(err error) error {
	return &failure.Error{Op: "keep standard input", Kind: failure.Disk, Err: err}
}

// longestType is well above what the decoder takes, so that the decoder says what is wrong.
const longestType = 64 << 10

func (f *messageFlags) readContentType() (contentType string, given bool, err error) {
	switch {
	case f.contentTypeFile == "":
		return f.contentType, f.contentType != "", nil
	case f.contentType != "":
		return "", false, usageError("--content-type and --content-type-file are given; give one")
	}
	file, err := os.Open(f.contentTypeFile)
	if err != nil {
		return "", false, usageError("read Content-Type: %w", err)
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, longestType))
	if err != nil {
		return "", false, usageError("read Content-Type: %w", err)
	}
	return headerValue(string(text)), true, nil
}

// headerValue is the value of a header line: without its name, where that is there, its line breaks at the end, and the
// folds that old senders make.
func headerValue(line string) string {
	const name = "content-type:"
	if len(line) >= len(name) && strings.EqualFold(line[:len(name)], name) {
		line = strings.TrimLeft(line[len(name):], " \t")
	}
	line = strings.TrimRight(line, "\r\n")
	return strings.NewReplacer("\r\n ", " ", "\r\n\t", " ", "\n ", " ", "\n\t", " ").Replace(line)
}

// isHTTP reports whether the file is a whole HTTP message.
func (m *message) isHTTP() (bool, error) {
	if _, err := m.file.Seek(0, io.SeekStart); err != nil {
		return false, unreadable(err)
	}
	var start [7]byte
	n, err := io.ReadFull(m.file, start[:])
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return false, unreadable(err)
	}
	text := string(start[:n])
	return text == "HTTP/1." || strings.HasPrefix(text, "POST /"), nil
}

// maxHead bounds the head of a whole HTTP message, as net/http does for a server.
const maxHead = 1 << 20

// open goes to the start of the message and gives its body and its Content-Type.
func (m *message) open() (io.Reader, string, error) {
	if _, err := m.file.Seek(0, io.SeekStart); err != nil {
		return nil, "", unreadable(err)
	}
	if m.isBody {
		return m.file, m.contentType, nil
	}
	limited := &io.LimitedReader{R: m.file, N: maxHead}
	header, body, err := readHead(bufio.NewReader(limited))
	if err != nil {
		return nil, "", fmt.Errorf("read the saved HTTP message: %w", err)
	}
	limited.N = math.MaxInt64
	contentType, err := soleField(header, "Content-Type")
	if err != nil {
		return nil, "", err
	}
	if encoding := header.Get("Content-Encoding"); encoding != "" && !strings.EqualFold(encoding, "identity") {
		return nil, "", fmt.Errorf("read the saved HTTP message: its body is packed with %.20q; unpack it first", encoding)
	}
	return body, contentType, nil
}

func readHead(r *bufio.Reader) (http.Header, io.Reader, error) {
	if start, err := r.Peek(4); err == nil && string(start) == "POST" {
		request, err := http.ReadRequest(r)
		if err != nil {
			return nil, nil, err
		}
		return request.Header, request.Body, nil
	}
	response, err := http.ReadResponse(r, nil)
	if err != nil {
		return nil, nil, err
	}
	return response.Header, response.Body, nil
}

// soleField refuses a field that is there twice: readers could disagree which one counts.
func soleField(h http.Header, name string) (string, error) {
	values := h.Values(name)
	if len(values) != 1 {
		return "", fmt.Errorf("read the saved HTTP message: it has %d fields %s, and one is needed", len(values), name)
	}
	return values[0], nil
}

// decode hands the message's values to visit, in the order of the wire. When base64 turns out to stand in an element that
// nobody named, reset is called, and all begins anew with that element.
func (m *message) decode(visit func(*mtom.Payload) error, reset func()) error {
	root, err := m.pass(visit)
	if err == nil && m.inline.add(guess(root)) {
		reset()
		_, err = m.pass(visit)
	}
	return decodeFailure(m.advise(err))
}

// decodeFailure tells a message that is not good from a disk that refuses.
func decodeFailure(err error) error {
	_, format := errors.AsType[*mtom.FormatError](err)
	_, limit := errors.AsType[*mtom.LimitError](err)
	_, disk := errors.AsType[*fs.PathError](err)
	switch {
	case format, limit, errors.Is(err, mtom.ErrCut):
		return &exitError{code: exitIntegrity, err: err}
	case disk:
		return &failure.Error{Op: "decode message", Kind: failure.Disk, Err: err}
	}
	return err
}

func (m *message) pass(visit func(*mtom.Payload) error) (root []byte, err error) {
	body, contentType, err := m.open()
	if err != nil {
		return nil, err
	}
	decoder, err := mtom.NewDecoder(body, contentType, &mtom.Options{Inline: m.inline.hold})
	if err != nil {
		return nil, err
	}
	for {
		payload, err := decoder.Next()
		if errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			return decoder.Root()
		}
		if err != nil {
			return nil, err
		}
		if err := visit(payload); err != nil {
			return nil, err
		}
	}
}

// advise says what to do when the root is too large, perhaps because of a value in place that was not known for one.
func (m *message) advise(err error) error {
	limit, ok := errors.AsType[*mtom.LimitError](err)
	if !ok || limit.Limit != "Root" || m.inline.last == "" {
		return err
	}
	return fmt.Errorf("%w; if <%s> holds base64, say so: --element %[2]s", err, m.inline.last)
}

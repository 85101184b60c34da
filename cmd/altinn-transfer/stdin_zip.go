package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"strings"

	"github.com/altinn-transfer/altinn-transfer/stream"
)

// wholeZIP is a source that fails at its end when it began as a ZIP and does not end as one. A pipe ends in the same way
// whether its writer was done or has died.
type wholeZIP struct{ stream.Source }

// Open opens the source below.
func (w wholeZIP) Open(ctx context.Context) (io.ReadCloser, error) {
	below, err := w.Source.Open(ctx)
	if err != nil {
		return nil, err
	}
	return &zipReader{ReadCloser: below}, nil
}

// The record at a ZIP's end: its signature, its size without a comment, and the longest comment.
const (
	zipEnd        = "PK\x05\x06"
	zipEndSize    = 22
	zipMaxComment = 1<<16 - 1
)

// zipReader keeps the first bytes, and the last in which the record must be.
type zipReader struct {
	io.ReadCloser
	head, tail []byte
}

func (z *zipReader) Read(p []byte) (int, error) {
	n, err := z.ReadCloser.Read(p)
	z.keep(p[:n])
	if errors.Is(err, io.EOF) && z.isZIP() && !z.hasEnd() {
		err = errors.New("the ZIP breaks off: what wrote it has failed, or wrote something else")
	}
	return n, err
}

func (z *zipReader) keep(p []byte) {
	const most = zipEndSize + zipMaxComment
	z.head = append(z.head, p[:min(len(p), len(zipEnd)-len(z.head))]...)
	z.tail = append(z.tail, p[max(len(p)-most, 0):]...)
	z.tail = z.tail[max(len(z.tail)-most, 0):]
}

func (z *zipReader) isZIP() bool {
	head := string(z.head)
	return strings.HasPrefix(head, "PK\x03\x04") || strings.HasPrefix(head, "PK\x07\x08") || head == zipEnd
}

// hasEnd looks for the record and room for its comment. What follows is let pass, as all readers do.
func (z *zipReader) hasEnd() bool {
	at := bytes.LastIndex(z.tail, []byte(zipEnd))
	if at < 0 || at+zipEndSize > len(z.tail) {
		return false
	}
	comment := int(binary.LittleEndian.Uint16(z.tail[at+zipEndSize-2:]))
	return at+zipEndSize+comment <= len(z.tail)
}

package server

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"io"
)

// inPlace is a message with a file in it as base64, which is encoded as it is written.
type inPlace struct {
	head, tail []byte
	file       io.Reader
	size       int64
}

// newInPlace puts the file of a reply where the mark stands in the message.
func newInPlace(root []byte, mark string, r *reply) *inPlace {
	head, tail, _ := bytes.Cut(root, []byte(mark))
	return &inPlace{head, tail, r.file, r.size}
}

func (m *inPlace) length() int64 {
	return int64(len(m.head)+len(m.tail)) + (m.size+2)/3*4
}

// inPlaceBuffer is how much is encoded before it is written.
const inPlaceBuffer = 64 << 10

// WriteTo writes head, file and tail.
func (m *inPlace) WriteTo(w io.Writer) (int64, error) {
	buffer := bufio.NewWriterSize(w, inPlaceBuffer)
	buffer.Write(m.head) // errors of a bufio.Writer stick
	encoder := base64.NewEncoder(base64.StdEncoding, buffer)
	if _, err := io.CopyN(encoder, m.file, m.size); err != nil {
		return 0, err
	}
	encoder.Close()
	buffer.Write(m.tail)
	return m.length(), buffer.Flush()
}

package soap

import (
	"errors"
	"io"
	"io/fs"
	"syscall"

	"github.com/altinn-transfer/altinn-transfer/stream"
)

// WriteTo writes the rest of the message to the transport's connection. [patientConn] asks for it, and the transport itself
// where the length is not known.
func (b *requestBody) WriteTo(w io.Writer) (int64, error) {
	line := &lineWriter{w: w, body: b}
	n, err := b.message.WriteTo(line)
	switch {
	case err == nil:
		b.whole.Store(true)
	case line.err == nil && !b.Whole():
		b.cause.Store(&err)
	}
	b.report(true)
	return n, err
}

// lineWriter is where a message writes itself to. It tells errors of the line from those of the source.
type lineWriter struct {
	w    io.Writer
	body *requestBody
	err  error // of the line
}

// lineStep is how much is written between two kicks of the watch: little, because who is slow is not stalled.
const lineStep = 128 << 10

// Write counts a piece before it is on its way, as a read does: the answer to the last one may come before Write returns.
func (l *lineWriter) Write(p []byte) (int, error) {
	written := 0
	for written < len(p) {
		piece := p[written:min(written+lineStep, len(p))]
		l.body.took(int64(len(piece)))
		n, err := l.w.Write(piece)
		written += n
		l.body.report(false)
		if err != nil {
			l.err = err
			return written, err
		}
	}
	return written, nil
}

// ReadFrom hands a file to the connection's own ReadFrom. It is never a message's last piece, which is text. All else is
// copied here, so that it stays clear whose errors are whose.
func (l *lineWriter) ReadFrom(r io.Reader) (int64, error) {
	to, ok := l.w.(io.ReaderFrom)
	if !ok || !stream.IsFile(r) {
		return stream.Copy(struct{ io.Writer }{l}, r)
	}
	n, err := stream.InSteps(to, r, lineStep, func(n int64) {
		l.body.took(n)
		l.body.report(false)
	})
	if !isOfFile(err) {
		l.err = err
	}
	return n, err
}

// isOfFile tells a disk that cannot be read from a line that broke.
func isOfFile(err error) bool {
	_, read := errors.AsType[*fs.PathError](err)
	return read || errors.Is(err, syscall.EIO)
}

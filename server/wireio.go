package server

import (
	"bytes"
	"errors"
	"io"
	"math"
	"net/http"
	"time"

	"github.com/altinn-transfer/altinn-transfer/stream"
)

// writerTo is a message to be written.
type writerTo interface {
	WriteTo(io.Writer) (int64, error)
}

func plain(message []byte) writerTo { return bytes.NewReader(message) }

// requestBody is a request's body. Each read has the stall time, however many there are, and none has more than is left until
// until.
type requestBody struct {
	body       io.Reader
	controller *http.ResponseController
	stall      time.Duration
	until      time.Time // zero: no end
	n          int64
	cut        *int64 // the trouble: bytes that may still be read; nil for none
	ended      bool
	err        error // why it broke off
}

var errCutOnPurpose = errors.New("cut on purpose")

// cutAfter breaks the body off behind its first n bytes, or at once when so many were read.
func (b *requestBody) cutAfter(n int64) {
	left := n - b.n
	if b.cut = &left; left <= 0 {
		b.err = errCutOnPurpose
	}
}

func (b *requestBody) Read(p []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	if b.cut != nil {
		if *b.cut <= 0 {
			b.err = errCutOnPurpose
			return 0, b.err
		}
		p = p[:min(int64(len(p)), *b.cut)]
	}
	_ = b.controller.SetReadDeadline(b.deadline()) // a writer of tests may have none
	n, err := b.body.Read(p)
	b.n += int64(n)
	if b.cut != nil {
		*b.cut -= int64(n)
	}
	switch {
	case err == io.EOF:
		b.ended = true
	case err != nil:
		b.err = err
	}
	return n, err
}

// deadline is when the next read must be over; zero: never.
func (b *requestBody) deadline() time.Time {
	stalled := time.Now().Add(b.stall)
	if b.stall <= 0 || !b.until.IsZero() && b.until.Before(stalled) {
		return b.until
	}
	return stalled
}

// drainTime bounds how long a refused request is still listened to.
const drainTime = 30 * time.Second

// drain reads on behind an answer that came early. A client that sends all before it reads would otherwise meet a closed
// connection, and never learn why.
func (b *requestBody) drain(limit int64) {
	if b.ended {
		return
	}
	b.until = time.Now().Add(drainTime)
	buffer := make([]byte, 64<<10)
	for !b.ended && b.n < limit && time.Now().Before(b.until) {
		if _, err := b.Read(buffer); err != nil {
			return
		}
	}
}

// drainLimit is how much of a refused request is read: what a request that is not too large can have.
func (s *Server) drainLimit() int64 {
	largest := int64(0)
	for _, limit := range []int64{s.options.Limits.File, s.options.Limits.Attachment} {
		if limit < 0 {
			limit = math.MaxInt64 / 2
		}
		largest = max(largest, limit)
	}
	return largest + 1<<20
}

// answerWriter is where an answer goes. Each write has the stall time, however many there are.
type answerWriter struct {
	http.ResponseWriter
	controller *http.ResponseController
	stall      time.Duration
	n          int64
	cut        *int64 // the trouble: bytes of the body that may still be written; nil for none
	err        error  // the answer is not whole
}

func newAnswerWriter(w http.ResponseWriter, c *http.ResponseController, stall time.Duration) *answerWriter {
	a := &answerWriter{ResponseWriter: w, controller: c, stall: stall}
	a.deadline()
	return a
}

func (a *answerWriter) cutAfter(n int64) { a.cut = &n }

func (a *answerWriter) deadline() {
	if a.stall > 0 {
		_ = a.controller.SetWriteDeadline(time.Now().Add(a.stall)) // a writer of tests may have none
	}
}

// writeStep is how much is written under one deadline: little, because who is slow is not stalled.
const writeStep = 128 << 10

func (a *answerWriter) Write(p []byte) (int, error) {
	if a.cut != nil {
		return a.writeUntilCut(p)
	}
	a.deadline()
	n, err := a.ResponseWriter.Write(p)
	a.n += int64(n)
	return n, err
}

// ReadFrom keeps the connection's own ReadFrom at work, and so sendfile(2) for a file.
func (a *answerWriter) ReadFrom(r io.Reader) (int64, error) {
	to, ok := a.ResponseWriter.(io.ReaderFrom)
	if !ok || a.cut != nil {
		return stream.Copy(struct{ io.Writer }{a}, r)
	}
	a.deadline()
	return stream.InSteps(to, r, writeStep, func(n int64) {
		a.n += n
		a.deadline()
	})
}

func (a *answerWriter) writeUntilCut(p []byte) (int, error) {
	n, err := a.ResponseWriter.Write(p[:min(int64(len(p)), *a.cut)])
	a.n += int64(n)
	*a.cut -= int64(n)
	if err == nil && n < len(p) {
		_ = a.controller.Flush()
		err = errCutOnPurpose
	}
	return n, err
}

// Flush sends what is still buffered.
func (a *answerWriter) Flush() error {
	a.deadline()
	return a.controller.Flush()
}

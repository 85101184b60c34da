package soap

import (
	"cmp"
	"errors"
	"fmt"
	"io"

	"github.com/altinn-transfer/altinn-transfer/mtom"
	"github.com/altinn-transfer/altinn-transfer/stream"
)

// Payload is the stream of an answer. Its EOF is given only when the whole message was seen and found good; a message that
// was cut gives an error instead, always the same one. Close it when done, at any time.
//
// Between two reads, and while what it is written to takes its time, no stall is looked for: a reader that is slow on purpose
// is not the far side's silence.
type Payload struct {
	payload  *mtom.Payload
	body     io.Closer
	exchange *exchange
	err      error
}

// Read reads the payload's next bytes.
func (p *Payload) Read(b []byte) (int, error) {
	if p.err != nil {
		return 0, p.err
	}
	p.exchange.watchdog.Kick()
	n, err := p.payload.Read(b)
	p.exchange.watchdog.Pause()
	return n, p.keep(err)
}

// WriteTo writes the rest of the payload to w, without a copy of its own. An error of w is returned as it is, and leaves the
// payload to be read on.
func (p *Payload) WriteTo(w io.Writer) (int64, error) {
	n := int64(0)
	if p.err == nil {
		var err error
		p.exchange.watchdog.Kick()
		n, err = p.payload.WriteTo(watchedWriter{w, p.exchange.watchdog})
		p.exchange.watchdog.Pause()
		if failed, ok := errors.AsType[*writeError](err); ok {
			return n, failed.err
		}
		p.keep(cmp.Or(err, io.EOF))
	}
	if p.err == io.EOF {
		return n, nil
	}
	return n, p.err
}

// Envelope is the whole envelope, once Read has given io.EOF: with what stands behind a payload that came in place, which
// the reply's own envelope cannot have yet. The element of the payload is empty in it.
func (p *Payload) Envelope() (*Envelope, error) {
	if p.err != io.EOF {
		return nil, errors.New("read answer: its envelope is not whole before the payload's end")
	}
	envelope, err := p.exchange.tree.envelope()
	if err != nil {
		return nil, p.exchange.failed(fmt.Errorf("read answer: %w", err))
	}
	return envelope, nil
}

// keep makes an ending stick, and says what it was in the words of package failure.
func (p *Payload) keep(err error) error {
	switch err {
	case nil:
		return nil
	case io.EOF:
		p.err = err
	default:
		p.err = p.exchange.failed(fmt.Errorf("read answer: %w", err))
	}
	return p.err
}

// Close ends the exchange. Unread bytes are given up with the connection.
func (p *Payload) Close() error {
	p.exchange.watchdog.Stop()
	if p.err == nil {
		p.err = errClosed
	}
	return p.body.Close()
}

var errClosed = errors.New("read answer: it was closed")

// watchedWriter marks errors of the writer, to be told from those of the answer, and holds the watch meanwhile.
type watchedWriter struct {
	w        io.Writer
	watchdog *stream.Watchdog
}

func (w watchedWriter) Write(b []byte) (int, error) {
	w.watchdog.Pause()
	n, err := w.w.Write(b)
	w.watchdog.Kick()
	if err != nil {
		err = &writeError{err}
	}
	return n, err
}

type writeError struct{ err error }

func (e *writeError) Error() string { return e.err.Error() }
func (e *writeError) Unwrap() error { return e.err }

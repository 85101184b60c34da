package soap

import (
	"cmp"
	"errors"
	"fmt"
	"io"

	"github.com/altinn-transfer/altinn-transfer/mtom"
)

// Payload is the stream of an answer. Its EOF is given only when the whole message was seen and found good; a message that
// was cut gives an error instead, always the same one. Close it when done, at any time.
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
	n, err := p.payload.Read(b)
	return n, p.keep(err)
}

// WriteTo writes the rest of the payload to w, without a copy of its own.
func (p *Payload) WriteTo(w io.Writer) (int64, error) {
	if p.err != nil {
		return 0, ignoreEOF(p.err)
	}
	n, err := p.payload.WriteTo(writeErrors{w})
	return n, ignoreEOF(p.keep(cmp.Or(err, io.EOF)))
}

// keep makes an ending stick, and says what it was in the words of package failure. Errors of the writer that the payload
// goes to are not the answer's fault, and pass as they are.
func (p *Payload) keep(err error) error {
	if err == nil {
		return nil
	}
	var mine *writeError
	switch {
	case errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
		p.err = io.EOF
	case errors.As(err, &mine):
		p.err = mine.err
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

func ignoreEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// writeErrors marks errors of the writer, to be told from those of the answer.
type writeErrors struct{ w io.Writer }

func (w writeErrors) Write(b []byte) (int, error) {
	n, err := w.w.Write(b)
	if err != nil {
		err = &writeError{err}
	}
	return n, err
}

type writeError struct{ err error }

func (e *writeError) Error() string { return e.err.Error() }
func (e *writeError) Unwrap() error { return e.err }

package mtom

import (
	"errors"
	"fmt"
	"io"
)

// ErrCut says that a message ended before its end. It is an io.ErrUnexpectedEOF as well.
var ErrCut = fmt.Errorf("the message is cut: %w", io.ErrUnexpectedEOF)

// LimitError says which of the [Limits] a message exceeds.
type LimitError struct {
	Limit string // the field's name
	Max   int64
}

func (e *LimitError) Error() string {
	return fmt.Sprintf("the message exceeds the limit %s of %d", e.Limit, e.Max)
}

// FormatError says why a message is none.
type FormatError struct {
	Offset int64 // about where in the body; -1: in the Content-Type, or nowhere in particular
	Reason string
}

func (e *FormatError) Error() string {
	if e.Offset < 0 {
		return "not an MTOM message: " + e.Reason
	}
	return fmt.Sprintf("not an MTOM message: %s (near byte %d)", e.Reason, e.Offset)
}

// within makes a cut of the end of the body, where the message had to go on, and says in what.
func within(what string, err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("in %s: %w", what, ErrCut)
	}
	return fmt.Errorf("in %s: %w", what, err)
}

// broken keeps io.EOF for the end alone: a reader or writer that broke, and whose error has an io.EOF in it, would pass for
// one that came to its end.
func broken(err error) error {
	if errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: %v", io.ErrUnexpectedEOF, err)
	}
	return err
}

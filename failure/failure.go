// Package failure says what went wrong so that a program can branch on it and a person can act on it.
//
// Every error that leaves the upper floors of the module is an [Error]: which step, what happened, whether the request may
// have been carried out all the same, whether to try again, and what to do. A program branches on its [Kind]:
//
//	if errors.Is(err, failure.AlreadyUploaded) { ... }
//	if e, ok := errors.AsType[*failure.Error](err); ok { log(e.GUID) }
package failure

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Error is one failed step.
type Error struct {
	// Op is the step: an operation of the service ("UploadFileStreamed") or a thing done here ("write invoice.zip").
	Op string
	// Kind is what to branch on; it decides [Error.Temporary] and [Error.Hint].
	Kind Kind
	// Code is the service's own number for the fault, valid when HasCode is set: 0 is a code as well.
	Code    int
	HasCode bool
	// GUID is the service's id of this one error, to be quoted to its operator. "" when there was none.
	GUID string
	// HTTPStatus is the status of the answer, 0 when no answer came.
	HTTPStatus int
	// Reference is the service's handle to go on with, "" when there is none yet.
	Reference string
	// Sent counts the payload bytes that the transport took.
	Sent int64
	// Ambiguous is set when the request may have been carried out although no answer says so.
	Ambiguous bool
	// RetryAfter is how long the service asked to wait; 0 when it did not say.
	RetryAfter time.Duration
	// Err is the cause; it carries the service's own words.
	Err error
}

// Error tells step, cause, outcome and advice on one line.
func (e *Error) Error() string {
	var b strings.Builder
	if e.Op != "" {
		b.WriteString(e.Op + ": ")
	}
	b.WriteString(e.Kind.Error())
	if e.HasCode {
		fmt.Fprintf(&b, " (code %d)", e.Code)
	}
	if e.Err != nil {
		b.WriteString(": " + oneLine(e.Err.Error()))
	}
	if e.GUID != "" {
		b.WriteString(" [error id " + oneLine(e.GUID) + "]")
	}
	if e.Ambiguous {
		b.WriteString("; it may have been carried out all the same")
	}
	if hint := e.Hint(); hint != "" {
		b.WriteString("; " + hint)
	}
	return b.String()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is makes errors.Is(err, failure.NotZip) true for an Error of that kind.
func (e *Error) Is(target error) bool {
	k, ok := target.(Kind)
	return ok && k == e.Kind
}

// Temporary reports whether the same step could succeed later without anybody changing anything.
func (e *Error) Temporary() bool { return e.Kind.row().temporary }

// Hint says what to do, "" when there is nothing to say.
func (e *Error) Hint() string { return e.Kind.row().hint }

// KindOf finds the kind of err; Unknown when nobody gave it one.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	var k Kind
	if errors.As(err, &k) {
		return k
	}
	return Unknown
}

// oneLine keeps text of the far side from forging lines or moving the cursor: one event stays one line.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\t':
			return ' '
		case r < ' ' || r == 0x7f || (r >= 0x80 && r < 0xa0):
			return '\uFFFD'
		}
		return r
	}, s)
}

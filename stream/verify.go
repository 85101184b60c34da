package stream

import (
	"fmt"
	"io"
	"strings"
)

// SizeError says that a stream was not as long as announced.
type SizeError struct {
	Want int64
	Got  int64 // a stream that is too long is given up at its first byte too many
}

func (e *SizeError) Error() string {
	if e.Got > e.Want {
		return fmt.Sprintf("it is longer than the %d bytes announced", e.Want)
	}
	return fmt.Sprintf("it ended after %d of %d bytes", e.Got, e.Want)
}

// Unwrap is [io.ErrUnexpectedEOF] for a stream that was too short.
func (e *SizeError) Unwrap() error {
	if e.Got > e.Want {
		return nil
	}
	return io.ErrUnexpectedEOF
}

// DigestError says that a stream had the right length and other bytes than announced.
type DigestError struct {
	Want string
	Got  string
}

func (e *DigestError) Error() string {
	return fmt.Sprintf("its SHA-256 is %s, not %s as announced", e.Got, e.Want)
}

// Verify reads r and compares: where its length is not size or its SHA-256 not sum (hexadecimal), the reader gives a
// [*SizeError] or [*DigestError] instead of io.EOF, so that a copy that did not check cannot look whole. Never more than
// size bytes pass. A size of -1 and a sum of "" are not compared.
func Verify(r io.Reader, size int64, sum string) io.Reader {
	counter := NewCounter(Limit(r, size, &SizeError{Want: size, Got: size + 1}))
	v := &verified{r: counter, counter: counter, size: size, sum: sum}
	if sum != "" {
		v.digest = NewDigest(counter)
		v.r = v.digest
	}
	return v
}

type verified struct {
	r       io.Reader
	counter *Counter
	digest  *Digest // nil: not compared
	size    int64
	sum     string
	err     error
}

func (v *verified) Read(p []byte) (int, error) {
	if v.err != nil {
		return 0, v.err
	}
	n, err := v.r.Read(p)
	if err == io.EOF {
		err = v.end()
	}
	v.err = err
	return n, err
}

// WriteTo writes the rest to w; a mismatch is its error.
func (v *verified) WriteTo(w io.Writer) (int64, error) {
	if v.err != nil {
		return 0, ignoreEOF(v.err)
	}
	n, err := Copy(w, v.r)
	if err == nil {
		err = v.end()
	}
	v.err = err
	return n, ignoreEOF(err)
}

// end is io.EOF when everything is as announced.
func (v *verified) end() error {
	if n := v.counter.N(); v.size >= 0 && n != v.size {
		return &SizeError{Want: v.size, Got: n}
	}
	if v.digest == nil {
		return io.EOF
	}
	if got := v.digest.Sum(); !strings.EqualFold(got, v.sum) {
		return &DigestError{Want: v.sum, Got: got}
	}
	return io.EOF
}

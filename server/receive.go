package server

import (
	"errors"
	"fmt"
	"io"

	"github.com/altinn-transfer/altinn-transfer/mtom"
	"github.com/altinn-transfer/altinn-transfer/soap"
	"github.com/altinn-transfer/altinn-transfer/stream"
)

// received is a payload that has come whole.
type received struct {
	size   int64
	sha256 string
}

// receive writes the request's payload to dst. When it returns without an error, the message was seen to its end: the closing
// delimiter, and the end of the HTTP body.
func (x *exchange) receive(dst io.Writer, limit int64) (received, error) {
	payload, err := x.decoder.Next()
	if errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return received{}, altinnFault(soap.CodeNoData)
	}
	if err != nil {
		return received{}, unreadable(err)
	}
	if payload.Element.Local != x.op.StreamElement() || payload.Element.Space != x.op.Namespace {
		return received{}, unreadable(fmt.Errorf("%.80q holds a file, instead of %s", payload.Element.Local, x.op.StreamElement()))
	}
	if x.surelyAbove(limit, payload) {
		return received{}, altinnFault(soap.CodeTooLarge)
	}
	came, err := copyTo(dst, payload, limit)
	if err == nil {
		err = x.readToEnd()
	}
	if err == nil && came.size == 0 {
		err = altinnFault(soap.CodeNoData)
	}
	return came, err
}

// copyTo writes one payload to its end.
func copyTo(dst io.Writer, payload io.Reader, limit int64) (received, error) {
	disk := &sink{w: dst}
	digest := stream.NewDigest(stream.Limit(payload, limit, altinnFault(soap.CodeTooLarge)))
	if _, err := stream.Copy(disk, digest); err != nil {
		return received{}, disk.judge(err)
	}
	return received{size: digest.N(), sha256: digest.Sum()}, nil
}

// frameRoom is more than the frame around a payload takes.
const frameRoom = 8 << 20

// surelyAbove tells by the request's length that it is too large, before all of it has come.
func (x *exchange) surelyAbove(limit int64, p *mtom.Payload) bool {
	return limit >= 0 && p.Via == mtom.XOP && x.request.ContentLength-frameRoom > limit
}

// sink tells errors of the disk, which are ours, from those of the request.
type sink struct {
	w   io.Writer
	err error
}

func (s *sink) Write(p []byte) (int, error) {
	n, err := s.w.Write(p)
	s.err = err
	return n, err
}

func (s *sink) judge(err error) error {
	if s.err != nil {
		return s.err
	}
	if fault, ok := errors.AsType[*soap.Fault](err); ok {
		return fault
	}
	return unreadable(err)
}

// zipSignatures are how a ZIP can begin: with a file, with its end because it is empty, or with the mark of one in pieces.
var zipSignatures = []string{"PK\x03\x04", "PK\x05\x06", "PK\x07\x08"}

const signatureLen = 4

// zipOnly refuses what does not begin as a ZIP does, which is all that the service looks at, as soon as that is known.
type zipOnly struct {
	w    io.Writer
	head []byte
}

func (z *zipOnly) Write(p []byte) (int, error) {
	if missing := signatureLen - len(z.head); missing > 0 {
		z.head = append(z.head, p[:min(missing, len(p))]...)
		if !z.good() {
			return 0, altinnFault(soap.CodeNotZip)
		}
	}
	return z.w.Write(p)
}

// good reports whether what has come so far can be the beginning of a ZIP.
func (z *zipOnly) good() bool {
	for _, signature := range zipSignatures {
		if signature[:len(z.head)] == string(z.head) {
			return true
		}
	}
	return false
}

// whole reports whether enough has come to be one.
func (z *zipOnly) whole() bool { return len(z.head) == signatureLen }

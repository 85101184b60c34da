// Package mtom is multipart/related with XOP as a stream of bytes: Encoder, Decoder.
//
// A message is an XML root whose binary values travel beside it as parts ([MTOM], [XOP]). An [Encoder] is head, payload and
// tail as one io.Reader; a [Decoder] gives the root, then each value as a stream, and takes base64 in place for a value as well.
// Neither holds a value in memory, starts a goroutine, or knows what the message is about.
//
// The encoder writes what the strictest reader known, WCF's, demands. The decoder takes what senders are known to write, and
// is exact about where a message ends: one that was cut is an error, wherever it was cut.
//
// [MTOM]: https://www.w3.org/TR/soap12-mtom/
// [XOP]: https://www.w3.org/TR/xop10/
package mtom

import (
	"errors"
	"fmt"
	"io"
	"strings"
)

// Attachment is a payload that travels as a part.
type Attachment struct {
	ContentID   string // without <>; the root names it by [Include]
	ContentType string // "": application/octet-stream
	Size        int64  // bytes; -1: not known. A body of another length is an error
	Body        io.Reader
}

// Encoder is a message to be read once. It is no more than its pieces, one behind the other, so the payload goes from its
// reader to the caller's buffer and nowhere else.
type Encoder struct {
	boundary string
	rootID   string
	rootType string
	length   int64 // -1: not known
	pieces   []piece
	err      error
}

// piece is text of the frame or a payload.
type piece struct {
	io.Reader
	size int64 // to come; -1: not known
}

// NewEncoder lays a message around root, the XML with an xop:Include for each attachment. rootType is its type without XOP:
// text/xml for SOAP 1.1, application/soap+xml for SOAP 1.2.
func NewEncoder(root []byte, rootType string, attachments ...Attachment) (*Encoder, error) {
	return newEncoder(newBoundary(), "root@"+randomGUID(), root, rootType, attachments)
}

func newEncoder(boundary, rootID string, root []byte, rootType string, attachments []Attachment) (*Encoder, error) {
	e := &Encoder{boundary: boundary, rootID: rootID, rootType: rootType}
	if !isFieldText(rootType) || strings.ContainsAny(rootType, `"\`) {
		return nil, fmt.Errorf("encode message: %q is no media type", rootType)
	}
	e.text("--" + boundary + head(rootID, "8bit", `application/xop+xml;charset=utf-8;type="`+rootType+`"`) + string(root))
	seen := map[string]bool{rootID: true}
	for _, a := range attachments {
		if a.ContentType == "" {
			a.ContentType = "application/octet-stream"
		}
		if !isID(a.ContentID) || !isFieldText(a.ContentType) || seen[a.ContentID] {
			return nil, fmt.Errorf("encode message: an attachment cannot have the Content-ID %q and the type %q", a.ContentID, a.ContentType)
		}
		seen[a.ContentID] = true
		e.text("\r\n--" + boundary + head(a.ContentID, "binary", a.ContentType))
		e.add(piece{a.Body, max(a.Size, -1)})
	}
	e.text("\r\n--" + boundary + "--\r\n")
	return e, nil
}

func head(id, encoding, mime string) string {
	return "\r\nContent-ID: <" + id + ">\r\nContent-Transfer-Encoding: " + encoding + "\r\nContent-Type: " + mime + "\r\n\r\n"
}

func (e *Encoder) text(s string) { e.add(piece{strings.NewReader(s), int64(len(s))}) }

func (e *Encoder) add(p piece) {
	e.pieces = append(e.pieces, p)
	if p.size < 0 || e.length < 0 {
		e.length = -1
		return
	}
	e.length += p.size
}

// ContentType is the message's Content-Type.
func (e *Encoder) ContentType() string {
	return `multipart/related; type="application/xop+xml";start="<` + e.rootID + `>";boundary="` + e.boundary + `";start-info="` + e.rootType + `"`
}

// Len is the message's length in bytes before the first read, -1 when it is not known because a payload's size is not.
func (e *Encoder) Len() int64 { return e.length }

// Read gives the message's next bytes. When a payload fails, or is not as long as it was said to be, that is the error, for
// ever, and the closing delimiter is never given.
func (e *Encoder) Read(b []byte) (int, error) {
	for range maxEmptyReads {
		if len(b) == 0 || e.err != nil {
			return 0, e.err
		}
		if len(e.pieces) == 0 {
			e.err = io.EOF
		} else if n := e.readPiece(b); n > 0 {
			return n, nil
		}
	}
	e.err = fmt.Errorf("encode message: read payload: %w", io.ErrNoProgress)
	return 0, e.err
}

func (e *Encoder) readPiece(b []byte) int {
	p := &e.pieces[0]
	n, err := p.Read(b)
	e.took(p, int64(n))
	if e.err != nil {
		return 0
	}
	e.finish(p, err)
	return n
}

// took counts what a piece gave.
func (e *Encoder) took(p *piece, n int64) {
	switch {
	case p.size < 0:
	case n > p.size:
		e.err = errors.New("encode message: the payload is longer than was said")
	default:
		p.size -= n
	}
}

// finish goes to the next piece when this one has ended.
func (e *Encoder) finish(p *piece, err error) {
	switch {
	case err == nil:
	case err != io.EOF:
		e.err = fmt.Errorf("encode message: read payload: %w", broken(err))
	case p.size > 0:
		e.err = fmt.Errorf("encode message: the payload is %d bytes shorter than was said: %w", p.size, io.ErrUnexpectedEOF)
	default:
		e.pieces = e.pieces[1:]
	}
}

// WriteTo writes the rest of the message to w, the payload by io.Copy, so that w may take it in its own way.
func (e *Encoder) WriteTo(w io.Writer) (int64, error) {
	var written int64
	for e.err == nil && len(e.pieces) > 0 {
		p := &e.pieces[0]
		n, err := io.Copy(w, p.Reader)
		written += n
		e.took(p, n)
		if e.err == nil && err != nil {
			e.err = fmt.Errorf("encode message: %w", broken(err))
		}
		if e.err == nil {
			e.finish(p, io.EOF)
		}
	}
	if e.err == nil {
		e.err = io.EOF
	}
	if e.err == io.EOF {
		return written, nil
	}
	return written, e.err
}

// isID reports whether a Content-ID can stand in a field and in a cid: URL as it is.
func isID(s string) bool {
	return s != "" && isFieldText(s) && !strings.ContainsAny(s, `<>"%& `)
}

// isFieldText reports whether s can stand in a part's field without ending it.
func isFieldText(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r >= 0x7f })
}

package bench

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"mime/multipart"
	"strings"

	"github.com/altinn-transfer/altinn-transfer/mtom"
)

// copyBuffer is what the rows that have no buffer of their own copy through.
const copyBuffer = 128 << 10

var decoders = []codecRow{
	{who: ours, move: decodeOurs},
	{who: "mime/multipart", base: true, move: decodeMultipart},
	{who: "bytes.Index for the delimiter", move: searchDelimiter},
	{who: "copy in memory", move: copyInMemory},
}

var encoders = []codecRow{
	{who: ours, move: encodeOurs},
	{who: "the same bytes without it", base: true, move: copyInMemory},
	{who: "mime/multipart", move: encodeMultipart},
}

var inPlace = []codecRow{
	{who: ours, move: decodeInPlace},
	{who: "encoding/base64", base: true, move: decodeBase64},
	{who: "copy in memory", move: copyInMemory},
}

func message(content []byte, size int64) io.Reader {
	return io.MultiReader(
		strings.NewReader("--"+boundary+"\r\n\r\n<Data>"+mtom.Include("1@x")+"</Data>\r\n--"+boundary+"\r\nContent-ID: <1@x>\r\n\r\n"),
		again(content, size),
		strings.NewReader("\r\n--"+boundary+"--\r\n"),
	)
}

func decodeOurs(w io.Writer, content []byte, size int64) error {
	return valueTo(w, message(content, size), `multipart/related; boundary="`+boundary+`"`)
}

func decodeInPlace(w io.Writer, content []byte, size int64) error {
	return valueTo(w, io.MultiReader(strings.NewReader("<Data>"), base64Of(content, size), strings.NewReader("</Data>")), "text/xml")
}

func valueTo(w io.Writer, r io.Reader, contentType string) error {
	inline := func(name xml.Name) bool { return name.Local == "Data" }
	decoder, err := mtom.NewDecoder(r, contentType, &mtom.Options{Inline: inline})
	if err != nil {
		return err
	}
	value, err := decoder.Next()
	if err != nil {
		return err
	}
	_, err = value.WriteTo(w)
	return err
}

// decodeMultipart reads the root and then the payload, with the buffer that it is given.
func decodeMultipart(w io.Writer, content []byte, size int64) error {
	parts := multipart.NewReader(message(content, size), boundary)
	if _, err := parts.NextRawPart(); err != nil {
		return err
	}
	payload, err := parts.NextRawPart()
	if err != nil {
		return err
	}
	if err := copyTo(w, payload); err != nil {
		return err
	}
	if _, err := parts.NextRawPart(); err != io.EOF {
		return errors.Join(err, errors.New("the message does not end behind the payload"))
	}
	return nil
}

// searchDelimiter is the least that a decoder must do: look for the delimiter. It misses one that lies across two reads.
func searchDelimiter(w io.Writer, content []byte, size int64) error {
	delimiter := []byte("\r\n--" + boundary)
	buffer := make([]byte, copyBuffer)
	for r := again(content, size); ; {
		n, err := r.Read(buffer)
		if bytes.Contains(buffer[:n], delimiter) {
			return errors.New("there is a delimiter in the content")
		}
		w.Write(buffer[:n])
		if err == io.EOF {
			return nil
		}
	}
}

func copyInMemory(w io.Writer, content []byte, size int64) error {
	return copyTo(w, again(content, size))
}

func decodeBase64(w io.Writer, content []byte, size int64) error {
	return copyTo(w, base64.NewDecoder(base64.StdEncoding, base64Of(content, size)))
}

func copyTo(w io.Writer, r io.Reader) error {
	_, err := io.CopyBuffer(struct{ io.Writer }{w}, struct{ io.Reader }{r}, make([]byte, copyBuffer))
	return err
}

// within passes on what lies between head and tail, which are not of the payload.
type within struct {
	w          io.Writer
	skip, left int64
}

func (p *within) Write(b []byte) (int, error) {
	n := len(b)
	skipped := min(p.skip, int64(len(b)))
	p.skip -= skipped
	b = b[skipped:]
	b = b[:min(p.left, int64(len(b)))]
	p.left -= int64(len(b))
	if _, err := p.w.Write(b); err != nil {
		return 0, err
	}
	return n, nil
}

func encodeOurs(w io.Writer, content []byte, size int64) error {
	attachment := mtom.Attachment{ContentID: "1@x", Size: size, Body: again(content, size)}
	encoder, err := mtom.NewEncoder([]byte("<Data/>"), "text/xml", attachment)
	if err != nil {
		return err
	}
	return copyTo(&within{w, headOf(encoder, size), size}, encoder)
}

// headOf is the length of what stands before the payload; the tail is the delimiter that the content type names, and six bytes
// around it and two behind.
func headOf(encoder *mtom.Encoder, size int64) int64 {
	_, rest, _ := strings.Cut(encoder.ContentType(), `boundary="`)
	mark, _, _ := strings.Cut(rest, `"`)
	return encoder.Len() - size - int64(len("\r\n--"+mark+"--\r\n"))
}

func encodeMultipart(w io.Writer, content []byte, size int64) error {
	to := &within{w, 0, size}
	message := multipart.NewWriter(to)
	to.skip = math.MaxInt64 // the head of the part
	part, err := message.CreateFormFile("file", "bench.zip")
	if err != nil {
		return err
	}
	to.skip = 0
	if err := copyTo(part, again(content, size)); err != nil {
		return err
	}
	return message.Close()
}

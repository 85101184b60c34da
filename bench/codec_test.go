package bench

import (
	"bytes"
	"io"
	"mime/multipart"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/internal/iofault"
	"github.com/altinn-transfer/altinn-transfer/mtom"
)

// The codec alone, from memory to nowhere. Beside the decoder stands mime/multipart, beside the encoder a copy of the same
// bytes.

const boundary = "uuid:159ebbed-12e2-4d36-a648-1b30a9b05136+id=1"

const contentType = `multipart/related; type="application/xop+xml";start="<0@root>";boundary="` + boundary + `";start-info="text/xml"`

// frame lays head and tail of a message around a payload.
func frame(payload []byte) []byte {
	head := "--" + boundary + "\r\nContent-ID: <0@root>\r\nContent-Type: application/xop+xml;charset=utf-8;type=\"text/xml\"\r\n\r\n" +
		`<a>` + mtom.Include("1@payload") + `</a>` + "\r\n--" + boundary +
		"\r\nContent-ID: <1@payload>\r\nContent-Transfer-Encoding: binary\r\n\r\n"
	return append(append([]byte(head), payload...), "\r\n--"+boundary+"--\r\n"...)
}

// payloads are what a search for a delimiter can meet.
var payloads = []struct {
	name string
	make func() []byte
}{
	{"random", func() []byte { return pattern(iofault.Random) }},
	{"text", func() []byte { return pattern(iofault.Text) }},
	{"near-delimiter", func() []byte {
		near := []byte("\r\n--" + boundary[:len(boundary)-1] + "x")
		return bytes.Repeat(near, size/len(near))
	}},
}

func pattern(kind iofault.Kind) []byte {
	content := make([]byte, size)
	if _, err := io.ReadFull(iofault.NewPattern(kind, size, 1), content); err != nil {
		panic(err)
	}
	return content
}

func BenchmarkDecode(b *testing.B) {
	for _, p := range payloads {
		message := frame(p.make())
		b.Run(p.name+"/mtom", func(b *testing.B) {
			b.SetBytes(int64(len(message)))
			b.ReportAllocs()
			for b.Loop() {
				decoder, err := mtom.NewDecoder(bytes.NewReader(message), contentType, nil)
				if err != nil {
					b.Fatal(err)
				}
				payload, err := decoder.Next()
				if err != nil {
					b.Fatal(err)
				}
				if _, err := payload.WriteTo(io.Discard); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(p.name+"/mime-multipart", func(b *testing.B) {
			b.SetBytes(int64(len(message)))
			b.ReportAllocs()
			for b.Loop() {
				parts := multipart.NewReader(bytes.NewReader(message), boundary)
				for {
					part, err := parts.NextRawPart()
					if err == io.EOF {
						break
					}
					if err != nil {
						b.Fatal(err)
					}
					if _, err := io.Copy(io.Discard, part); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}

func BenchmarkEncode(b *testing.B) {
	content := pattern(iofault.Random)
	buffer := make([]byte, 64<<10)
	b.Run("mtom", func(b *testing.B) {
		b.SetBytes(size)
		b.ReportAllocs()
		for b.Loop() {
			encoder, err := mtom.NewEncoder([]byte("<a/>"), "text/xml", mtom.Attachment{ContentID: "1@payload", Size: size, Body: bytes.NewReader(content)})
			if err != nil {
				b.Fatal(err)
			}
			drain(b, encoder, buffer)
		}
	})
	b.Run("bare-copy", func(b *testing.B) {
		b.SetBytes(size)
		b.ReportAllocs()
		for b.Loop() {
			drain(b, bytes.NewReader(content), buffer)
		}
	})
}

// drain reads as a transport does: into a buffer of its own.
func drain(b *testing.B, r io.Reader, buffer []byte) {
	b.Helper()
	if _, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, struct{ io.Reader }{r}, buffer); err != nil {
		b.Fatal(err)
	}
}

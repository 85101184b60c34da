package mtom_test

import (
	"bytes"
	"encoding/base64"
	"io"
	"math/rand/v2"
	"mime/multipart"
	"strings"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/mtom"
)

// Compare in one run only: each is a payload of 64 MiB, and BenchmarkMemory moves the same bytes and does nothing else.

const benchSize = 64 << 20

const benchBoundary = "uuid:610be47c-8021-4e0d-82d9-362a1e2c6b58+id=1"

// contents are payloads that are easy and hard to search. They fit into a cache, as what comes from a socket does.
func contents() map[string][]byte {
	random := make([]byte, 64<<10)
	rand.NewChaCha8([32]byte{}).Read(random)
	repeat := func(unit string) []byte { return bytes.Repeat([]byte(unit), len(random)/len(unit)) }
	return map[string][]byte{
		"random": random, "text": repeat("Lorem ipsum dolor sit amet, consectetur.\r\n"), "CR": repeat("\r"),
		"near": repeat("\r\n--" + benchBoundary[:len(benchBoundary)-1]),
	}
}

// again gives content again and again, left bytes in all.
type again struct {
	content []byte
	left    int64
}

func (a *again) Read(p []byte) (int, error) {
	if a.left == 0 {
		return 0, io.EOF
	}
	n := copy(p[:min(int64(len(p)), a.left)], a.content)
	a.left -= int64(n)
	return n, nil
}

func benchMessage(content []byte) io.Reader {
	return io.MultiReader(
		strings.NewReader("--"+benchBoundary+"\r\n\r\n<Data>"+mtom.Include("1@x")+"</Data>\r\n--"+benchBoundary+"\r\nContent-ID: <1@x>\r\n\r\n"),
		&again{content, benchSize},
		strings.NewReader("\r\n--"+benchBoundary+"--\r\n"),
	)
}

func BenchmarkDecode(b *testing.B) {
	for name, content := range contents() {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(benchSize)
			b.ReportAllocs()
			for b.Loop() {
				discardValue(b, benchMessage(content), `multipart/related; boundary="`+benchBoundary+`"`)
			}
		})
	}
}

func BenchmarkMultipart(b *testing.B) {
	for name, content := range contents() {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(benchSize)
			b.ReportAllocs()
			for b.Loop() {
				discardParts(b, multipart.NewReader(benchMessage(content), benchBoundary))
			}
		})
	}
}

func BenchmarkDecodeInPlace(b *testing.B) {
	text := base64.StdEncoding.EncodeToString(contents()["random"][:48<<10])
	b.SetBytes(benchSize)
	b.ReportAllocs()
	for b.Loop() {
		message := io.MultiReader(strings.NewReader("<Data>"), &again{[]byte(text), benchSize / 3 * 4}, strings.NewReader("</Data>"))
		discardValue(b, message, "text/xml")
	}
}

func discardValue(b *testing.B, r io.Reader, contentType string) {
	decoder, err := mtom.NewDecoder(r, contentType, &mtom.Options{Inline: inline})
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

func discardParts(b *testing.B, reader *multipart.Reader) {
	for {
		part, err := reader.NextRawPart()
		if err == io.EOF {
			return
		}
		if err != nil {
			b.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, part); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	content := contents()["random"]
	buffer := make([]byte, 128<<10)
	b.SetBytes(benchSize)
	b.ReportAllocs()
	for b.Loop() {
		encoder, err := mtom.NewEncoder([]byte("<Data/>"), "text/xml", mtom.Attachment{ContentID: "1@x", Size: benchSize, Body: &again{content, benchSize}})
		if err != nil {
			b.Fatal(err)
		}
		discard(b, encoder, buffer)
	}
}

func BenchmarkMemory(b *testing.B) {
	content := contents()["random"]
	buffer := make([]byte, 128<<10)
	b.SetBytes(benchSize)
	for b.Loop() {
		discard(b, &again{content, benchSize}, buffer)
	}
}

// discard hides every method but Read and Write, so that the bytes are moved.
func discard(b *testing.B, r io.Reader, buffer []byte) {
	if _, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, struct{ io.Reader }{r}, buffer); err != nil {
		b.Fatal(err)
	}
}

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

// Compare them in one run only: BenchmarkDecode and BenchmarkEncode with BenchmarkMultipart and BenchmarkMemory.

const benchSize = 64 << 20

var benchBoundary = "uuid:610be47c-8021-4e0d-82d9-362a1e2c6b58+id=1"

// contents are payloads that are easy and hard to search.
func contents() map[string][]byte {
	random := make([]byte, benchSize)
	rand.NewChaCha8([32]byte{}).Read(random)
	repeat := func(unit string) []byte { return bytes.Repeat([]byte(unit), benchSize/len(unit)) }
	return map[string][]byte{
		"random": random, "text": repeat("Lorem ipsum dolor sit amet, consectetur.\r\n"), "CR": repeat("\r"),
		"near": repeat("\r\n--" + benchBoundary[:len(benchBoundary)-1]),
	}
}

func benchMessage(content []byte) []byte {
	return []byte("--" + benchBoundary + "\r\n\r\n<Data>" + mtom.Include("1@x") + "</Data>\r\n--" + benchBoundary +
		"\r\nContent-ID: <1@x>\r\n\r\n" + string(content) + "\r\n--" + benchBoundary + "--\r\n")
}

func BenchmarkDecode(b *testing.B) {
	for name, content := range contents() {
		message := benchMessage(content)
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(content)))
			b.ReportAllocs()
			for b.Loop() {
				discardValue(b, bytes.NewReader(message), `multipart/related; boundary="`+benchBoundary+`"`)
			}
		})
	}
}

func BenchmarkDecodeInPlace(b *testing.B) {
	text := base64.StdEncoding.EncodeToString(contents()["random"])
	message := "<Data>" + text + "</Data>"
	b.SetBytes(benchSize)
	b.ReportAllocs()
	for b.Loop() {
		discardValue(b, strings.NewReader(message), "text/xml")
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

func BenchmarkMultipart(b *testing.B) {
	for name, content := range contents() {
		message := benchMessage(content)
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(content)))
			b.ReportAllocs()
			for b.Loop() {
				reader := multipart.NewReader(bytes.NewReader(message), benchBoundary)
				for {
					part, err := reader.NextRawPart()
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
	content := contents()["random"]
	buffer := make([]byte, 64<<10)
	b.SetBytes(benchSize)
	b.ReportAllocs()
	for b.Loop() {
		encoder, err := mtom.NewEncoder([]byte("<Data/>"), "text/xml", mtom.Attachment{ContentID: "1@x", Size: benchSize, Body: bytes.NewReader(content)})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, struct{ io.Reader }{encoder}, buffer); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkMemory moves the same bytes and does nothing else.
func BenchmarkMemory(b *testing.B) {
	content := contents()["random"]
	buffer := make([]byte, 128<<10)
	b.SetBytes(benchSize)
	for b.Loop() {
		if _, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, struct{ io.Reader }{bytes.NewReader(content)}, buffer); err != nil {
			b.Fatal(err)
		}
	}
}

package mtom_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"math/rand/v2"
	"mime/multipart"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/altinn-transfer/altinn-transfer/mtom"
)

// Speeds of different runs, and of a machine with other things to do, do not compare. So each benchmark runs ours and what it
// is held against in turn, and tells ours as GB/s of payload, and as a multiple of each other's best (x-memory and so on: 2 is
// twice as fast). Of every row the best round counts:
//
//	go test -run '^$' -bench . -benchtime 20x ./mtom

const benchSize = 64 << 20

const benchBoundary = "uuid:610be47c-8021-4e0d-82d9-362a1e2c6b58+id=1"

// row is one of those that are compared: it moves benchSize bytes of payload.
type row struct {
	name string
	run  func() error
}

// compare measures rows, of which the first is ours.
func compare(b *testing.B, rows ...row) {
	best := make([]time.Duration, len(rows))
	for b.Loop() {
		for i, r := range rows {
			start := time.Now()
			if err := r.run(); err != nil {
				b.Fatal(r.name, err)
			}
			if took := time.Since(start); best[i] == 0 || took < best[i] {
				best[i] = took
			}
		}
	}
	b.ReportMetric(0, "ns/op") // of all rows together, it says nothing
	b.ReportMetric(float64(benchSize)/float64(best[0]), "GB/s")
	for i, r := range rows[1:] {
		b.ReportMetric(float64(best[i+1])/float64(best[0]), "x-"+r.name)
	}
}

// content is a payload that is easy or hard to search: near lacks a delimiter's last byte, middle has another in its middle,
// nearer is one but for what follows. It fits into a cache, as what comes from a socket does.
type content struct {
	name string
	data []byte
}

func contents() []content {
	random := make([]byte, 64<<10)
	rand.NewChaCha8([32]byte{}).Read(random)
	repeat := func(unit string) []byte { return bytes.Repeat([]byte(unit), len(random)/len(unit)) }
	half := len(benchBoundary) / 2
	return []content{
		{"random", random},
		{"text", repeat("Lorem ipsum dolor sit amet, consectetur.\r\n")},
		{"CR", repeat("\r")},
		{"CRLF", repeat("\r\n")},
		{"near", repeat("\r\n--" + benchBoundary[:len(benchBoundary)-1])},
		{"middle", repeat("\r\n--" + benchBoundary[:half] + "?" + benchBoundary[half+1:])},
		{"nearer", repeat("\r\n--" + benchBoundary + "x")},
	}
}

// again gives content again and again, left bytes in all.
type again struct {
	content []byte
	left    int64
	at      int
}

func newAgain(content []byte, n int64) *again { return &again{content: content, left: n} }

func (a *again) Read(p []byte) (int, error) {
	if a.left == 0 {
		return 0, io.EOF
	}
	n := copy(p[:min(int64(len(p)), a.left)], a.content[a.at:])
	a.left -= int64(n)
	a.at = (a.at + n) % len(a.content)
	return n, nil
}

const (
	benchHead = "--" + benchBoundary + "\r\n\r\n<Data><xop:Include href=\"cid:1@x\" xmlns:xop=\"" + mtom.NamespaceXOP + "\"/></Data>\r\n" +
		"--" + benchBoundary + "\r\nContent-ID: <1@x>\r\n\r\n"
	benchTail = "\r\n--" + benchBoundary + "--\r\n"
	benchType = `multipart/related; boundary="` + benchBoundary + `"`
)

// benchMessage lays the frame around a payload. No method but Read is seen of it.
func benchMessage(payload io.Reader) io.Reader {
	return io.MultiReader(strings.NewReader(benchHead), payload, strings.NewReader(benchTail))
}

func BenchmarkDecode(b *testing.B) {
	for _, c := range contents() {
		b.Run(c.name, func(b *testing.B) {
			compare(b,
				row{"decode", func() error { return decodeAll(benchMessage(newAgain(c.data, benchSize)), benchType) }},
				row{"multipart", func() error { return multipartAll(benchMessage(newAgain(c.data, benchSize))) }},
				row{"index", func() error { return indexAll(c.data) }},
				row{"memory", func() error { return readAll(newAgain(c.data, benchSize)) }})
		})
	}
}

// From a file, each read is a system call, and the bytes come from far.
func BenchmarkDecodeFile(b *testing.B) {
	for _, c := range contents() {
		b.Run(c.name, func(b *testing.B) {
			file := benchFile(b, benchMessage(newAgain(c.data, benchSize)))
			compare(b,
				row{"decode", func() error { return decodeAll(rewound(file), benchType) }},
				row{"multipart", func() error { return multipartAll(rewound(file)) }},
				row{"read", func() error { return readAll(rewound(file)) }})
		})
	}
}

func BenchmarkDecodeInPlace(b *testing.B) {
	text := base64.StdEncoding.EncodeToString(contents()[0].data[:57<<10])
	lines := make([]byte, 0, len(text)/76*78)
	for line := range slices.Chunk([]byte(text), 76) {
		lines = append(append(lines, line...), "\r\n"...)
	}
	for name, text := range map[string][]byte{"plain": []byte(text), "lines": lines} {
		size := int64(len(text)) * (benchSize / (57 << 10))
		b.Run(name, func(b *testing.B) {
			compare(b,
				row{"decode", func() error {
					return decodeAll(io.MultiReader(strings.NewReader("<Data>"), newAgain(text, size), strings.NewReader("</Data>")), "text/xml")
				}},
				row{"base64", func() error { return base64All(text) }},
				row{"base64-stream", func() error { return readAll(base64.NewDecoder(base64.StdEncoding, newAgain(text, size))) }})
		})
	}
}

func BenchmarkEncode(b *testing.B) {
	data := contents()[0].data
	file := benchFile(b, newAgain(data, benchSize))
	b.Run("read", func(b *testing.B) {
		compare(b,
			row{"encode", func() error { return readAll(encoder(newAgain(data, benchSize))) }},
			row{"memory", func() error { return readAll(newAgain(data, benchSize)) }})
	})
	b.Run("file-to-file", func(b *testing.B) {
		to := benchFile(b, strings.NewReader(""))
		compare(b,
			row{"encode", func() error { return writeTo(rewound(to), encoder(rewound(file))) }},
			row{"copy", func() error { return copyTo(rewound(to), rewound(file)) }})
	})
	b.Run("file-to-socket", func(b *testing.B) {
		to := sink(b)
		compare(b,
			row{"encode", func() error { return writeTo(to, encoder(rewound(file))) }},
			row{"copy", func() error { return copyTo(to, rewound(file)) }})
	})
}

// decodeAll hands the first value of a message to io.Discard.
func decodeAll(r io.Reader, contentType string) error {
	decoder, err := mtom.NewDecoder(onlyReader{r}, contentType, &mtom.Options{Inline: inline})
	if err != nil {
		return err
	}
	payload, err := decoder.Next()
	if err != nil {
		return err
	}
	_, err = payload.WriteTo(io.Discard)
	return err
}

func multipartAll(r io.Reader) error {
	reader := multipart.NewReader(onlyReader{r}, benchBoundary)
	for {
		part, err := reader.NextRawPart()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if _, err := io.Copy(io.Discard, part); err != nil {
			return err
		}
	}
}

// indexAll searches for the delimiter, and only that.
func indexAll(data []byte) error {
	delimiter := []byte("\r\n--" + benchBoundary + "\r\n")
	for range benchSize / len(data) {
		if bytes.Contains(data, delimiter) {
			return errors.New("there is a delimiter")
		}
	}
	return nil
}

// base64All decodes at once, into memory that is there.
func base64All(text []byte) error {
	out := make([]byte, base64.StdEncoding.DecodedLen(len(text)))
	for range benchSize / (57 << 10) {
		if _, err := base64.StdEncoding.Decode(out, text); err != nil {
			return err
		}
	}
	return nil
}

// readAll moves the bytes into a buffer as large as the decoder's, and does nothing else.
func readAll(r io.Reader) error {
	_, err := io.CopyBuffer(onlyWriter{io.Discard}, onlyReader{r}, make([]byte, 128<<10))
	return err
}

type (
	onlyReader struct{ io.Reader }
	onlyWriter struct{ io.Writer }
)

func encoder(payload io.Reader) *mtom.Encoder {
	e, err := mtom.NewEncoder([]byte("<Data/>"), "text/xml", mtom.Attachment{ContentID: "1@x", Size: benchSize, Body: payload})
	if err != nil {
		panic(err)
	}
	return e
}

func writeTo(w io.Writer, e *mtom.Encoder) error {
	_, err := e.WriteTo(w)
	return err
}

func copyTo(w io.Writer, r io.Reader) error {
	_, err := io.Copy(w, r)
	return err
}

// benchFile is a file with that in it.
func benchFile(b *testing.B, r io.Reader) *os.File {
	b.Helper()
	file, err := os.Create(filepath.Join(b.TempDir(), "file"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { file.Close() })
	if _, err := io.Copy(file, r); err != nil {
		b.Fatal(err)
	}
	return file
}

func rewound(file *os.File) *os.File {
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		panic(err)
	}
	return file
}

// sink is a connection whose other end reads and forgets.
func sink(b *testing.B) net.Conn {
	b.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer listener.Close()
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		if conn, err := listener.Accept(); err == nil {
			io.CopyBuffer(onlyWriter{io.Discard}, onlyReader{conn}, make([]byte, 128<<10))
			conn.Close()
		}
	}()
	conn, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { conn.Close(); <-drained })
	return conn
}

package zipstream

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/altinn-transfer/altinn-transfer/internal/iofault"
)

// benchSize is small, so that a round fits between two others of a busy machine.
const benchSize = 4 << 20

// BenchmarkPack packs the same contents with archive/zip and with this package in turn, as one large file and as 200 small
// ones. Of both it takes the fastest round, and gives how many times as fast and as large ours is.
//
//	go test -run '^$' -bench Pack -benchtime 20x ./internal/zipstream
func BenchmarkPack(b *testing.B) {
	mixed := append(invoices(benchSize/2), noise(benchSize/2)...)
	for _, kind := range []struct {
		name    string
		content []byte
	}{{"text", invoices(benchSize)}, {"random", noise(benchSize)}, {"mixed", mixed}} {
		for _, files := range []int{1, 200} {
			entries := split(kind.content, files)
			b.Run(fmt.Sprintf("%s/files=%d", kind.name, files), func(b *testing.B) { compare(b, entries) })
		}
	}
}

func compare(b *testing.B, entries []Entry) {
	var ours, theirs best
	for b.Loop() {
		theirs.round(b, func(w io.Writer) error { return packPlain(w, entries) })
		ours.round(b, func(w io.Writer) error {
			r := Reader(b.Context(), entries)
			defer r.Close()
			_, err := io.Copy(w, r)
			return err
		})
	}
	b.ReportMetric(0, "ns/op") // of both together, which says nothing
	b.ReportMetric(theirs.took.Seconds()/ours.took.Seconds(), "x-speed")
	b.ReportMetric(float64(ours.size)/float64(theirs.size), "x-size")
	b.ReportMetric(float64(ours.size)/benchSize, "ratio")
}

// best is the fastest of some rounds.
type best struct {
	took time.Duration
	size int64
}

func (m *best) round(b *testing.B, pack func(io.Writer) error) {
	packed := new(lengthOf)
	start := time.Now()
	must(b, pack(packed))
	if took := time.Since(start); m.took == 0 || took < m.took {
		m.took = took
	}
	m.size = int64(*packed)
}

type lengthOf int64

func (n *lengthOf) Write(b []byte) (int, error) {
	*n += lengthOf(len(b))
	return len(b), nil
}

func packPlain(w io.Writer, entries []Entry) error {
	z := zip.NewWriter(w)
	for _, e := range entries {
		content, err := e.Open(nil)
		if err != nil {
			return err
		}
		member, err := z.Create(e.Name)
		if err != nil {
			return err
		}
		if _, err := io.Copy(member, content); err != nil {
			return err
		}
	}
	return z.Close()
}

func split(content []byte, files int) []Entry {
	entries := make([]Entry, files)
	for i := range entries {
		part := content[i*len(content)/files : (i+1)*len(content)/files]
		entries[i] = opened(fmt.Sprint(i), int64(len(part)), func() io.Reader { return bytes.NewReader(part) })
	}
	return entries
}

func noise(size int) []byte {
	b := make([]byte, size)
	iofault.NewPattern(iofault.Random, int64(size), 1).ReadAt(b, 0)
	return b
}

// invoices is XML as it is sent: a few hundred words, of which some are frequent, and numbers.
func invoices(size int) []byte {
	random := rand.New(rand.NewPCG(1, 2))
	words := make([]string, 400)
	for i := range words {
		words[i] = strings.Repeat(string(rune('a'+i%26)), 1+i%3) + fmt.Sprintf("%x", random.Uint32N(1<<20))
	}
	frequent := rand.NewZipf(random, 1.2, 4, uint64(len(words)-1))
	b := make([]byte, 0, size+200)
	for len(b) < size {
		b = fmt.Appendf(b, "  <line id=\"%d\" unit=\"EA\">\r\n    <item>%s %s %s</item><amount currency=\"NOK\">%d.%02d</amount>\r\n  </line>\r\n",
			random.IntN(1e9), words[frequent.Uint64()], words[frequent.Uint64()], words[frequent.Uint64()], random.IntN(1e6), random.IntN(100))
	}
	return b[:size]
}

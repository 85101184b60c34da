package mtom

import (
	"bytes"
	"math/rand/v2"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"
)

// boundaries are those of peers and those of an enemy: as short and as long as may be, all one character, ends that repeat.
var boundaries = []string{
	"uuid:610be47c-8021-4e0d-82d9-362a1e2c6b58+id=1", "MIMEBoundary_4d6f", "----=_Part_0_123.456", "==boundary==", "boundary=",
	"b", "-", "bound", strings.Repeat("-", 70), strings.Repeat("-", 69), strings.Repeat("-", 68), strings.Repeat("a", 69) + "b", "b" + strings.Repeat("a", 69), strings.Repeat("ab", 35),
}

// nearly are stretches that are like a delimiter in some way.
func nearly(text string) []string {
	last := len(text) - 1
	return []string{
		text[:last], text[1:], text[:last/2], text[last/2:], text[:last/2] + "\r" + text[last/2+1:], text[:last] + "\x00",
		text[last:], text[last-1:], "\r" + text[last:], "\r" + text[last-1:], "\r\n" + text[last-1:], "\r\n" + text[last:], "\r\n--" + text[last-1:],
		"\r", "\r\n", "\r\n-", "\r\n--", "-", "\n", text[2:min(6, len(text))], text[:3] + text[last-2:],
	}
}

// Whatever stands before a delimiter, at every distance from it, the search finds what the standard library's finds.
func TestTheSearchFindsWhatAPlainOneFinds(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, boundary := range boundaries {
		d := newDelimiter(boundary)
		pieces := append(nearly(string(d.text)), string(d.text), "x", strings.Repeat("x", len(d.text)-1))
		for range 20_000 {
			var data []byte
			for range random.IntN(8) {
				data = append(data, pieces[random.IntN(len(pieces))]...)
			}
			if got, want := d.index(data), bytes.Index(data, d.text); got != want {
				t.Fatalf("boundary %q: found at %d instead of %d in %q", boundary, got, want, data)
			}
		}
	}
}

// What is told to be clear of the delimiter is, and is as much as can be.
func TestWhatIsClearOfADelimiterIsAllThatCanBe(t *testing.T) {
	for _, boundary := range boundaries {
		d := newDelimiter(boundary)
		for _, front := range append(nearly(string(d.text)), "", strings.Repeat("x", 100)) {
			for cut := range len(d.text) {
				data := []byte(front + string(d.text[:cut]))
				want := len(data)
				for i := range data {
					if bytes.HasPrefix(d.text, data[i:]) {
						want = i
						break
					}
				}
				if got := d.clear(data); got != want && !bytes.Contains(data, d.text) {
					t.Fatalf("boundary %q: %d bytes are clear instead of %d in %q", boundary, got, want, data)
				}
			}
		}
	}
}

// A search through 16 MiB of partial matches takes a tenth of a second at most, whatever is chosen for both; a sixteenth of
// that is searched where the long tests are not wanted. The machine may have other things to do, so the best of some tries
// counts.
func TestPartialMatchesAreSearchedInTime(t *testing.T) {
	if raceDetector() {
		t.Skip("the race detector looks at every byte that is looked at")
	}
	const tries = 50
	size, most := 1<<20, 100*time.Millisecond/16
	if os.Getenv("ALTINN_TRANSFER_LONG") != "" {
		size, most = 16*size, 16*most
	}
	for _, boundary := range boundaries {
		d := newDelimiter(boundary)
		for _, unit := range nearly(string(d.text)) {
			data := bytes.Repeat([]byte(unit), size/len(unit))
			took := searched(d, data)
			for try := 1; try < tries && took > most; try++ {
				took = min(took, searched(d, data))
			}
			if took > most {
				t.Errorf("boundary %q, %q again and again: %v", boundary, unit, took)
			}
		}
	}
}

func searched(d *delimiter, data []byte) time.Duration {
	start := time.Now()
	for at := 0; at >= 0; {
		if at = d.index(data); at >= 0 {
			data = data[at+len(d.text):]
		}
	}
	return time.Since(start)
}

func raceDetector() bool {
	info, _ := debug.ReadBuildInfo()
	return slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}

// A writer is given large stretches of the window's own memory, also of a payload that is like delimiters all over.
func TestAWriterGetsLargePiecesOfTheWindow(t *testing.T) {
	const size = 4 << 20
	for name, unit := range map[string]string{
		"random": "\x00\x7f\xf3", "lines": "one line\r\n", "all but the last byte": "\r\n--" + testBoundary[:len(testBoundary)-1],
		"a delimiter with a tail": "\r\n--" + testBoundary + "x", "a closing one with a tail": "\r\n--" + testBoundary + "-- x",
	} {
		e := encodeOne(t, "text/xml", strings.Repeat(unit, size/len(unit)), -1)
		d, err := NewDecoder(e, e.ContentType(), nil)
		if err != nil {
			t.Fatal(err)
		}
		p, err := d.Next()
		if err != nil {
			t.Fatal(err)
		}
		w := &stretches{window: d.framing.win}
		n, err := p.WriteTo(w)
		if err != nil || n/int64(w.count) < windowSize/2 || w.foreign > 0 {
			t.Errorf("%s: %d bytes in %d pieces, %d of them from elsewhere, %v", name, n, w.count, w.foreign, err)
		}
	}
}

// stretches counts what is written, and what of it is not the window's memory.
type stretches struct {
	window         *window
	count, foreign int
}

func (s *stretches) Write(p []byte) (int, error) {
	s.count++
	if end := s.window.buf[:s.window.start]; &p[len(p)-1] != &end[len(end)-1] {
		s.foreign++
	}
	return len(p), nil
}

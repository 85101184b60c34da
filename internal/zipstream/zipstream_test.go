package zipstream

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/altinn-transfer/altinn-transfer/internal/iofault"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var noon = time.Date(2026, 5, 31, 12, 0, 0, 0, time.FixedZone("CEST", 7200))

// textEntry is an entry of these words.
func textEntry(name, content string) Entry {
	return opened(name, int64(len(content)), func() io.Reader { return strings.NewReader(content) })
}

// made is an entry of nothing but its pattern.
func made(name string, p *iofault.Pattern) Entry {
	return opened(name, p.Size(), func() io.Reader { return io.NewSectionReader(p, 0, p.Size()) })
}

func opened(name string, size int64, open func() io.Reader) Entry {
	return Entry{Name: name, Size: size, Modified: noon, Open: func(context.Context) (io.ReadCloser, error) {
		return io.NopCloser(open()), nil
	}}
}

func packAll(t *testing.T, entries ...Entry) []byte {
	t.Helper()
	r := Reader(t.Context(), entries)
	packed, err := io.ReadAll(r)
	must(t, err)
	must(t, r.Close())
	return packed
}

// unpack reads a ZIP with the standard library, which compares sizes and CRCs.
func unpack(t *testing.T, packed []byte) (names []string, contents map[string][]byte) {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	must(t, err)
	contents = make(map[string][]byte)
	for _, f := range archive.File {
		r, err := f.Open()
		must(t, err)
		content, err := io.ReadAll(r)
		must(t, err)
		names = append(names, f.Name)
		contents[f.Name] = content
	}
	return names, contents
}

func TestZIPHoldsWhatWentIn(t *testing.T) {
	for _, kind := range []iofault.Kind{iofault.Random, iofault.Text, iofault.Zeros} {
		for _, size := range []int64{0, 1, 2, 100, blockSize - 1, blockSize, blockSize + 1, 3*blockSize + 17, 2 << 20} {
			t.Run(fmt.Sprintf("%v/%d", kind, size), func(t *testing.T) {
				pattern := iofault.NewPattern(kind, size, 3)
				want, err := io.ReadAll(io.NewSectionReader(pattern, 0, size))
				must(t, err)
				names, contents := unpack(t, packAll(t, textEntry("first.txt", "one"), made("b/æøå.bin", pattern), textEntry("last", "")))
				if fmt.Sprint(names) != "[first.txt b/æøå.bin last]" {
					t.Errorf("names %q", names)
				}
				if !bytes.Equal(contents["b/æøå.bin"], want) || string(contents["first.txt"]) != "one" || len(contents["last"]) != 0 {
					t.Error("other contents")
				}
			})
		}
	}
}

func TestZIPOfNothing(t *testing.T) {
	if names, _ := unpack(t, packAll(t)); len(names) != 0 {
		t.Errorf("names %q", names)
	}
}

func TestSameEntriesSameBytes(t *testing.T) {
	entries := []Entry{
		textEntry("a", "content"),
		made("b", iofault.NewPattern(iofault.Text, 300_000, 1)),
		made("c", iofault.NewPattern(iofault.Random, 300_000, 1)),
	}
	want := packAll(t, entries...)
	elsewhere := append([]Entry(nil), entries...)
	for i := range elsewhere {
		elsewhere[i].Modified = elsewhere[i].Modified.In(time.FixedZone("far", -5*3600))
	}
	if !bytes.Equal(packAll(t, elsewhere...), want) {
		t.Error("another time zone gives other bytes")
	}
	for _, deliver := range []func(io.Reader) io.Reader{
		iotest.OneByteReader,
		iotest.HalfReader,
		iotest.DataErrReader,
		func(r io.Reader) io.Reader { return iofault.Steps(r, 1021) },
	} {
		r := Reader(t.Context(), entries)
		got, err := io.ReadAll(deliver(r))
		must(t, err)
		must(t, r.Close())
		if !bytes.Equal(got, want) {
			t.Error("another step gives other bytes")
		}
	}
}

func TestReaderIsAWellBehavedReader(t *testing.T) {
	entries := []Entry{textEntry("a", "content"), textEntry("b", strings.Repeat("more content ", 1000))}
	want := packAll(t, entries...)
	r := Reader(t.Context(), entries)
	defer r.Close()
	if err := iotest.TestReader(r, want); err != nil {
		t.Error(err)
	}
}

func TestModified(t *testing.T) {
	for _, test := range []struct{ in, want time.Time }{
		{noon, noon},
		{time.Unix(0, 0), dosEpoch},
		{dosEpoch, dosEpoch},
	} {
		e := textEntry("a", "content")
		e.Modified = test.in
		packed := packAll(t, e)
		archive, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
		must(t, err)
		if got := archive.File[0].Modified; !got.Equal(test.want) {
			t.Errorf("%v comes back as %v", test.in, got)
		}
	}
}

// Readers that go through a ZIP from front to back (Java's ZipInputStream is one) take an entry whose length is behind it
// only when it is deflated.
func TestEveryEntryIsDeflated(t *testing.T) {
	packed := packAll(t, made("random", iofault.NewPattern(iofault.Random, 1<<20, 1)), textEntry("empty", ""))
	archive, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	must(t, err)
	for _, f := range archive.File {
		if f.Method != zip.Deflate || f.Flags&8 == 0 {
			t.Errorf("%s: method %d, flags %#x", f.Name, f.Method, f.Flags)
		}
	}
	if grown := len(packed) - 1<<20; grown > 1<<10 {
		t.Errorf("what does not shrink has grown by %d bytes", grown)
	}
}

// checkBroken reads a ZIP that must end in an error, and must not look like a ZIP up to there.
func checkBroken(t *testing.T, r io.Reader, want error) {
	t.Helper()
	packed, err := io.ReadAll(r)
	if !errors.Is(err, want) {
		t.Errorf("error %v", err)
	}
	if _, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed))); err == nil {
		t.Errorf("the %d bytes before the error look like a whole ZIP", len(packed))
	}
	if n, again := r.Read(make([]byte, 1)); n != 0 || !errors.Is(again, want) {
		t.Errorf("then %d bytes, error %v", n, again)
	}
	goleak.VerifyNone(t)
}

var errBroken = errors.New("the disk is broken")

func TestFailingEntryBreaksTheZIP(t *testing.T) {
	whole := strings.Repeat("content ", 100_000)
	size := int64(len(whole))
	failing := map[string]Entry{
		"no open": {Name: "b", Open: func(context.Context) (io.ReadCloser, error) { return nil, errBroken }},
	}
	for _, at := range []int64{0, 1, blockSize - 1, blockSize, size - 1, size} {
		failing[fmt.Sprint("read error at ", at)] = opened("b", size, func() io.Reader {
			return iofault.ErrAt(strings.NewReader(whole), at, errBroken)
		})
	}
	for name, entry := range failing {
		t.Run(name, func(t *testing.T) {
			r := Reader(t.Context(), []Entry{textEntry("a", "content"), entry, textEntry("c", "content")})
			defer r.Close()
			checkBroken(t, r, errBroken)
			if _, err := r.Read(make([]byte, 1)); !strings.HasPrefix(err.Error(), "pack b: ") {
				t.Errorf("error %v", err)
			}
		})
	}
}

// Only a bare io.EOF is an end; contents that are cut short say so by its relatives.
func TestContentCutShortBreaksTheZIP(t *testing.T) {
	for _, short := range []error{io.ErrUnexpectedEOF, fmt.Errorf("the line is gone: %w", io.EOF)} {
		r := Reader(t.Context(), []Entry{opened("a", -1, func() io.Reader {
			return iofault.ErrAt(strings.NewReader("content"), 3, short)
		})})
		defer r.Close()
		checkBroken(t, r, short)
	}
}

func TestEntryOfAnotherSizeBreaksTheZIP(t *testing.T) {
	for _, size := range []int64{0, 6, 8, 1 << 40} {
		r := Reader(t.Context(), []Entry{opened("a", size, func() io.Reader { return strings.NewReader("content") })})
		if _, err := io.ReadAll(r); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("it had %d bytes and gave 7", size)) {
			t.Errorf("announced %d: error %v", size, err)
		}
	}
	unpack(t, packAll(t, opened("a", -1, func() io.Reader { return strings.NewReader("content") })))
}

func TestEndOfContextBreaksTheZIP(t *testing.T) {
	for _, before := range []int64{0, 1, 200_000} {
		ctx, cancel := context.WithCancelCause(t.Context())
		r := Reader(ctx, []Entry{made("a", iofault.NewPattern(iofault.Random, 1<<20, 1))})
		_, err := io.CopyN(io.Discard, r, before)
		must(t, err)
		cancel(errBroken)
		checkBroken(t, r, errBroken)
		r.Close()
	}
}

// closing counts what is open.
type closing struct {
	io.Reader
	open *int
	err  error
}

func (c *closing) Close() error { *c.open--; return c.err }

func counted(open *int, name string, r func() io.Reader, closeErr error) Entry {
	return Entry{Name: name, Size: -1, Open: func(context.Context) (io.ReadCloser, error) {
		*open++
		return &closing{r(), open, closeErr}, nil
	}}
}

func TestEveryEntryIsClosed(t *testing.T) {
	var open int
	good := func() io.Reader { return strings.NewReader(strings.Repeat("x", 200_000)) }
	bad := func() io.Reader { return iofault.ErrAt(good(), 70_000, errBroken) }
	noise := func() io.Reader { return iofault.NewPattern(iofault.Random, 1<<30, 1) }

	packAll(t, counted(&open, "a", good, nil), counted(&open, "b", good, nil))
	if open != 0 {
		t.Errorf("%d open after a whole ZIP", open)
	}

	checkBroken(t, Reader(t.Context(), []Entry{counted(&open, "a", bad, nil)}), errBroken)
	if open != 0 {
		t.Errorf("%d open after an error", open)
	}

	r := Reader(t.Context(), []Entry{counted(&open, "a", noise, nil)})
	io.CopyN(io.Discard, r, 100_000)
	must(t, r.Close())
	if open != 0 {
		t.Errorf("%d open after Close", open)
	}
	if n, err := r.Read(make([]byte, 1)); n != 0 || err != errClosed {
		t.Errorf("Read after Close: %d bytes, error %v", n, err)
	}
	must(t, r.Close())
}

func TestErrorOfCloseBreaksTheZIP(t *testing.T) {
	var open int
	good := func() io.Reader { return strings.NewReader("content") }
	checkBroken(t, Reader(t.Context(), []Entry{counted(&open, "a", good, errBroken)}), errBroken)
}

// An HTTP transport closes a body while another goroutine of its own still reads it.
func TestCloseWhileRead(t *testing.T) {
	for range 20 {
		r := Reader(t.Context(), []Entry{made("a", iofault.NewPattern(iofault.Random, 1<<40, 1))})
		var reading sync.WaitGroup
		reading.Go(func() {
			if _, err := io.Copy(io.Discard, r); err != errClosed {
				t.Errorf("Read: error %v", err)
			}
		})
		time.Sleep(time.Millisecond)
		must(t, r.Close())
		reading.Wait()
	}
}

func TestReaderRefusesNames(t *testing.T) {
	for _, entries := range [][]Entry{
		{textEntry("../a", "")},
		{textEntry("a", "1"), textEntry("b", ""), textEntry("a", "2")},
	} {
		r := Reader(t.Context(), entries)
		if packed, err := io.ReadAll(r); err == nil || len(packed) > 0 {
			t.Errorf("%d bytes, error %v", len(packed), err)
		}
		must(t, r.Close())
	}
}

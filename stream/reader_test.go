package stream

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/altinn-transfer/altinn-transfer/internal/iofault"
)

// wrappers are all readers of the package around one that they let pass whole.
var wrappers = map[string]func(r io.Reader, data []byte) io.Reader{
	"Counter": func(r io.Reader, _ []byte) io.Reader { return NewCounter(r) },
	"Digest":  func(r io.Reader, _ []byte) io.Reader { return NewDigest(r) },
	"Limit":   func(r io.Reader, data []byte) io.Reader { return Limit(r, int64(len(data)), errTooMuch) },
	"Verify":  func(r io.Reader, data []byte) io.Reader { return Verify(r, int64(len(data)), sumOf(data)) },
	"Verify nothing": func(r io.Reader, _ []byte) io.Reader {
		return Verify(r, -1, "")
	},
	"Watchdog": func(r io.Reader, _ []byte) io.Reader { return new(Watchdog).Reader(r) },
}

var errTooMuch = errors.New("too much")

func sumOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func pattern(t *testing.T, size int) []byte {
	t.Helper()
	data := make([]byte, size)
	if _, err := io.ReadFull(iofault.NewPattern(iofault.Random, int64(size), 1), data); err != nil {
		t.Fatal(err)
	}
	return data
}

var (
	sizes = []int{0, 1, 2, 3, 63, 64, 65, 4095, 4096, 4097, copyBuffer - 1, copyBuffer, copyBuffer + 1}
	steps = []int{1, 2, 3, 7, 64, 4096, copyBuffer, 1 << 20}
)

func TestWrappersChangeNothing(t *testing.T) {
	for name, wrap := range wrappers {
		for _, size := range sizes {
			data := pattern(t, size)
			for _, step := range steps {
				if size > 30*step {
					continue
				}
				t.Run(fmt.Sprintf("%s/%d bytes by %d", name, size, step), func(t *testing.T) {
					read := wrap(iofault.Steps(bytes.NewReader(data), step), data)
					if err := iotest.TestReader(struct{ io.Reader }{read}, data); err != nil {
						t.Errorf("read: %v", err)
					}
					checkWriteTo(t, wrap(iofault.Steps(bytes.NewReader(data), step), data), data)
					checkWriteTo(t, wrap(bytes.NewReader(data), data), data)
					checkWriteTo(t, wrap(iotest.DataErrReader(bytes.NewReader(data)), data), data)
				})
			}
		}
	}
}

func checkWriteTo(t *testing.T, r io.Reader, data []byte) {
	t.Helper()
	checkNarrow(t, r)
	var got bytes.Buffer
	n, err := r.(io.WriterTo).WriteTo(&got)
	if err != nil || n != int64(len(data)) || !bytes.Equal(got.Bytes(), data) {
		t.Errorf("WriteTo: %d of %d bytes, error %v", n, len(data), err)
	}
	if n, err := r.Read(make([]byte, 1)); n != 0 || err != io.EOF {
		t.Errorf("Read after WriteTo: %d bytes, error %v", n, err)
	}
	if n, err := r.(io.WriterTo).WriteTo(&got); n != 0 || err != nil {
		t.Errorf("WriteTo after WriteTo: %d bytes, error %v", n, err)
	}
}

// writerTo records that its WriteTo was used.
type writerTo struct {
	*bytes.Reader
	used bool
}

func (w *writerTo) WriteTo(dst io.Writer) (int64, error) {
	w.used = true
	return w.Reader.WriteTo(dst)
}

func TestWrappersUseWriteToBelow(t *testing.T) {
	for name, wrap := range wrappers {
		below := &writerTo{Reader: bytes.NewReader([]byte(hello))}
		if _, err := Copy(io.Discard, wrap(below, []byte(hello))); err != nil || !below.used {
			t.Errorf("%s: used: %v, error %v", name, below.used, err)
		}
	}
}

func TestWrappersHandOnErrors(t *testing.T) {
	broken := errors.New("broken")
	for name, wrap := range wrappers {
		for _, at := range []int64{0, 1, 7} {
			var got bytes.Buffer
			_, err := got.ReadFrom(struct{ io.Reader }{wrap(iofault.ErrAt(strings.NewReader(hello), at, broken), []byte(hello))})
			if err != broken || int64(got.Len()) != at {
				t.Errorf("%s, read: %d of %d bytes, error %v", name, got.Len(), at, err)
			}
			got.Reset()
			n, err := Copy(&got, wrap(iofault.ErrAt(strings.NewReader(hello), at, broken), []byte(hello)))
			if err != broken || n != at || int64(got.Len()) != at {
				t.Errorf("%s, copy: %d of %d bytes, error %v", name, n, at, err)
			}
		}
	}
}

func TestWrappersHandOnErrorsOfTheWriter(t *testing.T) {
	full := errors.New("disk is full")
	for name, wrap := range wrappers {
		for _, at := range []int64{0, 1, 7} {
			var got bytes.Buffer
			n, err := Copy(iofault.FullAt(&got, at, full), wrap(strings.NewReader(hello), []byte(hello)))
			if err != full || n != at || int64(got.Len()) != at {
				t.Errorf("%s: %d of %d bytes, error %v", name, n, at, err)
			}
		}
	}
}

func TestCounterCountsWhatTheWriterTook(t *testing.T) {
	counter := NewCounter(strings.NewReader(hello))
	Copy(iofault.FullAt(io.Discard, 5, errTooMuch), counter)
	if counter.N() != 5 {
		t.Errorf("N is %d", counter.N())
	}
}

// seeingWriter looks at a count each time it is asked to read.
type seeingWriter struct {
	counter *Counter
	seen    []int64
}

func (s *seeingWriter) Write([]byte) (int, error) { panic("ReadFrom was lost") }

func (s *seeingWriter) ReadFrom(r io.Reader) (int64, error) {
	s.seen = append(s.seen, s.counter.N())
	return io.Copy(io.Discard, r)
}

func TestCounterMovesWhileTheKernelCopies(t *testing.T) {
	const size = 2*countStep + 5
	for _, source := range []io.Reader{
		iofault.NewPattern(iofault.Zeros, size, 0),
		mustOpen(t, mustFile(t, writeFile(t, "a", strings.Repeat("x", size)))),
	} {
		counter := NewCounter(source)
		w := &seeingWriter{counter: counter}
		n, err := Copy(w, counter)
		if err != nil || n != size || counter.N() != size {
			t.Errorf("%d bytes, counted %d, error %v", n, counter.N(), err)
		}
		if len(w.seen) < 3 || w.seen[1] != countStep || w.seen[2] != 2*countStep {
			t.Errorf("the count was seen at %v", w.seen)
		}
		if c, ok := source.(io.Closer); ok {
			c.Close()
		}
	}
}

func TestCounterOverConnection(t *testing.T) {
	const size = 3<<20 + 1
	near, far := connection(t)
	received := make(chan string)
	go func() {
		digest := NewDigest(far)
		Copy(io.Discard, digest)
		received <- digest.Sum()
	}()
	data := pattern(t, size)
	file := mustOpen(t, mustFile(t, writeFile(t, "a", string(data))))
	defer file.Close()
	counter := NewCounter(file)
	n, err := Copy(near, counter)
	near.Close()
	if err != nil || n != size || counter.N() != size {
		t.Errorf("%d bytes, counted %d, error %v", n, counter.N(), err)
	}
	if sum := <-received; sum != sumOf(data) {
		t.Error("other bytes have come")
	}
}

func connection(t *testing.T) (near, far net.Conn) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer listener.Close()
	near, err = net.DialTimeout("tcp", listener.Addr().String(), 10*time.Second)
	must(t, err)
	far, err = listener.Accept()
	must(t, err)
	t.Cleanup(func() { near.Close(); far.Close() })
	return near, far
}

func TestDigestAtAnyTime(t *testing.T) {
	data := pattern(t, 1000)
	digest := NewDigest(bytes.NewReader(data))
	for n := range len(data) {
		if digest.Sum() != sumOf(data[:n]) || digest.N() != int64(n) {
			t.Fatalf("wrong after %d bytes", n)
		}
		digest.Read(make([]byte, 1))
	}
}

func TestDigestedIsOfTheLastReading(t *testing.T) {
	source := NewDigested(Bytes("a.zip", []byte("PK content")))
	if source.Sum() != "" || source.N() != 0 || source.Name() != "a.zip" || source.Size() != 10 {
		t.Errorf("before it was opened: %q, %d, %q, %d", source.Sum(), source.N(), source.Name(), source.Size())
	}
	for _, read := range []int64{3, 10} {
		r, err := source.Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		io.CopyN(io.Discard, r, read)
		r.Close()
		if source.N() != read || source.Sum() != sumOf([]byte("PK content")[:read]) {
			t.Errorf("after %d bytes: %d, %s", read, source.N(), source.Sum())
		}
	}
}

func TestDigestLeavesOutWhatTheWriterDidNotTake(t *testing.T) {
	digest := NewDigest(strings.NewReader(hello))
	Copy(iofault.FullAt(io.Discard, 5, errTooMuch), digest)
	if digest.Sum() != sumOf([]byte(hello[:5])) || digest.N() != 5 {
		t.Errorf("digest of %d bytes is %s", digest.N(), digest.Sum())
	}
}

func TestLimitAtEachBoundary(t *testing.T) {
	for _, size := range []int{0, 1, 2, 3, 63, 64, 65, 4096} {
		data := pattern(t, size)
		for _, limit := range []int{0, 1, 2, size - 1, size, size + 1} {
			if limit < 0 {
				continue
			}
			for _, step := range steps {
				checkLimit(t, data, limit, step)
			}
		}
	}
}

func checkLimit(t *testing.T, data []byte, limit, step int) {
	t.Helper()
	want, wantErr := data, error(nil)
	if len(data) > limit {
		want, wantErr = data[:limit], errTooMuch
	}
	below := map[string]func() io.Reader{
		"plain":         func() io.Reader { return bytes.NewReader(data) },
		"end with data": func() io.Reader { return iotest.DataErrReader(bytes.NewReader(data)) },
		"steps":         func() io.Reader { return iofault.Steps(bytes.NewReader(data), step) },
	}
	for name, open := range below {
		read := Limit(open(), int64(limit), errTooMuch)
		got, err := io.ReadAll(iofault.Steps(read, step))
		if err != wantErr || !bytes.Equal(got, want) {
			t.Errorf("%d of %d by %d, %s: read %d bytes, error %v", limit, len(data), step, name, len(got), err)
		}
		if n, err := read.Read(make([]byte, 9)); n != 0 || ignoreEOF(err) != wantErr {
			t.Errorf("%d of %d by %d, %s: then %d bytes, error %v", limit, len(data), step, name, n, err)
		}
		var w bytes.Buffer
		n, err := Copy(&w, Limit(open(), int64(limit), errTooMuch))
		if err != wantErr || n != int64(len(want)) || !bytes.Equal(w.Bytes(), want) {
			t.Errorf("%d of %d by %d, %s: wrote %d bytes, error %v", limit, len(data), step, name, n, err)
		}
	}
}

// What is behind a limit may belong to somebody else; only the one byte that tells an excess is taken.
func TestLimitTakesOneByteBeyond(t *testing.T) {
	for _, buffer := range []int{1, 4, 5, 6, 7, 8, 100} {
		below := strings.NewReader(hello)
		r := Limit(below, 5, errTooMuch)
		for err := error(nil); err == nil; {
			_, err = r.Read(make([]byte, buffer))
		}
		if taken := len(hello) - below.Len(); taken != 6 {
			t.Errorf("buffer of %d: %d bytes taken", buffer, taken)
		}
	}
}

func TestLimitNegativeIsNone(t *testing.T) {
	if n, err := Copy(io.Discard, Limit(strings.NewReader(hello), -1, errTooMuch)); err != nil || n != int64(len(hello)) {
		t.Errorf("%d bytes, error %v", n, err)
	}
}

// wrapping hides the error of the writer inside its own, as a codec may.
type wrapping struct{ io.Reader }

func (w wrapping) WriteTo(dst io.Writer) (int64, error) {
	n, err := io.Copy(dst, w.Reader)
	if err != nil {
		err = errors.New("something went wrong")
	}
	return n, err
}

func TestLimitErrorSurvivesTheReaderBelow(t *testing.T) {
	if _, err := Copy(io.Discard, Limit(wrapping{strings.NewReader(hello)}, 3, errTooMuch)); err != errTooMuch {
		t.Errorf("error %v", err)
	}
}

func TestVerify(t *testing.T) {
	data := pattern(t, 1000)
	whole := func() io.Reader { return bytes.NewReader(data) }
	tests := map[string]struct {
		r    io.Reader
		size int64
		sum  string
		want error // of this type
		most int64
	}{
		"good":                     {whole(), 1000, sumOf(data), nil, 1000},
		"good, upper case":         {whole(), 1000, strings.ToUpper(sumOf(data)), nil, 1000},
		"good, size unknown":       {whole(), -1, sumOf(data), nil, 1000},
		"good, sum unknown":        {whole(), 1000, "", nil, 1000},
		"nothing known":            {whole(), -1, "", nil, 1000},
		"cut":                      {iofault.CutAt(whole(), 999), 1000, sumOf(data), &SizeError{}, 999},
		"cut, sum unknown":         {iofault.CutAt(whole(), 999), 1000, "", &SizeError{}, 999},
		"cut, size unknown":        {iofault.CutAt(whole(), 999), -1, sumOf(data), &DigestError{}, 999},
		"cut to nothing":           {iofault.CutAt(whole(), 0), 1000, sumOf(data), &SizeError{}, 0},
		"too long":                 {whole(), 999, sumOf(data[:999]), &SizeError{}, 999},
		"too long for nothing":     {whole(), 0, sumOf(nil), &SizeError{}, 0},
		"first byte flipped":       {iofault.FlipAt(whole(), 0), 1000, sumOf(data), &DigestError{}, 1000},
		"last byte flipped":        {iofault.FlipAt(whole(), 999), 1000, sumOf(data), &DigestError{}, 1000},
		"flipped, size unknown":    {iofault.FlipAt(whole(), 500), -1, sumOf(data), &DigestError{}, 1000},
		"sum that is not a digest": {whole(), 1000, "abc", &DigestError{}, 1000},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := Verify(test.r, test.size, test.sum)
			n, err := io.Copy(io.Discard, struct{ io.Reader }{r})
			if fmt.Sprintf("%T", err) != fmt.Sprintf("%T", test.want) || n > test.most {
				t.Errorf("%d bytes, error %T: %v", n, err, err)
			}
			for range 2 {
				if _, again := r.Read(make([]byte, 1)); ignoreEOF(again) != err {
					t.Errorf("then error %v", again)
				}
				if _, again := Copy(io.Discard, r); again != err {
					t.Errorf("then error %v of WriteTo", again)
				}
			}
		})
	}
}

func TestVerifyWriteToGivesTheMismatch(t *testing.T) {
	data := pattern(t, 1000)
	for at := range int64(1000) {
		_, err := Copy(io.Discard, Verify(iofault.CutAt(bytes.NewReader(data), at), 1000, sumOf(data)))
		if cut, ok := errors.AsType[*SizeError](err); !ok || cut.Got != at || cut.Want != 1000 {
			t.Fatalf("cut at %d: error %v", at, err)
		}
		_, err = Copy(io.Discard, Verify(iofault.FlipAt(bytes.NewReader(data), at), 1000, sumOf(data)))
		if _, ok := errors.AsType[*DigestError](err); !ok {
			t.Fatalf("flip at %d: error %v", at, err)
		}
	}
}

func TestErrorsSayWhatHappened(t *testing.T) {
	tests := []struct {
		err  error
		want string
		cut  bool
	}{
		{&SizeError{Want: 10, Got: 3}, "it ended after 3 of 10 bytes", true},
		{&SizeError{Want: 10, Got: 11}, "it is longer than the 10 bytes announced", false},
		{&DigestError{Want: "aa", Got: "bb"}, "its SHA-256 is bb, not aa as announced", false},
		{&StallError{After: time.Minute}, "no byte moved for 1m0s", false},
	}
	for _, test := range tests {
		if test.err.Error() != test.want || errors.Is(test.err, io.ErrUnexpectedEOF) != test.cut {
			t.Errorf("%T: %v, a cut: %v", test.err, test.err, !test.cut)
		}
	}
}

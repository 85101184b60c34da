package zipstream

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/altinn-transfer/altinn-transfer/internal/iofault"
	"github.com/klauspost/compress/flate"
	"go.uber.org/goleak"
)

// A repeated send must be the same payload, on another machine too.
func TestSameBytesOnAnyNumberOfProcessors(t *testing.T) {
	entries := []Entry{made("noise", iofault.NewPattern(iofault.Random, 2*blockSize, 1)), textEntry("empty", "")}
	for i := range 20 {
		entries = append(entries, made(fmt.Sprint("small", i), iofault.NewPattern(iofault.Text, int64(1000*i), uint64(i))))
	}
	entries = append(entries, made("large", iofault.NewPattern(iofault.Text, 8*blockSize+7, 1)))
	want := packAll(t, entries...)
	for blocks := 1; blocks <= maxBlocks; blocks++ {
		r := newPacker(t.Context(), entries, blocks)
		got, err := io.ReadAll(r)
		must(t, err)
		must(t, r.Close())
		if !bytes.Equal(got, want) {
			t.Errorf("%d blocks give other bytes", blocks)
		}
	}
}

// A block is used for a long time. Places in the compressor are counted in 31 bits, and begin anew when those are used up;
// that must not show in what it writes.
func TestBlockIsTheSameAfterTwoGiB(t *testing.T) {
	if os.Getenv("ALTINN_TRANSFER_LONG") == "" {
		t.Skip("takes seconds; set ALTINN_TRANSFER_LONG")
	}
	content := invoices(windowSize + 20_000)
	b := pool.New().(*block)
	var want []byte
	for i := range 2 << 30 / len(content) {
		_, err := b.fill(t.Context(), bytes.NewReader(content[windowSize:]), content[:windowSize])
		if err != io.EOF {
			t.Fatal(err)
		}
		b.deflate()
		must(t, b.err)
		if want == nil {
			want = bytes.Clone(b.packed.Bytes())
		}
		if !bytes.Equal(b.packed.Bytes(), want) {
			t.Fatalf("other bytes after %d blocks", i)
		}
	}
}

// What comes again after the end of a block is found in the window before it: the ZIP is little more than one stream of deflate.
func TestBlocksPointBackIntoTheOneBefore(t *testing.T) {
	page := make([]byte, windowSize-512)
	_, err := iofault.NewPattern(iofault.Random, int64(len(page)), 1).ReadAt(page, 0)
	must(t, err)
	content := bytes.Repeat(page, 8*blockSize/len(page))
	var one bytes.Buffer
	w, err := flate.NewWriter(&one, level)
	must(t, err)
	w.Write(content)
	must(t, w.Close())

	packed := packAll(t, opened("a", -1, func() io.Reader { return bytes.NewReader(content) }))
	if limit := one.Len() + one.Len()/10; len(packed) > limit {
		t.Errorf("%d bytes, where one stream takes %d", len(packed), one.Len())
	}
}

// An entry is read by itself: it cannot point back into the one before.
func TestBlocksDoNotPointIntoAnotherEntry(t *testing.T) {
	text := iofault.NewPattern(iofault.Text, 10_000, 1)
	want, err := io.ReadAll(io.NewSectionReader(text, 0, text.Size()))
	must(t, err)
	if _, contents := unpack(t, packAll(t, made("a", text), made("b", text))); !bytes.Equal(contents["b"], want) {
		t.Error("the second of two that are equal has other contents")
	}
}

// counting counts what is read of it.
type counting struct {
	io.Reader
	n *atomic.Int64
}

func (c counting) Read(b []byte) (int, error) {
	n, err := c.Reader.Read(b)
	c.n.Add(int64(n))
	return n, err
}

func TestNoMoreIsReadAheadThanBlocksHold(t *testing.T) {
	for blocks := range int64(maxBlocks) {
		blocks++
		synctest.Test(t, func(t *testing.T) {
			var read atomic.Int64
			noise := func() io.Reader { return counting{iofault.NewPattern(iofault.Random, 1<<40, 1), &read} }
			r := newPacker(t.Context(), []Entry{opened("a", -1, noise)}, int(blocks))
			defer r.Close()
			if synctest.Wait(); read.Load() != 0 {
				t.Errorf("%d bytes are read before the first Read", read.Load())
			}
			_, err := r.Read(make([]byte, 1))
			must(t, err)
			if synctest.Wait(); read.Load() != (blocks+1)*blockSize { // the first is in the ZIP
				t.Errorf("%d blocks: %d bytes are read ahead", blocks, read.Load())
			}
		})
	}
}

// stuck is a content that gives nothing until ctx ends.
func stuck(name string) Entry {
	return Entry{Name: name, Size: -1, Open: func(ctx context.Context) (io.ReadCloser, error) {
		return io.NopCloser(readerFunc(func([]byte) (int, error) {
			<-ctx.Done()
			return 0, context.Cause(ctx)
		})), nil
	}}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(b []byte) (int, error) { return f(b) }

func TestContentThatIsStuckIsLetGo(t *testing.T) {
	ends := map[string]struct {
		end  func(*packer, context.CancelCauseFunc)
		want error
	}{
		"by Close":   {func(p *packer, _ context.CancelCauseFunc) { p.Close() }, errClosed},
		"by context": {func(_ *packer, cancel context.CancelCauseFunc) { cancel(errBroken) }, errBroken},
	}
	for name, test := range ends {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancelCause(t.Context())
				p := newPacker(ctx, []Entry{textEntry("a", "content"), stuck("b")}, 2)
				go func() {
					synctest.Wait()
					test.end(p, cancel)
				}()
				if _, err := io.Copy(io.Discard, p); !errors.Is(err, test.want) {
					t.Errorf("error %v", err)
				}
				must(t, p.Close())
			})
			goleak.VerifyNone(t)
		})
	}
}

func TestMemoryDoesNotFollowTheData(t *testing.T) {
	size := int64(64 << 20)
	if os.Getenv("ALTINN_TRANSFER_LONG") != "" {
		size = 1<<30 + 3
	}
	for _, kind := range []iofault.Kind{iofault.Random, iofault.Zeros} {
		var peak uint64
		watch := func() {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			peak = max(peak, m.HeapInuse)
		}
		watch()
		idle := peak
		r := newPacker(t.Context(), []Entry{made("a", iofault.NewPattern(kind, size, 1))}, maxBlocks)
		for {
			_, err := io.CopyN(io.Discard, r, 16<<20)
			watch()
			if err == io.EOF {
				break
			}
			must(t, err)
		}
		must(t, r.Close())
		if grown := int64(peak) - int64(idle); grown > 16<<20 { // 10 are said, and the race detector has the pool lose some
			t.Errorf("%v: the heap has grown by %d bytes", kind, grown)
		}
	}
}

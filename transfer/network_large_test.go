package transfer_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/internal/iofault"
	"github.com/altinn-transfer/altinn-transfer/transfer"
)

// pattern is a source of any size that begins as a ZIP does, and takes no memory.
type pattern struct {
	name string
	size int64
	seed uint64
}

func (p pattern) Name() string { return p.name }
func (p pattern) Size() int64  { return p.size }

func (p pattern) Open(context.Context) (io.ReadCloser, error) {
	const magic = "PK\x03\x04"
	rest := iofault.NewPattern(iofault.Random, p.size-int64(len(magic)), p.seed)
	return io.NopCloser(io.MultiReader(strings.NewReader(magic), rest)), nil
}

func (p pattern) sum() string {
	digest := sha256.New()
	r, _ := p.Open(context.Background())
	io.Copy(digest, r)
	return hex.EncodeToString(digest.Sum(nil))
}

// largePoints are where a line breaks that carries a large file, and how large that is.
func largePoints(total int64) (points []int64) {
	n := 4
	if os.Getenv("ALTINN_TRANSFER_LONG") != "" {
		n = 50
	}
	for i := range n {
		points = append(points, (total*int64(i)+rand.Int64N(total))/int64(n))
	}
	return points
}

func largeSize() int64 {
	if os.Getenv("ALTINN_TRANSFER_LONG") != "" {
		return 16 << 20
	}
	return 1 << 20
}

// kindsByTurns gives the ways to break a line one after the other, or all of them in a run that takes no turns.
func kindsByTurns(i int) []string {
	kinds := []string{"reset", "end", "half-close", "stall"}
	if os.Getenv("ALTINN_TRANSFER_LONG") == "all" {
		return kinds
	}
	return kinds[i%len(kinds):][:1]
}

// eachLarge calls back with breaks of a line all over a large file, each way, with and without further attempts by turns.
func eachLarge(size int64, test func(name string, fault iofault.Fault, attempts int)) {
	for way := range 2 {
		for i, at := range largePoints(size) {
			for _, kind := range kindsByTurns(i) {
				attempts := []int{1, 4}[i/len(lineFaults)%2]
				test(fmt.Sprintf("%s-%d-%d-%d", kind, way, at, attempts), iofault.Fault{Kind: lineFaults[kind], Answer: way == 1, At: at}, attempts)
			}
		}
	}
}

// A large file is sent whole and once, wherever the line breaks. In the answers, which are short, it breaks at their bytes.
func TestSendALargeFileOverALineThatBreaks(t *testing.T) {
	d := newDistant(t)
	large := pattern{size: largeSize(), seed: 1}
	want := large.sum()
	eachLarge(large.size, func(name string, fault iofault.Fault, attempts int) {
		if fault.Answer {
			fault.At = fault.At * 1651 / large.size // about as long as the answers are
		}
		large.name = name + ".zip"
		r, _ := d.send(t, fault, attempts, large)
		stands := d.takeUploads(t)[large.name]
		if len(stands) > 1 || len(stands) == 1 && (stands[0].SHA256 != want || stands[0].Size != large.size) {
			t.Errorf("%s: %d uploads stand: %v", name, len(stands), stands)
		}
		failed, _ := errors.AsType[*failure.Error](r.Err)
		switch {
		case r.Err == nil && (len(stands) != 1 || r.SHA256 != want || r.Bytes != large.size):
			t.Errorf("%s: a success: %+v", name, r)
		case r.Err != nil && attempts > 1 && !mayFail(name):
			t.Errorf("%s: %v", name, r.Err)
		case r.Err != nil && len(stands) == 1 && (failed == nil || !failed.Ambiguous):
			t.Errorf("%s: it stands, and the error does not tell that it may: %v", name, r.Err)
		}
	})
}

// takeUploads gives the uploads that stand, and removes them from the disk.
func (d *distant) takeUploads(t *testing.T) map[string][]accepted {
	t.Helper()
	uploads := d.uploads(t)
	files, _ := filepath.Glob(filepath.Join(d.store, "broker", "*.*"))
	for _, file := range files {
		os.Remove(file)
	}
	return uploads
}

// A large file is received whole or not at all, wherever the line breaks.
func TestReceiveALargeFileOverALineThatBreaks(t *testing.T) {
	d := newDistant(t)
	large := pattern{name: "large.zip", size: largeSize(), seed: 2}
	want := large.sum()
	sent, _ := d.send(t, iofault.Fault{}, 1, large)
	if sent.Err != nil {
		t.Fatal(sent.Err)
	}
	file := broker.AvailableFile{Name: "large.zip", Reference: sent.Reference, Size: large.size}
	eachLarge(large.size, func(name string, fault iofault.Fault, attempts int) {
		if !fault.Answer {
			fault.At = fault.At * 1981 / large.size // about as long as the questions are
		}
		dir := t.TempDir()
		defer os.RemoveAll(dir)
		r, _ := d.receive(t, fault, attempts, file, dir)
		checkLarge(t, name, r, dir, want, mayFail(name))
	})
}

func checkLarge(t *testing.T, name string, r transfer.Result, dir, want string, mayFail bool) {
	t.Helper()
	left, err := os.ReadDir(dir)
	if err != nil {
		t.Error(err)
	}
	stored := ""
	if content, err := os.Open(filepath.Join(dir, "large.zip")); err == nil {
		digest := sha256.New()
		io.Copy(digest, content)
		content.Close()
		stored = hex.EncodeToString(digest.Sum(nil))
	}
	switch {
	case stored != "" && stored != want:
		t.Errorf("%s: what is stored is not what was sent", name)
	case r.Err == nil && (stored == "" || !r.Confirmed || r.SHA256 != want):
		t.Errorf("%s: a success: %+v", name, r)
	case r.Err != nil && !mayFail:
		t.Errorf("%s: %v", name, r.Err)
	case stored == "" && len(left) != 0 || stored != "" && len(left) != 1:
		t.Errorf("%s: left behind: %v", name, left)
	}
}

// What an octet that is changed on the way does: in the file itself nobody can notice it, since the protocol has no checksum
// for it and the line no TLS. Then the other end has exactly that octet otherwise. Anywhere else it is an error, or changes
// nothing that counts.
func TestAnOctetThatChangesOnTheWay(t *testing.T) {
	d := newDistant(t)
	first, sound := d.send(t, iofault.Fault{}, 1, pattern{name: "sound.zip", size: 300, seed: 1})
	if first.Err != nil {
		t.Fatal(first.Err)
	}
	stride := int64(13)
	if os.Getenv("ALTINN_TRANSFER_LONG") != "" {
		stride = 1
	}
	noticed, harmless, inFile := 0, 0, 0
	for at := int64(0); at < sound.sent; at += stride {
		file := pattern{name: fmt.Sprintf("flip-%04d.zip", at), size: 300, seed: 1}
		r, _ := d.send(t, iofault.Fault{Kind: iofault.Flip, At: at}, 1, file)
		all := d.takeUploads(t)
		switch {
		case r.Err != nil:
			noticed++
		case len(all) != 1:
			t.Errorf("octet %d: a success, and %d uploads stand", at, len(all))
		default:
			for name, stands := range all {
				switch {
				case r.SHA256 != file.sum() || stands[0].Size != file.size:
					t.Errorf("octet %d: %+v, and %s has %d bytes", at, r, name, stands[0].Size)
				case stands[0].SHA256 == file.sum():
					harmless++
				default:
					inFile++
				}
			}
		}
	}
	t.Logf("of %d octets of a send: %d noticed, %d that change nothing of the file, %d in the file, which nobody notices", sound.sent/stride, noticed, harmless, inFile)
	if want := 300 / int(stride); inFile > want+1 {
		t.Errorf("%d changed files, and %d octets of one", inFile, want)
	}
}

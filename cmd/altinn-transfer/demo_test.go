package main

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/transfer"
)

// TestGeneratedFilesAreZIPs reads what is made up with the standard library: the checksums are right, the size is what was said,
// and it is the same each time.
func TestGeneratedFilesAreZIPs(t *testing.T) {
	for _, size := range []int64{5, 100_000, 3 << 20} {
		all, err := generate(4, size)
		if err != nil {
			t.Fatal(err)
		}
		var inside int64
		for _, p := range all {
			first, second := readSource(t, p), readSource(t, p)
			if !bytes.Equal(first, second) || int64(len(first)) != p.source.Size() {
				t.Errorf("%s of %d: %d bytes, then %d, where %d were said", p.key(), size, len(first), len(second), p.source.Size())
			}
			inside += unzip(t, first)
		}
		if inside > size || inside < size-4 {
			t.Errorf("%d bytes are made up for %d", inside, size)
		}
	}
}

func readSource(t *testing.T, p parcel) []byte {
	t.Helper()
	file, err := p.source.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	content, err := io.ReadAll(file)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func unzip(t *testing.T, content []byte) int64 {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	var total int64
	for _, member := range archive.File {
		file, err := member.Open()
		if err != nil {
			t.Fatal(err)
		}
		n, err := io.Copy(io.Discard, file)
		if err != nil {
			t.Fatal(err)
		}
		total += n
	}
	return total
}

func TestTheReportTellsWhatIsNotEqual(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.zip")
	if err := os.WriteFile(path, []byte("one"), 0o600); err != nil {
		t.Fatal(err)
	}
	sent := transfer.Result{Key: "a", Name: "a.zip", Reference: "r", SHA256: digestOf("one")}
	good := transfer.Result{Reference: "r", Path: path, SHA256: digestOf("one"), Confirmed: true}
	if !isEqual(sent, good) {
		t.Error("the same is not equal")
	}
	for name, spoil := range map[string]func(*transfer.Result){
		"not received":          func(r *transfer.Result) { *r = transfer.Result{} },
		"gone":                  func(r *transfer.Result) { r.Path += "x" },
		"another digest":        func(r *transfer.Result) { r.SHA256 = digestOf("two") },
		"another file on disk":  func(r *transfer.Result) { os.WriteFile(r.Path, []byte("two"), 0o600) },
		"stored, not confirmed": func(r *transfer.Result) { r.Confirmed = false },
	} {
		received := good
		spoil(&received)
		var out bytes.Buffer
		report := demoReport{
			parcels:  []parcel{{paths: []string{"a"}}},
			sent:     &phase{byKey: map[string]transfer.Result{"a": sent}},
			received: &phase{results: map[broker.Reference]transfer.Result{"r": received}},
		}
		err := report.tell(&app{out: &out})
		if exitCode(err) != exitIntegrity || !bytes.Contains(out.Bytes(), []byte("NOT EQUAL")) || !bytes.Contains(out.Bytes(), []byte("0 of 1")) {
			t.Errorf("%s: error %v\n%s", name, err, out.String())
		}
		os.WriteFile(path, []byte("one"), 0o600)
	}
}

func TestMemoryIsKnown(t *testing.T) {
	if peak := peakMemory(); peak < 1<<20 || peak > 1<<40 {
		t.Errorf("a peak of %d bytes", peak)
	}
}

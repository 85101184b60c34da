package transfer_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/resume"
	"github.com/altinn-transfer/altinn-transfer/stream"
	"github.com/altinn-transfer/altinn-transfer/transfer"
)

// numbered is content in which no two places look alike.
func numbered(n int) []byte {
	var b bytes.Buffer
	for i := 0; b.Len() < n; i++ {
		fmt.Fprintf(&b, "%d,", i)
	}
	return b.Bytes()[:n]
}

func large(name string, content []byte) transfer.Job {
	j := job(name, "")
	j.Source = stream.Bytes(name, content)
	return j
}

// inSegments sends all segments of a file, and gives their results by the order of their names.
func inSegments(t *testing.T, m *transfer.Manager, j transfer.Job, size int64) []transfer.Result {
	t.Helper()
	results := slices.Collect(m.SendAll(t.Context(), m.Segments(t.Context(), j, size)))
	slices.SortFunc(results, func(a, b transfer.Result) int { return strings.Compare(a.Name, b.Name) })
	return results
}

// unpacked is what the second file of a segment's ZIP holds, which is what a receiver without us has.
func unpacked(t *testing.T, packed []byte, entry string) []byte {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		t.Fatal(err)
	}
	if len(archive.File) != 2 || archive.File[0].Name != broker.ManifestFile || archive.File[1].Name != entry {
		t.Fatalf("not %s and %s", broker.ManifestFile, entry)
	}
	content, err := archive.File[1].Open()
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(content)
	if err := errors.Join(err, content.Close()); err != nil {
		t.Fatal(err)
	}
	return b
}

func TestSegmentsMakeUpTheFile(t *testing.T) {
	for _, test := range []struct {
		total int
		size  int64
		want  []int // bytes of the segments
	}{
		{1, 1, []int{1}},
		{3, 1, []int{1, 1, 1}},
		{9, 10, []int{9}},
		{10, 10, []int{10}},
		{11, 10, []int{10, 1}},
		{29, 10, []int{10, 10, 9}},
		{30, 10, []int{10, 10, 10}},
		{31, 10, []int{10, 10, 10, 1}},
		{200_000, 65_536, []int{65_536, 65_536, 65_536, 3392}},
		{5, 1 << 62, []int{5}},
	} {
		t.Run(fmt.Sprintf("%d by %d", test.total, test.size), func(t *testing.T) {
			service, content := &desk{}, numbered(test.total)
			j := large("a.iso", content)
			j.Manifest.Properties = []broker.Property{{Key: "kontakt", Value: "22000000"}}
			var lengths []int
			var whole []byte
			for i, r := range inSegments(t, once(service, nil), j, test.size) {
				entry := fmt.Sprintf("a.iso.%03d", i+1)
				if r.Err != nil || r.Name != entry+".zip" {
					t.Fatalf("%+v", r)
				}
				segment := unpacked(t, service.accepted[r.Reference], entry)
				lengths, whole = append(lengths, len(segment)), append(whole, segment...)
				announced := service.announced[r.Reference]
				if reference := fmt.Sprintf("-%04d-of-%04d", i+1, len(test.want)); !strings.HasSuffix(announced.SendersReference, reference) {
					t.Errorf("reference %s, not …%s", announced.SendersReference, reference)
				}
				if n := len(announced.Properties); n != 9 || announced.Properties[0].Key != "kontakt" {
					t.Errorf("properties %v", announced.Properties)
				}
				if !bytes.Contains(service.accepted[r.Reference], []byte("<PropertyKey>TotalSHA256</PropertyKey>")) {
					t.Error("the package does not have the properties")
				}
			}
			if !slices.Equal(lengths, test.want) || !bytes.Equal(whole, content) {
				t.Errorf("segments of %v bytes, not %v; or other contents", lengths, test.want)
			}
		})
	}
}

func TestWhatCannotBeCut(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.iso")
	if err := os.WriteFile(path, numbered(100), 0o600); err != nil {
		t.Fatal(err)
	}
	packed, err := transfer.Package("a.zip", []string{path}, transfer.PackageOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		source stream.Source
		size   int64
		change func(*transfer.Job)
		kind   failure.Kind
		says   string
	}{
		"an empty file":           {source: stream.Bytes("a", nil), size: 1, kind: failure.Empty},
		"no size":                 {source: stream.Bytes("a", []byte("a")), size: 0, kind: failure.Usage},
		"a negative size":         {source: stream.Bytes("a", []byte("a")), size: -1, kind: failure.Usage},
		"what is read once":       {source: stream.OneShot("a", 3, strings.NewReader("abc")), size: 1, kind: failure.Usage},
		"what is being packed":    {source: packed, size: 1, kind: failure.Usage},
		"too many segments":       {source: stream.Bytes("a", numbered(20_001)), size: 2, kind: failure.Usage, says: "10001 segments, more than 10000; the least size for it is 3 bytes"},
		"a name that is too long": {source: stream.Bytes(strings.Repeat("a", 250), []byte("a")), size: 1, kind: failure.Usage},
		"a property of that name": {
			source: stream.Bytes("a", []byte("a")), size: 1, kind: failure.Usage,
			change: func(j *transfer.Job) { j.Manifest.Properties = []broker.Property{{Key: "TotalSize", Value: "1"}} },
		},
	} {
		t.Run(name, func(t *testing.T) {
			j := large("", nil)
			j.Source, j.FileName = test.source, ""
			if test.change != nil {
				test.change(&j)
			}
			service := &desk{}
			results := inSegments(t, once(service, nil), j, test.size)
			if len(results) != 1 || failure.KindOf(results[0].Err) != test.kind || !strings.Contains(results[0].Err.Error(), test.says) {
				t.Errorf("%+v", results)
			}
			if steps := service.log(); len(steps) > 0 {
				t.Errorf("it called %v", steps)
			}
		})
	}
}

// A size that the service refuses is refused for all segments, also when the last one is small enough.
func TestSegmentsKeepToTheSizeLimit(t *testing.T) {
	content := numbered(10_001)
	manager := func(limit int64) *transfer.Manager { return transfer.New(&desk{}, transfer.Options{SizeLimit: limit}) }
	var largest int64
	for segment, err := range manager(0).Segments(t.Context(), large("a.iso", content), 2000) {
		if err != nil {
			t.Fatal(err)
		}
		largest = max(largest, segment.Source.Size())
	}
	for limit, fits := range map[int64]bool{largest: true, largest - 1: false, 2000: false, 1999: false} {
		results := inSegments(t, manager(limit), large("a.iso", content), 2000)
		if fits != (len(results) == 6) || !fits && failure.KindOf(results[0].Err) != failure.Usage {
			t.Errorf("limit %d of %d: %d results, %v", limit, largest, len(results), results[0].Err)
		}
	}
}

func TestTenThousandSegments(t *testing.T) {
	manager, n := once(&desk{}, nil), 0
	j := large("a.iso", numbered(20_000))
	for segment, err := range manager.Segments(t.Context(), j, 2) {
		if n++; err != nil {
			t.Fatal(err)
		}
		if want := fmt.Sprintf("a.iso.%05d.zip", n); segment.FileName != want {
			t.Fatalf("%s, not %s", segment.FileName, want)
		}
	}
	if n != 10_000 {
		t.Errorf("%d segments", n)
	}
}

func TestSegmentsThatWereSentAreSkipped(t *testing.T) {
	service, journal := &desk{}, &resume.Memory{}
	service.before = func(step string, n int) error {
		if step == "upload" && n == 3 {
			return &failure.Error{Kind: failure.Forbidden}
		}
		return nil
	}
	j := large("a.iso", numbered(50))
	if results := inSegments(t, once(service, journal), j, 10); len(results) != 5 || service.uploads() != 4 {
		t.Fatalf("%+v", results)
	}
	service.before = nil
	service.log()
	skipped := 0
	for _, r := range inSegments(t, once(service, journal), j, 10) {
		if r.Err != nil {
			t.Error(r.Err)
		}
		if r.Skipped {
			skipped++
		}
	}
	if steps := service.log(); skipped != 4 || !slices.Equal(steps, []string{"upload"}) {
		t.Errorf("%d skipped, then %v", skipped, steps)
	}
	if other := inSegments(t, once(service, journal), j, 20); len(other) != 3 || service.uploads() != 8 {
		t.Errorf("cut otherwise: %+v", other)
	}
	prefixes := map[string]int{}
	for _, m := range service.announced {
		prefix, _, _ := strings.Cut(m.SendersReference[len("at-"):], "-")
		prefixes[prefix]++
	}
	if len(prefixes) != 2 {
		t.Errorf("prefixes %v", prefixes)
	}
}

// countedSource counts how often it is opened from its beginning.
type countedSource struct {
	stream.Sectioned
	opened int
}

func (c *countedSource) Open(ctx context.Context) (io.ReadCloser, error) {
	c.opened++
	return c.Sectioned.Open(ctx)
}

// A file whose segments are all sent is not read to learn that; one with a segment to be sent is.
func TestSegmentsOfAKnownFileAreNotReadAgain(t *testing.T) {
	service, journal := &desk{}, &resume.Memory{}
	run := func(again bool) (opened, skipped int) {
		t.Helper()
		source := &countedSource{Sectioned: stream.Bytes("a.iso", numbered(25)).(stream.Sectioned)}
		j := large("a.iso", nil)
		j.Source, j.Stamp, j.Again = source, "as it is", again
		for _, r := range inSegments(t, once(service, journal), j, 10) {
			if r.Skipped {
				skipped++
			}
		}
		return source.opened, skipped
	}
	service.before = func(step string, n int) error {
		if step == "upload" && n == 2 {
			return cut()
		}
		return nil
	}
	for i, want := range []struct {
		again           bool
		opened, skipped int
	}{{false, 1, 0}, {false, 1, 2}, {false, 0, 3}, {true, 1, 0}, {false, 0, 3}} {
		if opened, skipped := run(want.again); opened != want.opened || skipped != want.skipped {
			t.Errorf("run %d: read %d times, %d skipped; want %+v", i+1, opened, skipped, want)
		}
	}
	if service.uploads() != 6 {
		t.Errorf("%d uploads", service.uploads())
	}
}

func TestSegmentsHaveTheSendersOwnReference(t *testing.T) {
	service := &desk{}
	j := large("a.iso", []byte("abc"))
	j.Manifest.SendersReference, j.Key = "my own", "dir/a.iso"
	var got []string
	for _, r := range inSegments(t, once(service, nil), j, 2) {
		got = append(got, r.Key+" "+service.announced[r.Reference].SendersReference)
	}
	if want := []string{"dir/a.iso.001.zip my own-0001-of-0002", "dir/a.iso.002.zip my own-0002-of-0002"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// A file that changes between its digest and the sending is not sent, whether its time of change shows it or not.
func TestSegmentsOfAFileThatChanged(t *testing.T) {
	for name, keepTime := range map[string]bool{"and its time": false, "and not its time": true} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "a.iso")
			if err := os.WriteFile(path, numbered(25), 0o600); err != nil {
				t.Fatal(err)
			}
			info, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			source, err := stream.File(path)
			if err != nil {
				t.Fatal(err)
			}
			j := large("a.iso", nil)
			j.Source = source
			service := &desk{}
			manager := once(service, &resume.Memory{})
			for segment, err := range manager.Segments(t.Context(), j, 10) {
				if err != nil {
					t.Fatal(err)
				}
				if strings.HasPrefix(segment.FileName, "a.iso.002") {
					if err := os.WriteFile(path, bytes.ToUpper(bytes.ReplaceAll(numbered(25), []byte(","), []byte(";"))), 0o600); err != nil {
						t.Fatal(err)
					}
					changed := info.ModTime()
					if !keepTime {
						changed = changed.Add(1)
					}
					if err := os.Chtimes(path, changed, changed); err != nil {
						t.Fatal(err)
					}
				}
				r := manager.Send(t.Context(), segment)
				if first := strings.HasPrefix(segment.FileName, "a.iso.001"); first != (r.Err == nil) || !first && failure.KindOf(r.Err) != failure.Source {
					t.Errorf("%s: %v", segment.FileName, r.Err)
				}
			}
			if service.uploads() != 1 {
				t.Errorf("%d segments were taken", service.uploads())
			}
		})
	}
}

func TestCuttingIsInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errBoom)
	for _, err := range once(&desk{}, nil).Segments(ctx, large("a.iso", []byte("abc")), 1) {
		if failure.KindOf(err) != failure.Interrupted || !errors.Is(err, errBoom) {
			t.Error(err)
		}
	}
}

// What a service has of a file in segments is joined with what every system has.
func TestSegmentsAreJoinedWithoutUs(t *testing.T) {
	far, content, dir := startFarSide(t), numbered(100_000), t.TempDir()
	manager := transfer.New(far.sender, transfer.Options{})
	for _, r := range inSegments(t, manager, large("blåbær.iso", content), 30_000) {
		if r.Err != nil {
			t.Fatal(r.Err)
		}
	}
	var names []string
	for _, file := range far.delivered(t) {
		download, err := far.recipient.Download(t.Context(), file.Reference, "910077473")
		if err != nil {
			t.Fatal(err)
		}
		packed, err := io.ReadAll(download)
		if err := errors.Join(err, download.Close(), os.WriteFile(filepath.Join(dir, file.Name), packed, 0o600)); err != nil {
			t.Fatal(err)
		}
		names = append(names, file.Name)
	}
	slices.Sort(names)
	var whole []byte
	for i, name := range names {
		packed, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		whole = append(whole, unpacked(t, packed, fmt.Sprintf("blåbær.iso.%03d", i+1))...)
	}
	if len(names) != 4 || !bytes.Equal(whole, content) {
		t.Errorf("%d bytes of %v", len(whole), names)
	}
	if _, err := exec.LookPath("unzip"); err != nil {
		t.Log("no unzip here")
		return
	}
	command := exec.CommandContext(t.Context(), "sh", "-c", `for z in *.zip; do unzip -qo "$z" -x manifest.xml; done; cat *.iso.[0-9][0-9][0-9]`)
	command.Dir = dir
	if joined, err := command.Output(); err != nil || !bytes.Equal(joined, content) {
		t.Errorf("unzip and cat: %d bytes, %v", len(joined), err)
	}
}

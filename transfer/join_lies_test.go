package transfer_test

import (
	"archive/zip"
	"bytes"
	"cmp"
	"context"
	"errors"
	"hash/crc32"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/resume"
	"github.com/altinn-transfer/altinn-transfer/transfer"
)

// forged is what a segment's ZIP is made of anew.
type forged struct {
	manifest string // "": none
	entry    string
	method   uint16
	content  []byte
	crc      uint32
	size     uint64 // as the head of the entry has it
	more     string // the name of a third entry; "": none
}

// says has the manifest say another value of a property.
func (f *forged) says(key, value string) {
	pattern := regexp.MustCompile(`(<PropertyKey>` + key + `</PropertyKey>\s*<PropertyValue>)[^<]*`)
	f.manifest = pattern.ReplaceAllString(f.manifest, "${1}"+value)
}

// packed is the ZIP.
func (f *forged) packed(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	add := func(h *zip.FileHeader, content []byte, create func(*zip.FileHeader) (io.Writer, error)) {
		to, err := create(h)
		if err == nil {
			_, err = to.Write(content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if f.manifest != "" {
		add(&zip.FileHeader{Name: broker.ManifestFile, Method: zip.Deflate}, []byte(f.manifest), w.CreateHeader)
	}
	h := &zip.FileHeader{Name: f.entry, Method: f.method, CRC32: f.crc, UncompressedSize64: f.size, CompressedSize64: f.size}
	if f.method == zip.Store {
		add(h, f.content, w.CreateRaw)
	} else {
		add(h, f.content, w.CreateHeader)
	}
	if f.more != "" {
		add(&zip.FileHeader{Name: f.more}, nil, w.CreateHeader)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// forger gives out other segments than it has.
type forger struct {
	transfer.Backend
	t         *testing.T
	forge     func(number int, f *forged)
	pack      func(number int, packed []byte) []byte // what is done to the ZIP; nil: nothing
	downloads atomic.Int32                           // of segments
	confirms  atomic.Int32
}

// Confirm goes no further.
func (f *forger) Confirm(context.Context, broker.Reference, broker.Party) error {
	f.confirms.Add(1)
	return nil
}

// Download is for [transfer.Backend].
func (f *forger) Download(ctx context.Context, r broker.Reference, p broker.Party) (*broker.Download, error) {
	d, err := f.Backend.Download(ctx, r, p)
	if err != nil {
		return nil, err
	}
	content, err := io.ReadAll(d.Body)
	if err := errors.Join(err, d.Body.Close()); err != nil {
		return nil, err
	}
	if archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content))); err == nil {
		f.downloads.Add(1)
		content = f.forgery(archive)
	}
	return &broker.Download{Body: io.NopCloser(bytes.NewReader(content)), Size: int64(len(content))}, nil
}

func (f *forger) forgery(archive *zip.Reader) []byte {
	manifest, segment := archive.File[0], archive.File[1]
	one := &forged{
		manifest: string(f.read(manifest)), entry: segment.Name, content: f.read(segment), crc: segment.CRC32, size: segment.UncompressedSize64,
	}
	number, err := strconv.Atoi(one.entry[strings.LastIndex(one.entry, ".")+1:])
	if err != nil {
		f.t.Fatal(err)
	}
	if f.forge != nil {
		f.forge(number, one)
	}
	packed := one.packed(f.t)
	if f.pack != nil {
		packed = f.pack(number, packed)
	}
	return packed
}

func (f *forger) read(file *zip.File) []byte {
	r, err := file.Open()
	if err != nil {
		f.t.Fatal(err)
	}
	defer r.Close()
	content, err := io.ReadAll(r)
	if err != nil {
		f.t.Fatal(err)
	}
	return content
}

// second forges the second of four segments, which has the bytes from 30 000 to 60 000.
func second(forge func(*forged)) func(int, *forged) {
	return func(number int, f *forged) {
		if number == 2 {
			forge(f)
		}
	}
}

// forgery is a way in which segments can be no file's, and what is said of it.
type forgery struct {
	says  string
	forge func(int, *forged)
}

const (
	notIts    = "segment 2 of 4 is not what its manifest says"
	notLikeIt = "segment 2 of 4: its ZIP is not that of a segment: "
)

// forgeries are all there are. Each must be met before anything has the file's name.
func forgeries() map[string]forgery {
	all := map[string]forgery{
		"an octet, with its checksum": {notIts, second(func(f *forged) {
			f.content[15_000] ^= 1
			f.crc = crc32.ChecksumIEEE(f.content)
		})},
		"an octet":          {notIts, second(func(f *forged) { f.content[15_000] ^= 1 })},
		"a checksum":        {notIts, second(func(f *forged) { f.crc++ })},
		"shorter":           {notLikeIt, second(func(f *forged) { f.content, f.size = f.content[:29_999], 29_999 })},
		"longer":            {notLikeIt, second(func(f *forged) { f.content, f.size = append(f.content, 'x'), 30_001 })},
		"shorter than said": {notIts, second(func(f *forged) { f.content = f.content[:29_999] })},
		"a gap": {"segment 3 does not begin where the one before it ends", second(func(f *forged) {
			f.content, f.size = f.content[:29_999], 29_999
			f.crc = crc32.ChecksumIEEE(f.content)
			f.says("SegmentSize", "29999")
			f.says("SegmentSHA256", sum(f.content))
		})},
		"deflated":         {"is not stored as it is", second(func(f *forged) { f.method = zip.Deflate })},
		"no manifest":      {"its first entry is", second(func(f *forged) { f.manifest = "" })},
		"no XML":           {"read manifest.xml", second(func(f *forged) { f.manifest = "<BrokerServiceManifest><" })},
		"another document": {"read manifest.xml", second(func(f *forged) { f.manifest = "<Envelope/>" })},
		"a large manifest": {"more than 262144 bytes", second(func(f *forged) { f.manifest += strings.Repeat(" ", 1<<20) })},
		"another entry":    {"its second entry is", second(func(f *forged) { f.entry = "a.iso.003" })},
		"an entry outside": {"its second entry is", second(func(f *forged) { f.entry = "../a.iso.002" })},
		"a third entry":    {"something follows", second(func(f *forged) { f.more = "b" })},
		"a property twice": {"says SegmentNumber twice", second(func(f *forged) {
			f.manifest = strings.Replace(f.manifest, "<PropertyKey>SegmentCount<", "<PropertyKey>SegmentNumber<", 1)
		})},
		"a property less": {"does not say all", second(func(f *forged) {
			f.manifest = strings.Replace(f.manifest, "<PropertyKey>SegmentCount<", "<PropertyKey>Count<", 1)
		})},
	}
	none := strings.Repeat("0", 64)
	for _, lie := range []struct{ key, says, values, all string }{ // values are told by one segment; all says what is said when all tell them
		{"SegmentNumber", "and its reference says", "1 3 0 5", ""},
		{"SegmentNumber", "it has a number that no segment has", "20000", ""},
		{"SegmentCount", "and its reference says", "3 5 0", ""},
		{"SegmentCount", "it has a number that no segment has", "20000", ""},
		{"SegmentSize", "and its manifest says", "29999 30001 0", ""},
		{"SegmentSize", "it does not lie within the file", "9223372036854775807", ""},
		{"SegmentOffset", "it covers bytes of segment", "29999 30001 0 60000", ""},
		{"SegmentOffset", "it does not lie within the file", "9223372036854775807", ""},
		{"SegmentSHA256", "is not what its manifest says", "x " + none, ""},
		{"TotalName", "and its own name says", "b.iso ../a.iso /etc/a.iso sub/a.iso ..\\a.iso .", ""},
		{"TotalSize", "tells another size", "100001 1152921504606846976", "the segments do not make up|and all segments together have"},
		{"TotalSHA256", "tells another size or digest", "x " + none, "but the whole file is not"},
	} {
		for value := range strings.FieldsSeq(lie.values) {
			all[lie.key+" "+value] = forgery{lie.says, second(func(f *forged) { f.says(lie.key, value) })}
			all[lie.key+" "+value+" in all"] = forgery{cmp.Or(lie.all, lie.says+"|does not lie within"), func(_ int, f *forged) { f.says(lie.key, value) }}
		}
	}
	for _, key := range []string{"SegmentNumber", "SegmentCount", "SegmentSize", "SegmentOffset", "TotalSize"} {
		for _, value := range []string{"-1", "9223372036854775808", "x"} {
			all[key+" "+value] = forgery{"its " + key + ` is "` + value + `"`, second(func(f *forged) { f.says(key, value) })}
		}
	}
	for _, key := range []string{
		"SegmentNumber", "SegmentCount", "SegmentSize", "SegmentOffset", "SegmentSHA256", "TotalName", "TotalSize", "TotalSHA256",
	} {
		all["no "+key] = forgery{"its " + key + " is empty", second(func(f *forged) { f.says(key, "") })}
	}
	return all
}

// A file is joined of what fits together in every respect, or not at all: nothing of it is stored or confirmed, nothing is left
// behind, and what else waits is received.
func TestSegmentsAreJoinedOnlyWhenAllFits(t *testing.T) {
	far, content := inFour(t, numbered(100_000)), smallZIP("b.zip")
	other := large("b.zip", content)
	if r := transfer.New(far.sender, transfer.Options{}).Send(t.Context(), other); r.Err != nil {
		t.Fatal(r.Err)
	}
	for name, forgery := range forgeries() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checkRefused(t, &forger{Backend: far.recipient, t: t, forge: forgery.forge}, content, forgery.says)
		})
	}
}

// The message is whole, and the ZIP in it is not.
func TestASegmentThatIsCutIsRefused(t *testing.T) {
	far, content := inFour(t, numbered(100_000)), smallZIP("b.zip")
	if r := transfer.New(far.sender, transfer.Options{}).Send(t.Context(), large("b.zip", content)); r.Err != nil {
		t.Fatal(r.Err)
	}
	for _, keep := range []int{0, 1, 29, 30, 31, 40, 41, 100, 500, 1000, 10_000, 30_000} {
		t.Run(strconv.Itoa(keep), func(t *testing.T) {
			t.Parallel()
			checkRefused(t, &forger{Backend: far.recipient, t: t, pack: func(number int, packed []byte) []byte {
				if number == 2 {
					return packed[:keep]
				}
				return packed
			}}, content, "it ends early|cannot be unpacked|"+notIts)
		})
	}
}

func checkRefused(t *testing.T, f *forger, other []byte, says string) {
	t.Helper()
	dir := t.TempDir()
	o := transfer.Options{Journal: &resume.Memory{}, Retry: transfer.Retry{Base: 1, Max: 1}}
	results := slices.Collect(transfer.New(f, o).ReceiveAll(t.Context(), broker.Query{Recipient: "910077473"}, dir))
	if len(results) != 2 {
		t.Fatalf("%+v", results)
	}
	for _, r := range results {
		if r.Name == "b.zip" {
			if r.Err != nil || r.SHA256 != sum(other) {
				t.Errorf("what else waits: %+v", r)
			}
			continue
		}
		if e, ok := errors.AsType[*failure.Error](r.Err); !ok || e.Kind != failure.Integrity || r.Path != "" || e.Reference == "" {
			t.Errorf("%+v", r)
		}
		if !regexp.MustCompile(says).MatchString(r.Err.Error()) {
			t.Errorf("it says %v", r.Err)
		}
	}
	if in := entries(t, dir); !slices.Equal(in, []string{"b.zip"}) {
		t.Errorf("the directory holds %q", in)
	}
	if n := f.downloads.Load(); n > 4*5 {
		t.Errorf("%d downloads of 4 segments", n)
	}
	if n := f.confirms.Load(); n != 1 {
		t.Errorf("%d shipments are confirmed, not b.zip alone", n)
	}
}

// The forgers' means are sound: what they leave alone is joined.
func TestSegmentsThatAreMadeAnewAreJoined(t *testing.T) {
	content, dir := numbered(100_000), t.TempDir()
	far := inFour(t, content)
	results := receiveAll(t, &forger{Backend: far.recipient, t: t}, transfer.Options{}, dir)
	if len(results) != 1 || results[0].Err != nil || !results[0].Confirmed {
		t.Fatalf("%+v", results)
	}
	wantOnly(t, dir, content)
}

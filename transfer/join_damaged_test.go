package transfer_test

import (
	"bytes"
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/resume"
	"github.com/altinn-transfer/altinn-transfer/transfer"
)

// damage is what can be wrong with the segments of a file.
type damage struct {
	name string
	do   func(p []*part)
	says string
	kind failure.Kind // 0: Integrity
}

// all has every segment say the same.
func all(key, value string) func([]*part) {
	return func(parts []*part) {
		for _, p := range parts {
			p.say(key, value)
		}
	}
}

// second has the second segment alone say something.
func second(key, value string) func([]*part) {
	return func(parts []*part) { parts[1].say(key, value) }
}

// replaced puts other text in the place of what the second segment's manifest.xml has.
func replaced(what, by string) func([]*part) {
	return func(parts []*part) {
		parts[1].manifest = func(b []byte) []byte { return bytes.ReplaceAll(b, []byte(what), []byte(by)) }
	}
}

// bytesOf changes the second segment's ZIP.
func bytesOf(change func(p *part, packed []byte) []byte) func([]*part) {
	return func(parts []*part) {
		parts[1].packed = func(b []byte) []byte { return change(parts[1], b) }
	}
}

// nameIn is where the segment's entry begins in its ZIP: its head has 30 bytes and then the name.
func nameIn(p *part, packed []byte) int { return bytes.Index(packed, []byte(p.stored.Name)) }

func damages() []damage {
	flipped := func(at int) func(p *part, b []byte) []byte {
		return func(p *part, b []byte) []byte { b[nameIn(p, b)+at] ^= 1; return b }
	}
	isNot, noZIP, allSay := "segment 2 of 3 is not what its manifest says", "its ZIP is not that of a segment", "than the other segments"
	return []damage{
		// What the ZIP has.
		{name: "an octet of the first byte", do: bytesOf(flipped(len("bad.iso.002"))), says: isNot},
		{name: "an octet of the last byte", do: bytesOf(flipped(len("bad.iso.002") + 99)), says: isNot},
		{name: "the CRC", do: bytesOf(flipped(14 - 30)), says: isNot},
		{name: "the size packed", do: bytesOf(flipped(18 - 30)), says: noZIP},
		{name: "the size", do: bytesOf(flipped(22 - 30)), says: noZIP},
		{name: "both sizes", do: func(p []*part) { p[1].stored.Size++ }, says: "and its manifest says 100"},
		{name: "the method", do: bytesOf(flipped(8 - 30)), says: noZIP},
		{name: "encrypted", do: bytesOf(flipped(6 - 30)), says: "is encrypted"},
		{name: "the name of its entry", do: func(p []*part) { p[1].stored.Name = "../bad.iso.002" }, says: "its second entry is"},
		{name: "less content", do: func(p []*part) { p[1].content = p[1].content[:99] }, says: "segment 2 of 3"},
		{name: "more content", do: func(p []*part) { p[1].content = append(slices.Clone(p[1].content), 'x') }, says: noZIP},
		{name: "cut in the content", do: bytesOf(func(p *part, b []byte) []byte { return b[:nameIn(p, b)+50] }), says: isNot},
		{name: "cut in the manifest", do: bytesOf(func(_ *part, b []byte) []byte { return b[:100] }), says: noZIP},
		{name: "cut behind the content", do: bytesOf(func(p *part, b []byte) []byte { return b[:nameIn(p, b)+111] }), says: "it ends early"},
		{name: "empty", do: bytesOf(func(*part, []byte) []byte { return nil }), says: "it ends early"},
		{name: "no ZIP", do: bytesOf(func(*part, []byte) []byte { return numbered(1000) }), says: noZIP},
		{
			name: "no manifest.xml", says: "its first entry is",
			do: bytesOf(func(_ *part, b []byte) []byte {
				return bytes.Replace(b, []byte("manifest.xml"), []byte("manifast.xml"), 1)
			}),
		},
		{name: "a large directory", do: bytesOf(func(_ *part, b []byte) []byte { return append(b, make([]byte, 1<<20)...) }), says: "its directory has more"},
		{name: "an octet of the manifest", do: bytesOf(func(_ *part, b []byte) []byte { b[60] ^= 1; return b }), says: "is damaged"},

		// What manifest.xml says.
		{name: "manifest.xml is no XML", do: replaced("</PropertyList>", "</PropertyLost>"), says: "read manifest.xml"},
		{name: "manifest.xml is empty", do: func(p []*part) { p[1].manifest = func([]byte) []byte { return nil } }, says: "read manifest.xml"},
		{
			name: "manifest.xml is large", says: "more than 262144 bytes",
			do: func(p []*part) {
				p[1].manifest = func(b []byte) []byte { return append(b, bytes.Repeat([]byte(" "), 256<<10)...) }
			},
		},
		{name: "manifest.xml with a DOCTYPE", do: replaced("<BrokerServiceManifest", "<!DOCTYPE a><BrokerServiceManifest"), says: "DOCTYPE"},
		{name: "no properties", do: func(p []*part) { p[1].properties = nil }, says: "does not say all"},
		{name: "a property less", do: replaced("SegmentSHA256", "SegmentSHA1"), says: "does not say all"},
		{name: "a property twice", do: func(p []*part) { p[1].properties = append(p[1].properties, p[1].properties[0]) }, says: "SegmentNumber twice"},
		{name: "no number", do: second("SegmentNumber", ""), says: "SegmentNumber is empty"},
		{name: "number 0", do: second("SegmentNumber", "0"), says: "says 2 of 3"},
		{name: "another's number", do: second("SegmentNumber", "1"), says: "says 2 of 3"},
		{name: "a number beyond the count", do: second("SegmentNumber", "4"), says: "says 2 of 3"},
		{name: "a number that wraps", do: second("SegmentNumber", "4294967298"), says: "a number that no segment has"},
		{name: "another count", do: second("SegmentCount", "4"), says: "says 2 of 3"},
		{name: "all another count", do: all("SegmentCount", "4"), says: "of 3"},
		{name: "another segment's digest", do: second("SegmentSHA256", hexDigest(nil)), says: isNot},
		{name: "a digest that is none", do: second("SegmentSHA256", "x"), says: isNot},
		{name: "a segment size that is smaller", do: second("SegmentSize", "99"), says: "its manifest says 99"},
		{name: "a segment size that is larger", do: second("SegmentSize", "101"), says: "its manifest says 101"},
		{name: "a segment size that is no number", do: second("SegmentSize", "1e2"), says: `its SegmentSize is "1e2"`},
		{name: "offsets that overlap", do: second("SegmentOffset", "99"), says: "covers bytes of segment 1"},
		{name: "offsets with a gap", do: func(p []*part) { p[2].say("SegmentOffset", "201"); all("TotalSize", "251")(p) }, says: "segment 3 does not begin"},
		{name: "an offset at the beginning", do: func(p []*part) { p[0].say("SegmentOffset", "1"); all("TotalSize", "251")(p) }, says: "segment"},
		{name: "an offset beyond the end", do: second("SegmentOffset", "250"), says: "does not lie within"},
		{name: "an offset that wraps", do: second("SegmentOffset", "9223372036854775807"), says: "does not lie within"},
		{name: "an offset below 0", do: second("SegmentOffset", "-1"), says: `its SegmentOffset is "-1"`},
		{name: "a total size of its own", do: second("TotalSize", "260"), says: allSay},
		{name: "a total size that is smaller", do: all("TotalSize", "249"), says: "segment 3 of 3: it does not lie within"},
		{name: "a total size that is larger", do: all("TotalSize", "251"), says: "do not make up the whole file"},
		{name: "a total size below 0", do: all("TotalSize", "-1"), says: `its TotalSize is "-1"`},
		{name: "a total size that is no number", do: all("TotalSize", "many"), says: `its TotalSize is "many"`},
		{name: "a total size beyond all numbers", do: all("TotalSize", "9223372036854775808"), says: `its TotalSize is "9223372036854775808"`},
		{name: "a total size beyond all disks", do: all("TotalSize", strconv.Itoa(1<<60)), says: "are needed", kind: failure.Disk},
		{name: "the largest total size", do: all("TotalSize", "9223372036854775807"), says: "are needed", kind: failure.Disk},
		{
			name: "a total size beyond the list's", says: "all segments together have",
			do: func(p []*part) {
				all("TotalSize", strconv.Itoa(1<<60))(p)
				for _, one := range p {
					one.listed.Size = 1500
				}
			},
		},
		{name: "a total digest of its own", do: second("TotalSHA256", hexDigest(nil)), says: allSay},
		{name: "a total digest that is another", do: all("TotalSHA256", hexDigest(nil)), says: "but the whole file is not"},
		{name: "a total name of its own", do: second("TotalName", "b.iso"), says: `its own name says "bad.iso"`},
		{name: "a total name with a path", do: all("TotalName", "../bad.iso"), says: `its own name says "bad.iso"`},
		{name: "a total name from the root", do: all("TotalName", "/etc/passwd"), says: `its own name says "bad.iso"`},
	}
}

// A file whose segments are not what they should be is not stored; nothing of it is confirmed, nothing is left of it on disk, and
// what else there is to receive is received, before it and behind it.
func TestDamagedSegmentsAreRefused(t *testing.T) {
	for _, d := range damages() {
		for name, journal := range map[string]resume.Journal{"": nil, " with a journal": &resume.Memory{}} {
			t.Run(d.name+name, func(t *testing.T) {
				t.Parallel()
				service, bad, dir := &crafted{}, cut3("bad.iso"), t.TempDir()
				d.do(bad)
				service.add(t, bad...)
				service.put(broker.AvailableFile{Reference: "alone", Name: "alone.zip"}, []byte("PK"))
				service.add(t, cut3("good.iso")...)
				checkRefused(t, d, receiveAll(t, service, transfer.Options{Journal: journal, Concurrency: 1}, dir))
				slices.Sort(service.confirmed)
				if want := []broker.Reference{"alone", "good.iso 1", "good.iso 2", "good.iso 3"}; !slices.Equal(service.confirmed, want) {
					t.Errorf("confirmed are %v", service.confirmed)
				}
				if got := entries(t, dir); !slices.Equal(got, []string{"alone.zip", "good.iso"}) {
					t.Errorf("the directory holds %v", got)
				}
			})
		}
	}
}

// checkRefused wants one of three results to be a clear error.
func checkRefused(t *testing.T, d damage, results []transfer.Result) {
	t.Helper()
	kind := d.kind
	if kind == 0 {
		kind = failure.Integrity
	}
	for _, r := range results {
		if r.Name != "bad.iso" {
			if r.Err != nil || !r.Confirmed {
				t.Errorf("%+v", r)
			}
			continue
		}
		e, ok := errors.AsType[*failure.Error](r.Err)
		if !ok || e.Kind != kind || e.Reference == "" || !strings.Contains(r.Err.Error(), d.says) || r.Path != "" || r.Confirmed {
			t.Errorf("%v; it should say %q; %+v", r.Err, d.says, r)
			continue
		}
		if kind == failure.Integrity && !strings.Contains(r.Err.Error(), "--no-join") {
			t.Errorf("%v does not say what can be done", r.Err)
		}
	}
	if len(results) != 3 {
		t.Errorf("%d results", len(results))
	}
}

// With the list's sizes, or without them, what is not damaged is joined.
func TestCraftedSegmentsAreJoined(t *testing.T) {
	for _, size := range []int64{0, 5000, 6148914691236517206} { // of the last, three wrap around to 2
		service, dir, parts := &crafted{}, t.TempDir(), cut3("a.iso")
		for _, p := range parts {
			p.listed.Size = size
		}
		service.add(t, parts...)
		if results := receiveAll(t, service, transfer.Options{}, dir); len(results) != 1 || results[0].Err != nil || len(service.confirmed) != 3 {
			t.Fatalf("%+v", results)
		}
		wantOnly(t, dir, numbered(250))
	}
}

// A number that came more than once is taken from the content that is there whole.
func TestSegmentsThatCameMoreThanOnce(t *testing.T) {
	again := func(change func(p *part)) *part {
		p := cut3("a.iso")[1]
		p.listed.Reference += " again"
		p.listed.SendersReference += "-1"
		change(p)
		return p
	}
	for name, test := range map[string]struct {
		more      *part
		confirmed int
		behind    bool // only: which of two is right is not known before the whole is there
	}{
		"the same":            {again(func(*part) {}), 4, false},
		"of another file":     {again(func(p *part) { p.say("TotalSHA256", hexDigest(nil)) }), 3, false},
		"of another size":     {again(func(p *part) { p.say("TotalSize", "260") }), 3, false},
		"with another digest": {again(func(p *part) { p.say("SegmentSHA256", hexDigest(nil)) }), 3, true},
		"that is no segment":  {again(func(p *part) { p.packed = func([]byte) []byte { return []byte("PK") } }), 3, false},
	} {
		for _, first := range []bool{false, true} {
			if first && test.behind {
				continue
			}
			t.Run(name+" first "+strconv.FormatBool(first), func(t *testing.T) {
				service, dir := &crafted{}, t.TempDir()
				if first {
					service.add(t, test.more)
				}
				service.add(t, cut3("a.iso")...)
				if !first {
					service.add(t, test.more)
				}
				results := receiveAll(t, service, transfer.Options{Journal: &resume.Memory{}}, dir)
				if len(results) != 1 || results[0].Err != nil || !results[0].Confirmed || len(service.confirmed) != test.confirmed {
					t.Fatalf("%v confirmed, %+v", service.confirmed, results)
				}
				wantOnly(t, dir, numbered(250))
			})
		}
	}
}

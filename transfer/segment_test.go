package transfer

import (
	"fmt"
	"slices"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/broker"
)

func TestSegmentNamesSortAsTheirNumbers(t *testing.T) {
	for count, want := range map[int][2]string{
		1: {"a.iso.001", "a.iso.001"}, 999: {"a.iso.001", "a.iso.999"}, 1000: {"a.iso.0001", "a.iso.1000"}, 10_000: {"a.iso.00001", "a.iso.10000"},
	} {
		var names []string
		for number := range count {
			names = append(names, segmentEntry("a.iso", number+1, count))
		}
		if !slices.IsSorted(names) || names[0] != want[0] || names[count-1] != want[1] {
			t.Errorf("%d: from %s to %s", count, names[0], names[count-1])
		}
	}
}

func TestSegmentReferences(t *testing.T) {
	for _, prefix := range []string{"at-0123", "x", "-", "a-of-b", "a-0001-of-0002", "blå bær"} {
		for _, numbers := range [][2]int{{1, 1}, {1, 2}, {999, 1000}, {9999, 10_000}, {10_000, 10_000}} {
			reference := segmentReference(prefix, numbers[0], numbers[1])
			for _, sent := range []string{reference, reference + "-1", reference + "-12"} {
				got, number, count, ok := splitReference(sent)
				if !ok || got != prefix || number != numbers[0] || count != numbers[1] {
					t.Errorf("%s: %q %d %d %v", sent, got, number, count, ok)
				}
			}
		}
	}
	for _, other := range []string{
		"", "-0001-of-0001", "a-001-of-0001", "a-0001-of-001", "a-0000-of-0001", "a-0002-of-0001", "a-0001-of-10001", "a-0001-of-0001-", "a-0001-of-0001-x",
		"a-+001-of-0001", "a-0001-of-0001 ", "a-00000000001-of-00000000001", "a-0001", "0001-of-0001",
	} {
		if prefix, number, count, ok := splitReference(other); ok {
			t.Errorf("%q is %q, %d of %d", other, prefix, number, count)
		}
	}
}

func TestSegmentPropertiesAreReadAsTheyAreWritten(t *testing.T) {
	want := segmentClaims{number: 2, count: 3, offset: 5, size: 4, sha256: "ab12", whole: wholeClaims{"  blå & <bær>.iso ", 12, "cd34"}}
	own := broker.Property{Key: "kontakt", Value: "22000000"}
	written := broker.Manifest{Properties: append([]broker.Property{own}, want.properties()...)}
	document, err := written.ManifestXML()
	if err != nil {
		t.Fatal(err)
	}
	read, err := broker.ReadManifest(document)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := readClaims(read); err != nil || got != want {
		t.Errorf("%+v, %v", got, err)
	}
	for i := range want.properties() {
		properties := want.properties()
		t.Run(properties[i].Key, func(t *testing.T) {
			for name, changed := range map[string][]broker.Property{
				"missing": slices.Delete(slices.Clone(properties), i, i+1),
				"twice":   append(slices.Clone(properties), properties[i]),
				"empty":   slices.Replace(slices.Clone(properties), i, i+1, broker.Property{Key: properties[i].Key}),
			} {
				if _, err := readClaims(broker.Manifest{Properties: changed}); err == nil {
					t.Errorf("%s: it is taken", name)
				}
			}
		})
	}
	for _, value := range []string{"-1", "x", "99999999999999999999", "10001", "1.5"} {
		properties := want.properties()
		properties[0].Value = value
		if got, err := readClaims(broker.Manifest{Properties: properties}); err == nil {
			t.Errorf("number %s: %s", value, fmt.Sprint(got.number))
		}
	}
}

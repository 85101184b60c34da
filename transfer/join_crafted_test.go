package transfer_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"io"
	"iter"
	"slices"
	"strconv"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/internal/zipstream"
	"github.com/altinn-transfer/altinn-transfer/transfer"
)

// crafted is a service that gives what a test has made.
type crafted struct {
	transfer.Backend // nil: what is not below is not called
	list             []broker.AvailableFile
	packages         map[broker.Reference][]byte
	confirmed        []broker.Reference
}

func (c *crafted) Available(context.Context, broker.Query) iter.Seq2[broker.AvailableFile, error] {
	return func(yield func(broker.AvailableFile, error) bool) {
		for _, file := range c.list {
			if !yield(file, nil) {
				return
			}
		}
	}
}

func (c *crafted) Download(_ context.Context, r broker.Reference, _ broker.Party) (*broker.Download, error) {
	packed := c.packages[r]
	return &broker.Download{Body: io.NopCloser(bytes.NewReader(packed)), Size: int64(len(packed))}, nil
}

func (c *crafted) Confirm(_ context.Context, r broker.Reference, _ broker.Party) error {
	c.confirmed = append(c.confirmed, r)
	return nil
}

// part is a shipment that a segment comes in, and what a test can make of it.
type part struct {
	listed     broker.AvailableFile
	properties []broker.Property
	content    []byte
	stored     zipstream.Stored    // what the ZIP says of the content
	manifest   func([]byte) []byte // nil: it is as it should be
	packed     func([]byte) []byte // likewise
}

// cut3 gives the three segments of a file of 250 bytes.
func cut3(name string) []*part {
	whole := numbered(250)
	var all []*part
	for number := 1; number <= 3; number++ {
		offset := (number - 1) * 100
		all = append(all, newPart(name, number, 3, offset, whole[offset:min(offset+100, len(whole))], whole))
	}
	return all
}

func newPart(name string, number, count, offset int, content, whole []byte) *part {
	entry := fmt.Sprintf("%s.%03d", name, number)
	p := &part{content: content, stored: zipstream.Stored{Name: entry, Size: int64(len(content)), CRC32: crc32.ChecksumIEEE(content)}}
	p.listed = broker.AvailableFile{
		Reference: broker.Reference(fmt.Sprintf("%s %d", name, number)), Name: entry + ".zip", Sender: "974760673",
		SendersReference: fmt.Sprintf("%s-%04d-of-%04d", name, number, count),
	}
	p.properties = []broker.Property{
		{Key: "SegmentNumber", Value: strconv.Itoa(number)},
		{Key: "SegmentCount", Value: strconv.Itoa(count)},
		{Key: "SegmentSize", Value: strconv.Itoa(len(content))},
		{Key: "SegmentOffset", Value: strconv.Itoa(offset)},
		{Key: "SegmentSHA256", Value: hexDigest(content)},
		{Key: "TotalName", Value: name},
		{Key: "TotalSize", Value: strconv.Itoa(len(whole))},
		{Key: "TotalSHA256", Value: hexDigest(whole)},
	}
	return p
}

func hexDigest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// say has a part's manifest say something else.
func (p *part) say(key, value string) {
	i := slices.IndexFunc(p.properties, func(p broker.Property) bool { return p.Key == key })
	p.properties[i].Value = value
}

// add puts a part into the service, whose list tells no sizes unless the test has them.
func (c *crafted) add(t *testing.T, parts ...*part) {
	t.Helper()
	for _, p := range parts {
		manifest, err := broker.Manifest{ServiceCode: "4192", EditionCode: 270815, Sender: "974760673", Properties: p.properties}.ManifestXML()
		if err != nil {
			t.Fatal(err)
		}
		if p.manifest != nil {
			manifest = p.manifest(manifest)
		}
		head, tail := zipstream.Around(broker.ManifestFile, manifest, p.stored)
		c.put(p.listed, slices.Concat(head, p.content, tail))
		if p.packed != nil {
			c.packages[p.listed.Reference] = p.packed(c.packages[p.listed.Reference])
		}
	}
}

func (c *crafted) put(file broker.AvailableFile, packed []byte) {
	if c.packages == nil {
		c.packages = make(map[broker.Reference][]byte)
	}
	c.list, c.packages[file.Reference] = append(c.list, file), packed
}

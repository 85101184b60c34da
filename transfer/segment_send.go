package transfer

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"iter"
	"slices"
	"strconv"

	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/internal/zipstream"
	"github.com/altinn-transfer/altinn-transfer/resume"
	"github.com/altinn-transfer/altinn-transfer/stream"
)

// Segments cuts a file into jobs for [Manager.SendAll], each of which sends size bytes of it, the last one the rest, so that a
// file can be sent that is larger than the service takes. Any file can be cut, it need not be a ZIP: each segment is packed
// into a ZIP with a manifest.xml, a kilobyte or two larger than the segment, whose properties say where it belongs.
// [Manager.ReceiveAll] joins them; who unpacks them can also put them one behind the other.
//
// The file is read once before the first job, for its digest and those of the segments, save where the journal knows it by its
// Stamp and has all segments for sent. One that has changed after that is not sent, nor is the segment ended that is under way.
// Identity and the manifest's file list are not used; an own SendersReference becomes the beginning of each segment's. An error
// is the last element: the source must be a [stream.Sectioned] that is not empty, and have at most 10 000 segments.
func (m *Manager) Segments(ctx context.Context, job Job, size int64) iter.Seq2[Job, error] {
	return func(yield func(Job, error) bool) {
		c, err := m.cut(ctx, job, size)
		if err != nil {
			yield(Job{}, err)
			return
		}
		for number := 1; number <= c.count; number++ {
			segment, err := c.job(number)
			if !yield(segment, err) || err != nil {
				return
			}
		}
	}
}

// cutting is a file that is cut.
type cutting struct {
	manager *Manager
	of      Job
	source  stream.Sectioned
	size    int64 // of each segment but the last
	count   int
	whole   wholeClaims
	sums    []segmentSum
}

// segmentSum is what must be known of a segment before its first byte.
type segmentSum struct {
	crc    uint32
	sha256 [sha256.Size]byte
}

func (m *Manager) cut(ctx context.Context, job Job, size int64) (*cutting, error) {
	c := &cutting{manager: m, of: job, size: size}
	c.of.Identity = nil
	c.whole.name, c.whole.size = cmp.Or(job.FileName, job.Source.Name()), job.Source.Size()
	if err := c.check(); err != nil {
		return nil, err
	}
	if n, limit := min(size, c.whole.size), m.options.SizeLimit; limit > 0 && n > limit {
		return nil, c.tooLarge(n, limit)
	}
	whole := m.newSending(c.of)
	if sent, err := c.sentBefore(ctx, whole); err != nil || sent {
		return c, err
	}
	if err := unreadable(ctx, c.whole.name, c.read(ctx)); err != nil {
		return nil, err
	}
	if whole.stampKey() != "" {
		whole.pending = []resume.Record{whole.sourceRecord(c.whole.sha256)}
		whole.remember(ctx)
	}
	return c, c.fits(m.options.SizeLimit)
}

// sentBefore reports whether the journal knows the file, and has all its segments for sent. Their sums are of no use then. Were
// only some of them sent, the file is read, since the others must be of the content that those are of.
func (c *cutting) sentBefore(ctx context.Context, whole *sending) (bool, error) {
	var err error
	if c.whole.sha256, err = whole.knownIdentity(ctx); err != nil || c.whole.sha256 == "" || c.of.Again {
		return false, err
	}
	for number := 1; number <= c.count; number++ {
		segment, err := c.job(number)
		if err != nil {
			return false, err
		}
		record, _, err := c.manager.Known(ctx, segment)
		if err != nil || record.State != resume.Sent {
			return false, err
		}
	}
	return true, nil
}

// fits looks at the package of a segment that none is larger than, so that not only the last segment is sent.
func (c *cutting) fits(limit int64) error {
	largest, err := c.job(max(c.count-1, 1))
	if err != nil || limit <= 0 || largest.Source.Size() <= limit {
		return err
	}
	return c.tooLarge(largest.Source.Size(), limit)
}

func (c *cutting) tooLarge(n, limit int64) error {
	return usage("cut "+c.whole.name, fmt.Errorf("a segment is a shipment of %d bytes, more than the %d that may be sent; take a smaller size", n, limit))
}

// check finds what cannot be cut, and counts the segments.
func (c *cutting) check() error {
	op := "cut " + c.whole.name
	sectioned, ok := c.of.Source.(stream.Sectioned)
	switch {
	case !ok || c.whole.size < 0:
		return usage(op, errors.New("only a file can be sent in segments, which is read again for each"))
	case c.whole.size == 0:
		return &failure.Error{Op: op, Kind: failure.Empty}
	case c.size <= 0:
		return usage(op, errors.New("a segment has at least one byte"))
	}
	count := (c.whole.size-1)/c.size + 1
	if count > maxSegments {
		return usage(op, fmt.Errorf("it would be %d segments, more than %d; the least size for it is %d bytes",
			count, maxSegments, (c.whole.size-1)/maxSegments+1))
	}
	c.source, c.count, c.sums = sectioned, int(count), make([]segmentSum, count)
	if err := CheckName(segmentName(c.whole.name, c.count, c.count)); err != nil {
		return usage(op, err)
	}
	if slices.ContainsFunc(c.of.Manifest.Properties, func(p broker.Property) bool { return isSegmentProperty(p.Key) }) {
		return usage(op, errors.New("the manifest has a property of a name that segments have theirs under"))
	}
	return nil
}

// read finds the digest of the file and the sums of all segments.
func (c *cutting) read(ctx context.Context) error {
	content, err := c.source.Open(ctx)
	if err != nil {
		return err
	}
	defer content.Close()
	done, ended := c.manager.reads(cmp.Or(c.of.Key, c.whole.name), c.whole.size)
	defer ended()
	whole := stream.NewDigest(stream.Verify(&attentive{ctx, content}, c.whole.size, ""))
	told := &reporting{reader: whole, progress: done}
	for i := range c.sums {
		_, length := c.place(i + 1)
		if c.sums[i], err = sum(io.LimitReader(told, length)); err != nil {
			return err
		}
	}
	if _, err := stream.Copy(io.Discard, told); err != nil { // there is nothing left, or it has changed
		return err
	}
	c.whole.sha256 = whole.Sum()
	return nil
}

func sum(r io.Reader) (s segmentSum, err error) {
	crc, digest := crc32.NewIEEE(), sha256.New()
	_, err = stream.Copy(io.MultiWriter(crc, digest), r)
	return segmentSum{crc.Sum32(), [sha256.Size]byte(digest.Sum(nil))}, err
}

// place is where a segment lies in the file.
func (c *cutting) place(number int) (offset, length int64) {
	offset = int64(number-1) * c.size
	return offset, min(c.size, c.whole.size-offset)
}

// prefix is that of the segments' references: the sender's own, or one that is the same for the same file, cut in the same way,
// for the same parties.
func (c *cutting) prefix() string {
	m := c.of.Manifest
	if m.SendersReference != "" {
		return m.SendersReference
	}
	parts := []string{"segments", c.manager.options.Scope, m.ServiceCode, strconv.Itoa(m.EditionCode), string(m.Sender)}
	parts = append(parts, recipients(m.Recipients)...)
	parts = append(parts, c.whole.name, c.whole.sha256, strconv.FormatInt(c.size, 10))
	return fmt.Sprintf("at-%.32s", resume.Key(parts...))
}

// job sends one segment.
func (c *cutting) job(number int) (Job, error) {
	job := c.of
	claims := c.claims(number)
	job.FileName = segmentName(c.whole.name, number, c.count)
	if job.Key != "" {
		job.Key = segmentName(job.Key, number, c.count)
	}
	job.Manifest.SendersReference = segmentReference(c.prefix(), number, c.count)
	job.Manifest.Files = []broker.File{{Name: segmentEntry(c.whole.name, number, c.count)}}
	job.Manifest.Properties = slices.Concat(c.of.Manifest.Properties, claims.properties())
	manifest, err := job.Manifest.ManifestXML()
	if err != nil {
		return Job{}, usage("cut "+c.whole.name, err)
	}
	job.Source = c.segment(job.FileName, manifest, claims)
	job.Stamp, job.Identity = "", c.identity(number)
	return job, nil
}

func (c *cutting) claims(number int) segmentClaims {
	offset, length := c.place(number)
	return segmentClaims{
		number: number, count: c.count, offset: offset, size: length,
		sha256: hex.EncodeToString(c.sums[number-1].sha256[:]), whole: c.whole,
	}
}

// identity is known without another reading.
func (c *cutting) identity(number int) func(context.Context) (string, error) {
	return func(context.Context) (string, error) {
		return resume.Key("segment", c.whole.sha256, fmt.Sprintf("%d/%d", number, c.count), strconv.FormatInt(c.size, 10)), nil
	}
}

func (c *cutting) segment(name string, manifest []byte, claims segmentClaims) stream.Source {
	s := &segmentSource{name: name, of: c.source, claims: claims}
	s.head, s.tail = zipstream.Around(broker.ManifestFile, manifest, zipstream.Stored{
		Name: segmentEntry(c.whole.name, claims.number, c.count), Size: claims.size, CRC32: c.sums[claims.number-1].crc,
	})
	return s
}

// segmentSource is the ZIP of a segment.
type segmentSource struct {
	name       string
	of         stream.Sectioned
	claims     segmentClaims
	head, tail []byte // before and behind the segment
}

func (s *segmentSource) Name() string { return s.name }
func (s *segmentSource) Size() int64  { return int64(len(s.head)+len(s.tail)) + s.claims.size }

// Open reads the segment as it was when the file was cut, or fails.
func (s *segmentSource) Open(ctx context.Context) (io.ReadCloser, error) {
	content, err := s.of.OpenSection(ctx, s.claims.offset, s.claims.size)
	if err != nil {
		return nil, err
	}
	segment := stream.Verify(content, s.claims.size, s.claims.sha256)
	return closing{io.MultiReader(bytes.NewReader(s.head), segment, bytes.NewReader(s.tail)), content}, nil
}

package transfer

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"os"
	"slices"
	"sync"

	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/internal/atomicfile"
	"github.com/altinn-transfer/altinn-transfer/stream"
	"golang.org/x/sync/errgroup"
)

// receiveJoined receives a file that waits in segments, all of which are there: each is downloaded to its place in one part
// file, several at once, and checked; the whole is read back once for its digest. Then it is stored as any file, and all its
// shipments are confirmed.
func (m *Manager) receiveJoined(ctx context.Context, g *group, as broker.Party, dir string) Result {
	first := g.any()
	r := &receiving{
		manager: m, as: as, given: dir, identity: "segments " + string(first.Reference),
		file: broker.AvailableFile{Reference: first.Reference, Name: g.name, SendersReference: g.prefix, Status: first.Status},
	}
	r.origin = &joined{receiving: r, group: g, done: make(map[int]bool), shape: shape{id: g.groupID}}
	r.result.Name, r.result.Reference, r.result.Segments = g.name, first.Reference, g.total
	m.observed(ctx, &r.result, g.listedSize(), func(ctx context.Context) { r.result.Err = r.run(ctx) })
	return r.result
}

// listedSize is that of one shipment of each segment; -1 when the list does not tell it of all.
func (g *group) listedSize() int64 {
	sum := int64(0)
	for _, files := range g.waiting {
		size := listedSize(files[0])
		for _, other := range files[1:] {
			size = max(size, listedSize(other))
		}
		if size < 0 || size > math.MaxInt64-sum {
			return -1
		}
		sum += size
	}
	return sum
}

// joined is the [origin] of a file that came in segments.
type joined struct {
	*receiving
	group  *group
	chosen []segment // one of each number, in order; nil: not yet
	spare  []segment // others of the same content
	shape  shape

	mu   sync.Mutex
	done map[int]bool  // segments that are in the part file
	came map[int]int64 // bytes of each segment, of this attempt

	roomy bool // room for the whole file was found in this attempt
}

// segment is a shipment that one segment came in.
type segment struct {
	number int
	file   broker.AvailableFile
}

// lie is what is wrong with a segment that was sent so: another attempt cannot help, but the segments can be had by themselves.
type lie struct{ error }

func (l *lie) Unwrap() error { return l.error }

func isLie(err error) bool {
	_, lied := errors.AsType[*lie](err)
	return lied
}

// asTheyAre is what can be done with segments that cannot be joined.
const asTheyAre = "its segments stay at the service, and can be stored as they are (--no-join)"

func (j *joined) refuse(err error) error {
	return &lie{&failure.Error{
		Op: "join " + j.file.Name, Kind: failure.Integrity, Reference: string(j.file.Reference), Err: fmt.Errorf("%w; %s", err, asTheyAre),
	}}
}

func (j *joined) refuseSegment(number int, err error) error {
	return j.refuse(fmt.Errorf("segment %d of %d: %w", number, j.group.count, err))
}

func (j *joined) shipments() (all []broker.AvailableFile) {
	for _, s := range slices.Concat(j.chosen, j.spare) {
		all = append(all, s.file)
	}
	return all
}

// fetch brings what is missing of the segments into the part file.
func (j *joined) fetch(ctx context.Context, file *atomicfile.File, attempt int) (Stored, error) {
	held, err := file.Len()
	if err != nil {
		return Stored{}, j.diskFailure("store "+j.file.Name, err)
	}
	room, err := j.manager.space.reserve(j.dir, j.group.listedSize()-held)
	if err != nil {
		return Stored{}, j.diskFailure("store "+j.file.Name, err)
	}
	defer room.release()
	if err := j.choose(ctx); err != nil {
		return Stored{}, err
	}
	j.shape.listed = j.group.listedSize()
	j.came, j.roomy = make(map[int]int64), false
	if held == 0 {
		clear(j.done) // another part file was taken
	}
	if err := j.fetchAll(ctx, file, room, attempt); err != nil {
		return Stored{}, err
	}
	if err := j.shape.complete(); err != nil {
		return Stored{}, j.refuse(err)
	}
	return j.readBack(file)
}

// fetchAll downloads the segments that are not there yet, several at once. A failure that may pass does not stop the others;
// one that does not pass does, and is the one that counts.
func (j *joined) fetchAll(ctx context.Context, file *atomicfile.File, room *reservation, attempt int) error {
	var workers errgroup.Group
	workers.SetLimit(j.manager.options.Concurrency)
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var first error
	stopped := false
	for _, s := range j.missing() {
		workers.Go(func() error {
			err := j.fetchOne(ctx, s, file, room, attempt)
			j.mu.Lock()
			defer j.mu.Unlock()
			final := err != nil && (isLie(err) || !helps(failure.KindOf(err)))
			switch {
			case err == nil:
				j.done[s.number] = true
			case final && !stopped:
				first, stopped = err, true
				stop(err)
			case first == nil:
				first = err
			}
			return nil
		})
	}
	workers.Wait()
	return first
}

// missing are the segments that are not in the part file.
func (j *joined) missing() []segment {
	return slices.DeleteFunc(slices.Clone(j.chosen), func(s segment) bool { return j.done[s.number] })
}

// fetchOne downloads a segment to its place.
func (j *joined) fetchOne(ctx context.Context, s segment, file *atomicfile.File, room *reservation, attempt int) error {
	return j.opened(ctx, s, func(zip *segmentPackage, claims segmentClaims) error {
		if err := j.shape.place(s.number, claims); err != nil {
			return j.refuseSegment(s.number, err)
		}
		if err := j.makeRoom(file, room, claims.whole.size); err != nil {
			return j.diskFailure("store "+j.file.Name, err)
		}
		content, head, err := zip.content(segmentEntry(j.group.name, s.number, j.group.count), claims.size)
		if err != nil {
			return j.failed(s, err)
		}
		into := &overlay{file: file, at: claims.offset, held: claims.offset + claims.size, within: true, room: room}
		if err := j.write(into, content, head, s, claims, attempt); err != nil {
			return err
		}
		return j.failed(s, zip.end())
	})
}

// makeRoom sets aside what the whole file still needs, once it is known, whatever the list said.
func (j *joined) makeRoom(file *atomicfile.File, room *reservation, size int64) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.roomy {
		return nil
	}
	held, err := file.Len()
	if err != nil {
		return err
	}
	if err := room.grow(size - held); err != nil {
		return err
	}
	j.roomy = true
	return nil
}

// opened downloads a segment as far as its manifest, and has it read on.
func (j *joined) opened(ctx context.Context, s segment, read func(*segmentPackage, segmentClaims) error) error {
	m := j.manager
	leave, err := m.slot(ctx)
	if err != nil {
		return err
	}
	defer leave()
	var body *broker.Download
	err = m.login.pass(ctx, func() (err error) {
		body, err = m.backend.Download(ctx, s.file.Reference, j.as)
		return err
	})
	if err != nil {
		return err
	}
	defer body.Close()
	zip := newSegmentPackage(m.limited(ctx, body))
	manifest, err := zip.manifest()
	if err != nil {
		return j.failed(s, err)
	}
	claims, err := readClaims(manifest)
	if err != nil {
		return j.refuseSegment(s.number, err)
	}
	return read(zip, claims)
}

// failed tells a ZIP that is no segment's from a stream that broke.
func (j *joined) failed(s segment, err error) error {
	if _, ok := errors.AsType[*badPackage](err); ok {
		return j.refuseSegment(s.number, err)
	}
	if err != nil {
		return copyFailure("store "+j.file.Name, err)
	}
	return nil
}

// write brings a segment's content to its place, and checks it.
func (j *joined) write(into *overlay, content io.Reader, head entry, s segment, claims segmentClaims, attempt int) error {
	digest := stream.NewDigest(content)
	sum := crc32.NewIEEE()
	told := &reporting{reader: digest, progress: func(done int64) { j.report(s.number, done, attempt) }}
	n, err := stream.Copy(io.MultiWriter(into, sum), told)
	if err != nil {
		return j.failed(s, err)
	}
	if n != claims.size || sum.Sum32() != head.crc || digest.Sum() != claims.sha256 {
		return &failure.Error{
			Op: "store " + j.file.Name, Kind: failure.Integrity, Reference: string(s.file.Reference),
			Err: fmt.Errorf("segment %d of %d is not what its manifest says; %s", s.number, j.group.count, asTheyAre),
		}
	}
	return nil
}

// report adds up what came of all segments.
func (j *joined) report(number int, done int64, attempt int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.came[number] = done
	sum := int64(0)
	for number := range j.done {
		sum += j.shape.sizeOf(number)
	}
	for number, n := range j.came {
		if !j.done[number] {
			sum += n
		}
	}
	j.progress(attempt)(sum)
}

// readBack reads the whole file once, since only now all of it is there.
func (j *joined) readBack(file *atomicfile.File) (Stored, error) {
	whole := j.shape.whole
	if err := file.Truncate(whole.size); err != nil {
		return Stored{}, j.diskFailure("store "+j.file.Name, err)
	}
	digest := stream.NewDigest(io.NewSectionReader(file, 0, whole.size))
	n, err := stream.Copy(io.Discard, digest)
	if err != nil {
		return Stored{}, j.diskFailure("read back "+j.file.Name, err)
	}
	if n != whole.size || digest.Sum() != whole.sha256 {
		return Stored{}, j.refuse(errors.New("each segment is what it says, but the whole file is not"))
	}
	return Stored{Bytes: n, SHA256: digest.Sum()}, nil
}

// matches compares a file's digest with what the segments say of the whole; they are not downloaded again.
func (j *joined) matches(ctx context.Context, file *os.File, _ int) (bool, Stored, error) {
	if err := j.choose(ctx); err != nil {
		return false, Stored{}, err
	}
	var whole wholeClaims
	err := j.opened(ctx, j.chosen[0], func(_ *segmentPackage, claims segmentClaims) error {
		whole = claims.whole
		return nil
	})
	if err != nil {
		return false, Stored{}, err
	}
	digest := stream.NewDigest(file)
	n, err := stream.Copy(io.Discard, digest)
	if err != nil {
		return false, Stored{}, j.diskFailure("read "+j.file.Name, err)
	}
	return n == whole.size && digest.Sum() == whole.sha256, Stored{Bytes: n, SHA256: digest.Sum()}, nil
}

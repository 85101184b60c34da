package transfer

import (
	"context"
	"errors"
	"os"

	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/internal/atomicfile"
)

// shipment is the [origin] of a file that came in one piece.
type shipment struct{ *receiving }

func (s *shipment) shipments() []broker.AvailableFile { return []broker.AvailableFile{s.file} }

// fetch downloads into the part file. What is not there yet must find room on the disk before it is asked for.
func (s *shipment) fetch(ctx context.Context, file *atomicfile.File, attempt int) (Stored, error) {
	held, err := file.Len()
	if err != nil {
		return Stored{}, s.diskFailure("store "+s.file.Name, err)
	}
	room, err := s.manager.space.reserve(s.dir, listedSize(s.file)-held)
	if err != nil {
		return Stored{}, s.diskFailure("store "+s.file.Name, err)
	}
	defer room.release()
	leave, err := s.manager.slot(ctx)
	if err != nil {
		return Stored{}, err
	}
	defer leave()
	body, offset, err := s.open(ctx, held)
	if err != nil {
		return Stored{}, err
	}
	defer body.Close()
	size := s.size(body, offset)
	if err := room.grow(size - held); err != nil {
		return Stored{}, s.diskFailure("store "+s.file.Name, err)
	}
	stored, err := storage{
		file: file, name: s.file.Name, held: held, offset: offset, size: size, room: room, progress: s.progress(attempt),
	}.store(s.manager.limited(ctx, body))
	if errors.Is(err, failure.Integrity) && offset > 0 {
		file.Truncate(0) // what was there was not looked at again, so it may be what is wrong
	}
	return stored, err
}

// open begins the download, behind what the part holds where the back end can; offset is where it begins.
func (s *shipment) open(ctx context.Context, held int64) (body *broker.Download, offset int64, err error) {
	m := s.manager
	ranges, ok := m.backend.(RangeBackend)
	if size := listedSize(s.file); ok && held > 0 && (size < 0 || held < size) {
		offset = held
	}
	err = m.login.pass(ctx, func() (err error) {
		if offset > 0 {
			body, err = ranges.DownloadFrom(ctx, s.file.Reference, s.as, offset)
			return err
		}
		body, err = m.backend.Download(ctx, s.file.Reference, s.as)
		return err
	})
	return body, offset, err
}

// size is what the whole file must have; -1 when nobody says.
func (s *shipment) size(body *broker.Download, offset int64) int64 {
	if size := listedSize(s.file); size >= 0 || body.Size < 0 {
		return size
	}
	return offset + body.Size
}

// matches reads the file once more from the service.
func (s *shipment) matches(ctx context.Context, file *os.File, attempt int) (bool, Stored, error) {
	leave, err := s.manager.slot(ctx)
	if err != nil {
		return false, Stored{}, err
	}
	defer leave()
	body, _, err := s.open(ctx, 0)
	if err != nil {
		return false, Stored{}, err
	}
	defer body.Close()
	return sameContent(file, s.manager.limited(ctx, body), s.progress(attempt))
}

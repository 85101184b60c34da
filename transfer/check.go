package transfer

import (
	"context"
	"errors"
	"io"
	"path"
	"strings"

	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/stream"
)

// check finds what the service would refuse, before it is asked for anything.
func (s *sending) check(ctx context.Context) error {
	if err := s.checkManifest(); err != nil {
		return usage("check "+s.job.FileName, err)
	}
	switch size, limit := s.job.Source.Size(), s.manager.options.SizeLimit; {
	case size == 0:
		return &failure.Error{Op: "check " + s.job.FileName, Kind: failure.Empty}
	case limit > 0 && size > limit:
		return tooLarge(s.job.FileName, limit)
	}
	return s.checkZIP(ctx)
}

func (s *sending) checkManifest() error {
	m := s.job.Manifest
	switch {
	case m.Sender == "":
		return errors.New("no sender given")
	case len(m.Recipients) == 0:
		return errors.New("no recipient given")
	case m.ServiceCode == "" || m.EditionCode <= 0:
		return errors.New("a service code and an edition code are needed")
	}
	return CheckName(s.job.FileName)
}

// checkZIP looks whether a file that is called a ZIP begins as one. What is packed on the way is one; what is read once, or is
// called something else, is the service's to judge.
func (s *sending) checkZIP(ctx context.Context) error {
	if !strings.EqualFold(path.Ext(s.job.FileName), ".zip") || s.job.Identity != nil || stream.Once(s.job.Source) {
		return nil
	}
	content, err := s.job.Source.Open(ctx)
	if err != nil {
		return unreadable(ctx, s.job.FileName, err)
	}
	defer content.Close()
	is, err := beginsAsZIP(content)
	if err == nil && !is {
		return &failure.Error{Op: "check " + s.job.FileName, Kind: failure.NotZip}
	}
	return unreadable(ctx, s.job.FileName, err)
}

// beginsAsZIP looks at the first four bytes, which is all that a service looks at.
func beginsAsZIP(r io.Reader) (bool, error) {
	var signature [4]byte
	_, err := io.ReadFull(r, signature[:])
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return false, nil
	}
	switch string(signature[:]) {
	case "PK\x03\x04", "PK\x05\x06", "PK\x07\x08":
		return err == nil, err
	}
	return false, err
}

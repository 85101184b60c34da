package mtom

import (
	"errors"
	"io"
)

// spool holds the parts that come before the root: which of them are values, only the root tells.
type spool struct {
	parts []*keptPart
	held  int64
	limit int64
}

// keptPart is a part that had to be kept.
type keptPart struct {
	fields  fields
	content []byte
}

// chunk gives all of it.
func (p *keptPart) chunk() ([]byte, error) {
	content := p.content
	p.content = nil
	if len(content) == 0 {
		return nil, io.EOF
	}
	return content, nil
}

func (s *spool) keep(f fields, from chunker) error {
	part := &keptPart{fields: f}
	for {
		chunk, err := from.chunk()
		if errors.Is(err, io.EOF) {
			s.parts = append(s.parts, part)
			return nil
		}
		if err != nil {
			return err
		}
		if s.held += int64(len(chunk)); s.held > s.limit {
			return &LimitError{"Spool", s.limit}
		}
		part.content = append(part.content, chunk...)
	}
}

// next gives the first of the parts and forgets it; nil when there are none.
func (s *spool) next() *keptPart {
	if len(s.parts) == 0 {
		return nil
	}
	first := s.parts[0]
	s.parts = s.parts[1:]
	return first
}

package transfer

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
)

// shape is what is known of the whole file, and of where its segments lie in it.
type shape struct {
	mu     sync.Mutex
	id     groupID
	listed int64 // bytes of all segments, as the list has them, so that the file cannot have more; -1: unknown
	whole  wholeClaims
	placed map[int]segmentClaims
}

// place takes what a segment says of itself, or says what is wrong with it.
func (s *shape) place(number int, c segmentClaims) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.check(number, c); err != nil {
		return err
	}
	for other, placed := range s.placed {
		if other != number && c.offset < placed.offset+placed.size && placed.offset < c.offset+c.size {
			return fmt.Errorf("it covers bytes of segment %d", other)
		}
	}
	if s.placed == nil {
		s.placed = make(map[int]segmentClaims)
	}
	s.whole, s.placed[number] = c.whole, c
	return nil
}

func (s *shape) check(number int, c segmentClaims) error {
	switch {
	case c.number != number || c.count != s.id.count:
		return fmt.Errorf("it says that it is segment %d of %d, and its reference says %d of %d", c.number, c.count, number, s.id.count)
	case c.whole.name != s.id.name:
		return fmt.Errorf("it belongs to %.100q, and its own name says %q", c.whole.name, s.id.name)
	case s.whole != (wholeClaims{}) && c.whole != s.whole:
		return errors.New("it tells another size or digest of the whole file than the other segments")
	case s.listed >= 0 && c.whole.size > s.listed:
		return fmt.Errorf("it says that the file has %d bytes, and all segments together have %d", c.whole.size, s.listed)
	case c.size > math.MaxInt64-c.offset || c.offset+c.size > c.whole.size:
		return errors.New("it does not lie within the file")
	}
	return nil
}

// complete reports whether the segments lie without a gap, in the order of their numbers.
func (s *shape) complete() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]segmentClaims, 0, len(s.placed))
	for _, c := range s.placed {
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b segmentClaims) int { return cmp.Compare(a.number, b.number) })
	end := int64(0)
	for _, c := range all {
		if c.offset != end {
			return fmt.Errorf("segment %d does not begin where the one before it ends", c.number)
		}
		end += c.size
	}
	if end != s.whole.size || len(all) != s.id.count {
		return errors.New("the segments do not make up the whole file")
	}
	return nil
}

// sizeOf is a segment's size, once it has said it.
func (s *shape) sizeOf(number int) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.placed[number].size
}

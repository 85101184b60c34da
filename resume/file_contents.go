package resume

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
)

// digest stands for a key in memory, so that a million of them take little.
type digest [16]byte

func digestOf(key string) digest {
	sum := sha256.Sum256([]byte(key))
	return digest(sum[:len(digest{})])
}

// place is where a record is: the octet at which its line begins, times 2^20, plus its number in the line.
type place int64

const (
	placeShift = 20
	maxRecords = 1 << placeShift // of a line
)

// lostProblem is what a record says that stands in for one that is lost.
const lostProblem = "the journal was damaged: what came after this is not known"

func placeOf(at int64, i int) place { return place(at<<placeShift | int64(i)) }
func (p place) line() int64         { return int64(p) >> placeShift }
func (p place) record() int         { return int(p & (1<<placeShift - 1)) }

// contents is what there is in a file.
type contents struct {
	index   map[digest]place // of the newest record of each key
	records int              // superseded ones too, spare ones not
	end     int64            // of the last intact line
	number  uint32           // of the last intact line
	damage  int              // lines that are lost, save for one that is cut short
	lost    int64            // records before this may have been superseded by one that is lost
	torn    bool             // something follows the last intact line, or takes the place of the head
}

func (c *contents) clean() bool { return c.damage == 0 && !c.torn }

// wasteful reports whether it pays to write the file anew.
func (c *contents) wasteful() bool { return c.end > 64<<10 && c.records > 2*len(c.index) }

// places gives where the newest records are, in the order of the file.
func (c *contents) places() []place { return slices.Sorted(maps.Values(c.index)) }

func (c *contents) add(l line, keys []keyed) {
	for i, k := range keys {
		c.index[digestOf(k.key)] = placeOf(l.at, i)
	}
	if !l.spare {
		c.records += len(keys)
	}
	c.number, c.end = l.number, l.at+l.size
}

// checkStates refuses what only a newer program can have written. To go on without it could be to do twice what it did.
func checkStates(keys []keyed) error {
	for _, k := range keys {
		if !k.state.known() {
			return fmt.Errorf("it has a record with the state %.40q, which this program does not know: use the newer program", k.state)
		}
	}
	return nil
}

// examine reads a whole file. A file that is no journal is an error; damage is none.
func examine(file io.ReaderAt) (contents, error) {
	c := contents{index: make(map[digest]place)}
	lines := &lineReader{file: file, chunk: manyLines}
	headed, err := c.readHead(lines)
	if err != nil {
		return c, err
	}
	for {
		l, err := lines.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return c, err
		}
		keys := keysOf(l)
		if len(keys) == 0 || l.number <= c.number {
			c.lose(1, l.at)
			continue
		}
		if err := checkStates(keys); err != nil {
			return c, err
		}
		if missing := int(l.number - c.number - 1); missing > 0 || lines.skipped > 0 {
			c.lose(max(missing, 1), l.at)
		}
		c.add(l, keys)
	}
	return c, c.finish(lines, headed)
}

// readHead reads the head line. One that is damaged is left to be skipped.
func (c *contents) readHead(lines *lineReader) (headed bool, err error) {
	if err := lines.fill(len(headLine())); err != nil {
		return false, err
	}
	n, err := checkHead(lines.text)
	lines.advance(n)
	c.end = lines.at
	return n > 0, err
}

func (c *contents) lose(lines int, before int64) {
	c.damage += lines
	c.lost = before
}

// finish looks at what follows the last intact line. Without a head line, only intact lines tell a journal from another file.
func (c *contents) finish(lines *lineReader, headed bool) error {
	if !headed && c.number == 0 && !isCutHead(lines) {
		return errors.New("it is no journal of altinn-transfer, and is left alone")
	}
	if lines.skipped > 0 {
		c.torn, c.lost = true, lines.at
	}
	if lines.skipped > 0 && lines.ended {
		c.damage++
	}
	if !headed {
		c.torn = true
	}
	return nil
}

// isCutHead reports whether the file has nothing but the beginning of a head line, or nothing at all.
func isCutHead(lines *lineReader) bool {
	text := make([]byte, len(headLine()))
	n, err := lines.file.ReadAt(text, 0)
	return errors.Is(err, io.EOF) && bytes.HasPrefix(headLine(), text[:n])
}

// recordsAt reads the records of the line that begins at an octet which must not be before what was read last.
func (r *lineReader) recordsAt(at int64) ([]json.RawMessage, error) {
	r.advance(int(min(at-r.at, int64(len(r.text)))))
	r.at = at
	l, err := r.next()
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	var all []json.RawMessage
	if l.at != at || json.Unmarshal(l.records, &all) != nil {
		return nil, fmt.Errorf("the line at octet %d can no longer be read", at)
	}
	return all, nil
}

// entry is a record, and the JSON that it was read from, which may have members that this program does not know.
type entry struct {
	Record
	json json.RawMessage
}

// entryOf reads one of a line's records. One that is before lost may have been superseded.
func entryOf(all []json.RawMessage, p place, lost int64) (entry, error) {
	if p.record() >= len(all) {
		return entry{}, fmt.Errorf("the line at octet %d has no record %d", p.line(), p.record())
	}
	e := entry{json: all[p.record()]}
	if err := json.Unmarshal(e.json, &e.Record); err != nil {
		return entry{}, fmt.Errorf("the line at octet %d: %w", p.line(), err)
	}
	if p.line() < lost && e.State == Initiated {
		e.State, e.Problem = Uncertain, lostProblem
		e.json = nil
	}
	return e, nil
}

// entries reads the records at places, which are in the order of the file. A non-nil error is the last element.
func entries(file io.ReaderAt, places []place, lost int64) iter.Seq2[entry, error] {
	return func(yield func(entry, error) bool) {
		lines := &lineReader{file: file, chunk: manyLines}
		var all []json.RawMessage
		var err error
		read := int64(-1)
		for _, p := range places {
			if p.line() != read {
				if all, err = lines.recordsAt(p.line()); err != nil {
					yield(entry{}, err)
					return
				}
				read = p.line()
			}
			e, err := entryOf(all, p, lost)
			if !yield(e, err) || err != nil {
				return
			}
		}
	}
}

// entryAt reads one record.
func entryAt(file io.ReaderAt, p place) (entry, error) {
	lines := &lineReader{file: file, chunk: oneLine}
	all, err := lines.recordsAt(p.line())
	if err != nil {
		return entry{}, err
	}
	return entryOf(all, p, 0)
}

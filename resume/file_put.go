package resume

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"
)

// batch is what several callers put while somebody else was writing. It is written and synced in one go.
type batch struct {
	puts []put
	done chan struct{} // closed when it is on disk, or cannot come there
	err  error         // to be read when done is closed
}

type put struct {
	records []byte // JSON
	keys    []keyed
}

// Put is for [Journal]. A context that has ended keeps it from beginning, and no more. After an error other than the
// context's nothing is known of what the disk has, so every Put from then on fails with the same one: open the journal again
// when its cause is gone.
func (f *File) Put(ctx context.Context, records ...Record) error {
	if err := ctx.Err(); err != nil || len(records) == 0 {
		return err
	}
	p, err := newPut(records)
	if err != nil {
		return f.fault(err)
	}
	b, err := f.enqueue(p)
	if err != nil {
		return f.fault(err)
	}
	select {
	case <-b.done:
	case f.turn <- struct{}{}:
		f.commitNext(b)
		<-f.turn
	}
	if b.err != nil {
		return f.fault(b.err)
	}
	return nil
}

func newPut(records []Record) (put, error) {
	var p put
	now := time.Now().UTC()
	stamped := make([]Record, len(records))
	for i, r := range records {
		if r.Key == "" {
			return p, errors.New("a record has no key")
		}
		if !r.State.known() {
			return p, fmt.Errorf("a record has the state %q, which there is not", r.State)
		}
		r.Updated = now
		stamped[i] = r
		p.keys = append(p.keys, keyed{r.Key, r.State})
	}
	var err error
	if p.records, err = json.Marshal(stamped); err != nil {
		return p, err
	}
	if len(p.records) > maxJSON {
		return p, fmt.Errorf("%d records at once have %d bytes, and %d are allowed", len(records), len(p.records), maxJSON)
	}
	return p, nil
}

// enqueue adds to the batch that is written next.
func (f *File) enqueue(p put) (*batch, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err != nil {
		return nil, f.err
	}
	if f.next == nil {
		f.next = &batch{done: make(chan struct{})}
	}
	f.next.puts = append(f.next.puts, p)
	return f.next, nil
}

// commitNext writes a batch, unless whoever had the turn before has done so. The caller has the turn.
func (f *File) commitNext(b *batch) {
	f.mu.Lock()
	if f.next != b {
		f.mu.Unlock()
		return
	}
	f.next = nil
	err := f.err
	f.mu.Unlock()

	if err == nil {
		err = f.stillThere()
	}
	if err == nil {
		err = f.write(b)
	}
	f.mu.Lock()
	f.err = err
	if err == nil {
		f.take(b)
	}
	f.mu.Unlock()
	b.err = err
	close(b.done)
	f.tidy()
}

// stillThere reports that the file, or the one with the lock, was removed or replaced by another: what is written would be
// lost, or somebody else may write too.
func (f *File) stillThere() error {
	for name, file := range f.kept {
		there, err := f.dir.Lstat(name)
		if err != nil {
			return err
		}
		ours, err := file.Stat()
		if err != nil {
			return err
		}
		if !os.SameFile(there, ours) {
			return &fs.PathError{Op: "write", Path: name, Err: errors.New("another file has taken its place")}
		}
	}
	return nil
}

// write appends the lines of a batch to the file. When it cannot, it takes them away again as well as it can.
func (f *File) write(b *batch) error {
	f.lines = f.lines[:0]
	for i, p := range b.puts {
		f.lines = appendLine(f.lines, f.found.number+1+uint32(i), false, p.records)
	}
	_, err := f.file.WriteAt(f.lines, f.found.end)
	if err == nil {
		err = f.file.Sync()
	}
	if err != nil {
		return errors.Join(err, f.cut())
	}
	return nil
}

// cut takes away what is behind the last line that is known to be on disk.
func (f *File) cut() error {
	if err := f.file.Truncate(f.found.end); err != nil {
		return err
	}
	return f.file.Sync()
}

// take makes a batch that is on disk known.
func (f *File) take(b *batch) {
	for _, p := range b.puts {
		size := int64(len(lineStart) + len(p.records) + 1)
		f.found.add(line{at: f.found.end, size: size, number: f.found.number + 1}, p.keys)
	}
}

package resume

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/altinn-transfer/altinn-transfer/internal/atomicfile"
)

// Prune drops what is over: records that are done, and those of sources, when they were put before a time. It gives their
// number. Records of jobs that are not done stay, however old. The file is written anew, whole or not at all.
//
// A job that is dropped is not known any more: what it has sent is sent again, should somebody ask for it.
func (f *File) Prune(ctx context.Context, before time.Time) (int, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	f.turn <- struct{}{}
	defer func() { <-f.turn }()
	f.mu.RLock()
	had, err := len(f.found.index), f.err
	f.mu.RUnlock()
	if err != nil {
		return 0, f.fault(err)
	}
	err = f.rewrite(ctx, func(r Record) bool {
		return (r.State.Done() || r.Direction == Source) && r.Updated.Before(before)
	})
	if err != nil {
		return 0, f.fault(err)
	}
	return had - len(f.found.index), nil
}

// roomy is a size below which it is not worth the wait to write the file anew while it is in use.
const roomy = 64 << 20 // octets

// tidy writes a file anew that has grown while it was in use, as that of a process does which runs for months. The caller has
// the turn. What fails before the new file has its name does no harm: it is tried again when the file has doubled.
func (f *File) tidy() {
	f.mu.RLock()
	due := f.err == nil && f.found.end > f.roomy && f.found.wasteful()
	f.mu.RUnlock()
	if !due {
		return
	}
	_ = f.rewrite(context.Background(), nil)
	f.roomy = max(f.roomy, 2*f.found.end)
}

// rewrite puts a new file in place of the one that is there, with the newest record of each key unless drop says otherwise;
// nil: all of them. The caller has the turn, or is Open.
func (f *File) rewrite(ctx context.Context, drop func(Record) bool) error {
	if f.file != nil {
		if err := f.stillThere(); err != nil {
			return err
		}
	}
	temp, err := atomicfile.Create(f.dir, f.name)
	if err != nil {
		return err
	}
	defer temp.Discard()
	if err := f.writeNewest(ctx, temp, drop); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.err = f.replace(temp)
	return f.err
}

// writeNewest writes the spare records, then the others: what damages a record is not near its spare.
func (f *File) writeNewest(ctx context.Context, to io.Writer, drop func(Record) bool) error {
	w := &lineWriter{out: bufio.NewWriterSize(to, 256<<10)}
	w.out.Write(headLine())
	places := f.found.places()
	for _, write := range []func(entry) error{w.writeSpare, w.write} {
		for e, err := range entries(f.file, places, f.found.lost) {
			if err == nil {
				err = ctx.Err()
			}
			if err == nil && (drop == nil || !drop(e.Record)) {
				err = write(e)
			}
			if err != nil {
				return err
			}
		}
	}
	return w.out.Flush()
}

// replace gives the new file its name and goes on with it. After an error it is not known which of the two has the name.
func (f *File) replace(temp *atomicfile.File) error {
	if err := temp.Commit(); err != nil {
		return err
	}
	if f.file != nil {
		f.file.Close()
	}
	var err error
	if f.file, err = f.dir.OpenFile(f.name, os.O_RDWR, 0); err != nil {
		return err
	}
	f.keep()
	f.found = contents{} // so that the old index does not stay in memory beside the new one
	if f.found, err = examine(f.file); err == nil && !f.found.clean() {
		err = errors.New("what was written anew cannot be read back")
	}
	return err
}

type lineWriter struct {
	out    *bufio.Writer
	number uint32
	line   []byte
}

func (w *lineWriter) write(e entry) error {
	if e.json == nil {
		return w.writeRecord(e.Record, false)
	}
	return w.writeJSON(e.json, false)
}

// writeSpare writes what is to be gone by when the record of a job is lost: that the service has to be asked again. Where
// little is lost with the record, none is written.
func (w *lineWriter) writeSpare(e entry) error {
	switch e.State {
	case Initiated, Sending, Uncertain, Sent:
		e.State = Uncertain
	case Stored, Confirmed:
		e.State = Stored
	default:
		return nil
	}
	e.Problem = lostProblem
	return w.writeRecord(e.Record, true)
}

func (w *lineWriter) writeRecord(r Record, spare bool) error {
	text, err := json.Marshal(r)
	if err != nil {
		return err
	}
	return w.writeJSON(text, spare)
}

func (w *lineWriter) writeJSON(text []byte, spare bool) error {
	w.number++
	w.line = appendLine(w.line[:0], w.number, spare, append(append([]byte("["), text...), ']'))
	_, err := w.out.Write(w.line)
	return err
}

// removeLeftovers removes what a crash has left of a file that was being written anew.
func (f *File) removeLeftovers() error {
	dir, err := f.dir.Open(".")
	if err != nil {
		return err
	}
	defer dir.Close()
	names, err := dir.Readdirnames(-1)
	if err != nil {
		return err
	}
	for _, name := range names {
		if !strings.HasPrefix(name, "."+f.name+".") || !atomicfile.IsTemp(name) {
			continue
		}
		if err := f.dir.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

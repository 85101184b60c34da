package resume

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"sync"

	"github.com/altinn-transfer/altinn-transfer/internal/atomicfile"
)

// File is a journal in a file, to which records are only added; what is in memory is where the newest record of each key is.
// Open makes one.
//
// The file is text, a line for each Put: how to check it, and the records in JSON. A line that is damaged costs what is in
// it and no more. What an older record of the same key then says is safe to go by, since it says that less was done; the one
// exception, [Initiated], is read as [Uncertain] when something behind it is lost.
type File struct {
	path  string
	name  string // in dir
	dir   *os.Root
	lock  *os.File
	turn  chan struct{} // holds one element while somebody writes
	lines []byte        // of the batch that is written; kept for the next one
	roomy int64         // octets up to which the file is not written anew while it is in use

	mu     sync.RWMutex
	file   *os.File
	kept   map[string]*os.File // file and lock, by the names in dir that they must keep
	found  contents
	next   *batch // which waits to be written; nil: nobody waits
	err    error  // why nothing is written any more
	damage int
}

// Open opens the journal at path, and makes one that is not there, with its directory. It is this process's alone until it
// is closed or the process ends: everybody else gets a [*LockedError] within half a second. The lock is on a file beside it,
// path with ".lock" appended, which stays. Whoever removes one of the two while they are in use ends the journal for the
// process that has it: it puts nothing any more.
//
// What a crash has left is cleared away, and a file of which more than half has been superseded is written anew. A file that
// is no journal, or one of a newer format, or with states that this program does not know, is refused and left as it is.
func Open(path string) (*File, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	f := &File{path: path, name: filepath.Base(path), turn: make(chan struct{}, 1), roomy: roomy}
	if err := f.open(); err != nil {
		f.release()
		return nil, f.fault(err)
	}
	return f, nil
}

func (f *File) open() error {
	dir := filepath.Dir(f.path)
	err := makeDir(dir)
	if err != nil {
		return err
	}
	if f.lock, err = takeLock(f.path); err != nil {
		return err
	}
	if f.dir, err = os.OpenRoot(dir); err != nil {
		return err
	}
	if err := f.removeLeftovers(); err != nil {
		return err
	}
	if f.file, err = openRegular(f.dir, f.name, os.O_RDWR); errors.Is(err, fs.ErrNotExist) {
		return f.rewrite(context.Background(), nil)
	}
	if err != nil {
		return err
	}
	f.keep()
	if f.found, err = examine(f.file); err != nil {
		return err
	}
	f.damage = f.found.damage
	if f.found.clean() && !f.found.wasteful() {
		return nil
	}
	return f.rewrite(context.Background(), nil)
}

// keep notes which files must stay where they are.
func (f *File) keep() { f.kept = map[string]*os.File{f.name: f.file, f.name + lockSuffix: f.lock} }

// openRegular opens a file that is no directory, no pipe and no link to somewhere else.
func openRegular(dir *os.Root, name string, flag int) (*os.File, error) {
	info, err := dir.Lstat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("it is no regular file")
	}
	return dir.OpenFile(name, flag, 0)
}

// makeDir makes a directory that outlives a loss of power, for its owner alone.
func makeDir(dir string) error {
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	parent := filepath.Dir(dir)
	if parent == dir {
		return &fs.PathError{Op: "mkdir", Path: dir, Err: fs.ErrNotExist}
	}
	if err := makeDir(parent); err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	root, err := os.OpenRoot(parent)
	if err != nil {
		return err
	}
	defer root.Close()
	return atomicfile.SyncDir(root)
}

// fault says which journal it is about. A [*LockedError] says so itself.
func (f *File) fault(err error) error {
	if errors.Is(err, ErrLocked) {
		return err
	}
	return fmt.Errorf("journal %s: %w", f.path, err)
}

// Damage is how many lines of the file Open could not read; what was in them is lost. The line that a crash has cut short
// is not one of them.
func (f *File) Damage() int { return f.damage }

// Get is for [Journal]. It reads the record from the file.
func (f *File) Get(_ context.Context, key string) (Record, bool, error) {
	f.mu.RLock()
	defer f.mu.RUnlock()
	if f.file == nil {
		return Record{}, false, f.fault(fs.ErrClosed)
	}
	p, ok := f.found.index[digestOf(key)]
	if !ok {
		return Record{}, false, nil
	}
	e, err := entryAt(f.file, p)
	if err != nil {
		return Record{}, false, f.fault(err)
	}
	return e.Record, true, nil
}

// All is for [Journal]. It gives what is there when it begins; the journal can be used meanwhile, and pruned.
func (f *File) All(ctx context.Context) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		file, places, err := f.snapshot()
		if err != nil {
			yield(Record{}, f.fault(err))
			return
		}
		defer file.Close()
		for e, err := range entries(file, places, 0) {
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				yield(Record{}, f.fault(err))
				return
			}
			if !yield(e.Record, nil) {
				return
			}
		}
	}
}

// snapshot gives a file of the caller's own, and where in it the newest records are.
func (f *File) snapshot() (*os.File, []place, error) {
	f.mu.RLock()
	defer f.mu.RUnlock()
	if f.file == nil {
		return nil, nil, fs.ErrClosed
	}
	file, err := f.dir.Open(f.name)
	return file, f.found.places(), err
}

// Close is for [Journal]. It waits for a Put that has begun.
func (f *File) Close() error {
	f.turn <- struct{}{}
	defer func() { <-f.turn }()
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err == nil {
		f.err = fs.ErrClosed
	}
	return f.release()
}

// release gives back what Open has taken, the lock last.
func (f *File) release() error {
	var err error
	if f.file != nil {
		err = f.file.Close()
	}
	if f.dir != nil {
		f.dir.Close()
	}
	if f.lock != nil {
		giveBack(f.lock)
	}
	f.file, f.dir, f.lock = nil, nil, nil
	return err
}

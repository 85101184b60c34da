// Package dropfolder finds the files of a folder that have settled: nobody has written to them for a while.
//
// A scan of the folder is the truth. What the system tells of new names only brings the next scan forward, so a share that
// tells nothing (SMB, NFS) is served as well, only later. Nothing is ever opened here.
package dropfolder

import (
	"cmp"
	"context"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"
)

// What a zero in [Options] means.
const (
	DefaultSettle   = 10 * time.Second
	DefaultInterval = 30 * time.Second
)

// longestPause is the longest time until a file that was postponed is given out again.
const longestPause = 10 * time.Minute

// Options of a [Folder]; the zero value is good.
type Options struct {
	Settle   time.Duration // how long size and time of change must stay as they are; 0: 10 s
	Interval time.Duration // from one scan to the next, when nothing brings it forward; 0: 30 s
	Polling  bool          // scans alone, and nothing that the system tells
	Once     bool          // two scans, Settle apart, and the end; again, while the folder holds more than a look keeps

	// Looked hears of each look into the folder that went well, and whether that was another folder than the one before: it was
	// replaced, or something was mounted there, or unmounted. nil: nobody.
	Looked func(anew bool)
}

// File is one that has settled.
type File struct {
	Path     string
	Name     string // the last element of Path
	Size     int64
	Modified time.Time
}

// Folder is watched. It holds about a hundred bytes beside the name for each file that is out or postponed, and for up to
// 65 536 that wait, the oldest ones. The others wait on disk until these are gone.
type Folder struct {
	dir     string
	options Options
	keep    int                                         // how many that wait are kept when there are more
	open    func(dir string) (*fsnotify.Watcher, error) // begins to hear of a folder

	mu    sync.Mutex
	files map[string]*entry
	wait  int  // how many of them wait
	last  *age // of those that wait: no younger one is taken in before the next scan; nil: any is
}

// entry is what is known of a file.
type entry struct {
	size     int64
	modified int64     // nanoseconds since 1970
	due      time.Time // it is given out from then on, if it stays as it is
	failures int       // how often it was postponed
	out      bool      // it was given out, and nobody has said what became of it
}

// waits reports whether a file was never given out as it is now.
func (e *entry) waits() bool { return !e.out && e.failures == 0 }

// New makes a folder of a directory; it does no I/O.
func New(dir string, o Options) *Folder {
	o.Settle = cmp.Or(o.Settle, DefaultSettle)
	o.Interval = cmp.Or(o.Interval, DefaultInterval)
	if o.Looked == nil {
		o.Looked = func(bool) {}
	}
	return &Folder{dir: dir, options: o, keep: mostKept, open: openWatcher, files: make(map[string]*entry)}
}

// Settled gives the files that have settled, oldest first, until ctx ends. Each is the caller's until [Folder.Done] or
// [Folder.Postpone], and is not given out meanwhile. Left alone are directories, links, pipes and all else that is no regular
// file, and the names that stand for hidden and unfinished files.
//
// An error is that of one scan; the next one comes all the same, except with Once.
func (f *Folder) Settled(ctx context.Context) iter.Seq2[File, error] {
	if f.options.Once {
		return func(yield func(File, error) bool) { f.once(ctx, yield) }
	}
	return func(yield func(File, error) bool) { f.watch(ctx, yield) }
}

func (f *Folder) once(ctx context.Context, yield func(File, error) bool) {
	for more := true; more; more = f.more() {
		for second := range 2 {
			if err := f.scan(ctx); err != nil {
				yield(File{}, err)
				return
			}
			if second == 0 && (f.empty() || !sleep(ctx, f.options.Settle)) {
				return
			}
		}
		if !f.giveOut(ctx, yield) {
			return
		}
	}
}

func (f *Folder) watch(ctx context.Context, yield func(File, error) bool) {
	h := newHints(f)
	defer h.close()
	for ctx.Err() == nil {
		anew, err := h.attend()
		if err != nil && !yield(File{}, err) {
			return
		}
		began := time.Now()
		err = f.scan(ctx)
		switch {
		case err == nil:
			f.options.Looked(anew)
		case ctx.Err() == nil && !yield(File{}, err):
			return
		}
		ended := time.Now()
		if !f.giveOut(ctx, yield) {
			return
		}
		f.pause(ctx, h, err != nil, ended, ended.Sub(began))
	}
}

// giveOut yields all that is due, and reports whether more is wanted.
func (f *Folder) giveOut(ctx context.Context, yield func(File, error) bool) bool {
	for _, name := range f.due(time.Now()) {
		if ctx.Err() != nil {
			return false
		}
		if file, ok := f.take(name); ok && !yield(file, nil) {
			return false
		}
	}
	return true
}

// due are the names of the files to be given out, oldest first. Once, a file that was postponed is not tried again.
func (f *Folder) due(now time.Time) []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.oldest(func(e *entry) bool { return !e.out && !e.due.After(now) && !(f.options.Once && e.failures > 0) })
}

// take looks again, because the scan may be an hour ago for who waited for the files before this one. A file that is gone is
// forgotten here, when its turn comes.
func (f *Folder) take(name string) (File, bool) {
	path := filepath.Join(f.dir, name)
	info, err := os.Lstat(path)
	if err != nil || !info.Mode().IsRegular() {
		f.Done(name)
		return File{}, false
	}
	f.note(name, info, time.Now())
	f.mu.Lock()
	defer f.mu.Unlock()
	e := f.files[name]
	if e == nil || e.out || e.due.After(time.Now()) {
		return File{}, false
	}
	f.leaves(e)
	e.out = true
	return File{Path: path, Name: name, Size: info.Size(), Modified: info.ModTime()}, true
}

// note remembers how a file looks now. One that has changed is another file: it has to settle anew.
func (f *Folder) note(name string, info fs.FileInfo, now time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	size, modified := info.Size(), info.ModTime().UnixNano()
	e := f.files[name]
	if e != nil && (e.out || e.size == size && e.modified == modified) {
		return
	}
	f.forget(name)
	f.takeIn(name, &entry{size: size, modified: modified, due: now.Add(f.options.Settle)})
}

// Done says that a file that was given out is finished with. Whatever stands under its name from now on is a new file.
func (f *Folder) Done(name string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.forget(name)
}

// Postpone gives a file back: while it stays as it is, it is given out again after a pause, which it returns. The pause is
// the interval of the scans at first, grows with each time up to 10 minutes, and is not shorter than least.
func (f *Folder) Postpone(name string, least time.Duration) time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	e := f.files[name]
	if e == nil {
		return 0
	}
	pause := f.options.Interval
	for n := 0; n < e.failures && pause < longestPause; n++ {
		pause *= 2
	}
	pause = max(min(pause, longestPause), least)
	f.leaves(e)
	e.failures++
	e.out, e.due = false, time.Now().Add(pause)
	return pause
}

func (f *Folder) empty() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.files) == 0
}

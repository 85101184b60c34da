package dropfolder

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"

	"github.com/fsnotify/fsnotify"
)

// ErrDeaf is found in the error that says that the system does not tell of new names. Nothing is lost by that but time.
var ErrDeaf = errors.New("the system does not tell of new files")

// hints are what the system tells of new names, of the folder that stands under the path now.
type hints struct {
	folder  *Folder
	at      fs.FileInfo   // the folder of the last look; nil: there was none
	deaf    bool          // it was said that nothing is told
	came    chan struct{} // holds something when a name has come since it was last read
	watcher *fsnotify.Watcher
	over    sync.WaitGroup
}

func newHints(f *Folder) *hints { return &hints{folder: f, came: make(chan struct{}, 1)} }

// attend sees that what is heard of is the folder under the path. One that was taken away and put back, or lies below another
// mount, is another folder for the system, which says nothing more of the one before. It is called before each scan, so that
// no name falls between the two.
//
// The error is [ErrDeaf], once, until something was heard again. A folder that is away is no error here: the scan says it.
func (h *hints) attend() (anew bool, err error) {
	info, err := os.Stat(h.folder.dir)
	if err != nil {
		h.close()
		return false, nil
	}
	anew = h.at != nil && !os.SameFile(h.at, info)
	h.at = info
	if anew || h.lost() {
		h.close()
	}
	return anew, h.listen()
}

// lost reports whether the system has ended what it tells: the folder was removed, renamed or unmounted.
func (h *hints) lost() bool { return h.watcher != nil && len(h.watcher.WatchList()) == 0 }

// listen begins to hear of the folder, unless it does already. Where it cannot, the scans go on without.
func (h *hints) listen() error {
	if h.watcher != nil || h.folder.options.Polling || !told() {
		return nil
	}
	watcher, err := h.folder.open(h.folder.dir)
	switch {
	case err == nil:
		h.watcher, h.deaf = watcher, false
		h.over.Go(func() { h.hear(watcher) })
		return nil
	case h.deaf:
		return nil
	}
	h.deaf = true
	return fmt.Errorf("%w, so they are found every %v: %w", ErrDeaf, h.folder.options.Interval, err)
}

// openWatcher fails where the limits of the system are reached, among others (/proc/sys/fs/inotify on Linux).
func openWatcher(dir string) (*fsnotify.Watcher, error) {
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, err
	}
	if err := watcher.Add(dir); err != nil {
		watcher.Close()
		return nil, err
	}
	return watcher, nil
}

// told reports whether this system tells of names at a price that does not grow with the folder. QUIRK: kqueue (macOS, BSD)
// holds every file of it open, and a folder with more than a few hundred would end in "too many open files".
func told() bool { return runtime.GOOS == "linux" || runtime.GOOS == "windows" }

// hear takes events as they come, so that none piles up, and keeps nothing of them. A name that was written to is known
// already; what was lost (an error: too many at once) may have been new.
func (h *hints) hear(watcher *fsnotify.Watcher) {
	for {
		select {
		case event, open := <-watcher.Events:
			if !open {
				return
			}
			if h.matters(event) {
				h.hint()
			}
		case _, open := <-watcher.Errors:
			if !open {
				return
			}
			h.hint()
		}
	}
}

// matters reports whether an event is that of a new name, or of the folder's own end.
func (h *hints) matters(event fsnotify.Event) bool {
	if filepath.Clean(event.Name) == filepath.Clean(h.folder.dir) {
		return event.Has(fsnotify.Remove) || event.Has(fsnotify.Rename)
	}
	return event.Has(fsnotify.Create) && !leftAlone(filepath.Base(event.Name))
}

func (h *hints) hint() {
	select {
	case h.came <- struct{}{}:
	default:
	}
}

func (h *hints) close() {
	if h.watcher != nil {
		h.watcher.Close()
		h.over.Wait()
		h.watcher = nil
	}
}

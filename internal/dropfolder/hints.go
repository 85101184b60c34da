package dropfolder

import (
	"fmt"
	"path/filepath"
	"runtime"
	"sync"

	"github.com/fsnotify/fsnotify"
)

// hints are what the system tells of new names.
type hints struct {
	came    chan struct{} // holds something when a name has come since it was last read
	watcher *fsnotify.Watcher
	over    sync.WaitGroup
}

// listen begins to hear of the folder. With an error it hears nothing, and is good all the same.
func (f *Folder) listen() (*hints, error) {
	h := &hints{came: make(chan struct{}, 1)}
	if f.options.Polling || !told() {
		return h, nil
	}
	watcher, err := fsnotify.NewWatcher()
	if err == nil {
		if err = watcher.Add(f.dir); err != nil {
			watcher.Close()
		}
	}
	if err != nil {
		return h, fmt.Errorf("the system does not tell of new files, so they are found every %v: %w", f.options.Interval, err)
	}
	h.watcher = watcher
	h.over.Go(h.hear)
	return h, nil
}

// told reports whether this system tells of names at a price that does not grow with the folder. QUIRK: kqueue (macOS, BSD)
// holds every file of it open, and a folder with more than a few hundred would end in "too many open files".
func told() bool { return runtime.GOOS == "linux" || runtime.GOOS == "windows" }

// hear takes events as they come, so that none piles up, and keeps nothing of them. A name that was written to is known
// already; what was lost (an error: too many at once) may have been new.
func (h *hints) hear() {
	for {
		select {
		case event, open := <-h.watcher.Events:
			if !open {
				return
			}
			if event.Has(fsnotify.Create) && !leftAlone(filepath.Base(event.Name)) {
				h.hint()
			}
		case _, open := <-h.watcher.Errors:
			if !open {
				return
			}
			h.hint()
		}
	}
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
	}
}

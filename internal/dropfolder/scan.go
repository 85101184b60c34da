package dropfolder

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"
)

// scanBatch is how many names are in memory at once while a folder is read.
const scanBatch = 512

// scan reads the folder once.
func (f *Folder) scan(ctx context.Context) error {
	dir, err := os.Open(f.dir)
	if err != nil {
		return fmt.Errorf("look into the folder: %w", err)
	}
	defer dir.Close()
	f.admitAll()
	for {
		entries, err := dir.ReadDir(scanBatch)
		for _, entry := range entries {
			f.meet(entry)
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("look into the folder: %w", err)
		case ctx.Err() != nil:
			return context.Cause(ctx)
		}
	}
}

// meet notes one name of the folder. What went away meanwhile, or cannot be looked at, is left to the next scan.
func (f *Folder) meet(entry fs.DirEntry) {
	if leftAlone(entry.Name()) || !entry.Type().IsRegular() {
		return
	}
	info, err := entry.Info()
	if err != nil || !info.Mode().IsRegular() || hidden(info) {
		return
	}
	f.note(entry.Name(), info, time.Now())
}

// shortest is the shortest time from one scan to the next: a second, or less for who settles sooner.
func (f *Folder) shortest() time.Duration { return min(time.Second, f.options.Settle) }

// pause returns when the next scan is to begin: at the interval, when a file may have settled, or soon after a hint. A folder
// that could not be looked at is looked for soon. One whose scan takes long is left in peace for three times as long, whatever
// comes in.
func (f *Folder) pause(ctx context.Context, h *hints, failed bool, last time.Time, took time.Duration) {
	earliest := last.Add(max(f.shortest(), 3*took))
	if !sleepUntil(ctx, earliest) || failed {
		return
	}
	timer := time.NewTimer(time.Until(f.next(last)))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-h.came:
		sleep(ctx, f.shortest()) // names that come together are met together
	case <-ctx.Done():
	}
}

// next is when a scan is due without a hint: at once, where the last one left files for this one.
func (f *Folder) next(last time.Time) time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.last != nil && f.wait < f.keep {
		return last
	}
	next := last.Add(f.options.Interval)
	for _, e := range f.files {
		if !e.out && e.due.Before(next) {
			next = e.due
		}
	}
	return next
}

func sleepUntil(ctx context.Context, t time.Time) bool { return sleep(ctx, time.Until(t)) }

// sleep reports whether the whole time passed.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}

package dropfolder

import (
	"cmp"
	"slices"
)

// mostKept bounds the files that wait in memory, however many there are on disk. So a folder costs a few MiB, and a million
// files are sent with some thirty scans.
const mostKept = 1 << 16

// age orders files: the oldest first, and those of one time by name.
type age struct {
	modified int64
	name     string
}

func (a age) compare(b age) int {
	return cmp.Or(cmp.Compare(a.modified, b.modified), cmp.Compare(a.name, b.name))
}

// admitAll is called before a scan: what the one before left out may have its turn.
func (f *Folder) admitAll() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.last = nil
}

// more reports whether the last scan left files out.
func (f *Folder) more() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.last != nil
}

// takeIn lets a file wait, if it is not younger than all that do when there are enough. It needs the lock, as all below.
func (f *Folder) takeIn(name string, e *entry) {
	if f.last != nil && f.last.compare(age{e.modified, name}) < 0 {
		return
	}
	f.files[name] = e
	if f.wait++; f.wait >= 2*f.keep {
		f.trim()
	}
}

// trim keeps the oldest of those that wait. It comes when there are twice as many, so that its sorting is cheap for each.
func (f *Folder) trim() {
	names := f.oldest((*entry).waits)
	last := names[f.keep-1]
	f.last = &age{f.files[last].modified, last}
	for _, name := range names[f.keep:] {
		f.forget(name)
	}
}

// leaves is called before a file that waits no longer does.
func (f *Folder) leaves(e *entry) {
	if e.waits() {
		f.wait--
	}
}

func (f *Folder) forget(name string) {
	if e := f.files[name]; e != nil {
		f.leaves(e)
		delete(f.files, name)
	}
}

// oldest are the names of some of the files, oldest first.
func (f *Folder) oldest(some func(*entry) bool) []string {
	var names []string
	for name, e := range f.files {
		if some(e) {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, func(a, b string) int { return age{f.files[a].modified, a}.compare(age{f.files[b].modified, b}) })
	return names
}

package zipstream

import (
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
)

// Walk gives an entry for each file in paths, in their order, and in directories by name, all levels down. Names begin with
// the base name of the path: a/b gives "b", and "b/c" for a file c in the directory a/b; "." and ".." give the names
// inside. Directories have no entries of their own.
//
// Links, pipes and devices are refused, not followed; so are two files that would have the same name, and names that
// [Check] refuses. An entry that has changed by the time it is packed fails then.
func Walk(paths ...string) ([]Entry, error) { return WalkWithout(nil, paths...) }

// WalkWithout is [Walk] without what skip reports in a directory: below is the path from the directory that was named, with
// '/'. A directory that is skipped is not walked. nil skips nothing.
func WalkWithout(skip func(below string, d fs.DirEntry) bool, paths ...string) ([]Entry, error) {
	w := &walker{origin: make(map[string]string), skip: skip}
	for _, root := range paths {
		if err := w.walk(root); err != nil {
			return nil, err
		}
	}
	return w.entries, nil
}

type walker struct {
	entries []Entry
	origin  map[string]string // path by name
	skip    func(below string, d fs.DirEntry) bool
}

func (w *walker) walk(root string) error {
	base := filepath.Base(root)
	if base == ".." || base == string(filepath.Separator) {
		base = "."
	}
	return filepath.WalkDir(root, func(found string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		below, err := filepath.Rel(root, found)
		if err != nil {
			return err
		}
		if skipped := w.skip != nil && found != root && w.skip(filepath.ToSlash(below), d); skipped && d.IsDir() {
			return fs.SkipDir
		} else if skipped || d.IsDir() {
			return nil
		}
		return w.add(found, path.Join(base, filepath.ToSlash(below)))
	})
}

func (w *walker) add(found, name string) error {
	f, err := newFile(found)
	if err != nil {
		return err
	}
	if err := checkName(name); err != nil {
		return fmt.Errorf("pack %q: %w", found, err)
	}
	if other, taken := w.origin[name]; taken {
		return fmt.Errorf("%s and %s would both be %s in the ZIP", other, found, name)
	}
	w.origin[name] = found
	w.entries = append(w.entries, Entry{Name: name, Open: f.open, Modified: f.info.ModTime(), Size: f.info.Size()})
	return nil
}

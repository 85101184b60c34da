package zipstream

import (
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/altinn-transfer/altinn-transfer/stream"
)

// Walk gives an entry for each file in paths, in their order, and in directories by name, all levels down. Names begin with
// the base name of the path: a/b gives "b", and "b/c" for a file c in the directory a/b; "." and ".." give the names
// inside. Directories have no entries of their own.
//
// Links and pipes are refused, not followed; so are two files that would have the same name, and names that [Check]
// refuses.
func Walk(paths ...string) ([]Entry, error) {
	w := &walker{origin: make(map[string]string)}
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
}

func (w *walker) walk(root string) error {
	base := filepath.Base(root)
	if base == ".." || base == string(filepath.Separator) {
		base = "."
	}
	return filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		below, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		return w.add(file, path.Join(base, filepath.ToSlash(below)), d)
	})
}

func (w *walker) add(file, name string, d fs.DirEntry) error {
	if d.Type()&fs.ModeSymlink != 0 {
		return fmt.Errorf("%s is a symbolic link, and links are not followed", file)
	}
	if err := checkName(name); err != nil {
		return fmt.Errorf("pack %q: %w", file, err)
	}
	if other, taken := w.origin[name]; taken {
		return fmt.Errorf("%s and %s would both be %s in the ZIP", other, file, name)
	}
	w.origin[name] = file
	info, err := d.Info()
	if err != nil {
		return err
	}
	source, err := stream.File(file)
	if err != nil {
		return err
	}
	w.entries = append(w.entries, Entry{Name: name, Open: source.Open, Modified: info.ModTime(), Size: source.Size()})
	return nil
}

// Check looks for names that make a ZIP useless or dangerous to somebody: those that are not UTF-8, lead out of the place
// where it is unpacked, hold ':', '\' or a control character (which Windows and Altinn refuse), or come twice.
func Check(entries []Entry) error {
	seen := make(map[string]bool, len(entries))
	for _, e := range entries {
		if err := checkName(e.Name); err != nil {
			return fmt.Errorf("pack %q: %w", e.Name, err)
		}
		if seen[e.Name] {
			return fmt.Errorf("pack %q: the ZIP has two files of that name", e.Name)
		}
		seen[e.Name] = true
	}
	return nil
}

func checkName(name string) error {
	switch {
	case !utf8.ValidString(name):
		return fmt.Errorf("its name is not UTF-8")
	case strings.ContainsAny(name, `:\`) || strings.ContainsFunc(name, unicode.IsControl):
		return fmt.Errorf(`its name has a ':', a '\' or a control character`)
	case !fs.ValidPath(name) || name == ".":
		return fmt.Errorf("its name does not say a place inside the ZIP")
	}
	return nil
}

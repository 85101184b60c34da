package main

import (
	"cmp"
	"context"
	"errors"
	"io"
	"io/fs"
	"iter"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/altinn-transfer/altinn-transfer/failure"
)

// picked are the files that are to be sent, oldest first. There may be a million of them, so each is kept in a few words.
type picked struct {
	dirs  []string // each once; as given, and below that
	files []pickedFile
	bytes int64 // of all files, as they were found
	zips  bool  // all are called like ZIPs
	// unread are directories that could not be read, and why. They are few, or the errors are.
	unread []unreadDir
}

type pickedFile struct {
	dir     int32
	name    string // base name
	changed int64  // ns since 1970; 0: it could not be looked at, and will say why when it is sent
}

type unreadDir struct {
	path string
	err  error
}

// path is the file's, as it was named or found.
func (p *picked) path(f pickedFile) string { return filepath.Join(p.dirs[f.dir], f.name) }

// paths are those of files from the n-th on.
func (p *picked) paths(n int) []string {
	var paths []string
	for _, f := range p.files[min(n, len(p.files)):] {
		paths = append(paths, p.path(f))
	}
	return paths
}

// pick finds the files that paths name: regular ones, and those beneath a directory. A link is followed when it is named, not
// when it is found.
func pick(ctx context.Context, paths iter.Seq2[string, error], f filter) (*picked, error) {
	w := &picker{picked: &picked{zips: true}, filter: f}
	for path, err := range paths {
		if err == nil {
			err = w.named(ctx, path)
		}
		if err != nil {
			return nil, err
		}
	}
	w.sort()
	return w.picked, nil
}

type picker struct {
	*picked
	filter
}

// named takes what the user named. What is wrong with a file is found again when it is its turn, so that it holds up no other.
func (w *picker) named(ctx context.Context, name string) error {
	name = filepath.Clean(name)
	info, err := os.Stat(name)
	if err == nil && info.IsDir() {
		return w.walk(ctx, name, "")
	}
	dir, base := filepath.Split(name)
	if !w.wants(base) {
		return nil
	}
	w.add(w.dir(dir), base, info)
	return nil
}

// dir remembers a directory.
func (w *picker) dir(name string) int32 {
	if last := len(w.dirs) - 1; last >= 0 && w.dirs[last] == name {
		return int32(last)
	}
	w.dirs = append(w.dirs, name)
	return int32(len(w.dirs) - 1)
}

func (w *picker) add(dir int32, name string, info fs.FileInfo) {
	file := pickedFile{dir: dir, name: name}
	if info != nil {
		file.changed = info.ModTime().UnixNano()
		w.bytes += info.Size()
	}
	w.zips = w.zips && strings.EqualFold(filepath.Ext(name), ".zip")
	w.files = append(w.files, file)
}

// readAtOnce is how many names of a directory are read at a time, since a directory may hold a million.
const readAtOnce = 1024

// walk takes the files in a directory and beneath it; below is its path from the one that was named, with '/'.
func (w *picker) walk(ctx context.Context, dir, below string) error {
	opened, err := os.Open(dir)
	if err != nil {
		w.unread = append(w.unread, unreadDir{dir, err})
		return nil
	}
	defer opened.Close()
	var deeper []string
	at := w.dir(dir)
	for {
		if ctx.Err() != nil {
			return &failure.Error{Op: "look for files", Kind: failure.Interrupted, Err: context.Cause(ctx)}
		}
		entries, err := opened.ReadDir(readAtOnce)
		for _, entry := range entries {
			switch name := path.Join(below, entry.Name()); {
			case w.skip(name, entry):
			case entry.IsDir():
				deeper = append(deeper, entry.Name())
			default:
				w.found(at, entry)
			}
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			w.unread = append(w.unread, unreadDir{dir, err})
			break
		}
	}
	for _, name := range deeper {
		if err := w.walk(ctx, filepath.Join(dir, name), path.Join(below, name)); err != nil {
			return err
		}
	}
	return nil
}

// found takes a file that a walk came upon.
func (w *picker) found(dir int32, entry fs.DirEntry) {
	info, err := entry.Info()
	if errors.Is(err, fs.ErrNotExist) {
		return // gone since its name was read
	}
	w.add(dir, entry.Name(), info)
}

// sort puts the oldest first, those of one time by name, and takes a file once that was named twice.
func (w *picker) sort() {
	slices.SortFunc(w.files, func(a, b pickedFile) int {
		return cmp.Or(cmp.Compare(a.changed, b.changed), cmp.Compare(a.name, b.name), cmp.Compare(w.dirs[a.dir], w.dirs[b.dir]))
	})
	w.files = slices.CompactFunc(w.files, func(a, b pickedFile) bool {
		return a.name == b.name && filepath.Clean(w.dirs[a.dir]) == filepath.Clean(w.dirs[b.dir])
	})
}

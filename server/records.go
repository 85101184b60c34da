package server

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"

	"github.com/altinn-transfer/altinn-transfer/internal/atomicfile"
)

// openDir opens a directory of the store, and makes it when it is missing. What is stored in a directory lasts no longer than
// the directory's own name.
func openDir(root *os.Root, name string) (*os.Root, error) {
	switch err := root.Mkdir(name, 0o700); {
	case err == nil:
		if err := atomicfile.SyncDir(root); err != nil {
			return nil, err
		}
	case !errors.Is(err, fs.ErrExist):
		return nil, err
	}
	return root.OpenRoot(name)
}

// openStore opens the store, and makes its directory when it is missing, with those above it.
func openStore(path string) (*os.Root, error) {
	root, err := os.OpenRoot(path)
	above, name := filepath.Split(filepath.Clean(path))
	if !errors.Is(err, fs.ErrNotExist) || name == "" { // nothing is above a drive that is not there
		return root, err
	}
	if above == "" {
		above = "."
	}
	parent, err := openStore(above)
	if err != nil {
		return nil, err
	}
	defer parent.Close()
	return openDir(parent, name)
}

// writeRecord stores a record, whole or not at all, and returns when it is on disk.
func writeRecord(dir *os.Root, name string, record any) error {
	data, err := json.Marshal(record)
	if err != nil {
		return fmt.Errorf("write record %s: %w", name, err)
	}
	return atomicfile.WriteFile(dir, name+recordSuffix, data)
}

// readRecords gives every record of a directory. One that cannot be read is an error: the store would forget what it has
// promised.
func readRecords[T any](dir *os.Root, give func(T)) error {
	names, err := fileNames(dir)
	if err != nil {
		return err
	}
	for _, name := range names {
		if !strings.HasSuffix(name, recordSuffix) {
			continue
		}
		data, err := dir.ReadFile(name)
		if err != nil {
			return err
		}
		var record T
		if err := json.Unmarshal(data, &record); err != nil {
			return fmt.Errorf("read record %s: %w", name, err)
		}
		give(record)
	}
	return nil
}

// removeOrphans removes files in the making, and payloads that are not known.
func removeOrphans(dir *os.Root, suffix string, known func(name string) bool) error {
	names, err := fileNames(dir)
	if err != nil {
		return err
	}
	for _, name := range names {
		stem, isPayload := strings.CutSuffix(name, suffix)
		if atomicfile.IsTemp(name) || isPayload && !known(stem) {
			if err := removeFile(dir, name); err != nil {
				return err
			}
		}
	}
	return nil
}

func fileNames(dir *os.Root) ([]string, error) {
	d, err := dir.Open(".")
	if err != nil {
		return nil, err
	}
	defer d.Close()
	return d.Readdirnames(-1)
}

// removeFile removes a file that may be gone already.
func removeFile(dir *os.Root, name string) error {
	if err := dir.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// raise makes sure that the next number is above one that was given.
func raise(ids *atomic.Int64, given int64) {
	if given > ids.Load() {
		ids.Store(given)
	}
}

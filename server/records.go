package server

import (
	"bytes"
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

// A record's file is lines of JSON, of which each says all, and the last one counts: a change is put behind what was there, which
// takes one sync and no new file. Who reads the file by another way may look at that line alone.

// writeRecord stores a record, whole or not at all and in place of all its lines, and returns when it is on disk.
func writeRecord(dir *os.Root, name string, record any) error {
	line, err := recordLine(name, record)
	if err != nil {
		return err
	}
	return atomicfile.WriteFile(dir, name+recordSuffix, line)
}

// mostLines is how long a record's file may grow, in bytes, until it is written anew.
const mostLines = 64 << 10

// appendRecord stores a record that has changed, and returns when it is on disk. After an error nothing more may be appended: the
// file may end in a piece of a line.
func appendRecord(dir *os.Root, name string, record any) error {
	line, err := recordLine(name, record)
	if err != nil {
		return err
	}
	file, err := dir.OpenFile(name+recordSuffix, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	defer file.Close()
	if info, err := file.Stat(); err != nil || info.Size() > mostLines {
		file.Close() // or Windows would not have it replaced
		return writeRecord(dir, name, record)
	}
	if _, err := file.Write(line); err != nil {
		return err
	}
	return file.Sync()
}

func recordLine(name string, record any) ([]byte, error) {
	data, err := json.Marshal(record)
	if err != nil {
		return nil, fmt.Errorf("write record %s: %w", name, err)
	}
	return append(data, '\n'), nil
}

// lastLine finds the line of a record's file that counts. A crash leaves of a line that nobody was told of a piece without its
// end, or zeros where the disk has not got it yet. whole says that there is no such piece, so that another line may follow.
func lastLine(data []byte) (line []byte, whole bool) {
	lines := bytes.Split(data, []byte("\n"))
	last := len(lines) - 1
	if last == 0 { // as a server wrote it that did not append
		return data, false
	}
	whole = len(lines[last]) == 0
	if line = lines[last-1]; last > 1 && bytes.IndexByte(line, 0) >= 0 {
		return lines[last-2], false
	}
	return line, whole
}

// readRecords gives every record of a directory, and whether another line may be appended to its file. One that cannot be read
// is an error: the store would forget what it has promised.
func readRecords[T any](dir *os.Root, give func(record T, whole bool)) error {
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
		line, whole := lastLine(data)
		var record T
		if err := json.Unmarshal(line, &record); err != nil {
			return fmt.Errorf("read record %s: %w", name, err)
		}
		give(record, whole)
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

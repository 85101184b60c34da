package resume

import (
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"time"
)

// Read gives the newest records of the journal at path, which may be in use by another process, in no order. It takes no
// lock and changes nothing. It gives what was there when it began, also when the journal is written anew meanwhile. A
// non-nil error is the last element; when there is no journal, that is [io/fs.ErrNotExist].
func Read(path string) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		file, err := openToRead(path)
		if err != nil {
			yield(Record{}, fmt.Errorf("journal %s: %w", path, err))
			return
		}
		defer file.Close()
		found, err := examineSettled(file)
		if err != nil {
			yield(Record{}, fmt.Errorf("journal %s: %w", path, err))
			return
		}
		for e, err := range entries(file, found.places(), found.lost) {
			if err != nil {
				yield(Record{}, fmt.Errorf("journal %s: %w", path, err))
				return
			}
			if !yield(e.Record, nil) {
				return
			}
		}
	}
}

// examineSettled reads a file to which somebody may be adding. A line that is half written looks as if a crash had cut it, so
// it gets a moment.
func examineSettled(file io.ReaderAt) (found contents, err error) {
	for range 4 {
		found, err = examine(file)
		if err != nil || !found.torn || found.damage > 0 {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	return found, err
}

func openToRead(path string) (*os.File, error) {
	dir, err := os.OpenRoot(filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	return openRegular(dir, filepath.Base(path), os.O_RDONLY)
}

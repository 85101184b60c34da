package resume

import (
	"errors"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"time"
)

// lockSuffix makes the name of the file with the lock of a journal.
const lockSuffix = ".lock"

// lockPatience is how long a lock is waited for: a process that only looks who has it ([Holder]) holds it for a moment, and
// one that ends gives it back.
const lockPatience = 250 * time.Millisecond

// errHeld: somebody else has the lock.
var errHeld = errors.New("held")

// takeLock takes the journal at path for this process, and writes the process's number into the file with the lock.
func takeLock(path string) (*os.File, error) {
	name := path + lockSuffix
	if info, err := os.Lstat(name); err == nil && !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "lock", Path: name, Err: errors.New("it is no regular file")}
	}
	file, err := lockFile(name)
	for end := time.Now().Add(lockPatience); errors.Is(err, errHeld) && time.Now().Before(end); {
		time.Sleep(10 * time.Millisecond)
		file, err = lockFile(name)
	}
	if errors.Is(err, errHeld) {
		return nil, &LockedError{Path: path, PID: holder(name)}
	}
	if err != nil {
		return nil, err
	}
	if err := writeHolder(file); err != nil {
		file.Close()
		return nil, err
	}
	return file, nil
}

func writeHolder(file *os.File) error {
	if err := file.Truncate(0); err != nil {
		return err
	}
	_, err := file.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	return err
}

// giveBack ends the lock. The file stays: were it removed, two processes could have the lock on two files of one name.
func giveBack(file *os.File) {
	file.Truncate(0)
	file.Close()
}

// holder is the number of the process that has the lock. One that has just taken it gets a moment to write it.
func holder(name string) int {
	for range 20 {
		text, err := os.ReadFile(name)
		if err != nil {
			return 0
		}
		if pid, err := strconv.Atoi(strings.TrimSpace(string(text))); err == nil {
			return pid
		}
		time.Sleep(5 * time.Millisecond)
	}
	return 0
}

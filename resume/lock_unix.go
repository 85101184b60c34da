//go:build unix && !solaris && !aix

package resume

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// lockFile opens a file that nobody else has locked, and locks it. The system ends the lock with the process, however that
// comes.
func lockFile(name string) (*os.File, error) {
	file, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		return file, nil
	}
	file.Close()
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, errHeld
	}
	return nil, &fs.PathError{Op: "lock", Path: name, Err: err}
}

//go:build unix && !solaris && !aix

package server

import (
	"os"
	"syscall"
)

// lock takes the store for this process. The system gives it back when the process ends, however that comes.
func lock(file *os.File) error {
	return syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
}

package main

import (
	"os"

	"golang.org/x/sys/unix"
)

// renameNew renames in one step, and fails with [fs.ErrExist] where to is there already. It is [errors.ErrUnsupported] on file
// systems that cannot, of which NFS is one.
func renameNew(from, to string) error {
	err := unix.Renameat2(unix.AT_FDCWD, from, unix.AT_FDCWD, to, unix.RENAME_NOREPLACE)
	if err == nil {
		return nil
	}
	if err == unix.EINVAL { // so says a file system that does not know the flag
		err = unix.EOPNOTSUPP
	}
	return &os.LinkError{Op: "rename", Old: from, New: to, Err: err}
}

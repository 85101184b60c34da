package main

import (
	"os"

	"golang.org/x/sys/unix"
)

// renameNew renames in one step, and fails with [fs.ErrExist] where to is there already. It is [errors.ErrUnsupported] on file
// systems that cannot.
func renameNew(from, to string) error {
	if err := unix.RenamexNp(from, to, unix.RENAME_EXCL); err != nil {
		return &os.LinkError{Op: "rename", Old: from, New: to, Err: err}
	}
	return nil
}

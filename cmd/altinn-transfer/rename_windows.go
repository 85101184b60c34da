package main

import (
	"os"

	"golang.org/x/sys/windows"
)

// renameNew renames in one step, and fails with [fs.ErrExist] where to is there already.
func renameNew(from, to string) error {
	err := moveFile(from, to)
	if err != nil {
		return &os.LinkError{Op: "rename", Old: from, New: to, Err: err}
	}
	return nil
}

func moveFile(from, to string) error {
	old, err := windows.UTF16PtrFromString(from)
	if err != nil {
		return err
	}
	fresh, err := windows.UTF16PtrFromString(to)
	if err != nil {
		return err
	}
	return windows.MoveFileEx(old, fresh, windows.MOVEFILE_WRITE_THROUGH)
}

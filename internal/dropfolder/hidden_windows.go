package dropfolder

import (
	"io/fs"
	"syscall"
)

// hidden reports whether Windows does not show the file, as Thumbs.db and desktop.ini, which Explorer makes by itself.
func hidden(info fs.FileInfo) bool {
	const quiet = syscall.FILE_ATTRIBUTE_HIDDEN | syscall.FILE_ATTRIBUTE_SYSTEM
	data, ok := info.Sys().(*syscall.Win32FileAttributeData)
	return ok && data.FileAttributes&quiet != 0
}

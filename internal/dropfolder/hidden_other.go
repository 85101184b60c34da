//go:build !windows

package dropfolder

import "io/fs"

// hidden is said by the name alone here.
func hidden(fs.FileInfo) bool { return false }

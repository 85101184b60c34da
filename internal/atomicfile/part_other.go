//go:build !unix

package atomicfile

import "io/fs"

const openAtOnce = 0

func isOurs(info fs.FileInfo) bool { return info.Mode().IsRegular() }

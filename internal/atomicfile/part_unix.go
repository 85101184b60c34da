//go:build unix

package atomicfile

import (
	"io/fs"
	"os"
	"syscall"
)

// openAtOnce keeps an open from waiting for the other end of a pipe.
const openAtOnce = syscall.O_NONBLOCK

func isOurs(info fs.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return info.Mode().IsRegular() && ok && stat.Nlink == 1 && int(stat.Uid) == os.Geteuid()
}

//go:build unix

package bench

import (
	"os"
	"runtime"
	"syscall"
)

// systemPeak is the most memory that the process had resident, in bytes. Linux counts it in KiB, Darwin in bytes.
func systemPeak(state *os.ProcessState) int64 {
	usage, ok := state.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	if runtime.GOOS == "darwin" || runtime.GOOS == "ios" {
		return int64(usage.Maxrss)
	}
	return int64(usage.Maxrss) << 10
}

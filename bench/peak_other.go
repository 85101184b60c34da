//go:build !unix

package bench

import "os"

// systemPeak is not told by this system.
func systemPeak(*os.ProcessState) int64 { return 0 }

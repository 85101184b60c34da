package main

import (
	"os"
	"runtime/metrics"
	"strconv"
	"strings"
)

// peakMemory is the most memory that this process has held at once, in bytes, as the Linux kernel counts it (VmHWM). Elsewhere
// it is what the Go runtime has taken from the system, which hardly ever shrinks within a short run.
func peakMemory() int64 {
	if status, err := os.ReadFile("/proc/self/status"); err == nil {
		if _, rest, found := strings.Cut(string(status), "VmHWM:"); found {
			if kib, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64); err == nil {
				return kib << 10
			}
		}
	}
	sample := []metrics.Sample{{Name: "/memory/classes/total:bytes"}}
	metrics.Read(sample)
	return int64(sample[0].Value.Uint64())
}

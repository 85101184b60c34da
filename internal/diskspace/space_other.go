//go:build !linux && !darwin && !freebsd && !windows

package diskspace

func free(string) int64 { return -1 }

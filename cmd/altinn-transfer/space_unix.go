//go:build linux || darwin || freebsd

package main

import "syscall"

// freeSpace is the number of bytes that this user can still write below dir; -1 when it cannot be learnt.
func freeSpace(dir string) int64 {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(dir, &fs); err != nil {
		return -1
	}
	return int64(fs.Bavail) * int64(fs.Bsize)
}

// Package diskspace tells how much a disk still takes.
package diskspace

// Free is the number of bytes that this user can still write below dir; -1 when it cannot be learnt.
func Free(dir string) int64 { return free(dir) }

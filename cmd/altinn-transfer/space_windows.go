package main

import (
	"syscall"
	"unsafe"
)

// freeSpace is the number of bytes that this user can still write below dir; -1 when it cannot be learnt.
func freeSpace(dir string) int64 {
	path, err := syscall.UTF16PtrFromString(dir)
	if err != nil {
		return -1
	}
	var free int64
	call := syscall.NewLazyDLL("kernel32.dll").NewProc("GetDiskFreeSpaceExW")
	if ok, _, _ := call.Call(uintptr(unsafe.Pointer(path)), uintptr(unsafe.Pointer(&free)), 0, 0); ok == 0 {
		return -1
	}
	return free
}

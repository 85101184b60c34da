package diskspace

import (
	"syscall"
	"unsafe"
)

func free(dir string) int64 {
	path, err := syscall.UTF16PtrFromString(dir)
	if err != nil {
		return -1
	}
	var bytes int64
	call := syscall.NewLazyDLL("kernel32.dll").NewProc("GetDiskFreeSpaceExW")
	if ok, _, _ := call.Call(uintptr(unsafe.Pointer(path)), uintptr(unsafe.Pointer(&bytes)), 0, 0); ok == 0 {
		return -1
	}
	return bytes
}

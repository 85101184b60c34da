package atomicfile

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"
	"syscall"
	"testing"
)

// smallDisk is a disk of one MiB.
func smallDisk(t *testing.T) *os.Root {
	t.Helper()
	path := t.TempDir()
	if err := syscall.Mount("tmpfs", path, "tmpfs", 0, "size=1m"); err != nil {
		t.Skipf("a disk to fill needs the right to mount it: %v", err)
	}
	t.Cleanup(func() { syscall.Unmount(path, syscall.MNT_DETACH) })
	return openRoot(t, path)
}

func TestFullDiskLeavesNothing(t *testing.T) {
	dir := smallDisk(t)
	must(t, WriteFile(dir, "a", []byte(before)))
	f := mustCreate(t, dir, "a")
	n, err := io.Copy(f, bytes.NewReader(make([]byte, 2<<20)))
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("%d bytes, error %v", n, err)
	}
	if err := f.Commit(); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("Commit: error %v", err)
	}
	checkDir(t, dir, "a", before)
	if err := WriteFile(dir, "b", make([]byte, 2<<20)); !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "write b") {
		t.Errorf("WriteFile: error %v", err)
	}
	checkDir(t, dir, "a", before)
	must(t, WriteFile(dir, "c", make([]byte, 512<<10)))
}

func TestReadOnlyDisk(t *testing.T) {
	dir := smallDisk(t)
	must(t, WriteFile(dir, "a", []byte(before)))
	must(t, syscall.Mount("", dir.Name(), "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""))
	if _, err := Create(dir, "a"); !errors.Is(err, syscall.EROFS) || !strings.Contains(err.Error(), "create a") {
		t.Errorf("error %v", err)
	}
	checkDir(t, dir, "a", before)
}

func TestReadOnlyDirectory(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("nothing is read-only to root")
	}
	dir := openDir(t)
	must(t, os.Chmod(dir.Name(), 0o500))
	if _, err := Create(dir, "a"); !errors.Is(err, fs.ErrPermission) || !strings.Contains(err.Error(), "create a") {
		t.Errorf("error %v", err)
	}
}

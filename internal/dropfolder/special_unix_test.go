//go:build unix

package dropfolder

import (
	"net"
	"path/filepath"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// A pipe would be waited for, maybe for ever. It is not opened, and neither is a socket.
func TestPipesAndSocketsAreLeftAlone(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe.zip"), 0o600); err != nil {
		t.Fatal(err)
	}
	socket, err := net.Listen("unix", filepath.Join(dir, "s.zip"))
	if err != nil {
		t.Skip("no sockets here:", err)
	}
	defer socket.Close()
	synctest.Test(t, func(t *testing.T) {
		if names, failed := found(t, polling(dir), 5*time.Minute); names != nil || failed != nil {
			t.Errorf("%q, %v", names, failed)
		}
	})
}

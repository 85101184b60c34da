//go:build unix

package stream

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func makePipe(t *testing.T, dir string) string {
	t.Helper()
	path := filepath.Join(dir, "pipe")
	must(t, syscall.Mkfifo(path, 0o600))
	return path
}

// Opening a pipe that nobody writes to would wait for ever.
func TestFileReplacedByPipe(t *testing.T) {
	path := writeFile(t, "pipe", content)
	source := mustFile(t, path)
	must(t, os.Remove(path))
	makePipe(t, filepath.Dir(path))
	if _, err := source.Open(t.Context()); err == nil || !strings.Contains(err.Error(), "a named pipe") {
		t.Errorf("error %v", err)
	}
}

//go:build unix

package transfer_test

import (
	"bytes"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/internal/iofault"
	"github.com/altinn-transfer/altinn-transfer/resume"
	"github.com/altinn-transfer/altinn-transfer/transfer"
)

// pipeAt puts a named pipe at a path. Whoever opened it would wait for ever.
func pipeAt(t *testing.T, path string) {
	t.Helper()
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
}

func isPipe(t *testing.T, path string) bool {
	t.Helper()
	info, err := os.Lstat(path)
	return err == nil && info.Mode()&fs.ModeNamedPipe != 0
}

func TestAPipeAtAFilesNameIsNotOpened(t *testing.T) {
	dir := t.TempDir()
	pipeAt(t, filepath.Join(dir, "a.zip"))
	backend := waiting("PK content", available("a.zip", 10))
	result := transfer.New(backend, transfer.Options{}).Receive(t.Context(), backend.list[0], me, dir)
	if result.Err != nil || result.Path != filepath.Join(dir, "a-0e1dc0de.zip") || content(t, result.Path) != "PK content" {
		t.Errorf("result %+v", result)
	}
	if !isPipe(t, filepath.Join(dir, "a.zip")) {
		t.Error("the pipe is gone")
	}
}

// The journal names the part, and something else may have that name by now.
func TestAPipeAtThePartsNameIsNotOpened(t *testing.T) {
	dir, journal := t.TempDir(), new(resume.Memory)
	backend := waiting("PK content", available("a.zip", 10))
	backend.body = func(b []byte) io.Reader {
		return iofault.ErrAt(bytes.NewReader(b), 4, &failure.Error{Kind: failure.Network})
	}
	if r := transfer.New(backend, journalled(journal)).Receive(t.Context(), backend.list[0], me, dir); r.Err == nil {
		t.Fatal("it was not cut")
	}
	part := filepath.Join(dir, only(t, journal).Part)
	if err := os.Remove(part); err != nil {
		t.Fatal(err)
	}
	pipeAt(t, part)
	backend.body = nil
	result := transfer.New(backend, journalled(journal)).Receive(t.Context(), backend.list[0], me, dir)
	if result.Err != nil || !result.Confirmed || content(t, result.Path) != "PK content" {
		t.Errorf("result %+v", result)
	}
	if !isPipe(t, part) {
		t.Error("the pipe is gone")
	}
}

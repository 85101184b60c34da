package zipstream

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/internal/iofault"
)

// What others unpack with must give what went in. jar reads its input from front to back.
func TestForeignToolsUnpackIt(t *testing.T) {
	if os.Getenv("ALTINN_TRANSFER_LONG") == "" {
		t.Skip("starts Java and others; set ALTINN_TRANSFER_LONG")
	}
	entries := []Entry{
		made("æøå/noise", iofault.NewPattern(iofault.Random, 2*blockSize, 1)),
		textEntry("empty", ""),
		made("text", iofault.NewPattern(iofault.Text, 5*blockSize+7, 1)),
		opened("invoices.xml", 3*blockSize, func() io.Reader { return bytes.NewReader(invoices(3 * blockSize)) }),
		made("zeros", iofault.NewPattern(iofault.Zeros, 3*blockSize-1, 1)),
	}
	zipped := filepath.Join(t.TempDir(), "a.zip")
	must(t, os.WriteFile(zipped, packAll(t, entries...), 0o600))
	for _, command := range [][]string{
		{"unzip", "-q", zipped},
		{"python3", "-m", "zipfile", "-e", zipped, "."},
		{"7z", "x", "-bd", zipped},
		{"jar", "-x"},
	} {
		t.Run(command[0], func(t *testing.T) {
			t.Chdir(t.TempDir())
			unpackWith(t, command, zipped)
			for _, e := range entries {
				checkUnpacked(t, e)
			}
		})
	}
}

func unpackWith(t *testing.T, command []string, zipped string) {
	t.Helper()
	if _, err := exec.LookPath(command[0]); err != nil {
		t.Skip(err)
	}
	in, err := os.Open(zipped)
	must(t, err)
	defer in.Close()
	tool := exec.CommandContext(t.Context(), command[0], command[1:]...)
	tool.Env = append(os.Environ(), "LC_ALL=C.UTF-8")
	tool.Stdin = in
	if said, err := tool.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
}

func checkUnpacked(t *testing.T, e Entry) {
	t.Helper()
	content, err := e.Open(t.Context())
	must(t, err)
	want, err := io.ReadAll(content)
	must(t, err)
	got, err := os.ReadFile(e.Name)
	must(t, err)
	if !bytes.Equal(got, want) {
		t.Errorf("%s: other contents", e.Name)
	}
}

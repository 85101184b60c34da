package diskspace

import "testing"

func TestFree(t *testing.T) {
	if n := Free(t.TempDir()); n == 0 {
		t.Error("a directory that can be written has no space")
	}
	if n := Free("nowhere"); n != -1 {
		t.Errorf("a directory that is not there has %d bytes", n)
	}
}

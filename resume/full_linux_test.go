package resume

import (
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

// What was put before a file could grow no more is there, and nothing of what could not be; with room, it goes on.
func TestFullDisk(t *testing.T) {
	path := journalPath(t)
	inner := process(t, "fill", path)
	shell := exec.Command("sh", "-c", "ulimit -f 16 && exec \"$0\"", inner.Path) // 8 or 16 KiB
	shell.Env, shell.Stderr = inner.Env, inner.Stderr
	output, err := shell.Output()
	if err != nil {
		t.Fatal(err)
	}
	f := open(t, path)
	if f.Damage() != 0 {
		t.Errorf("damage %d", f.Damage())
	}
	lines := strings.Fields(string(output))
	if len(lines) < 5 {
		t.Fatalf("only %d records were put", len(lines))
	}
	for _, n := range lines {
		if _, ok := get(t, f, n); !ok {
			t.Errorf("%s is gone", n)
		}
	}
	if _, ok := get(t, f, strconv.Itoa(len(lines))); ok || len(f.found.index) != len(lines)+1 {
		t.Errorf("%d records are there, and %d were put", len(f.found.index), len(lines)+1)
	}
	must(t, f.Put(t.Context(), record("more", Planned)))
}

package main

import (
	"os"
	"path/filepath"
	"testing"
)

// A person of whom nothing is said has the rights of the system, so that has to be told from one who has none.
func TestNoRightsAreNotThoseOfTheSystem(t *testing.T) {
	for line, want := range map[string]bool{"": true, "rights = []": false, `rights = [{ party = "910075918" }]`: false} {
		path := filepath.Join(t.TempDir(), "server.toml")
		if err := os.WriteFile(path, []byte("[[person]]\nssn = \"01010112345\"\n"+line+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		options, err := readServerConfig(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := options.Persons[0].Rights == nil; got != want {
			t.Errorf("%q: those of the system: %v", line, got)
		}
	}
}

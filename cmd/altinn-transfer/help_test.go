package main

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/spf13/cobra"
)

// A help is read on a terminal: its lines are not so long that they are broken in the middle of a word.
func TestEveryHelpFitsATerminal(t *testing.T) {
	const columns = 128
	var look func(cmd *cobra.Command, path []string)
	look = func(cmd *cobra.Command, path []string) {
		r := runApp(t, "", append(slices.Clone(path), "--help")...)
		if r.code != exitDone || r.out == "" {
			t.Fatalf("%s: %+v", path, r)
		}
		for line := range strings.Lines(r.out) {
			if n := utf8.RuneCountInString(strings.TrimSpace(line)); n > columns {
				t.Errorf("%s: a line of %d columns: %s", path, n, line)
			}
		}
		for _, below := range cmd.Commands() {
			look(below, append(slices.Clone(path), below.Name()))
		}
	}
	look(newRootCommand(&app{env: func(string) string { return "" }}), nil)
}

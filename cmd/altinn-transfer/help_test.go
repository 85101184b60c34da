package main

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/spf13/cobra"
)

// A help is read on a terminal of 80 columns, too, and a word that cannot be broken is in none of its lines too long.
func TestEveryHelpFitsATerminal(t *testing.T) {
	const columns = 80
	var look func(cmd *cobra.Command, path []string)
	look = func(cmd *cobra.Command, path []string) {
		r := runApp(t, "", append(slices.Clone(path), "--help")...)
		if r.code != exitDone || r.out == "" {
			t.Fatalf("%s: %+v", path, r)
		}
		for line := range strings.Lines(r.out) {
			if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > columns {
				t.Errorf("%s: a line of %d columns: %s", path, n, line)
			}
		}
		for _, below := range cmd.Commands() {
			look(below, append(slices.Clone(path), below.Name()))
		}
	}
	look(newRootCommand(&app{env: func(string) string { return "" }}), nil)
}

// A person finds a flag of the long helps by its heading, so none is left over there, and no heading has a name that nothing
// bears.
func TestEveryFlagOfABulkHasAHeading(t *testing.T) {
	root := newRootCommand(&app{env: func(string) string { return "" }})
	borne := map[string]bool{}
	var look func(cmd *cobra.Command)
	look = func(cmd *cobra.Command) {
		borne[cmd.Name()] = true
		for _, group := range flagGroups(cmd) {
			for _, flag := range group.flags {
				borne[flag.Name] = true
				if group.title == "Flags" && slices.Contains(commandHeadings[0].names, cmd.Name()) && !slices.Contains([]string{"list", "status"}, cmd.Name()) {
					t.Errorf("%s: --%s has no heading", cmd.Name(), flag.Name)
				}
			}
		}
		for _, below := range cmd.Commands() {
			look(below)
		}
	}
	look(root)
	for _, h := range slices.Concat(flagHeadings, commandHeadings) {
		for _, name := range h.names {
			if !borne[name] {
				t.Errorf("%s: nothing is called %s", h.title, name)
			}
		}
	}
}

func TestProseIsBrokenAndRowsAreKept(t *testing.T) {
	text := "Some words that\ngo on and on.\n\nA table:\n    a  short\n    key = 1  # a comment that is long\n"
	want := "Some words that go on and on.\n\nA table:\n    a  short\n    key = 1  # a comment that\n             # is long\n"
	if got := prose(text, 30); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

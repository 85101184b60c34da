package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Every command that a help shows has a page, which names all of its flags.
func TestEveryCommandHasAManPage(t *testing.T) {
	dir := t.TempDir()
	if r := runApp(t, "", "man", dir); r.code != exitDone {
		t.Fatalf("%+v", r)
	}
	pages := 0
	var look func(cmd *cobra.Command)
	look = func(cmd *cobra.Command) {
		pages++
		page := fileContent(t, filepath.Join(dir, strings.ReplaceAll(cmd.CommandPath(), " ", "-")+".1"))
		cmd.LocalFlags().VisitAll(func(flag *pflag.Flag) {
			if !flag.Hidden && !strings.Contains(page, roff("--"+flag.Name)) {
				t.Errorf("%s: --%s is missing", cmd.CommandPath(), flag.Name)
			}
		})
		for _, below := range cmd.Commands() {
			if !below.Hidden {
				look(below)
			}
		}
	}
	look(newRootCommand(&app{env: func(string) string { return "" }}))
	if pages < 30 {
		t.Errorf("%d pages", pages)
	}
}

// What would be a request or an escape stands on the page as it is in the help.
func TestRoffHasNoRequests(t *testing.T) {
	if got, want := roff(".TH a\n'br\n\\n-~"), "\\&.TH a\n\\(aqbr\n\\en\\-\\(ti"; got != want {
		t.Errorf("%q, not %q", got, want)
	}
}

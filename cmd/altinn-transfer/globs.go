package main

import (
	"path"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/spf13/pflag"
)

// globs choose files by name.
type globs struct{ include, exclude []string }

// addFlags adds --include and --exclude; what says which files.
func (g *globs) addFlags(flags *pflag.FlagSet, what string) {
	flags.StringArrayVar(&g.include, "include", nil, "only "+what+" that match the `glob`; may be given several times")
	flags.StringArrayVar(&g.exclude, "exclude", nil, "no "+what+" that match the `glob`; may be given several times")
}

func (g *globs) check() error {
	for _, glob := range g.include {
		if !doublestar.ValidatePattern(glob) {
			return usageError("--include: %q is no glob", glob)
		}
	}
	for _, glob := range g.exclude {
		if !doublestar.ValidatePattern(glob) {
			return usageError("--exclude: %q is no glob", glob)
		}
	}
	return nil
}

// wants reports whether the file is meant: name is its path below the directory that was named, with '/'.
func (g *globs) wants(name string) bool {
	return !g.leavesOut(name) && (len(g.include) == 0 || matchesAny(g.include, name))
}

// leavesOut reports whether a file or a directory, with all that is in it, is excluded.
func (g *globs) leavesOut(name string) bool { return matchesAny(g.exclude, name) }

// matchesAny compares a glob that has no '/' with the last element, as a shell's user expects of *.txt.
func matchesAny(globs []string, name string) bool {
	for _, glob := range globs {
		part := name
		if !strings.Contains(glob, "/") {
			part = path.Base(name)
		}
		if doublestar.MatchUnvalidated(glob, part) {
			return true
		}
	}
	return false
}

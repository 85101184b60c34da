package main

import (
	"errors"
	"slices"

	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/transfer"
)

// maxNamed bounds the files that a command line to do again names. For more, it is the same command line again, which does
// nothing twice.
const maxNamed = 20

// repeat are the command lines that send what was not sent. What came from standard input is gone, and what was refused for
// what the command line says would be refused again.
func (s *sendCommand) repeat(args []string, o *outgoing, b *batch, left int) []string {
	if slices.Contains(args, stdin) {
		return nil
	}
	failed := worthwhile(b.kept)
	if len(failed)+left == 0 {
		return nil
	}
	if s.segment > 0 && s.again {
		return nil // with --again what is sent would go once more, and without it what was not begun would not
	}
	if s.segment > 0 { // what failed is called by its segment
		return []string{s.anew(s.forAll, args)}
	}
	if left == 0 && b.failed <= maxNamed && o.parcel == nil {
		return []string{s.anew(s.forNamed, failed)}
	}
	if left == 0 || !s.again {
		return []string{s.anew(s.forAll, args)}
	}
	return s.repeatAgain(failed, o, left)
}

// worthwhile are the keys of failures that the same command line can make good.
func worthwhile(failed []transfer.Result) []string {
	var keys []string
	for _, r := range failed {
		if !errors.Is(r.Err, failure.Refused) && !errors.Is(r.Err, failure.Usage) {
			keys = append(keys, r.Key)
		}
	}
	slices.Sort(keys) // they ended in any order
	return keys
}

// repeatAgain keeps apart what was begun, which the journal has as new, and what was not: only for that one --again is said
// again, or all would be sent once more. Where there is more than can be named, there is no such command line.
func (s *sendCommand) repeatAgain(failed []string, o *outgoing, left int) []string {
	var lines []string
	if len(failed) > 0 && len(failed) <= maxNamed {
		lines = append(lines, s.anew(s.forNamed, failed))
	}
	if left <= maxNamed && o.parcel == nil {
		begun := func(flag string) bool { return s.forNamed(flag) || flag == "again" }
		lines = append(lines, s.anew(begun, o.picked.paths(len(o.picked.files)-left)))
	}
	return lines
}

func (s *sendCommand) anew(keep func(flag string) bool, paths []string) string {
	paths = slices.Clone(paths)
	for i, path := range paths {
		if path == stdin {
			paths[i] = "./-" // a file of that name
		}
	}
	return again(s.cmd.CommandPath(), s.cmd.Flags(), keep, paths...)
}

// forAll reports whether a flag belongs to the same command line again. What was begun with --again is not done, so that it is
// sent without.
func (s *sendCommand) forAll(flag string) bool { return flag != "again" }

// forNamed reports whether a flag belongs to a command line that names each file.
func (s *sendCommand) forNamed(flag string) bool {
	return s.forAll(flag) && !slices.Contains([]string{"files-from", "from0", "include", "exclude"}, flag)
}

package main

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"iter"
	"os"
	"strings"

	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/spf13/pflag"
)

// listFlags name a file that names others.
type listFlags struct {
	from  string
	from0 bool
}

func (l *listFlags) addFlags(flags *pflag.FlagSet) {
	flags.StringVar(&l.from, "files-from", "", "`file` that names what is to be sent, one a line; \"-\" is standard input")
	flags.BoolVar(&l.from0, "from0", false, "the names in --files-from end in NUL, as find -print0 writes them")
}

// maxListed is the longest line of a list, in bytes; no system has longer paths.
const maxListed = 64 << 10

// names are those of the command line, then those of the list as they are read.
func (l *listFlags) names(args []string, in io.Reader) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for _, arg := range args {
			if !yield(arg, nil) {
				return
			}
		}
		if l.from == "" {
			return
		}
		for name, err := range l.read(in) {
			if !yield(name, err) {
				return
			}
		}
	}
}

func (l *listFlags) read(in io.Reader) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		if l.from != stdin {
			file, err := os.Open(l.from)
			if err != nil {
				yield("", usageError("--files-from: %w", err))
				return
			}
			defer file.Close()
			in = file
		}
		lines := bufio.NewScanner(in)
		lines.Buffer(nil, maxListed)
		if l.from0 {
			lines.Split(untilNUL)
		}
		for lines.Scan() {
			if name := lines.Text(); name != "" && !yield(name, l.check(name)) {
				return
			}
		}
		if err := lines.Err(); err != nil {
			yield("", l.unread(err))
		}
	}
}

func (l *listFlags) check(name string) error {
	if strings.ContainsRune(name, 0) {
		return usageError("--files-from: a line holds NUL; use --from0 for a list that find -print0 wrote")
	}
	return nil
}

func (l *listFlags) unread(err error) error {
	if errors.Is(err, bufio.ErrTooLong) {
		return usageError("--files-from: a name is longer than %d bytes", maxListed)
	}
	return &failure.Error{Op: "read --files-from", Kind: failure.Source, Err: err}
}

// untilNUL is a [bufio.SplitFunc].
func untilNUL(data []byte, atEOF bool) (int, []byte, error) {
	if end := bytes.IndexByte(data, 0); end >= 0 {
		return end + 1, data[:end], nil
	}
	if atEOF && len(data) > 0 {
		return len(data), data, nil
	}
	return 0, nil, nil
}

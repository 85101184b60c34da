package main

import (
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// The forms of --log-format.
const (
	logText = "text"
	logJSON = "json"
)

func addLogFlags(root *cobra.Command) {
	flags := root.PersistentFlags()
	flags.String("log-level", "warn", "what is logged: debug, info, warn or error")
	flags.BoolP("verbose", "v", false, "the same as --log-level debug")
	flags.String("log-format", logText, "text or json; json makes all of stderr lines of JSON")
	flags.String("log-file", "", "`file` to log to instead of stderr, at its end; one that is moved away is made anew")
	root.RegisterFlagCompletionFunc("log-level", cobra.FixedCompletions(
		[]cobra.Completion{"debug", "info", "warn", "error"}, cobra.ShellCompDirectiveNoFileComp))
	root.RegisterFlagCompletionFunc("log-format", cobra.FixedCompletions(
		[]cobra.Completion{logText, logJSON}, cobra.ShellCompDirectiveNoFileComp))
}

// openLog makes the log that the flags ask for.
func (a *app) openLog(flags *pflag.FlagSet) error {
	level, err := logLevel(flags)
	if err != nil {
		return err
	}
	format, _ := flags.GetString("log-format")
	if format != logText && format != logJSON {
		return usageError("--log-format is text or json, not %q", format)
	}
	path, _ := flags.GetString("log-file")
	var to io.Writer = a.screen
	switch {
	case path != "":
		if a.logFile, err = openLogFile(path); err != nil {
			return err
		}
		to = a.logFile
	case format == logJSON:
		to, a.jsonLines = a.err, true
	}
	a.log = newLogger(to, format, level)
	if a.jsonLines {
		a.screen.speakThrough(a.log)
	}
	a.logJobs = path != "" || format == logJSON || level <= slog.LevelInfo
	return nil
}

// closeLog says what the log could not be told.
func (a *app) closeLog() {
	if a.logFile == nil {
		return
	}
	if err := a.logFile.Close(); err != nil {
		fmt.Fprintf(a.screen, "altinn-transfer: the log is not whole: %s\n", visible(err.Error()))
	}
}

func newLogger(w io.Writer, format string, level slog.Level) *slog.Logger {
	if format == logJSON {
		return slog.New(slog.NewJSONHandler(escaped{w}, &slog.HandlerOptions{Level: level, ReplaceAttr: forMachines}))
	}
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: level}))
}

// forMachines writes times as events have them, durations in seconds, and what has a word of its own as that.
func forMachines(_ []string, a slog.Attr) slog.Attr {
	switch a.Value.Kind() {
	case slog.KindAny:
		if word, ok := a.Value.Any().(fmt.Stringer); ok {
			return slog.String(a.Key, word.String())
		}
	case slog.KindTime:
		return slog.String(a.Key, a.Value.Time().UTC().Format(timeFormat))
	case slog.KindDuration:
		return slog.Float64(a.Key, a.Value.Duration().Seconds())
	}
	return a
}

// escaped writes lines of JSON without what a terminal could obey.
type escaped struct{ w io.Writer }

func (e escaped) Write(p []byte) (int, error) {
	_, err := io.WriteString(e.w, escapeHidden(string(p)))
	return len(p), err
}

func logLevel(flags *pflag.FlagSet) (slog.Level, error) {
	if verbose, _ := flags.GetBool("verbose"); verbose {
		return slog.LevelDebug, nil
	}
	text, _ := flags.GetString("log-level")
	var level slog.Level
	if err := level.UnmarshalText([]byte(text)); err != nil {
		return 0, usageError("--log-level is debug, info, warn or error, not %s", strconv.Quote(text))
	}
	return level, nil
}

// lineLog makes a record of each line for people, where stderr is for machines.
type lineLog struct{ log *slog.Logger }

func (l lineLog) Write(p []byte) (int, error) {
	for line := range strings.Lines(string(p)) {
		if line = strings.TrimSpace(line); line != "" {
			l.log.Info(line)
		}
	}
	return len(p), nil
}

// logEnd is the record of a run that did not end well.
func (a *app) logEnd(err error, advice []string) {
	values := []any{"exit_code", exitCode(err), "kind", kindOf(err).Name(), "error", err}
	if len(advice) > 0 {
		values = append(values, "repeat", advice)
	}
	a.log.Error("the run failed", values...)
}

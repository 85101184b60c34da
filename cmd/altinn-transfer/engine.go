package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/resume"
	"github.com/altinn-transfer/altinn-transfer/transfer"
	"github.com/spf13/pflag"
)

// engineFlags say how the jobs of a batch are carried out: how many at once, how fast, how patiently, and where it is
// written down.
type engineFlags struct {
	app       *app
	jobs      int
	limit     rateFlag
	attempts  int
	maxWait   time.Duration
	budget    time.Duration
	journal   string
	stopAfter time.Duration // 0: never
}

func (a *app) addEngineFlags(flags *pflag.FlagSet) *engineFlags {
	e := &engineFlags{app: a}
	flags.IntVarP(&e.jobs, "jobs", "j", 4, "files at once")
	flags.Var(&e.limit, "limit", "bytes a second for all files together, as 20MiB (default no limit)")
	flags.IntVar(&e.attempts, "attempts", 5, "tries of a file, the first included")
	flags.DurationVar(&e.maxWait, "retry-max-wait", 30*time.Second, "longest wait between two tries, save that the service asks for a longer one")
	flags.DurationVar(&e.budget, "retry-budget", 0, "longest time that a file waits for its tries, all together (default no limit)")
	flags.StringVar(&e.journal, "journal", "", "`file` that remembers what is done (default one for each user, service and party)")
	return e
}

// addStopFlag adds the time of a run that has an end.
func (e *engineFlags) addStopFlag(flags *pflag.FlagSet) {
	flags.DurationVar(&e.stopAfter, "stop-after", 0, "begin no file later than this after the start, and end with code 4 when some are left (default never)")
}

func (e *engineFlags) check() error {
	switch {
	case e.stopAfter < 0:
		return usageError("--stop-after is not negative")
	case e.attempts < 1:
		return usageError("--attempts is 1 or more, not %d", e.attempts)
	case e.maxWait <= 0:
		return usageError("--retry-max-wait is more than 0")
	case e.budget < 0:
		return usageError("--retry-budget is not negative")
	}
	return checkJobs(e.jobs)
}

// options are those of a manager, without the journal.
func (e *engineFlags) options(o transfer.Observer) transfer.Options {
	options := transfer.Options{
		Concurrency: e.jobs, BytesPerSec: int64(e.limit.sizeFlag), Observer: o,
		Retry: transfer.Retry{Attempts: e.attempts, Max: e.maxWait, Budget: e.budget},
	}
	if e.stopAfter > 0 {
		options.Until = time.Now().Add(e.stopAfter)
	}
	return options
}

// scope names the service and the user, for the keys of a journal: what is done there is not done elsewhere.
func (c *connection) scope() string {
	return strings.Join([]string{strings.TrimSuffix(c.endpoint, "/"), strings.ToLower(c.binding), c.user}, "\n")
}

// openJournal opens the journal of the jobs in one direction.
func (e *engineFlags) openJournal(d resume.Direction, c *connection) (*resume.File, error) {
	path, err := e.journalPath(d, c)
	if err != nil {
		return nil, err
	}
	journal, err := resume.Open(path)
	if err != nil {
		return nil, unopened(err)
	}
	if lost := journal.Damage(); lost > 0 {
		e.app.log.Warn("the journal was damaged; what it has lost is looked up again at the service", "journal", path, "lines", lost)
	}
	return journal, nil
}

// journalPath is where that journal is. Each direction has its own for every scope and party, so that sending and receiving
// can go on at once.
func (e *engineFlags) journalPath(d resume.Direction, c *connection) (string, error) {
	if e.journal != "" {
		return e.journal, nil
	}
	dir, err := stateDir(e.app.env)
	if err != nil {
		return "", usageError("no place for the journal: %w; use --journal", err)
	}
	return filepath.Join(dir, fmt.Sprintf("%s-%s-%.12s.journal", d, c.party, resume.Key(c.scope()))), nil
}

// unopened says what to do about a journal that cannot be had.
func unopened(err error) error {
	if errors.Is(err, resume.ErrLocked) {
		return &failure.Error{Op: "open the journal", Kind: failure.InUse, Err: fmt.Errorf("%w; or give this run another with --journal", err)}
	}
	return &failure.Error{Op: "open the journal", Kind: failure.Disk, Err: err}
}

// closeJournal closes it when all jobs have ended. What matters was on disk before.
func (e *engineFlags) closeJournal(j resume.Journal) {
	if err := j.Close(); err != nil {
		e.app.log.Warn("close the journal", "error", err)
	}
}

// addSizeLimitFlag adds the size above which nothing is announced.
func addSizeLimitFlag(flags *pflag.FlagSet, limit *sizeFlag) {
	flags.Var(limit, "size-limit", "refuse a larger file before it is announced; Altinn's limit was 1GB (default none)")
}

// stateDir is where journals are by default.
func stateDir(env func(string) string) (string, error) {
	if dir := env("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "altinn-transfer"), nil
	}
	if dir := env("LOCALAPPDATA"); runtime.GOOS == "windows" && dir != "" {
		return filepath.Join(dir, "altinn-transfer"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(home, ".local", "state", "altinn-transfer"), nil
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"time"

	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/resume"
	"github.com/spf13/cobra"
)

// statusCommand tells what journals know.
type statusCommand struct {
	app     *app
	journal string
	open    bool
	prune   ageFlag
}

func newStatusCommand(a *app) *cobra.Command {
	s := &statusCommand{app: a}
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Tell what the journals know: what is not done, and how much is",
		Long: `Tells what the journals know of files that were sent and received: those that are not done, with what to do about them, and
how many are done. It asks no service, and can be used while another process works with a journal.

--prune forgets what has been done for so long: 90d, 12h, 2w. Do not forget what may be asked for again: a file that is
forgotten is sent again by a send that names it.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return s.run(cmd.Context()) },
	}
	flags := cmd.Flags()
	flags.StringVar(&s.journal, "journal", "", "`file` of one journal (default all in the state directory)")
	flags.BoolVar(&s.open, "open", false, "only what is not done")
	flags.Var(&s.prune, "prune", "forget what was done longer ago than this `age`, as 90d")
	a.addJSONFlag(flags)
	return cmd
}

// run goes on to the next journal where one cannot be read.
func (s *statusCommand) run(ctx context.Context) error {
	paths, err := s.paths()
	if err != nil {
		return err
	}
	if len(paths) == 0 {
		fmt.Fprintln(s.app.screen, "there is no journal: nothing was sent or received here with one")
		return nil
	}
	var errs []error
	for _, path := range paths {
		if err := s.one(ctx, path); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

func (s *statusCommand) paths() ([]string, error) {
	if s.journal != "" {
		return []string{s.journal}, nil
	}
	dir, err := stateDir(s.app.env)
	if err != nil {
		return nil, usageError("no place for journals: %w; use --journal", err)
	}
	return filepath.Glob(filepath.Join(dir, "*.journal"))
}

func (s *statusCommand) one(ctx context.Context, path string) error {
	pruned, err := s.pruned(ctx, path)
	if err != nil {
		return err
	}
	k := &knowledge{path: path, pruned: pruned}
	k.pid, k.inUse = resume.Holder(path)
	if s.app.json {
		k.each = func(r resume.Record) error { return s.app.events.write(newRecordEvent(k, r)) }
	}
	if err := k.learn(ctx, resume.Read(path)); err != nil {
		return unread(path, err)
	}
	if s.app.json {
		return s.app.events.write(newJournalEvent(k))
	}
	return orUnwritten(s.tell(k))
}

func unread(path string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return usageError("--journal: there is none at %s", path)
	}
	if failure.KindOf(err) != failure.Unknown {
		return err
	}
	return &failure.Error{Op: "read the journal", Kind: failure.Disk, Err: err}
}

// pruned forgets what is to be forgotten, and gives how much it was.
func (s *statusCommand) pruned(ctx context.Context, path string) (int, error) {
	if s.prune == 0 {
		return 0, nil
	}
	if _, err := os.Stat(path); err != nil { // or one would be made
		return 0, unread(path, err)
	}
	journal, err := resume.Open(path)
	if err != nil {
		return 0, unopened(err)
	}
	n, err := journal.Prune(ctx, time.Now().Add(-time.Duration(s.prune)))
	if err := errors.Join(err, journal.Close()); err != nil {
		return n, unopened(err)
	}
	return n, nil
}

// ageFlag is a time that has passed, in days or weeks as well.
type ageFlag time.Duration

// String is the age as it is shown as a default.
func (a *ageFlag) String() string {
	if *a == 0 {
		return ""
	}
	return formatAge(time.Duration(*a))
}

// Type is what the help calls it.
func (a *ageFlag) Type() string { return "age" }

var wholeAge = regexp.MustCompile(`^([1-9]\d{0,4})([dw])$`)

// Set reads an age.
func (a *ageFlag) Set(text string) error {
	if m := wholeAge.FindStringSubmatch(text); m != nil {
		n, _ := strconv.Atoi(m[1])
		days := map[string]int{"d": 1, "w": 7}[m[2]]
		*a = ageFlag(time.Duration(n*days) * 24 * time.Hour)
		return nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 {
		return fmt.Errorf("%q is no age; write it as 90d, 2w or 12h", text)
	}
	*a = ageFlag(d)
	return nil
}

// formatAge writes how long something is ago, in its largest unit.
func formatAge(d time.Duration) string {
	switch {
	case d < 0:
		return "0s"
	case d < time.Minute:
		return fmt.Sprintf("%ds", d/time.Second)
	case d < time.Hour:
		return fmt.Sprintf("%dm", d/time.Minute)
	case d < 48*time.Hour:
		return fmt.Sprintf("%dh", d/time.Hour)
	}
	return fmt.Sprintf("%dd", d/(24*time.Hour))
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/transfer"
	"github.com/spf13/cobra"
)

// receiveCommand stores what waits, and confirms it.
type receiveCommand struct {
	app        *app
	cmd        *cobra.Command
	connection *connection
	view       *viewFlags
	service    *serviceFlags
	jobs       *int
	out        string
	noConfirm  bool
}

func newReceiveCommand(a *app) *cobra.Command {
	r := &receiveCommand{app: a}
	r.cmd = &cobra.Command{
		Use:   "receive --out DIR",
		Short: "Receive every file that waits",
		Long: `Receives every file that waits for the party, oldest first: stores it whole in a directory, and then confirms it, after
which the service may delete it. A file that exists in the directory is never overwritten: the reference is put into the
name of the new one.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return r.run(cmd.Context()) },
	}
	flags := r.cmd.Flags()
	r.connection = a.addConnectionFlags(flags)
	r.connection.addPartyFlag(flags)
	r.service = addServiceFlags(flags)
	r.jobs = addJobsFlag(flags)
	r.view = a.addViewFlags(r.cmd)
	flags.StringVar(&r.out, "out", "", "`directory` to store the files in, which must be there")
	flags.BoolVar(&r.noConfirm, "no-confirm", false, "leave the files at the service")
	r.cmd.MarkFlagDirname("out")
	return r.cmd
}

func (r *receiveCommand) run(ctx context.Context) error {
	query, err := r.query()
	if err != nil {
		return err
	}
	if err := checkDir(r.out); err != nil {
		return err
	}
	client, err := r.connection.broker(ctx)
	if err != nil {
		return err
	}
	defer client.Close()
	b := r.app.newBatch(r.view, "received", *r.jobs)
	waiting := &counted{view: b.view}
	manager := transfer.New(&told{client, r.app.log, waiting},
		transfer.Options{Concurrency: *r.jobs, Observer: b.view, NoConfirm: r.noConfirm})
	b.run(manager.ReceiveAll(ctx, query, r.out))
	if b.list == nil && waiting.files == 0 && !b.quiet {
		sayNothingWaits(r.app, query)
	}
	left := waiting.files - b.jobs()
	return b.end(ctx, left, r.repeat(b, left))
}

// checkDir refuses a directory that is missing: its name may be a slip, and what is stored there is confirmed, and so gone at
// the service.
func checkDir(path string) error {
	dir, err := os.OpenRoot(path)
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("%w; make it first", err)
	}
	if err != nil {
		return &failure.Error{Op: "open the target directory", Kind: failure.Disk, Err: err}
	}
	return dir.Close()
}

// counted is a view that remembers how many files were expected.
type counted struct {
	view
	files int
}

func (c *counted) expect(files int, bytes int64) {
	c.files = files
	c.view.expect(files, bytes)
}

func (r *receiveCommand) query() (broker.Query, error) {
	if r.out == "" {
		return broker.Query{}, usageError("no directory is given; use --out")
	}
	if err := checkJobs(*r.jobs); err != nil {
		return broker.Query{}, err
	}
	if err := r.view.check(); err != nil {
		return broker.Query{}, err
	}
	return r.service.query(r.connection)
}

// query looks for what waits for the party, of all services or one.
func (s *serviceFlags) query(c *connection) (broker.Query, error) {
	recipient, err := c.onBehalf()
	if err != nil {
		return broker.Query{}, err
	}
	if (s.code == "") != (s.edition == 0) {
		return broker.Query{}, usageError("--service and --edition go together")
	}
	return broker.Query{Recipient: recipient, ServiceCode: s.code, EditionCode: s.edition}, nil
}

// sayNothingWaits does not say that there is nothing: a service leaves out what the user may not see without a word.
func sayNothingWaits(a *app, q broker.Query) {
	fmt.Fprintf(a.screen, "nothing waits for %s, or nothing that this user may see\n", q.Recipient)
}

// repeat are the command lines that finish what is not done: a download for what needs another name, a confirm for what is
// stored, and the same again for the rest.
func (r *receiveCommand) repeat(b *batch, left int) []string {
	var confirm []string
	rest := left > 0
	var lines []string
	for _, result := range b.failed {
		switch {
		case result.Path != "":
			confirm = append(confirm, string(result.Reference))
		case errors.Is(result.Err, failure.BadName):
			lines = append(lines, again("altinn-transfer download", r.cmd.Flags(), r.forConfirm, string(result.Reference), "-o", "FILE"))
		case !errors.Is(result.Err, failure.TooLarge):
			rest = true
		}
	}
	if len(confirm) > 0 {
		lines = append(lines, again("altinn-transfer confirm", r.cmd.Flags(), r.forConfirm, confirm...))
	}
	if rest {
		lines = append(lines, again(r.cmd.CommandPath(), r.cmd.Flags(), func(string) bool { return true }))
	}
	return lines
}

// forConfirm reports whether a flag of receive is one of confirm as well.
func (r *receiveCommand) forConfirm(flag string) bool {
	return !slices.Contains([]string{"out", "no-confirm", "jobs", "service", "edition", "progress"}, flag)
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"

	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/resume"
	"github.com/altinn-transfer/altinn-transfer/transfer"
	"github.com/spf13/cobra"
)

// receiveCommand stores what waits, and confirms it.
type receiveCommand struct {
	app            *app
	cmd            *cobra.Command
	connection     *connection
	view           *viewFlags
	records        *recordFlags
	service        *serviceFlags
	engine         *engineFlags
	globs          globs
	out            string
	noConfirm      bool
	noJoin         bool
	ignoreExisting bool
	dryRun         bool
	strict         bool // nothing to do is an error
}

func newReceiveCommand(a *app) *cobra.Command {
	r := &receiveCommand{app: a}
	r.cmd = &cobra.Command{
		Use:   "receive --out DIR",
		Short: "Receive every file that waits",
		Long: `Receives every file that waits for the party, oldest first: stores it whole in a directory, and then confirms it, after
which the service may delete it. A file that exists in the directory is never overwritten: the reference is put into the
name of the new one, or --ignore-existing leaves that at the service.

A large file that was sent in segments is joined when all of them are there; until then they stay at the service. --no-join
stores them as they are.

A journal remembers what was received. So the same command again goes on where the one before ended, whatever ended it: what
is stored is only confirmed, and what came in part is kept as .NAME.XXXX.part in the directory and completed.

A glob has *, ?, [a-z] and {a,b}, and is compared with the file's name. --exclude outweighs --include.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return r.records.around(func() error { return r.run(cmd.Context()) })
		},
	}
	flags := r.cmd.Flags()
	r.connection = a.addConnectionFlags(flags)
	r.connection.addPartyFlag(flags)
	r.service = addServiceFlags(flags)
	r.engine = a.addEngineFlags(flags)
	r.engine.addStopFlag(flags)
	r.view = a.addViewFlags(r.cmd)
	r.records = a.addRecordFlags(flags, resume.Receive)
	flags.StringVar(&r.out, "out", "", "`directory` to store the files in, which must be there")
	flags.BoolVar(&r.noConfirm, "no-confirm", false, "leave the files at the service")
	flags.BoolVar(&r.ignoreExisting, "ignore-existing", false, "leave a file at the service, unconfirmed, when another one has its name in the directory")
	flags.BoolVar(&r.noJoin, "no-join", false, "store the segments of a large file as the ZIPs that they are")
	r.globs.addFlags(flags, "files")
	flags.BoolVar(&r.dryRun, "dry-run", false, "list what would be received, and what was before; receive and confirm nothing")
	addStrictFlag(flags, &r.strict)
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
	if r.dryRun {
		return r.plan(ctx, client, query)
	}
	journal, err := r.engine.openJournal(resume.Receive, r.connection)
	if err != nil {
		return err
	}
	defer r.engine.closeJournal(journal)
	b := r.app.newBatch(r.view, "received", r.engine.jobs)
	waiting := &counted{view: b.view}
	options := r.options(b.view)
	options.Journal = journal
	backend := &told{Backend: client, log: r.app.log, view: waiting, wants: r.globs.wants}
	manager := transfer.New(backend, options)
	if backend.before, err = unconfirmed(manager.Unconfirmed(ctx, query.Recipient, r.out)); err != nil {
		return err
	}
	b.run(manager.ReceiveAll(ctx, query, r.out))
	if b.list == nil && waiting.files == 0 && !b.quiet {
		r.sayNothing(query)
	}
	left := waiting.files - b.shipments()
	return r.app.strictly(r.strict, b, b.end(ctx, left, r.repeat(b, left)))
}

func (r *receiveCommand) options(v view) transfer.Options {
	o := r.engine.options(v)
	o.Scope, o.NoConfirm, o.NoJoin, o.IgnoreExisting = r.connection.scope(), r.noConfirm, r.noJoin, r.ignoreExisting
	return o
}

// unconfirmed is how much is confirmed before anything is received.
func unconfirmed(files iter.Seq2[broker.AvailableFile, error]) (all amount, err error) {
	for file, err := range files {
		if err != nil {
			return all, err
		}
		all.add(file)
	}
	return all, nil
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
	if err := r.globs.check(); err != nil {
		return broker.Query{}, err
	}
	if err := r.engine.check(); err != nil {
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

// sayNothing says the same where files are chosen by name, so that nobody takes it for all that waits.
func (r *receiveCommand) sayNothing(q broker.Query) {
	if len(r.globs.include)+len(r.globs.exclude) == 0 {
		sayNothingWaits(r.app, q)
		return
	}
	fmt.Fprintf(r.app.screen, "nothing of that name waits for %s, or nothing that this user may see\n", q.Recipient)
}

// repeat are the command lines that finish what is not done: a download for what needs another name, and the same again for
// the rest, which confirms what is stored and fetches what is not.
func (r *receiveCommand) repeat(b *batch, left int) []string {
	rest := left > 0 || b.failed > len(b.kept) || b.list != nil
	var lines []string
	for _, result := range b.kept {
		switch {
		case !errors.Is(result.Err, failure.BadName):
			rest = rest || !errors.Is(result.Err, failure.TooLarge)
		case len(lines) < maxNamed:
			lines = append(lines, again("altinn-transfer download", r.cmd.Flags(), r.forDownload, string(result.Reference), "-o", "FILE"))
		}
	}
	if rest {
		lines = append(lines, again(r.cmd.CommandPath(), r.cmd.Flags(), func(string) bool { return true }))
	}
	return lines
}

// forDownload reports whether a flag of receive is one of download as well.
func (r *receiveCommand) forDownload(flag string) bool {
	download, _, err := r.cmd.Root().Find([]string{"download"})
	return err == nil && flag != "json" && download.Flags().Lookup(flag) != nil
}

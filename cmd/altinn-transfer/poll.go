package main

import (
	"context"
	"time"

	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/resume"
	"github.com/altinn-transfer/altinn-transfer/transfer"
	"github.com/spf13/cobra"
)

// pollCommand receives what comes, whenever it does.
type pollCommand struct {
	app        *app
	connection *connection
	service    *serviceFlags
	engine     *engineFlags
	records    *recordFlags
	out        string
	noJoin     bool
	interval   time.Duration
	once       bool
	trouble    string // of the last check, in words; "" when it went well
}

func newPollCommand(a *app) *cobra.Command {
	p := &pollCommand{app: a}
	cmd := &cobra.Command{
		Use:   "poll --out DIR",
		Short: "Receive every file when it comes",
		Long: `Asks from time to time whether a file waits for the party, and receives what does as "receive" does, until it is told to
stop. A file that fails blocks no other, and is tried again after the next check. When a check fails, the next ones come less
and less often, up to every 10 minutes or as the service asks. A refused login ends the command with exit code 12.

The service allows one check every 5 seconds; a shorter --interval is lengthened to that.

--once is for cron and systemd timers: one check, what it finds, and the exit codes of "receive". Let 5 seconds lie between
two of them.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.records.around(func() error { return p.run(cmd.Context()) })
		},
	}
	flags := cmd.Flags()
	p.connection = a.addConnectionFlags(flags)
	p.connection.addPartyFlag(flags)
	p.service = addServiceFlags(flags)
	p.engine = a.addEngineFlags(flags)
	p.records = a.addLastingRecordFlags(flags, resume.Receive)
	a.addJSONFlag(flags)
	flags.StringVar(&p.out, "out", "", "`directory` to store the files in, which must be there")
	flags.BoolVar(&p.noJoin, "no-join", false, "store the segments of a large file as the ZIPs that they are")
	flags.DurationVar(&p.interval, "interval", time.Minute, "time from one check to the next")
	flags.BoolVar(&p.once, "once", false, "check once, receive what is there, and end")
	cmd.MarkFlagDirname("out")
	return cmd
}

func (p *pollCommand) run(ctx context.Context) error {
	query, err := p.query()
	if err != nil {
		return err
	}
	if err := checkDir(p.out); err != nil {
		return err
	}
	client, err := p.connection.broker(ctx)
	if err != nil {
		return err
	}
	defer client.Close()
	journal, err := p.engine.openJournal(resume.Receive, p.connection)
	if err != nil {
		return err
	}
	defer p.engine.closeJournal(journal)
	b := p.newBatch()
	waiting := &counted{view: b.view}
	options := p.engine.options(b.view)
	options.Journal, options.Scope, options.NoJoin = journal, p.connection.scope(), p.noJoin
	backend := &told{Backend: client, log: p.app.log, view: waiting}
	manager := transfer.New(&askable{backend, client}, options)
	if backend.before, err = unconfirmed(manager.Unconfirmed(ctx, query.Recipient, p.out)); err != nil {
		return err
	}
	p.app.log.Info("polling", "recipient", query.Recipient, "into", p.out, "interval", max(p.interval, transfer.PollFloor), "once", p.once)
	b.run(manager.Poll(ctx, query, p.out, transfer.PollOptions{Interval: p.interval, Once: p.once, Checked: p.checked}))
	if p.once && context.Cause(ctx) == nil {
		return b.end(ctx, waiting.files-b.shipments(), nil)
	}
	return b.endLasting(ctx)
}

// newBatch is told of as that of a receive, where there is one check.
func (p *pollCommand) newBatch() *batch {
	if p.once {
		return p.app.newBatch(&viewFlags{progress: progressAuto}, "received", p.engine.jobs)
	}
	return p.app.newLastingBatch("received")
}

func (p *pollCommand) query() (broker.Query, error) {
	switch {
	case p.out == "":
		return broker.Query{}, usageError("no directory is given; use --out")
	case p.interval <= 0:
		return broker.Query{}, usageError("--interval is more than 0")
	}
	if err := p.engine.check(); err != nil {
		return broker.Query{}, err
	}
	return p.service.query(p.connection)
}

// checked tells of a check: in lines only when it failed otherwise than the one before, or well again.
func (p *pollCommand) checked(c transfer.Check) {
	p.app.tell(newCheckEvent(c))
	if p.once { // the end of the command says it
		return
	}
	trouble := ""
	if c.Err != nil {
		trouble = c.Err.Error()
	}
	switch {
	case trouble == p.trouble:
	case trouble == "":
		p.app.say("the checks go well again")
	default:
		p.app.say("%s; the next check is in %s", visible(trouble), formatElapsed(c.Wait))
	}
	p.trouble = trouble
}

// askable is a back end that tells of its calls, and of the question whether anything waits.
type askable struct {
	*told
	checker transfer.Checker
}

// HasAvailable is for [transfer.Checker].
func (a *askable) HasAvailable(ctx context.Context, q broker.Query, others ...broker.Party) (bool, error) {
	start := time.Now()
	found, err := a.checker.HasAvailable(ctx, q, others...)
	logCall(a.log, "CheckIfAvailableFiles", start, err, "found", found)
	return found, err
}

package main

import (
	"context"
	"regexp"
	"slices"

	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/resume"
	"github.com/altinn-transfer/altinn-transfer/transfer"
	"github.com/spf13/cobra"
)

// sendCommand announces and uploads.
type sendCommand struct {
	app        *app
	cmd        *cobra.Command
	connection *connection
	view       *viewFlags
	records    *recordFlags
	service    *serviceFlags
	engine     *engineFlags
	list       listFlags
	globs      globs
	spool      spoolFlags
	produce    string // command whose output is standard input's place; "": none
	to         []string
	name       string
	reference  string
	sizeLimit  sizeFlag
	segment    sizeFlag // 0: no file is cut
	manifest   bool
	pack       bool
	again      bool
	dryRun     bool
	strict     bool // nothing to do is an error

	announced broker.Manifest // as far as it is the same for every shipment
}

func newSendCommand(a *app) *cobra.Command {
	s := &sendCommand{app: a}
	s.cmd = &cobra.Command{
		Use:   "send FILE|DIR|-... --to ORG",
		Short: "Send files through the broker service",
		Long: `Sends files through the broker service, each as a shipment of its own, several at once, the oldest first. A file that is a
ZIP is sent as it is; any other is packed into a ZIP while it is sent. Of a directory every file in it and below is sent, but
for links, hidden files, and temporary ones that this program is writing (.NAME.XXXX.part). --pack makes one ZIP of all that
is named.

"-" is a ZIP on standard input, and needs a --name. It is sent in one attempt, and not remembered; --spool reads it to its end
first, into a file on disk that is gone with the run, and then treats it like any other. Whether what wrote it was done or has
failed cannot be seen from here; of a --stdin-command it can, and what one printed that failed is not delivered.

A journal remembers what was sent. So the same command again sends what is not sent yet and nothing twice, after whatever
ended the one before; a file that has changed is sent as a new one. --again sends what was sent before.

--segment cuts a file that is larger, as it is, into shipments NAME.001.zip, NAME.002.zip and so on, after one reading of it. A
receive of this program joins them when all are there. Without it, unpack them and put the parts one behind the other (cat).

A glob has *, ?, [a-z], {a,b}, and ** for any number of directories. It is compared with the path below the directory that is
named, with /; one that has no / with the name alone. --exclude outweighs --include, and leaves out a directory whole.`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			return s.records.around(func() error { return s.run(cmd.Context(), args) })
		},
	}
	flags := s.cmd.Flags()
	s.connection = a.addConnectionFlags(flags)
	s.connection.addPartyFlag(flags)
	s.service = addServiceFlags(flags)
	s.engine = a.addEngineFlags(flags)
	s.engine.addStopFlag(flags)
	s.view = a.addViewFlags(s.cmd)
	s.list.addFlags(flags)
	s.globs.addFlags(flags, "files")
	flags.StringVar(&s.produce, "stdin-command", "", "`command` whose output is sent in place of standard input (-); when it fails, nothing is delivered")
	s.spool.addFlags(flags)
	s.records = a.addRecordFlags(flags, resume.Send)
	flags.StringSliceVar(&s.to, "to", nil, "organisation or person `number` of a recipient; may be given several times")
	flags.StringVar(&s.name, "name", "", "file `name` that the recipient is told")
	flags.StringVar(&s.reference, "reference", "", "your own reference of the shipment, which should be unique (default one made of its content)")
	addSizeLimitFlag(flags, &s.sizeLimit)
	flags.BoolVar(&s.manifest, "manifest", false, "put manifest.xml and recipients.xml into a ZIP that is packed")
	flags.Var(&s.segment, "segment", "cut a larger file into shipments of this size, which receive joins again")
	flags.BoolVar(&s.pack, "pack", false, "pack all files and directories into one ZIP")
	flags.BoolVar(&s.again, "again", false, "send what was sent before as well, as new shipments")
	flags.BoolVar(&s.dryRun, "dry-run", false, "list what would be sent, and what was sent before; send nothing")
	addStrictFlag(flags, &s.strict)
	s.cmd.MarkFlagDirname("spool-dir")
	return s.cmd
}

func (s *sendCommand) run(ctx context.Context, args []string) error {
	if s.cmd.Flags().Changed("stdin-command") && !slices.Contains(args, stdin) {
		return usageError("--stdin-command takes the place of standard input; name that as the file (-)")
	}
	if err := s.announce(args); err != nil {
		return err
	}
	o, err := s.outgoing(ctx, args)
	if err != nil {
		return err
	}
	if o.files() == 0 {
		return s.app.nothing(s.strict, "there is nothing to send")
	}
	if s.dryRun {
		return s.plan(ctx, o)
	}
	client, err := s.connection.broker(ctx)
	if err != nil {
		return err
	}
	defer client.Close()
	journal, err := s.engine.openJournal(resume.Send, s.connection)
	if err != nil {
		return err
	}
	defer s.engine.closeJournal(journal)
	defer o.close()
	if err := o.spool(ctx, args); err != nil {
		return err
	}
	b := s.app.newBatch(s.view, "sent", s.rows(o))
	b.view.expect(o.files(), o.bytes())
	options := s.options(b.view)
	options.Journal = journal
	manager := transfer.New(&told{Backend: client, log: s.app.log, view: b.view}, options)
	b.run(manager.SendAll(ctx, o.jobs(ctx, manager, b.refuse)))
	left := o.files() + o.segments - b.jobs()
	return s.app.strictly(s.strict, b, b.end(ctx, left, s.repeat(args, o, b, left)))
}

// rows are the shipments that can be under way at once.
func (s *sendCommand) rows(o *outgoing) int {
	if s.segment > 0 {
		return s.engine.jobs
	}
	return min(s.engine.jobs, o.files())
}

func (s *sendCommand) options(v view) transfer.Options {
	o := s.engine.options(v)
	o.Scope, o.SizeLimit = s.connection.scope(), int64(s.sizeLimit)
	return o
}

// announce checks what the command line says of every shipment alike.
func (s *sendCommand) announce(args []string) error {
	if err := s.check(args); err != nil {
		return err
	}
	sender, err := s.connection.onBehalf()
	if err != nil {
		return err
	}
	m := broker.Manifest{
		ServiceCode: s.service.code, EditionCode: s.service.edition, SendersReference: s.reference, Sender: sender,
	}
	for _, text := range s.to {
		recipient, err := parseParty("--to", text)
		if err != nil {
			return err
		}
		if !slices.Contains(m.Recipients, recipient) {
			m.Recipients = append(m.Recipients, recipient)
		}
	}
	if channelName.MatchString(s.reference) {
		s.app.log.Warn("a recipient that runs integrasjonspunkt takes a short reference for a message channel and may leave the file lying", "reference", s.reference)
	}
	s.announced = m
	return nil
}

// channelName is what integrasjonspunkt takes for a message channel; see [broker.Manifest.SendersReference].
var channelName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,25}$`)

func (s *sendCommand) check(args []string) error {
	switch {
	case len(args) == 0 && s.list.from == "":
		return usageError("nothing to send is named; give files and directories, or --files-from")
	case slices.Contains(args, stdin) && s.list.from == stdin:
		return usageError("standard input cannot be both the file (-) and the list (--files-from -)")
	case slices.Contains(args, stdin) && (len(args) > 1 || s.list.from != ""):
		return usageError("standard input (-) is sent by itself")
	case slices.Contains(args, stdin) && s.dryRun:
		return usageError("standard input (-) is not looked at beforehand; leave out --dry-run")
	case s.segment > 0 && (s.pack || slices.Contains(args, stdin)):
		return usageError("--segment is for files as they are, and not for --pack or standard input")
	case s.list.from0 && s.list.from == "":
		return usageError("--from0 is for --files-from")
	case len(s.to) == 0:
		return usageError("no recipient is given; use --to")
	case s.service.code == "" || s.service.edition <= 0:
		return usageError("a service is named by --service and --edition")
	case !isText(s.reference):
		return usageError("--reference: %q holds what is no text", s.reference)
	}
	if err := s.globs.check(); err != nil {
		return err
	}
	if err := s.engine.check(); err != nil {
		return err
	}
	return s.view.check()
}

package main

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/altinn-transfer/altinn-transfer/internal/dropfolder"
	"github.com/altinn-transfer/altinn-transfer/resume"
	"github.com/altinn-transfer/altinn-transfer/transfer"
	"github.com/spf13/cobra"
)

// watchCommand sends what is put into a folder.
type watchCommand struct {
	app      *app
	send     *sendCommand // how each file is sent
	settle   time.Duration
	interval time.Duration
	polling  bool
	once     bool
	sent     string
	failed   string
}

func newWatchCommand(a *app) *cobra.Command {
	w := &watchCommand{app: a, send: &sendCommand{app: a, view: &viewFlags{progress: progressAuto}}}
	s := w.send
	cmd := &cobra.Command{
		Use:   "watch DIR --to ORG",
		Short: "Send every file that is put into a folder",
		Long: `Watches a drop folder, and sends every file that is put into it as "send" does, each as a shipment of its own, until it is
told to stop. A file is sent when its size and time of change have stayed as they are for --settle. Left alone are directories,
links, pipes, hidden files, and names that end in .part, .partial, .tmp, .filepart, .crdownload or ~. It is best to write a file
under such a name and to rename it when it is whole.

A file that was sent moves to the folder "sent", one that is refused for good to "failed", with a text file beside it that says
why. Both are in DIR unless --sent and --failed name others on the same file system; nothing in them is overwritten. All other
failures leave the file where it is, and it is tried again after pauses that grow to 10 minutes. A refused login ends the
command with exit code 12 and moves nothing.

A journal, one for each DIR, remembers what was sent. A file with the name and the content of one that was sent before is not
sent again, and moves to "sent".`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return s.records.around(func() error { return w.run(cmd.Context(), args[0]) })
		},
	}
	flags := cmd.Flags()
	s.connection = a.addConnectionFlags(flags)
	s.connection.addPartyFlag(flags)
	s.service = addServiceFlags(flags)
	s.engine = a.addEngineFlags(flags)
	s.records = a.addLastingRecordFlags(flags, resume.Send)
	a.addJSONFlag(flags)
	flags.StringSliceVar(&s.to, "to", nil, "organisation or person `number` of a recipient; may be given several times")
	addSizeLimitFlag(flags, &s.sizeLimit)
	flags.BoolVar(&s.manifest, "manifest", false, "put manifest.xml and recipients.xml into a ZIP that is packed")
	flags.DurationVar(&w.settle, "settle", dropfolder.DefaultSettle, "how long a file must have stayed as it is")
	flags.DurationVar(&w.interval, "interval", dropfolder.DefaultInterval, "longest time between two looks into the folder")
	flags.BoolVar(&w.polling, "polling", false, "do not ask the system to tell of new files; for SMB and NFS, where it tells only of some")
	flags.BoolVar(&w.once, "once", false, "send what is there and has settled, and end")
	flags.StringVar(&w.sent, "sent", "", "`directory` for what was sent (default DIR/sent)")
	flags.StringVar(&w.failed, "failed", "", "`directory` for what was refused (default DIR/failed)")
	cmd.MarkFlagDirname("sent")
	cmd.MarkFlagDirname("failed")
	cmd.ValidArgsFunction = cobra.FixedCompletions(nil, cobra.ShellCompDirectiveFilterDirs)
	return cmd
}

func (w *watchCommand) run(ctx context.Context, dir string) error {
	if err := w.check(dir); err != nil {
		return err
	}
	drop, err := openDrop(dir, w.sent, w.failed)
	if err != nil {
		return err
	}
	client, err := w.send.connection.broker(ctx)
	if err != nil {
		return err
	}
	defer client.Close()
	journal, err := w.openJournal(drop.dir)
	if err != nil {
		return err
	}
	defer w.send.engine.closeJournal(journal)
	b := w.app.newLastingBatch("sent")
	options := w.send.options(droppedView{b.view})
	options.Journal = journal
	manager := transfer.New(&told{Backend: client, log: w.app.log, view: b.view}, options)
	d := &dispatch{app: w.app, batch: b, drop: drop, out: &outgoing{send: w.send}, once: w.once}
	d.folder = dropfolder.New(drop.dir, dropfolder.Options{
		Settle: w.settle, Interval: w.interval, Polling: w.polling, Once: w.once, Looked: d.looked,
	})
	w.app.tell(watchingEvent{head("watching"), drop.dir, drop.sent, drop.failed})
	w.app.log.Info("watching", "folder", drop.dir, "sent", drop.sent, "failed", drop.failed)
	d.run(ctx, manager)
	if w.once && context.Cause(ctx) == nil {
		return b.end(ctx, 0, nil)
	}
	return b.endLasting(ctx)
}

func (w *watchCommand) check(dir string) error {
	switch {
	case w.settle <= 0:
		return usageError("--settle is more than 0")
	case w.interval <= 0:
		return usageError("--interval is more than 0")
	}
	return w.send.announce([]string{dir})
}

// openJournal opens the journal of this folder. Each folder has one of its own by default, so that several can be watched, and
// files be sent beside, by the same user.
func (w *watchCommand) openJournal(dir string) (*resume.File, error) {
	engine, c := w.send.engine, w.send.connection
	if engine.journal == "" {
		state, err := stateDir(w.app.env)
		if err != nil {
			return nil, usageError("no place for the journal: %w; use --journal", err)
		}
		engine.journal = filepath.Join(state, fmt.Sprintf("%s-%s-%.12s.journal", resume.Send, c.party, resume.Key(c.scope(), dir)))
	}
	return engine.openJournal(resume.Send, c)
}

package main

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/spf13/cobra"
)

// listCommand shows what waits.
type listCommand struct {
	app        *app
	connection *connection
	service    *serviceFlags
	status     string
}

func newListCommand(a *app) *cobra.Command {
	l := &listCommand{app: a}
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the files that wait",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return l.run(cmd.Context()) },
	}
	flags := cmd.Flags()
	l.connection = a.addConnectionFlags(flags)
	l.connection.addPartyFlag(flags)
	l.service = addServiceFlags(flags)
	flags.StringVar(&l.status, "status", "uploaded", "uploaded: waits; downloaded: was confirmed")
	cmd.RegisterFlagCompletionFunc("status", cobra.FixedCompletions(
		[]cobra.Completion{"uploaded", "downloaded"}, cobra.ShellCompDirectiveNoFileComp))
	a.addJSONFlag(flags)
	return cmd
}

func (l *listCommand) run(ctx context.Context) error {
	query, err := l.query()
	if err != nil {
		return err
	}
	client, err := l.connection.broker(ctx)
	if err != nil {
		return err
	}
	defer client.Close()
	start := time.Now()
	files, err := collect(client.Available(ctx, query))
	logCall(l.app.log, "GetAvailableFiles", start, err, "files", len(files))
	if err != nil {
		return err
	}
	if len(files) == 0 {
		sayNothingWaits(l.app, query)
	}
	if l.app.json {
		return l.app.writeFileEvents(files)
	}
	return l.app.writeFileTable(files)
}

func (l *listCommand) query() (broker.Query, error) {
	query, err := l.service.query(l.connection)
	if err != nil {
		return query, err
	}
	switch strings.ToLower(l.status) {
	case "uploaded":
		query.Status = broker.Uploaded
	case "downloaded":
		query.Status = broker.Downloaded
	default:
		return query, usageError("--status is uploaded or downloaded, not %q", l.status)
	}
	return query, nil
}

// writeFileTable writes one line a file. Names are whatever a sender wrote.
func (a *app) writeFileTable(files []broker.AvailableFile) error {
	if len(files) == 0 {
		return nil
	}
	table := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "REFERENCE\tSENT\tSIZE\tSERVICE\tSENDER\tNAME")
	for _, f := range files {
		size, sent, service := "-", "-", "-"
		if f.Size > 0 {
			size = formatSize(f.Size)
		}
		if !f.Sent.IsZero() {
			sent = f.Sent.Local().Format("2006-01-02 15:04")
		}
		if f.ServiceCode != "" {
			service = fmt.Sprintf("%s/%d", visible(f.ServiceCode), f.EditionCode)
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", visible(string(f.Reference)), sent, size,
			service, visible(string(f.Sender)), visible(f.Name))
	}
	return table.Flush()
}

func (a *app) writeFileEvents(files []broker.AvailableFile) error {
	for _, f := range files {
		if err := a.events.write(newFileEvent(f)); err != nil {
			return err
		}
	}
	return nil
}

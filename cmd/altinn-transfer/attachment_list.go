package main

import (
	"cmp"
	"context"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/altinn-transfer/altinn-transfer/archive"
	"github.com/spf13/cobra"
)

// attachmentList is the one call GetArchivedFormTaskV2.
type attachmentList struct {
	app        *app
	connection *connection
}

func newAttachmentListCommand(a *app) *cobra.Command {
	l := &attachmentList{app: a}
	cmd := &cobra.Command{
		Use:   "list ELEMENT",
		Short: "List the attachments of an archived form task (one call)",
		Long:  "Lists the attachments of the archived form task that is this element: the one call GetArchivedFormTaskV2. The archive does\nnot tell how large they are.",
		Args:  cobra.ExactArgs(1),
		RunE:  func(cmd *cobra.Command, args []string) error { return l.run(cmd.Context(), args[0]) },
	}
	l.connection = a.addConnectionFlags(cmd.Flags())
	a.addJSONFlag(cmd.Flags())
	return cmd
}

func (l *attachmentList) run(ctx context.Context, text string) error {
	element, err := parseElement(text)
	if err != nil {
		return err
	}
	client, err := l.connection.archive(ctx)
	if err != nil {
		return err
	}
	defer client.Close()
	start := time.Now()
	task, err := client.GetArchivedFormTask(ctx, element)
	logCall(l.app.log, "GetArchivedFormTaskV2", start, err, "element", element)
	if err != nil {
		return err
	}
	if len(task.Attachments) == 0 {
		fmt.Fprintf(l.app.screen, "element %d has no attachments\n", element)
	}
	if l.app.json {
		return l.writeEvents(task.Attachments)
	}
	return l.writeTable(task.Attachments)
}

// writeTable writes one line an attachment. Names are whatever a sender wrote.
func (l *attachmentList) writeTable(attachments []archive.AttachmentInfo) error {
	if len(attachments) == 0 {
		return nil
	}
	table := tabwriter.NewWriter(l.app.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ID\tCREATED\tTYPE\tENCRYPTED\tNAME")
	for _, a := range attachments {
		created, encrypted := "-", "-"
		if !a.Created.IsZero() {
			created = a.Created.Local().Format("2006-01-02 15:04")
		}
		if a.Encrypted {
			encrypted = "yes"
		}
		fmt.Fprintf(table, "%d\t%s\t%s\t%s\t%s\n", a.ID, created, cmp.Or(visible(a.Type), "-"), encrypted, visible(a.Name))
	}
	return orUnwritten(table.Flush())
}

// attachmentEvent is an attachment that attachment list found.
type attachmentEvent struct {
	eventHead
	ID        int    `json:"id"`
	Name      string `json:"name"` // what a person is shown: never a path to be trusted
	Type      string `json:"type,omitempty"`
	Created   string `json:"created,omitempty"` // UTC
	Encrypted bool   `json:"encrypted"`
}

func (l *attachmentList) writeEvents(attachments []archive.AttachmentInfo) error {
	for _, a := range attachments {
		event := attachmentEvent{head("attachment"), a.ID, a.Name, a.Type, eventTime(a.Created), a.Encrypted}
		if err := l.app.events.write(event); err != nil {
			return err
		}
	}
	return nil
}

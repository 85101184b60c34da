package main

import (
	"context"
	"strconv"
	"time"

	"github.com/altinn-transfer/altinn-transfer/archive"
	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/stream"
	"github.com/altinn-transfer/altinn-transfer/transfer"
	"github.com/spf13/cobra"
)

func newAttachmentCommand(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "attachment",
		Short: "Submit attachments with a form task, list and get those of the archive",
	}
	group(cmd)
	cmd.AddCommand(newAttachmentSubmitCommand(a), newAttachmentListCommand(a), newAttachmentGetCommand(a))
	return cmd
}

// attachmentSubmit is the one call SubmitAttachmentStreamed.
type attachmentSubmit struct {
	app        *app
	connection *connection
	person     *personFlags
	view       *viewFlags
	attachment archive.Attachment
}

func newAttachmentSubmitCommand(a *app) *cobra.Command {
	s := &attachmentSubmit{app: a}
	cmd := &cobra.Command{
		Use:   "submit FILE|- --element ID",
		Short: "Submit a file as an attachment of a form task (one call)",
		Long: `Submits a file, of any kind, as an attachment of a form task that was instantiated and is not yet complete: the one call
SubmitAttachmentStreamed.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return s.run(cmd.Context(), args[0]) },
	}
	flags := cmd.Flags()
	s.connection = a.addConnectionFlags(flags)
	s.person = a.addPersonFlags(flags)
	s.view = a.addViewFlags(cmd)
	flags.IntVar(&s.attachment.ReporteeElement, "element", 0, "`id` of the form task: the WorkFlowReference in its receipt")
	flags.StringVar(&s.attachment.FileName, "name", "", "file `name` (default that of the file)")
	flags.StringVar(&s.attachment.Name, "title", "", "what a person is shown (default the file name)")
	flags.StringVar(&s.attachment.Type, "type", "", "attachment `type` of a service with attachment rules")
	flags.StringVar(&s.attachment.Reference, "reference", "", "your own reference of the attachment")
	return cmd
}

func (s *attachmentSubmit) run(ctx context.Context, path string) error {
	if err := s.view.check(); err != nil {
		return err
	}
	if s.attachment.ReporteeElement <= 0 {
		return usageError("no form task is given; use --element")
	}
	file, err := s.source(path)
	if err != nil {
		return err
	}
	source := stream.NewDigested(file)
	if err := transfer.CheckName(source.Name()); err != nil {
		return usageError("%w", err)
	}
	s.attachment.FileName = source.Name()
	if s.attachment.User, err = s.person.user(ctx); err != nil {
		return err
	}
	client, err := s.connection.archive(ctx)
	if err != nil {
		return err
	}
	defer client.Close()
	return s.app.runSingle(ctx, s.view, "submitted", single{source.Name(), source.Size(), func(r *transfer.Result, progress func(int64)) error {
		start := time.Now()
		r.Name = s.attachment.FileName
		count := func(sent int64) { r.Bytes = sent; progress(sent) }
		receipt, err := client.SubmitAttachment(ctx, s.attachment, source, count)
		logCall(s.app.log, "SubmitAttachmentStreamed", start, err, "file", r.Name)
		if err == nil {
			r.Receipt, r.SHA256 = receipt, source.Sum()
		}
		return err
	}})
}

// source is the file under the name that it is submitted under.
func (s *attachmentSubmit) source(path string) (stream.Source, error) {
	if path == stdin {
		all, err := stdinParcel([]string{path}, s.app.in, s.attachment.FileName)
		if err != nil {
			return nil, err
		}
		return all[0].source, nil
	}
	file, err := stream.File(path)
	if err != nil {
		return nil, unreadable(err)
	}
	if file.Size() == 0 {
		return nil, &failure.Error{Op: "check " + path, Kind: failure.Empty}
	}
	if s.attachment.FileName != "" {
		return renamed{file, s.attachment.FileName}, nil
	}
	return file, nil
}

// renamed is a source under another name.
type renamed struct {
	stream.Source
	name string
}

// Name is the other name.
func (r renamed) Name() string { return r.name }

// attachmentGet fetches one attachment.
type attachmentGet struct {
	app        *app
	connection *connection
	view       *viewFlags
	out        string
	streamed   bool
}

func newAttachmentGetCommand(a *app) *cobra.Command {
	g := &attachmentGet{app: a}
	cmd := &cobra.Command{
		Use:   "get ID -o FILE",
		Short: "Get an attachment of an archived form task",
		Long: `Gets an attachment of an archived form task. The archive does not tell sizes, so it is asked for as one of up to 30 MB
(GetAttachmentDataV2), and when the service refuses that, as a stream (GetAttachmentDataStreamed). With -o - it goes to
standard output as it comes, and only the exit code tells whether it was whole.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return g.run(cmd.Context(), args[0]) },
	}
	g.connection = a.addConnectionFlags(cmd.Flags())
	g.view = a.addViewFlags(cmd)
	cmd.Flags().StringVarP(&g.out, "output", "o", "", "`file` to store it in, which must not exist; - is standard output")
	cmd.Flags().BoolVar(&g.streamed, "streamed", false, "ask for a stream at once")
	return cmd
}

func (g *attachmentGet) run(ctx context.Context, text string) error {
	id, err := strconv.Atoi(text)
	if err != nil || id <= 0 {
		return usageError("%q is not the id of an attachment, which is a number", text)
	}
	if err := g.view.check(); err != nil {
		return err
	}
	if err := g.app.checkTarget(g.out); err != nil {
		return err
	}
	client, err := g.connection.archive(ctx)
	if err != nil {
		return err
	}
	defer client.Close()
	return g.app.runSingle(ctx, g.view, "got", single{"attachment " + text, -1, func(r *transfer.Result, progress func(int64)) error {
		start := time.Now()
		fetch := client.Fetch
		if g.streamed {
			fetch = client.GetAttachment
		}
		file, err := fetch(ctx, id)
		logCall(g.app.log, "attachment get", start, err, "attachment", id)
		if err != nil {
			return err
		}
		defer file.Close()
		return g.app.keep(r, g.out, file, progress)
	}})
}

package main

import (
	"context"
	"time"

	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/stream"
	"github.com/altinn-transfer/altinn-transfer/transfer"
	"github.com/spf13/cobra"
)

// uploadCommand is the one call UploadFileStreamed.
type uploadCommand struct {
	app        *app
	connection *connection
	view       *viewFlags
	name       string
}

func newUploadCommand(a *app) *cobra.Command {
	u := &uploadCommand{app: a}
	cmd := &cobra.Command{
		Use:   "upload REF FILE|DIR|-",
		Short: "Upload a file onto a reference (one call)",
		Long: `Uploads a file onto a reference that was initiated before: the one call UploadFileStreamed. --party is the sender that
initiated it. A file that is no ZIP, or a directory, is packed into one while it is sent.`,
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return u.run(cmd.Context(), broker.Reference(args[0]), args[1])
		},
	}
	u.connection = a.addConnectionFlags(cmd.Flags())
	u.connection.addPartyFlag(cmd.Flags())
	u.view = a.addViewFlags(cmd)
	cmd.Flags().StringVar(&u.name, "name", "", "file `name` that the recipient is told")
	return cmd
}

func (u *uploadCommand) run(ctx context.Context, reference broker.Reference, path string) error {
	if err := u.view.check(); err != nil {
		return err
	}
	sender, err := u.connection.onBehalf()
	if err != nil {
		return err
	}
	all, err := parcels([]string{path}, u.app.in, u.name, nil)
	if err != nil {
		return err
	}
	source, name := stream.NewDigested(all[0].source), u.name
	if name == "" {
		name = source.Name()
	}
	if err := transfer.CheckName(name); err != nil {
		return usageError("%w", err)
	}
	client, err := u.connection.broker(ctx)
	if err != nil {
		return err
	}
	defer client.Close()
	return u.app.runSingle(ctx, u.view, "uploaded", single{all[0].key(), source.Size(), func(r *transfer.Result, progress func(int64)) error {
		start := time.Now()
		r.Name, r.Reference = name, reference
		count := func(sent int64) { r.Bytes = sent; progress(sent) }
		receipt, err := client.Upload(ctx, reference, sender, source, &broker.UploadOptions{FileName: name, Progress: count})
		logCall(u.app.log, "UploadFileStreamed", start, err, "reference", reference, "file", name)
		if err == nil {
			r.Receipt, r.SHA256 = receipt, source.Sum()
		}
		return err
	}})
}

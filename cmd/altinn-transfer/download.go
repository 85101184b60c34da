package main

import (
	"context"
	"time"

	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/transfer"
	"github.com/spf13/cobra"
)

// downloadCommand is the one call DownloadFileStreamed.
type downloadCommand struct {
	app        *app
	connection *connection
	view       *viewFlags
	out        string
}

func newDownloadCommand(a *app) *cobra.Command {
	d := &downloadCommand{app: a}
	cmd := &cobra.Command{
		Use:   "download REF -o FILE",
		Short: "Download the file on a reference (one call)",
		Long: `Downloads the file on a reference: the one call DownloadFileStreamed. It does not confirm. With -o - the file goes to
standard output as it comes, and only the exit code tells whether it was whole.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return d.run(cmd.Context(), broker.Reference(args[0])) },
	}
	d.connection = a.addConnectionFlags(cmd.Flags())
	d.connection.addPartyFlag(cmd.Flags())
	d.view = a.addViewFlags(cmd)
	cmd.Flags().StringVarP(&d.out, "output", "o", "", "`file` to store it in, which must not exist; - is standard output")
	return cmd
}

func (d *downloadCommand) run(ctx context.Context, reference broker.Reference) error {
	if err := d.view.check(); err != nil {
		return err
	}
	if err := d.app.checkTarget(d.out); err != nil {
		return err
	}
	recipient, err := d.connection.onBehalf()
	if err != nil {
		return err
	}
	client, err := d.connection.broker(ctx)
	if err != nil {
		return err
	}
	defer client.Close()
	return d.app.runSingle(ctx, d.view, "downloaded", single{string(reference), -1, func(r *transfer.Result, progress func(int64)) error {
		start := time.Now()
		r.Reference = reference
		file, err := client.Download(ctx, reference, recipient)
		logCall(d.app.log, "DownloadFileStreamed", start, err, "reference", reference)
		if err != nil {
			return err
		}
		defer file.Close()
		return d.app.keep(r, d.out, file, progress)
	}})
}

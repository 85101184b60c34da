package main

import (
	"context"
	"fmt"
	"time"

	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/spf13/cobra"
)

// confirmCommand tells the service that files are stored.
type confirmCommand struct {
	app        *app
	connection *connection
}

func newConfirmCommand(a *app) *cobra.Command {
	c := &confirmCommand{app: a}
	cmd := &cobra.Command{
		Use:   "confirm REF...",
		Short: "Tell the service that files are stored safely",
		Long:  "Tells the service that the party has stored the files with these references safely. When every recipient has, the service\nmay delete a file.",
		Args:  cobra.MinimumNArgs(1),
		RunE:  func(cmd *cobra.Command, args []string) error { return c.run(cmd.Context(), args) },
	}
	c.connection = a.addConnectionFlags(cmd.Flags())
	c.connection.addPartyFlag(cmd.Flags())
	a.addJSONFlag(cmd.Flags())
	return cmd
}

// run confirms one after the other, and stops at the first that fails: the error says which, and those before it are done.
func (c *confirmCommand) run(ctx context.Context, references []string) error {
	recipient, err := c.connection.onBehalf()
	if err != nil {
		return err
	}
	client, err := c.connection.broker(ctx)
	if err != nil {
		return err
	}
	defer client.Close()
	for _, reference := range references {
		start := time.Now()
		err := client.Confirm(ctx, broker.Reference(reference), recipient)
		logCall(c.app.log, "ConfirmDownloaded", start, err, "reference", reference)
		if err != nil {
			return fmt.Errorf("%s: %w", reference, err)
		}
		c.told(reference, time.Since(start))
	}
	return nil
}

func (c *confirmCommand) told(reference string, elapsed time.Duration) {
	if c.app.json {
		c.app.events.write(doneEvent{
			eventHead: head("done"), Key: reference, Reference: reference, ElapsedSeconds: elapsed.Seconds(), Confirmed: true, Attempts: 1,
		})
		return
	}
	fmt.Fprintf(c.app.screen, "confirmed %s\n", visible(reference))
}

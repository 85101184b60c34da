package main

import (
	"context"
	"fmt"
	"time"

	"github.com/altinn-transfer/altinn-transfer/archive"
	"github.com/altinn-transfer/altinn-transfer/binding"
	"github.com/spf13/cobra"
)

// shipmentPin is the one call GetAuthenticationChallenge.
type shipmentPin struct {
	app        *app
	connection *connection
	person     *personFlags
}

func newShipmentPinCommand(a *app) *cobra.Command {
	p := &shipmentPin{app: a}
	cmd := &cobra.Command{
		Use:   "pin --person NUMBER --pin-method METHOD",
		Short: "Ask for the code of a person's login (one call)",
		Long: `Asks for the code that a person needs beside the password, and prints what the service says to the person: which code of
the letter to use, or that a message was sent. It is the one call GetAuthenticationChallenge. A code is good for 30
minutes, and for 30 more from each use, up to 8 hours. The system's own password is not needed.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return p.run(cmd.Context()) },
	}
	p.connection = a.addConnectionFlags(cmd.Flags())
	p.person = a.addAskingPersonFlags(cmd.Flags())
	a.addJSONFlag(cmd.Flags())
	return cmd
}

func (p *shipmentPin) run(ctx context.Context) error {
	user, err := p.person.user(ctx)
	switch {
	case err != nil:
		return err
	case user.SSN == "":
		return usageError("no person is given; use --person")
	case user.AuthMethod == "":
		return usageError("no way to send the code is given; use --pin-method")
	}
	client, err := p.connection.passwordless(ctx)
	if err != nil {
		return err
	}
	defer client.Close()
	start := time.Now()
	challenge, err := client.GetAuthenticationChallenge(ctx, p.connection.user, user)
	logCall(p.app.log, "GetAuthenticationChallenge", start, err)
	if err != nil {
		return err
	}
	if p.app.json {
		return p.app.events.write(newChallengeEvent(challenge))
	}
	_, err = fmt.Fprintln(p.app.out, visible(challenge.Message))
	return orUnwritten(err)
}

// passwordless is a client for the one operation that asks for no login of the system. It is in the Basic binding only.
func (c *connection) passwordless(ctx context.Context) (*archive.Client, error) {
	switch {
	case c.endpoint == "":
		return nil, usageError("no endpoint is given; use --endpoint or %s", envName("endpoint"))
	case c.user == "":
		return nil, usageError("no user is given; use --user or %s", envName("user"))
	}
	options, err := c.options(ctx)
	if err != nil {
		return nil, err
	}
	return archive.New(c.endpoint, binding.Basic{SystemUser: c.user}, options)
}

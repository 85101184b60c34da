package main

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/failure"
)

// checkLogin makes the one call with a login. What comes of it also tells of rights.
func (d *doctorCommand) checkLogin(ctx context.Context) []diagnosis {
	c := d.connection
	switch {
	case d.noLogin:
		return []diagnosis{skipped("--no-login")}
	case c.party == "":
		return []diagnosis{skipped("no party is given")}
	}
	client, err := c.broker(ctx)
	if err != nil {
		return []diagnosis{because(err)}
	}
	defer client.Close()
	start := time.Now()
	waits, err := client.HasAvailable(ctx, broker.Query{Recipient: broker.Party(c.party)})
	logCall(d.app.log, loginOperation, start, err)
	login := fine("%s, %s, in %s", c.user, strings.ToLower(d.binding.String()), milliseconds(time.Since(start)))
	switch {
	case errors.Is(err, failure.Forbidden):
		rights := because(err)
		rights.check = "rights"
		return []diagnosis{login, rights}
	case err != nil:
		return []diagnosis{because(err)}
	}
	rights := fine("nothing waits for %s, or nothing that this user may see: the service says the same to who has no right", c.party)
	if waits {
		rights = fine("a file waits for %s, and this user may see it", c.party)
	}
	rights.check = "rights"
	return []diagnosis{login, rights}
}

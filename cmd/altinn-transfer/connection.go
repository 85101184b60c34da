package main

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/altinn-transfer/altinn-transfer/archive"
	"github.com/altinn-transfer/altinn-transfer/binding"
	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/spf13/pflag"
)

// connection is what a command must know to call a service.
type connection struct {
	app            *app
	endpoint       string
	binding        string
	user           string
	party          string
	password       passwordSource
	allowPlainHTTP bool
	connectTimeout time.Duration
	stallTimeout   time.Duration
}

// addConnectionFlags adds the common flags of a command that calls a service.
func (a *app) addConnectionFlags(flags *pflag.FlagSet) *connection {
	c := &connection{app: a}
	flags.String("config", "", "configuration `file`")
	flags.String("profile", "", "`name` of the profile in the configuration file (default \"default\" when it is there)")
	flags.StringVar(&c.endpoint, "endpoint", "", "`address` of the service; one whose path ends in .svc is used as it is")
	flags.StringVar(&c.binding, "binding", "basic", "binding of the service: basic")
	flags.StringVar(&c.user, "user", "", "`name` of the system user")
	flags.StringVar(&c.password.file, "password-file", "", "`file` that holds the password")
	flags.StringVar(&c.password.env, "password-env", "", "`variable` that holds the password")
	flags.StringVar(&c.password.command, "password-command", "", "`command` that prints the password, run by the shell")
	flags.BoolVar(&c.allowPlainHTTP, "allow-plain-http", false, "let the password travel unencrypted to another machine")
	flags.DurationVar(&c.connectTimeout, "connect-timeout", 10*time.Second, "longest wait for a connection")
	flags.DurationVar(&c.stallTimeout, "stall-timeout", time.Minute, "longest silence in a transfer; there is no limit on the whole")
	return c
}

// addPartyFlag adds the party on whose behalf is called.
func (c *connection) addPartyFlag(flags *pflag.FlagSet) {
	flags.StringVar(&c.party, "party", "", "organisation or person `number` on whose behalf this is done")
}

// broker makes a client of the broker service. It reads the password, so that a question for it comes before anything else
// is shown.
func (c *connection) broker(ctx context.Context) (*broker.Client, error) {
	credentials, err := c.credentials(ctx)
	if err != nil {
		return nil, err
	}
	return broker.New(c.endpoint, credentials, c.options())
}

// archive makes a client of the attachment services.
func (c *connection) archive(ctx context.Context) (*archive.Client, error) {
	credentials, err := c.credentials(ctx)
	if err != nil {
		return nil, err
	}
	return archive.New(c.endpoint, credentials, c.options())
}

func (c *connection) options() *broker.Options {
	return &broker.Options{
		ConnectTimeout: c.connectTimeout, StallTimeout: c.stallTimeout, AllowPlainHTTP: c.allowPlainHTTP,
	}
}

func (c *connection) credentials(ctx context.Context) (binding.Credentials, error) {
	switch {
	case c.endpoint == "":
		return nil, usageError("no endpoint is given; use --endpoint or %s", envName("endpoint"))
	case c.binding != "basic":
		return nil, usageError("--binding is basic, not %q", c.binding)
	case c.user == "":
		return nil, usageError("no user is given; use --user or %s", envName("user"))
	case c.connectTimeout <= 0 || c.stallTimeout <= 0:
		return nil, usageError("a timeout must be more than 0")
	}
	password, err := c.password.read(ctx, c.app, fmt.Sprintf("Password of %s at %s: ", visible(c.user), c.host()))
	if err != nil {
		return nil, err
	}
	c.app.log.Debug("calling as", "user", c.user, "host", c.host())
	return binding.Basic{SystemUser: c.user, Password: binding.Literal(password)}, nil
}

// host is the part of the endpoint that may be shown: the rest can hold what is not for everybody.
func (c *connection) host() string {
	u, err := url.Parse(c.endpoint)
	if err != nil {
		return "the endpoint"
	}
	return visible(u.Host)
}

// onBehalf is the party that was given.
func (c *connection) onBehalf() (broker.Party, error) {
	if c.party == "" {
		return "", usageError("no party is given; use --party or %s", envName("party"))
	}
	return parseParty("--party", c.party)
}

func parseParty(flag, text string) (broker.Party, error) {
	if (len(text) != 9 && len(text) != 11) || strings.Trim(text, "0123456789") != "" {
		return "", usageError("%s: %q is neither an organisation number (9 digits) nor a national identity number (11 digits)", flag, text)
	}
	return broker.Party(text), nil
}

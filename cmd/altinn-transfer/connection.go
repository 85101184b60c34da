package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/altinn-transfer/altinn-transfer/archive"
	"github.com/altinn-transfer/altinn-transfer/binding"
	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/endpoint"
	"github.com/altinn-transfer/altinn-transfer/security"
	"github.com/spf13/pflag"
)

// connection is what a command must know to call a service.
type connection struct {
	app            *app
	config         string
	endpoint       string
	binding        string
	user           string
	party          string
	password       passwordSource
	certificate    certificateFile // of the enterprise, for EC2
	client         certificateFile // for TLS
	ca             string
	allowPlainHTTP bool
	connectTimeout time.Duration
	stallTimeout   time.Duration
}

// addConnectionFlags adds the common flags of a command that calls a service.
func (a *app) addConnectionFlags(flags *pflag.FlagSet) *connection {
	c := &connection{app: a}
	flags.StringVar(&c.config, "config", "", "configuration `file`")
	flags.String("profile", "", "`name` of the profile in the configuration file (default \"default\" when it is there)")
	flags.StringVar(&c.endpoint, "endpoint", "", "`address` of the service; one whose path ends in .svc is used as it is")
	flags.StringVar(&c.binding, "binding", "basic", "`binding` of the service: basic, ws or ec2")
	flags.StringVar(&c.user, "user", "", "`name` of the system user, or in ec2 of the enterprise user")
	c.password.addFlags(flags, "password", "the password")
	c.certificate.addFlags(flags, "certificate", "the enterprise's certificate and key, which begin a session in ec2")
	c.client.addFlags(flags, "client-certificate", "the certificate and key for a server that asks for one (TLS)")
	flags.StringVar(&c.ca, "ca", "", "PEM `file` of who vouches for the server's certificate, instead of the system's")
	flags.BoolVar(&c.allowPlainHTTP, "allow-plain-http", false, "let the password travel unencrypted to another machine")
	flags.DurationVar(&c.connectTimeout, "connect-timeout", 10*time.Second, "longest wait for a connection")
	flags.DurationVar(&c.stallTimeout, "stall-timeout", time.Minute, "longest silence in a transfer; there is no limit on the whole")
	return c
}

// addPartyFlag adds the party on whose behalf is called.
func (c *connection) addPartyFlag(flags *pflag.FlagSet) {
	flags.StringVar(&c.party, "party", "", "organisation or person `number` on whose behalf this is done")
}

// broker makes a client of the broker service. It reads the passwords, so that a question for one comes before anything else
// is shown.
func (c *connection) broker(ctx context.Context) (*broker.Client, error) {
	credentials, options, err := c.read(ctx)
	if err != nil {
		return nil, err
	}
	return broker.New(c.endpoint, credentials, options)
}

// archive makes a client of the attachment services.
func (c *connection) archive(ctx context.Context) (*archive.Client, error) {
	credentials, options, err := c.read(ctx)
	if err != nil {
		return nil, err
	}
	return archive.New(c.endpoint, credentials, options)
}

// calls makes a client of every service.
func (c *connection) calls(ctx context.Context) (*binding.Client, error) {
	credentials, options, err := c.read(ctx)
	if err != nil {
		return nil, err
	}
	return binding.New(c.endpoint, credentials, options)
}

// read gives what a client is made of.
func (c *connection) read(ctx context.Context) (binding.Credentials, *binding.Options, error) {
	credentials, err := c.credentials(ctx)
	if err != nil {
		return nil, nil, err
	}
	options, err := c.options(ctx)
	return credentials, options, err
}

func (c *connection) options(ctx context.Context) (*binding.Options, error) {
	secured, err := c.tls(ctx)
	if err != nil {
		return nil, err
	}
	overrides, err := c.app.profile.overrides()
	return &binding.Options{
		TLS: secured, ConnectTimeout: c.connectTimeout, StallTimeout: c.stallTimeout, AllowPlainHTTP: c.allowPlainHTTP,
		Overrides: overrides,
	}, err
}

// check gives the binding, and tells what is missing.
func (c *connection) check() (endpoint.Binding, error) {
	b, err := endpoint.ParseBinding(c.binding)
	switch {
	case c.endpoint == "":
		return b, usageError("no endpoint is given; use --endpoint or %s", envName("endpoint"))
	case err != nil:
		return b, usageError("--binding: %w", err)
	case c.user == "":
		return b, usageError("no user is given; use --user or %s", envName("user"))
	case b == endpoint.EC2 && c.certificate.path == "":
		return b, usageError("no certificate is given; ec2 needs one: use --certificate or %s", envName("certificate"))
	case b != endpoint.EC2 && c.certificate.path != "":
		return b, usageError("a certificate is given, and %s has no use for it; use --binding ec2, or --certificate '' where a profile names one", strings.ToLower(b.String()))
	case c.connectTimeout <= 0 || c.stallTimeout <= 0:
		return b, usageError("a timeout must be more than 0")
	}
	return b, nil
}

// prompt asks for the user's password.
func (c *connection) prompt() string {
	return fmt.Sprintf("Password of %s at %s: ", visible(c.user), c.host())
}

func (c *connection) credentials(ctx context.Context) (binding.Credentials, error) {
	b, err := c.check()
	if err != nil {
		return nil, err
	}
	text, err := c.password.read(ctx, c.app, c.prompt())
	if err != nil {
		return nil, err
	}
	c.app.log.Debug("calling as", "user", c.user, "host", c.host(), "binding", b)
	password := binding.Literal(text)
	switch b {
	case endpoint.WS:
		return binding.UsernameToken{Username: c.user, Password: password}, nil
	case endpoint.EC2:
		return c.enterprise(ctx, password)
	}
	return binding.Basic{SystemUser: c.user, Password: password}, nil
}

// enterprise reads the certificate once for the whole run, as it does the password.
func (c *connection) enterprise(ctx context.Context, password binding.Secret) (binding.Credentials, error) {
	pair, err := c.certificate.read(ctx, c.app)
	if err != nil {
		return nil, err
	}
	if err := security.CheckSigner(pair, time.Now()); err != nil {
		return nil, usageError("%s: %w", c.certificate.path, err)
	}
	return binding.Certificate{
		KeyPair:  func(context.Context) (*tls.Certificate, error) { return pair, nil },
		Username: c.user, Password: password,
	}, nil
}

// tls is what is special about TLS here; nil when nothing is.
func (c *connection) tls(ctx context.Context) (*tls.Config, error) {
	if c.ca == "" && c.client.path == "" {
		return nil, nil
	}
	config := new(tls.Config)
	if c.ca != "" {
		roots, err := readRoots(c.ca)
		if err != nil {
			return nil, err
		}
		config.RootCAs = roots
	}
	if c.client.path != "" {
		pair, err := c.client.read(ctx, c.app)
		if err != nil {
			return nil, err
		}
		config.Certificates = []tls.Certificate{*pair}
	}
	return config, nil
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

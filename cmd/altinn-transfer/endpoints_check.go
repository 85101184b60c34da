package main

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/altinn-transfer/altinn-transfer/binding"
	"github.com/altinn-transfer/altinn-transfer/endpoint"
	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/schema"
	"github.com/altinn-transfer/altinn-transfer/stream"
	"github.com/beevik/etree"
	"github.com/spf13/pflag"
	"golang.org/x/sync/errgroup"
)

// checkFlags are --check, and the flags of a connection that count with it alone. --binding is not among these: here it
// chooses rows.
type checkFlags struct {
	wanted     bool
	connection *connection
	own        []*pflag.Flag
}

func (a *app) addCheckFlags(flags *pflag.FlagSet) *checkFlags {
	c := &checkFlags{}
	flags.BoolVar(&c.wanted, "check", false, "call every row of the table at the service whose address is given")
	own := pflag.NewFlagSet("", pflag.ContinueOnError)
	c.connection = a.addConnectionFlags(own)
	own.VisitAll(func(flag *pflag.Flag) {
		if flag.Name != "binding" {
			flags.AddFlag(flag)
			c.own = append(c.own, flag)
		}
	})
	return c
}

// alone refuses a flag that has no meaning here.
func (c *checkFlags) alone() error {
	for _, flag := range c.own {
		if flag.Changed {
			return usageError("--%s goes with --check", flag.Name)
		}
	}
	return nil
}

// checkEndpoints calls the rows of the table at a service, and prints what came of it.
func (a *app) checkEndpoints(ctx context.Context, c *connection, only endpointFilter) error {
	if i := slices.IndexFunc(only.words, func(word string) bool { return strings.Contains(word, "://") }); i >= 0 {
		c.endpoint, only.words = only.words[i], slices.Delete(slices.Clone(only.words), i, i+1)
	}
	if err := only.check(); err != nil {
		return err
	}
	clients, err := c.everyBinding(ctx)
	if err != nil {
		return err
	}
	defer func() {
		for _, client := range clients {
			client.Close()
		}
	}()
	overrides, err := a.profile.overrides()
	if err != nil {
		return err
	}
	var checks []*endpointCheck
	for op := range endpoint.All() {
		if client := clients[op.Binding]; client != nil && op.InTable && only.take(op) {
			checks = append(checks, &endpointCheck{app: a, op: op, path: calledPath(op, overrides), client: client})
		}
	}
	if len(checks) == 0 {
		return &exitError{code: exitNotFound, err: errors.New("no row of the table fits, in a binding that the login is good for; ec2 needs --certificate")}
	}
	if err := runChecks(ctx, checks); err != nil {
		return err
	}
	return a.tellChecks(checks)
}

// everyBinding makes a client for each binding that the login is good for. The password is asked for once.
func (c *connection) everyBinding(ctx context.Context) (map[endpoint.Binding]*binding.Client, error) {
	certificate := c.certificate
	c.certificate = certificateFile{}
	basic, options, err := c.read(ctx)
	if err != nil {
		return nil, err
	}
	login := basic.(binding.Basic)
	all := map[endpoint.Binding]binding.Credentials{
		endpoint.Basic: login,
		endpoint.WS:    binding.UsernameToken{Username: login.SystemUser, Password: login.Password},
	}
	if certificate.path != "" {
		c.certificate = certificate
		if all[endpoint.EC2], err = c.enterprise(ctx, login.Password); err != nil {
			return nil, err
		}
	}
	clients := map[endpoint.Binding]*binding.Client{}
	for b, credentials := range all {
		if clients[b], err = binding.New(c.endpoint, credentials, options); err != nil {
			return nil, err
		}
	}
	return clients, nil
}

// endpointCheck is one row that is called.
type endpointCheck struct {
	app    *app
	op     endpoint.Operation
	path   string // of the service that is asked
	client *binding.Client
	finding
}

func calledPath(op endpoint.Operation, overrides []endpoint.Override) string {
	for _, v := range overrides {
		op = v.Apply(op)
	}
	return op.Path
}

// Rows that are called at once, and how long one may take.
const (
	checkedAtOnce = 4
	checkTime     = time.Minute
)

// runChecks calls all rows. One of each binding goes first and alone: when there is nobody, or the login is refused, the others
// are left alone, or they would lock the user out.
func runChecks(ctx context.Context, checks []*endpointCheck) error {
	proven := map[endpoint.Binding]bool{}
	first := firstOnes(checks)
	for _, check := range first {
		if err := check.call(ctx); err != nil || check.nobody() {
			return cmp.Or(err, check.err)
		}
		proven[check.op.Binding] = check.outcome == answered
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(checkedAtOnce)
	for _, check := range checks {
		if slices.Contains(first, check) {
			continue
		}
		group.Go(func() error {
			err := check.call(ctx)
			if proven[check.op.Binding] && errors.Is(err, failure.Unauthenticated) {
				return nil // it is a person's login that is wanted, or a right for the party that there is none of
			}
			return err
		})
	}
	return group.Wait()
}

// firstOnes are the one of each binding that tells most of a login: one that asks for nothing else.
func firstOnes(checks []*endpointCheck) []*endpointCheck {
	best := map[endpoint.Binding]*endpointCheck{}
	var first []*endpointCheck
	for _, check := range checks {
		b := check.op.Binding
		if best[b] == nil || check.tells() > best[b].tells() {
			best[b] = check
		}
	}
	for _, check := range checks {
		if best[check.op.Binding] == check {
			first = append(first, check)
		}
	}
	return first
}

// tells ranks an operation by how much its answer says of the system's login.
func (c *endpointCheck) tells() int {
	switch {
	case c.op.Base == challenge: // which asks for no login
		return 0
	case c.op.Takes(endpoint.RoleUserSSN):
		return 1
	case len(asked(c.op)) > 0:
		return 2
	}
	return 3
}

// call calls the operation. An error ends the whole check: the login is refused, or a signal came.
func (c *endpointCheck) call(ctx context.Context) error {
	limited, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	values := binding.Values{}
	for _, p := range append(asked(c.op), c.op.Headers...) {
		if p.Role == endpoint.RoleNone && p.Type != endpoint.TypeStream {
			values[p.Name] = func(el *etree.Element) { schema.Fill(el, p.Type, nothing(p.Name)) }
		}
	}
	start := time.Now()
	reply, err := c.client.Call(limited, c.op.Name, binding.Request{
		Values: values, Source: stream.Bytes("check.zip", emptyZIP), ReadOnly: reads(c.op),
	})
	logCall(c.app.log, c.op.Base, start, err, "binding", c.op.Binding)
	if err == nil && reply.Payload != nil {
		err = reply.Payload.Close()
	}
	c.finding = judge(err)
	if ctx.Err() != nil || errors.Is(err, failure.Unauthenticated) {
		return err
	}
	return nil
}

// nobody reports whether no answer came at all.
func (c *endpointCheck) nobody() bool {
	e, ok := errors.AsType[*failure.Error](c.err)
	return ok && e.HTTPStatus == 0
}

// emptyZIP is a ZIP without a file in it.
var emptyZIP = append([]byte("PK\x05\x06"), make([]byte, 18)...)

// nothing gives texts that mean nothing to a service.
func nothing(param string) func(endpoint.Type) string {
	return func(t endpoint.Type) string {
		row, _ := endpoint.LookupType(t)
		switch {
		case strings.EqualFold(param, "reference") || strings.EqualFold(param, "fileReference"):
			return "00000000-0000-0000-0000-000000000000"
		case strings.EqualFold(param, "FileName"):
			return "check.zip"
		case len(row.Values) > 0:
			return row.Values[0]
		case t == endpoint.TypeDateTime:
			return "2000-01-01T00:00:00"
		case t == endpoint.TypeBoolean:
			return "false"
		case cmp.Or(row.Base, t) == endpoint.TypeBase64:
			return "AAAA"
		}
		return "0"
	}
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"

	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/server"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// serveCommand runs the far side.
type serveCommand struct {
	app    *app
	addr   string
	data   string
	config string
}

func newServeCommand(a *app) *cobra.Command {
	s := &serveCommand{app: a}
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Be the far side: broker and attachment services over a directory",
		Long: `Answers the operations of the broker and attachment services in the Basic binding, over files in a directory, until a signal
stops it: the first lets requests under way end, the second does not.

Users, services, limits and rules to misbehave by are in a configuration file. Where that names no user, or is not there,
there are two whose passwords everybody knows, so then the address must be one of this machine alone.

The flags can also be given as variables: ALTINN_TRANSFER_SERVE_ADDR, _DATA and _CONFIG.

` + serverConfigHelp,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := s.settle(cmd.Flags()); err != nil {
				return err
			}
			return s.run(cmd.Context())
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&s.addr, "addr", "127.0.0.1:8085", "`host:port` to listen on; port 0 takes a free one")
	flags.StringVar(&s.data, "data", "altinn-transfer-data", "`directory` of the store, made when it is missing")
	flags.StringVar(&s.config, "config", "", "configuration `file` of the server")
	flags.String("log-level", "info", "what is logged to stderr: debug, info, warn or error; info is a line for each request")
	cmd.MarkFlagDirname("data")
	cmd.AddCommand(newHashPasswordCommand(a))
	return cmd
}

func (s *serveCommand) run(ctx context.Context) error {
	options, err := s.options()
	if err != nil {
		return err
	}
	demo := len(options.Users) == 0
	if demo {
		options.Users = server.DemoUsers()
	}
	listener, err := s.listen(demo)
	if err != nil {
		return err
	}
	defer listener.Close()
	far, err := server.New(options)
	if err != nil {
		return serverFailure(err)
	}
	s.sayListening(listener.Addr())
	if demo {
		s.sayUsers(listener.Addr(), options.Users)
	}
	err = far.Serve(ctx, listener)
	if err != nil {
		err = fmt.Errorf("serve: %w", err)
	}
	return errors.Join(err, far.Close())
}

func (s *serveCommand) options() (server.Options, error) {
	var options server.Options
	if s.config != "" {
		var err error
		if options, err = readServerConfig(s.config); err != nil {
			return options, err
		}
	}
	options.Dir, options.Log = s.data, s.app.log
	return options, nil
}

// listen refuses to let passwords that everybody knows be used from other machines.
func (s *serveCommand) listen(demo bool) (net.Listener, error) {
	addr, err := net.ResolveTCPAddr("tcp", s.addr)
	if err != nil {
		return nil, usageError("--addr: %w", err)
	}
	switch {
	case addr.IP.IsLoopback():
	case demo:
		return nil, usageError("--addr: without users in a --config there are two with passwords that everybody knows, so the address must be one of this machine alone (127.0.0.1:8085), not %q", s.addr)
	default:
		s.app.log.Warn("passwords come here unencrypted, unless something in front takes the TLS off", "addr", s.addr)
	}
	listener, err := net.ListenTCP("tcp", addr)
	if err != nil {
		return nil, usageError("--addr: %w", err)
	}
	return listener, nil
}

// serverFailure tells a configuration that is wrong from a disk that refuses.
func serverFailure(err error) error {
	kind := failure.Usage
	if _, disk := errors.AsType[*fs.PathError](err); disk {
		kind = failure.Disk
	}
	return &failure.Error{Op: "start the server", Kind: kind, Err: err}
}

func (s *serveCommand) sayListening(addr net.Addr) {
	fmt.Fprintf(s.app.screen, "listening on http://%s, store in %s\n", addr, visible(s.data))
}

func (s *serveCommand) sayUsers(addr net.Addr, users []server.User) {
	out := s.app.screen
	fmt.Fprintln(out, "users, known to everybody:")
	for _, u := range users {
		fmt.Fprintf(out, "    %s, password %s, party %s\n", u.Name, demoPassword(u), u.Rights[0].Party)
	}
	from, to := users[0], users[1]
	fmt.Fprintf(out, "try, in another terminal:\n    export DEMO=%s\n    %s\n", demoPassword(from), shellLine([]string{
		"altinn-transfer", "send", "FILE", "--endpoint", "http://" + addr.String(), "--user", from.Name, "--password-env", "DEMO",
		"--party", from.Rights[0].Party, "--to", to.Rights[0].Party, "--service", demoService.Code, "--edition", fmt.Sprint(demoService.Edition),
	}))
}

// demoService is as good as any other: without a configuration, every service exists.
var demoService = server.Service{Code: "4192", Edition: 270815}

// demoPassword is the one of [server.DemoUsers].
func demoPassword(u server.User) string { return u.Name + "-demo" }

// settle gives the flags that the command line leaves out the values of their variables. These have names of their own, because
// a client's ALTINN_TRANSFER_CONFIG is another file.
func (s *serveCommand) settle(flags *pflag.FlagSet) error {
	name := func(flag string) string { return envName("serve-" + flag) }
	variables := layer{name, func(flag string) string { return s.app.env(name(flag)) }}
	for _, flag := range []string{"addr", "data", "config"} {
		if err := fill(flags.Lookup(flag), variables); err != nil {
			return err
		}
	}
	return nil
}

package main

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"

	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/metrics"
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
	tls    serveTLS

	metrics *metricsFlags

	secured bool // it speaks TLS

	fixtures string
	showPINs bool
}

func newServeCommand(a *app) *cobra.Command {
	s := &serveCommand{app: a}
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Be the far side: all services of the catalogue, over a directory",
		Long: `Answers the operations of every service in the bindings basic, ws and ec2, until a signal stops it: the first lets requests
under way end, the second does not. Files, attachments, form tasks and receipts are kept in a directory. What the server does
not know by itself (correspondence, lists of elements, workflow and so on) it answers from a folder of answers, --fixtures;
"call --template --answer OPERATION" prints one to fill in.

Users, services, limits and rules to misbehave by are in a configuration file. Where that names no user, or is not there,
there are two whose passwords everybody knows, so then the address must be one of this machine alone. They do for basic and
ws. For ec2, write a user into the file with what the first two of these commands print, then start the server and go on:

    altinn-transfer serve hash-password
    altinn-transfer serve make-certificate mine.p12 --party 910075918
    altinn-transfer serve --config server.toml --tls-self-signed
    altinn-transfer list --binding ec2 --certificate mine.p12 \
        --endpoint https://127.0.0.1:8085 --ca altinn-transfer-data/tls-ca.pem \
        --user avsender --password-file password.txt --party 910075918

The flags can also be given as variables, such as ALTINN_TRANSFER_SERVE_ADDR and ALTINN_TRANSFER_SERVE_TLS_CERT.

` + serverConfigHelp,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := s.settle(cmd); err != nil {
				return err
			}
			return s.run(cmd.Context())
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&s.addr, "addr", "127.0.0.1:8085", "`host:port` to listen on; port 0 takes a free one")
	flags.StringVar(&s.data, "data", "altinn-transfer-data", "`directory` of the store, made when it is missing")
	flags.StringVar(&s.config, "config", "", "configuration `file` of the server")
	s.tls.addFlags(flags)
	flags.StringVar(&s.fixtures, "fixtures", "", "`directory` of answers, one file OPERATION.xml for each operation")
	flags.BoolVar(&s.showPINs, "show-pins", false, "write the codes that persons are sent to the log")
	flags.String("log-level", "info", "what is logged: debug, info, warn or error; info is a line for each request")
	s.metrics = a.addMetricsFlags(flags)
	cmd.MarkFlagDirname("data")
	cmd.MarkFlagDirname("fixtures")
	cmd.AddCommand(newHashPasswordCommand(a), newMakeCertificateCommand(a))
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
	counted := metrics.New()
	stop, err := s.metrics.start(counted)
	if err != nil {
		return err
	}
	defer stop()
	options.Observer = requestCounter{counted.Requests()}
	far, err := server.New(options)
	if err != nil {
		return serverFailure(err)
	}
	roots, err := s.tls.keepRoots(s.data)
	if err != nil {
		return errors.Join(err, far.Close())
	}
	s.sayListening(listener.Addr(), roots)
	if demo {
		s.sayUsers(listener.Addr(), options.Users, roots)
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
	options.ShowPINs = options.ShowPINs || s.showPINs
	if s.fixtures != "" {
		options.Fixtures = os.DirFS(s.fixtures)
		if _, err := os.ReadDir(s.fixtures); err != nil {
			return options, usageError("--fixtures: %w", err)
		}
	}
	return options, nil
}

// listen refuses to let passwords that everybody knows be used from other machines.
func (s *serveCommand) listen(demo bool) (net.Listener, error) {
	addr, err := net.ResolveTCPAddr("tcp", s.addr)
	if err != nil {
		return nil, usageError("--addr: %w", err)
	}
	host, _, _ := net.SplitHostPort(s.addr)
	secured, err := s.tls.config(addr, host)
	if err != nil {
		return nil, err
	}
	s.secured = secured != nil
	switch {
	case addr.IP.IsLoopback():
	case demo:
		return nil, usageError("--addr: without users in a --config there are two with passwords that everybody knows, so the address must be one of this machine alone (127.0.0.1:8085), not %q", s.addr)
	case !s.secured:
		s.app.log.Warn("passwords come here unencrypted, unless something in front takes the TLS off", "addr", s.addr)
	}
	listener, err := net.ListenTCP("tcp", addr)
	if err != nil {
		return nil, usageError("--addr: %w", err)
	}
	if s.secured {
		return tls.NewListener(listener, secured), nil
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

func (s *serveCommand) sayListening(addr net.Addr, roots string) {
	fmt.Fprintf(s.app.screen, "listening on %s, store in %s\n", s.url(addr), visible(s.data))
	if roots != "" {
		fmt.Fprintf(s.app.screen, "its certificate was made for this run: clients need --ca %s\n", visible(roots))
	}
}

func (s *serveCommand) url(addr net.Addr) string {
	if s.secured {
		return "https://" + addr.String()
	}
	return "http://" + addr.String()
}

func (s *serveCommand) sayUsers(addr net.Addr, users []server.User, roots string) {
	out := s.app.screen
	fmt.Fprintln(out, "users, known to everybody:")
	for _, u := range users {
		fmt.Fprintf(out, "    %s, password %s, party %s\n", u.Name, demoPassword(u), u.Rights[0].Party)
	}
	from, to := users[0], users[1]
	words := []string{
		"altinn-transfer", "send", "FILE", "--endpoint", s.url(addr), "--user", from.Name, "--password-env", "DEMO",
		"--party", from.Rights[0].Party, "--to", to.Rights[0].Party, "--service", demoService.Code, "--edition", fmt.Sprint(demoService.Edition),
	}
	if roots != "" {
		words = append(words, "--ca", roots)
	}
	fmt.Fprintf(out, "try, in another terminal:\n    export DEMO=%s\n    %s\n", demoPassword(from), shellLine(words))
}

// demoService is as good as any other: without a configuration, every service exists.
var demoService = server.Service{Code: "4192", Edition: 270815}

// demoPassword is the one of [server.DemoUsers].
func demoPassword(u server.User) string { return u.Name + "-demo" }

// settle gives the flags that the command line leaves out the values of their variables. These have names of their own, because
// a client's ALTINN_TRANSFER_CONFIG is another file.
func (s *serveCommand) settle(cmd *cobra.Command) error {
	variables := s.app.variables(func(flag string) string { return envName("serve-" + flag) })
	var problems []error
	cmd.LocalNonPersistentFlags().VisitAll(func(flag *pflag.Flag) {
		if flag.Name != "help" && !takesCommon(cmd, flag) {
			problems = append(problems, s.app.fill(flag, variables))
		}
	})
	return cmp.Or(problems...)
}

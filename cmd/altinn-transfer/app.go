package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strconv"
	"strings"

	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/transfer"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// app is what every command shares: where it reads and writes, and how it tells. Tests run it in process.
type app struct {
	in       io.Reader
	out, err io.Writer
	env      func(string) string

	screen *screen      // a.err, for lines and pictures
	events *eventWriter // a.out, for events
	json   bool         // --json: events on stdout
	begun  bool         // the command line was understood

	log       *slog.Logger
	logFile   *logFile // nil: it goes to stderr
	jsonLines bool     // stderr is lines of JSON
	logJobs   bool     // the log tells of each job, beside what is shown of it

	observers []transfer.Observer // of the jobs, beside what is shown of them

	profile profile           // that was chosen; the zero one when there is none
	origins map[string]origin // of the common flags that were given, by name
}

// run carries out one command line and gives the exit code.
func (a *app) run(ctx context.Context, args []string) int {
	a.screen = newScreen(a.err)
	a.events = &eventWriter{w: a.out}
	a.log = slog.New(slog.DiscardHandler)
	a.origins = map[string]origin{}
	a.json = a.wantsJSON(args)
	root := newRootCommand(a)
	root.SetArgs(args)
	root.SetIn(a.in)
	root.SetOut(a.out)
	root.SetErr(a.screen)
	command, err := root.ExecuteContextC(ctx)
	if err != nil && !a.begun {
		err = misunderstood(command, err)
	}
	return a.end(err)
}

// wantsJSON looks for --json before the flags are read, so that a mistake in them is told as an event, too.
func (a *app) wantsJSON(args []string) bool {
	if end := slices.Index(args, "--"); end >= 0 {
		args = args[:end]
	}
	said := a.env(envName("json"))
	for _, arg := range args {
		if value, ok := strings.CutPrefix(arg, "--json"); ok {
			said = cmp.Or(strings.TrimPrefix(value, "="), "true")
		}
	}
	wanted, err := strconv.ParseBool(said)
	return err == nil && wanted
}

// misunderstood makes a usage error of what cobra says about a command line.
func misunderstood(command *cobra.Command, err error) error {
	if failure.KindOf(err) == failure.Unknown {
		err = usageError("%w", err)
	}
	return fmt.Errorf("%w; see %s --help", err, command.CommandPath())
}

// end tells how it ended.
func (a *app) end(err error) int {
	err = cmp.Or(err, a.events.failed())
	defer a.closeLog()
	if err == nil {
		return exitDone
	}
	a.sayEnd(err)
	if a.json {
		a.events.write(newExitErrorEvent(err))
	}
	return exitCode(err)
}

// sayEnd tells a person, or who reads the log in their place, why it did not end well and what to do.
func (a *app) sayEnd(err error) {
	var advice []string
	if e, ok := errors.AsType[*exitError](err); ok {
		advice = e.advice
	}
	if a.jsonLines || a.logFile != nil {
		a.logEnd(err, advice)
	}
	if a.jsonLines {
		return
	}
	fmt.Fprintf(a.screen, "altinn-transfer: %s\n", visible(err.Error()))
	if len(advice) > 0 {
		fmt.Fprintf(a.screen, "to do what is left:\n    %s\n", strings.Join(advice, "\n    "))
	}
	if advice := trustAdvice(err); advice != "" {
		fmt.Fprintln(a.screen, advice)
	}
}

func newRootCommand(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:   "altinn-transfer",
		Short: "Send and receive files through Altinn's broker and attachment services",
		Long: `Sends and receives files through Altinn's broker (formidling) and attachment services, as streams, in constant memory.

A common flag such as --password-file can also be given as a variable (ALTINN_TRANSFER_PASSWORD_FILE) or in a profile of the
configuration file (password-file = "..."). The flag counts before the variable, the variable before the profile. The file
is config.toml in the directory altinn-transfer of your configuration directory; it has tables [profile.NAME], of which
"default" is used when no other is named. A service that has an operation otherwise than "endpoints" shows it is met by a table
[profile.NAME.operation.OPERATION] with name, namespace, interface and path, as many of them as it takes; it is for the
binding of the profile.

` + exitCodesHelp,
		SilenceErrors:     true,
		SilenceUsage:      true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error { return a.begin(cmd) },
	}
	group(root)
	a.addHelp(root)
	root.SuggestionsMinimumDistance = 2
	root.AddCommand(newSendCommand(a), newReceiveCommand(a), newWatchCommand(a), newPollCommand(a), newListCommand(a), newConfirmCommand(a),
		newStatusCommand(a),
		newUploadCommand(a), newDownloadCommand(a), newShipmentCommand(a), newAttachmentCommand(a), newCallCommand(a),
		newServeCommand(a), newDemoCommand(a), newBenchCommand(a), newMTOMCommand(a), newEndpointsCommand(a), newVersionCommand(a), newSecretCommand(a),
		newDoctorCommand(a), newEventsSchemaCommand(a), newMonitoringTopic())
	addLogFlags(root)
	root.AddCommand(newConfigCommand(a, root)) // which knows the flags of the others
	root.AddCommand(newManCommand(root))
	a.completeCommon(root)
	root.InitDefaultCompletionCmd()
	if completion, _, err := root.Find([]string{"completion"}); err == nil {
		group(completion)
	}
	return root
}

// group makes a command that only holds others: called by itself, it says so.
func group(cmd *cobra.Command) {
	cmd.Use, cmd.DisableFlagsInUseLine = cmd.Name()+" COMMAND", true
	cmd.Args = cobra.ArbitraryArgs
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		what := "a command is missing"
		if len(args) > 0 {
			what = fmt.Sprintf("there is no command %q", args[0])
		}
		if like := cmd.SuggestionsFor(strings.Join(args, " ")); len(args) > 0 && len(like) > 0 {
			what += "; did you mean " + strings.Join(like, " or ") + "?"
		}
		return usageError("%s; see %s --help", what, cmd.CommandPath())
	}
}

// begin runs when a command line was understood, before the command does.
func (a *app) begin(cmd *cobra.Command) error {
	if err := a.settle(cmd); err != nil {
		return err
	}
	if err := a.openLog(cmd.Flags()); err != nil {
		return err
	}
	a.begun = true
	return nil
}

// addJSONFlag adds --json. Its value is known from [app.run] on.
func (a *app) addJSONFlag(flags *pflag.FlagSet) {
	flags.BoolVar(&a.json, "json", a.json, "events as lines of JSON on stdout")
}

package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/altinn-transfer/altinn-transfer/bench"
	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/spf13/cobra"
)

// benchCommand measures, and tells what it found.
type benchCommand struct {
	app        *app
	connection *connection
	service    *serviceFlags

	against string
	report  string
	compare string
	size    sizeFlag
	files   int
	rounds  int
	quick   bool
}

func newBenchCommand(a *app) *cobra.Command {
	b := &benchCommand{app: a, size: 256 << 20}
	cmd := &cobra.Command{
		Use:   "bench [codec|path|bulk|zip|all]",
		Short: "Measure speed, processor time and memory beside bare baselines",
		Long: `Measures what this machine does, beside the least that the same bytes could cost, in the same rounds:

    codec   reading and writing MTOM, in memory, beside mime/multipart, encoding/base64 and a copy
    path    one upload or download, from a file to nowhere, beside net/http, a bare TCP connection, and gSOAP if it is installed
    bulk    many small files and a large one, to disk, beside net/http with the same round trips and syncs
    zip     packing, beside archive/zip

Without one of them, or with "all", it is all four, which takes some minutes. Client and far side are processes of their own
on this machine. Standard output has a line of Go's benchmark format for each round, as benchstat reads them. --report also
writes report.html, which needs no network to be read, RESULTS.md and results.json; --compare takes the results.json of an
earlier run and shows what has changed.

--against measures path and bulk at a service instead, by the clock alone: --party sends to itself there, and what it sent is
confirmed. Login and service are given as for "send".`,
		Args:      cobra.MatchAll(cobra.MaximumNArgs(1), cobra.OnlyValidArgs),
		ValidArgs: append(slices.Clone(bench.Parts), "all"),
		RunE:      func(cmd *cobra.Command, args []string) error { return b.run(cmd.Context(), args) },
	}
	flags := cmd.Flags()
	flags.StringVar(&b.against, "against", "", "`address` of a service to measure, instead of far sides on this machine")
	flags.StringVar(&b.report, "report", "", "`directory` for report.html, RESULTS.md and results.json")
	flags.StringVar(&b.compare, "compare", "", "results.json `file` of an earlier run")
	flags.Var(&b.size, "size", "bytes of a large file")
	flags.IntVar(&b.files, "files", 1000, "small files, of 16 KiB each")
	flags.IntVar(&b.rounds, "rounds", 5, "counted rounds of each row, after one that is not")
	flags.BoolVar(&b.quick, "quick", false, "so little of everything that it ends in seconds: only to see that it works")
	b.connection = a.addConnectionFlags(flags)
	b.connection.addPartyFlag(flags)
	b.service = addServiceFlags(flags)
	flags.MarkHidden("endpoint") // --against says it
	cmd.AddCommand(newBenchPeerCommand(a))
	return cmd
}

// newBenchPeerCommand is a process of a measured round. It is not for people, and takes nothing from profile or variables.
func newBenchPeerCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:               "peer",
		Short:             "Be a client or a far side of a bench, as standard input says",
		Hidden:            true,
		Args:              cobra.NoArgs,
		PersistentPreRunE: func(*cobra.Command, []string) error { a.begun = true; return nil },
		RunE:              func(cmd *cobra.Command, _ []string) error { return bench.RunPeer(cmd.Context(), a.in, a.out) },
	}
}

func (b *benchCommand) run(ctx context.Context, args []string) error {
	options, err := b.options(ctx, args)
	if err != nil {
		return err
	}
	if options.Against != nil {
		defer options.Against.Client.Close()
	}
	older, err := b.older()
	if err != nil {
		return err
	}
	report, err := bench.Run(ctx, options)
	if err != nil {
		return benchFailure(ctx, err)
	}
	if err := report.WriteLines(b.app.out); err != nil {
		return orUnwritten(err)
	}
	for _, note := range report.Notes {
		fmt.Fprintf(b.app.screen, "note: %s\n", visible(note))
	}
	if older != nil {
		if err := bench.Compare(older, report).WriteText(b.app.screen); err != nil {
			return err
		}
	}
	return b.write(report, older)
}

func (b *benchCommand) options(ctx context.Context, args []string) (bench.Options, error) {
	part := cmp.Or(strings.Join(args, ""), "all")
	o := bench.Options{Rounds: b.rounds, Size: int64(b.size), Files: b.files, Quick: b.quick, Row: b.tell}
	if part != "all" {
		o.Parts = []string{part}
	}
	if b.rounds < 1 || b.files < 2 || b.size < 1<<20 {
		return o, usageError("--rounds is at least 1, --files 2, and --size 1MiB")
	}
	exe, err := os.Executable()
	if err != nil {
		return o, &failure.Error{Op: "find this program", Kind: failure.Disk, Err: err}
	}
	o.Peer = []string{exe, "bench", "peer"}
	if b.against != "" {
		o.Against, err = b.target(ctx, part)
	}
	return o, err
}

// target is the service to measure, with who sends to whom.
func (b *benchCommand) target(ctx context.Context, part string) (*bench.Service, error) {
	if part == "codec" || part == "zip" {
		return nil, usageError("--against is for path and bulk; %s needs no service", part)
	}
	b.connection.endpoint = b.against
	itself, err := b.connection.onBehalf()
	if err != nil {
		return nil, err
	}
	if b.service.code == "" {
		return nil, usageError("no service is given; use --service and --edition")
	}
	client, err := b.connection.broker(ctx)
	if err != nil {
		return nil, err
	}
	return &bench.Service{Name: b.connection.host(), Client: client, Manifest: broker.Manifest{
		ServiceCode: b.service.code, EditionCode: b.service.edition, Sender: itself, Recipients: []broker.Party{itself},
	}}, nil
}

func (b *benchCommand) tell(part, task, who string) {
	fmt.Fprintf(b.app.screen, "%s: %s: %s\n", part, visible(task), who)
}

// benchFailure gives what a failed run ended in a kind.
func benchFailure(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if _, ok := errors.AsType[*failure.Error](err); ok {
		return err
	}
	return &failure.Error{Op: "bench", Kind: failure.Unknown, Err: err}
}

package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"

	"github.com/altinn-transfer/altinn-transfer/binding"
	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/server"
	"github.com/altinn-transfer/altinn-transfer/transfer"
	"github.com/spf13/cobra"
)

// demoCommand sends files to a server of its own, receives them, and compares.
type demoCommand struct {
	app   *app
	view  *viewFlags
	jobs  *int
	size  sizeFlag
	files int
}

func newDemoCommand(a *app) *cobra.Command {
	d := &demoCommand{app: a, size: 1 << 30, files: 12}
	cmd := &cobra.Command{
		Use:   "demo [FILE|DIR]...",
		Short: "Send files to a server of its own, receive them, and compare",
		Long: `Starts a server on this machine alone, sends the files as one organisation, receives and confirms them as another, and
compares them byte for byte by their SHA-256. Files that are no ZIPs are packed, as send does it. Without files, some are
made up as they are sent.

Server and client are this one process, so the memory that is told is that of both. What it writes is removed at the end.
The exit code is 0 when every file came as it was sent.`,
		RunE: func(cmd *cobra.Command, args []string) error { return d.run(cmd.Context(), args) },
	}
	flags := cmd.Flags()
	d.view = a.addViewFlags(cmd)
	d.jobs = addJobsFlag(flags)
	flags.Var(&d.size, "size", "bytes that are made up, all files together")
	flags.IntVar(&d.files, "files", d.files, "files that are made up")
	return cmd
}

func (d *demoCommand) run(ctx context.Context, paths []string) error {
	parcels, err := d.parcels(paths)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "altinn-transfer-demo-*")
	if err != nil {
		return &failure.Error{Op: "make a temporary directory", Kind: failure.Disk, Err: err}
	}
	defer os.RemoveAll(dir)
	far, err := d.startServer(ctx, dir)
	if err != nil {
		return err
	}
	report, err := d.exchange(ctx, far.address, filepath.Join(dir, "received"), parcels)
	if err = errors.Join(err, far.stop()); err != nil {
		return err
	}
	return report.tell(d.app)
}

func (d *demoCommand) parcels(paths []string) ([]parcel, error) {
	if err := errors.Join(d.view.check(), checkJobs(*d.jobs)); err != nil {
		return nil, err
	}
	if slices.Contains(paths, stdin) {
		return nil, usageError("standard input (-) is not compared; give files")
	}
	if len(paths) > 0 {
		given, err := parcels(paths, d.app.in, "", nil)
		if err != nil {
			return nil, err
		}
		return given, checkSpace(max(totalParcels(given), 0))
	}
	if d.files < 1 || int64(d.size) < int64(d.files) {
		return nil, usageError("--files is at least 1, and --size at least a byte for each")
	}
	if err := checkSpace(int64(d.size)); err != nil {
		return nil, err
	}
	return generate(d.files, int64(d.size))
}

// checkSpace makes sure that so many bytes fit twice: into the store, and where they are received.
func checkSpace(size int64) error {
	free := freeSpace(os.TempDir())
	if free < 0 || size <= free/2 {
		return nil
	}
	return &failure.Error{Op: "look for space", Kind: failure.Disk, Err: fmt.Errorf(
		"twice %s are needed in %s, and %s are free; set TMPDIR to another directory, or use a smaller --size",
		formatSize(size), os.TempDir(), formatSize(free))}
}

// demoServer is the far side.
type demoServer struct {
	address string
	stop    func() error
}

func (d *demoCommand) startServer(ctx context.Context, dir string) (*demoServer, error) {
	store, err := server.New(server.Options{
		Dir: filepath.Join(dir, "store"), Users: server.DemoUsers(), Limits: server.Limits{File: -1}, Log: d.app.log,
	})
	if err != nil {
		return nil, serverFailure(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start the server: %w", err), store.Close())
	}
	// It stops when the clients have, not with them: a client that is told to stop may still confirm what it has stored.
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan error, 1)
	go func() { ended <- store.Serve(ctx, listener) }()
	return &demoServer{"http://" + listener.Addr().String(), func() error {
		cancel()
		return errors.Join(<-ended, store.Close())
	}}, nil
}

// exchange sends all and receives all.
func (d *demoCommand) exchange(ctx context.Context, address, dir string, parcels []parcel) (*demoReport, error) {
	users := server.DemoUsers()
	from, to := users[0], users[1]
	report := &demoReport{parcels: parcels}
	sent, err := d.send(ctx, address, from, to, parcels)
	if err != nil {
		return nil, err
	}
	received, err := d.receive(ctx, address, to, dir)
	if err != nil {
		return nil, err
	}
	report.sent, report.received = sent, received
	return report, nil
}

func (d *demoCommand) send(ctx context.Context, address string, from, to server.User, parcels []parcel) (*phase, error) {
	client, err := demoClient(address, from)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	manifest := broker.Manifest{
		ServiceCode: demoService.Code, EditionCode: demoService.Edition,
		Sender: broker.Party(from.Rights[0].Party), Recipients: []broker.Party{broker.Party(to.Rights[0].Party)},
	}
	b := d.newBatch("sent", min(*d.jobs, len(parcels)))
	b.view.expect(len(parcels), totalParcels(parcels))
	manager := transfer.New(&told{client, d.app.log, b.view}, transfer.Options{Concurrency: *d.jobs, Observer: b.view})
	b.run(manager.SendAll(ctx, jobsFor(parcels, "", manifest)))
	return endPhase(ctx, b, len(parcels))
}

func (d *demoCommand) receive(ctx context.Context, address string, to server.User, dir string) (*phase, error) {
	if err := makeDir(dir); err != nil {
		return nil, err
	}
	client, err := demoClient(address, to)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	b := d.newBatch("received", *d.jobs)
	manager := transfer.New(&told{client, d.app.log, b.view}, transfer.Options{Concurrency: *d.jobs, Observer: b.view})
	b.run(manager.ReceiveAll(ctx, broker.Query{Recipient: broker.Party(to.Rights[0].Party)}, dir))
	return endPhase(ctx, b, 0)
}

func (d *demoCommand) newBatch(done string, rows int) *batch {
	b := d.app.newBatch(d.view, done, rows)
	b.view = passing{b.view}
	return b
}

// passing is a view that hears nothing of what is gone a moment later: where a file is stored, and its reference.
type passing struct{ view }

// Ended is for [transfer.Observer].
func (p passing) Ended(r transfer.Result) {
	r.Path, r.Reference = "", ""
	p.view.Ended(r)
}

func demoClient(address string, user server.User) (*broker.Client, error) {
	return broker.New(address, binding.Basic{SystemUser: user.Name, Password: binding.Literal(demoPassword(user))}, nil)
}

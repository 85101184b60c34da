package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"

	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/endpoint"
	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/internal/diskspace"
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

	bindingName string
	binding     endpoint.Binding
	tls         bool
}

func newDemoCommand(a *app) *cobra.Command {
	d := &demoCommand{app: a, size: 1 << 30, files: 12}
	cmd := &cobra.Command{
		Use:   "demo [FILE|DIR]...",
		Short: "Send files to a server of its own, receive them, and compare",
		Long: `Starts a server on this machine alone, sends the files as one organisation, receives and confirms them as another, and
compares them byte for byte by their SHA-256. Files that are no ZIPs are packed, as send does it. Without files, some are
made up as they are sent.

It can do so in each of the three bindings. WS and EC2 go over TLS, Basic does if --tls is given; the certificates, those
that EC2's organisations log in with included, are made for the one run.

Server and client are this one process, so the memory that is told is that of both. What it writes is removed at the end.
The exit code is 0 when every file came as it was sent.`,
		RunE: func(cmd *cobra.Command, args []string) error { return d.run(cmd.Context(), args) },
	}
	flags := cmd.Flags()
	flags.StringVar(&d.bindingName, "binding", "basic", "binding to speak: basic, ws or ec2")
	flags.BoolVar(&d.tls, "tls", false, "over TLS, as WS and EC2 always are")
	d.view = a.addViewFlags(cmd)
	d.jobs = addJobsFlag(flags)
	flags.Var(&d.size, "size", "bytes that are made up, all files together")
	flags.IntVar(&d.files, "files", d.files, "files that are made up")
	return cmd
}

func (d *demoCommand) run(ctx context.Context, paths []string) error {
	if err := d.chooseBinding(); err != nil {
		return err
	}
	parcels, err := d.parcels(paths)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "altinn-transfer-demo-*")
	if err != nil {
		return &failure.Error{Op: "make a temporary directory", Kind: failure.Disk, Err: err}
	}
	defer os.RemoveAll(dir)
	far, err := d.startFar(ctx, dir)
	if err != nil {
		return err
	}
	report, err := d.exchange(ctx, far, filepath.Join(dir, "received"), parcels)
	if err = errors.Join(err, far.stop()); err != nil {
		return err
	}
	return report.tell(d.app)
}

func (d *demoCommand) chooseBinding() (err error) {
	if d.binding, err = endpoint.ParseBinding(d.bindingName); err != nil {
		return usageError("--binding: %w", err)
	}
	d.tls = d.tls || d.binding != endpoint.Basic
	return nil
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
	free := diskspace.Free(os.TempDir())
	if free < 0 || size <= free/2 {
		return nil
	}
	return &failure.Error{Op: "look for space", Kind: failure.Disk, Err: fmt.Errorf(
		"twice %s are needed in %s, and %s are free; set TMPDIR to another directory, or use a smaller --size",
		formatSize(size), os.TempDir(), formatSize(free))}
}

// exchange sends all and receives all.
func (d *demoCommand) exchange(ctx context.Context, far *demoFar, dir string, parcels []parcel) (*demoReport, error) {
	report := &demoReport{parcels: parcels}
	sent, err := d.send(ctx, far, parcels)
	if err != nil {
		return nil, err
	}
	received, err := d.receive(ctx, far, dir)
	if err != nil {
		return nil, err
	}
	report.sent, report.received = sent, received
	return report, nil
}

func (d *demoCommand) send(ctx context.Context, far *demoFar, parcels []parcel) (*phase, error) {
	from, to := far.users[0], far.users[1]
	client, err := far.client(from)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	manifest := broker.Manifest{
		ServiceCode: demoService.Code, EditionCode: demoService.Edition,
		Sender: broker.Party(from.Rights[0].Party), Recipients: []broker.Party{broker.Party(to.Rights[0].Party)},
	}
	p, b := d.newBatch("sent", min(*d.jobs, len(parcels)))
	b.view.expect(len(parcels), totalParcels(parcels))
	manager := transfer.New(&told{Backend: client, log: d.app.log, view: b.view}, transfer.Options{Concurrency: *d.jobs, Observer: b.view})
	b.run(manager.SendAll(ctx, jobsFor(parcels, manifest)))
	return p.end(ctx, b, len(parcels))
}

func jobsFor(parcels []parcel, m broker.Manifest) iter.Seq2[transfer.Job, error] {
	return func(yield func(transfer.Job, error) bool) {
		for _, p := range parcels {
			if !yield(transfer.Job{Key: p.key(), Source: p.source, Manifest: m}, nil) {
				return
			}
		}
	}
}

func totalParcels(parcels []parcel) int64 {
	var total int64
	for _, p := range parcels {
		if p.source.Size() < 0 {
			return -1
		}
		total += p.source.Size()
	}
	return total
}

func (d *demoCommand) receive(ctx context.Context, far *demoFar, dir string) (*phase, error) {
	if err := makeDir(dir); err != nil {
		return nil, err
	}
	to := far.users[1]
	client, err := far.client(to)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	p, b := d.newBatch("received", *d.jobs)
	manager := transfer.New(&told{Backend: client, log: d.app.log, view: b.view}, transfer.Options{Concurrency: *d.jobs, Observer: b.view})
	b.run(manager.ReceiveAll(ctx, broker.Query{Recipient: broker.Party(to.Rights[0].Party)}, dir))
	return p.end(ctx, b, 0)
}

func (d *demoCommand) newBatch(done string, rows int) (*phase, *batch) {
	p, b := newPhase(), d.app.newBatch(d.view, done, rows)
	b.view, b.each = passing{b.view}, p.add
	return p, b
}

// passing is a view that hears nothing of what is gone a moment later: where a file is stored, and its reference.
type passing struct{ view }

// Ended is for [transfer.Observer].
func (p passing) Ended(r transfer.Result) {
	r.Path, r.Reference = "", ""
	p.view.Ended(r)
}

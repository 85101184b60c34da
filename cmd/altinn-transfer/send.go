package main

import (
	"context"
	"errors"
	"iter"
	"regexp"
	"slices"

	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/transfer"
	"github.com/spf13/cobra"
)

// sendCommand announces and uploads.
type sendCommand struct {
	app        *app
	cmd        *cobra.Command
	connection *connection
	view       *viewFlags
	service    *serviceFlags
	jobs       *int
	to         []string
	name       string
	reference  string
	manifest   bool
}

func newSendCommand(a *app) *cobra.Command {
	s := &sendCommand{app: a}
	s.cmd = &cobra.Command{
		Use:   "send FILE|DIR|-... --to ORG",
		Short: "Send files through the broker service",
		Long: `Sends files through the broker service: announces a shipment and uploads its one file, a ZIP.

A file that is a ZIP is sent as it is; of several, each is a shipment of its own, several at once. All other files and
directories are packed into one ZIP while they are sent. "-" is a ZIP on standard input, and needs a --name. Whether
what wrote it was done or has failed cannot be seen from here: see to it that a shell does (set -o pipefail).`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return s.run(cmd.Context(), args) },
	}
	flags := s.cmd.Flags()
	s.connection = a.addConnectionFlags(flags)
	s.connection.addPartyFlag(flags)
	s.service = addServiceFlags(flags)
	s.jobs = addJobsFlag(flags)
	s.view = a.addViewFlags(s.cmd)
	flags.StringSliceVar(&s.to, "to", nil, "organisation or person `number` of a recipient; may be given several times")
	flags.StringVar(&s.name, "name", "", "file `name` that the recipient is told")
	flags.StringVar(&s.reference, "reference", "", "your own reference of the shipment, which should be unique (default a random one)")
	flags.BoolVar(&s.manifest, "manifest", false, "put manifest.xml and recipients.xml into the ZIP that is packed")
	return s.cmd
}

func (s *sendCommand) run(ctx context.Context, paths []string) error {
	manifest, err := s.announcement()
	if err != nil {
		return err
	}
	parcels, err := s.parcels(paths, manifest)
	if err != nil {
		return err
	}
	client, err := s.connection.broker(ctx)
	if err != nil {
		return err
	}
	defer client.Close()
	b := s.app.newBatch(s.view, "sent", min(*s.jobs, len(parcels)))
	b.view.expect(len(parcels), totalParcels(parcels))
	manager := transfer.New(&told{client, s.app.log, b.view}, transfer.Options{Concurrency: *s.jobs, Observer: b.view})
	b.run(manager.SendAll(ctx, jobsFor(parcels, s.name, manifest)))
	left := unsent(parcels, b)
	return b.end(ctx, len(left)-len(b.failed), s.repeat(left, b))
}

// announcement says who sends to whom, as far as it is the same for every parcel.
func (s *sendCommand) announcement() (broker.Manifest, error) {
	m := broker.Manifest{ServiceCode: s.service.code, EditionCode: s.service.edition, SendersReference: s.reference}
	if err := s.check(); err != nil {
		return m, err
	}
	sender, err := s.connection.onBehalf()
	if err != nil {
		return m, err
	}
	m.Sender = sender
	for _, text := range s.to {
		recipient, err := parseParty("--to", text)
		if err != nil {
			return m, err
		}
		if !slices.Contains(m.Recipients, recipient) {
			m.Recipients = append(m.Recipients, recipient)
		}
	}
	if channelName.MatchString(s.reference) {
		s.app.log.Warn("a recipient that runs integrasjonspunkt takes a short reference for a message channel and may leave the file lying", "reference", s.reference)
	}
	return m, nil
}

// channelName is what integrasjonspunkt takes for a message channel; see [broker.Manifest.SendersReference].
var channelName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,25}$`)

func (s *sendCommand) check() error {
	switch {
	case len(s.to) == 0:
		return usageError("no recipient is given; use --to")
	case s.service.code == "" || s.service.edition <= 0:
		return usageError("a service is named by --service and --edition")
	case !isText(s.reference):
		return usageError("--reference: %q holds what is no text", s.reference)
	}
	if err := checkJobs(*s.jobs); err != nil {
		return err
	}
	return s.view.check()
}

func (s *sendCommand) parcels(paths []string, m broker.Manifest) ([]parcel, error) {
	var described *broker.Manifest
	if s.manifest {
		described = &m
	}
	all, err := parcels(paths, s.app.in, s.name, described)
	if err != nil {
		return nil, err
	}
	if len(all) > 1 && (s.name != "" || s.reference != "") {
		return nil, usageError("--name and --reference are for one shipment, and these are %d", len(all))
	}
	return all, nil
}

func jobsFor(parcels []parcel, name string, m broker.Manifest) iter.Seq2[transfer.Job, error] {
	return func(yield func(transfer.Job, error) bool) {
		for _, p := range parcels {
			if !yield(transfer.Job{Key: p.key(), Source: p.source, FileName: name, Manifest: m}, nil) {
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

// unsent are the parcels that failed or were not begun.
func unsent(parcels []parcel, b *batch) []parcel {
	sent := make(map[string]bool)
	for _, r := range b.succeeded {
		sent[r.Key] = true
	}
	var left []parcel
	for _, p := range parcels {
		if !sent[p.key()] {
			left = append(left, p)
		}
	}
	return left
}

// repeat is the command line that sends those parcels again. What came from standard input is gone, and what was refused
// for what the command line says would be refused again.
func (s *sendCommand) repeat(left []parcel, b *batch) []string {
	refused := make(map[string]bool)
	for _, r := range b.failed {
		refused[r.Key] = errors.Is(r.Err, failure.Refused) || errors.Is(r.Err, failure.Usage)
	}
	var paths []string
	for _, p := range left {
		if !refused[p.key()] {
			paths = append(paths, p.paths...)
		}
	}
	if len(paths) == 0 || paths[0] == stdin {
		return nil
	}
	everything := func(string) bool { return true }
	return []string{again(s.cmd.CommandPath(), s.cmd.Flags(), everything, paths...)}
}

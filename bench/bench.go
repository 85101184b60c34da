package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/altinn-transfer/altinn-transfer/broker"
)

// Parts are what can be measured, in the order in which it is.
var Parts = []string{"codec", "path", "bulk", "zip"}

// Options of [Run].
type Options struct {
	Parts []string // of [Parts]; nil: all
	// Peer is the command line of a process that calls [RunPeer], and PeerEnv what it has in its environment beside ours.
	Peer    []string
	PeerEnv []string

	Rounds int   // counted runs of each row; 0: 5
	Size   int64 // bytes of a large file; 0: 256 MiB
	Files  int   // small ones; 0: 1 000
	// Quick makes everything so small that it ends in seconds. Its figures say nothing but that each row works.
	Quick bool
	// Dir is where payloads and stores are made and removed again; "": the system's temporary directory.
	Dir string
	// Against measures a service instead of far sides of the bench's own: our rows of path and bulk, by the clock. nil: none.
	Against *Service
	// Row hears of each row as its measuring begins; nil: nobody.
	Row func(part, task, who string)
}

// Service is a far side that the bench has not begun.
type Service struct {
	Name     string // for the report: host and port
	Client   *broker.Client
	Manifest broker.Manifest // whose sender is the one recipient as well
}

// bench is one run.
type bench struct {
	Options
	dir    string
	report *Report
	idle   float64 // seconds of processor time of a pair that carries nothing
}

// Run measures. When ctx ends, every process that was begun has ended too before Run returns, and what was written is removed.
func Run(ctx context.Context, o Options) (_ *Report, err error) {
	b := &bench{Options: o.withDefaults()}
	if os.Getenv(peerMark) != "" {
		return nil, errors.New("this process was begun by a bench, and begins none itself")
	}
	if b.dir, err = os.MkdirTemp(o.Dir, "altinn-transfer-bench-*"); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(b.dir)) }()
	b.report = &Report{
		Made: time.Now().UTC().Truncate(time.Second), Machine: thisMachine(),
		Settings: Settings{Rounds: b.Rounds, Size: b.Size, Files: b.Files, Quick: b.Quick},
	}
	if err := b.run(ctx); err != nil {
		if cause := context.Cause(ctx); cause != nil {
			err = cause
		}
		return nil, err
	}
	return b.report, nil
}

func (o Options) withDefaults() Options {
	if o.Quick {
		o.Rounds, o.Size, o.Files = 1, 1<<20, 8
	}
	if o.Rounds == 0 {
		o.Rounds = 5
	}
	if o.Size == 0 {
		o.Size = 256 << 20
	}
	if o.Files == 0 {
		o.Files = 1000
	}
	if o.Parts == nil {
		o.Parts = Parts
	}
	return o
}

func (b *bench) run(ctx context.Context) error {
	if b.Against != nil {
		return b.against(ctx)
	}
	measure := map[string]func(context.Context) error{"codec": b.codec, "path": b.path, "bulk": b.bulk, "zip": b.zip}
	if !slices.Equal(b.Parts, []string{"codec"}) {
		if err := b.measureIdle(ctx); err != nil {
			return err
		}
	}
	for _, part := range b.Parts {
		do, ok := measure[part]
		if !ok {
			return fmt.Errorf("the bench has no part %q", part)
		}
		if err := do(ctx); err != nil {
			return fmt.Errorf("bench %s: %w", part, err)
		}
	}
	return nil
}

func (b *bench) note(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if !slices.Contains(b.report.Notes, text) {
		b.report.Notes = append(b.report.Notes, text)
	}
}

// measured is a row and how a round of it is done.
type measured struct {
	Row
	check func(context.Context) error // that what arrives is what was sent; nil: every run looks itself
	run   func(context.Context) (Round, []Reading, error)
}

// inTurn checks the rows, then runs them in turn: one round that is not counted, and the rounds that are.
func (b *bench) inTurn(ctx context.Context, rows []measured) error {
	for i := range rows {
		r := &rows[i]
		if b.Options.Row != nil {
			b.Options.Row(r.Part, r.Task, r.Who)
		}
		if r.check == nil {
			continue
		}
		if err := r.check(ctx); err != nil {
			return fmt.Errorf("%s, %s: %w", r.Task, r.Who, err)
		}
	}
	for round := range b.Rounds + 1 {
		for i := range rows {
			r := &rows[i]
			run, held, err := r.run(ctx)
			if err = errors.Join(context.Cause(ctx), err); err != nil {
				return fmt.Errorf("%s, %s: %w", r.Task, r.Who, err)
			}
			if round > 0 {
				r.Rounds, r.Held = append(r.Rounds, run), held
			}
		}
	}
	for _, r := range rows {
		b.report.Rows = append(b.report.Rows, r.Row)
	}
	return nil
}

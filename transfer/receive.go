package transfer

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/internal/atomicfile"
	"github.com/altinn-transfer/altinn-transfer/resume"
)

// stopGrace is how long a job may go on after the caller told it to stop: what is stored is written down and confirmed, which
// spares fetching it again. It fits into the 5 seconds in which a stop must be over.
const stopGrace = 4 * time.Second

// Receive carries one job out: download, check, store in dir under the file's own name, confirm. A name that is taken in dir
// gets the reference put in; nothing is ever overwritten. What the journal says is done is not done again.
func (m *Manager) Receive(ctx context.Context, file broker.AvailableFile, as broker.Party, dir string) Result {
	r := &receiving{manager: m, file: file, as: as, given: dir, identity: string(file.Reference)}
	r.origin = &shipment{r}
	r.result.Name, r.result.Reference = file.Name, file.Reference
	m.observed(ctx, &r.result, listedSize(file), func(ctx context.Context) { r.result.Err = r.run(ctx) })
	return r.result
}

// listedSize is what the list says of a file; -1 when it says nothing. QUIRK: a service that moved to Altinn 3 lists every
// file with 0.
func listedSize(file broker.AvailableFile) int64 {
	if file.Size <= 0 {
		return -1
	}
	return file.Size
}

// receiving is one job under way.
type receiving struct {
	manager  *Manager
	origin   origin
	file     broker.AvailableFile
	identity string // what tells the job from others of the party
	as       broker.Party
	given    string // the directory, as the caller names it
	dir      string // the same, absolute
	root     *os.Root
	late     context.Context // ends [stopGrace] after the caller's
	record   resume.Record   // as the journal has it; without a journal, as it would
	name     string          // in dir, that nobody else may take; "": none yet
	fetched  bool            // this run has asked for the file
	told     int             // shipments that were confirmed
	result   Result
}

// origin is where the bytes of a file come from: one shipment, or several.
type origin interface {
	// fetch brings the whole file into its part file, checked.
	fetch(ctx context.Context, file *atomicfile.File, attempt int) (Stored, error)
	// matches reports whether a file on disk is the one that would be fetched, and what it is.
	matches(ctx context.Context, file *os.File, attempt int) (bool, Stored, error)
	// shipments are what is to be confirmed when the file is stored.
	shipments() []broker.AvailableFile
}

func (r *receiving) run(ctx context.Context) error {
	if err := r.check(); err != nil {
		return err
	}
	late, cancel := withGrace(ctx, stopGrace)
	defer cancel()
	r.late = late
	leave, err := r.enterDir()
	if err != nil {
		return err
	}
	defer leave()
	key := r.manager.receiveKey(r.as, r.identity, r.dir)
	if !r.manager.targets.claim(key) {
		r.result.Skipped, r.result.Note = true, "it is being received already"
		return nil
	}
	defer r.manager.targets.release(key)
	if err := r.recall(key); err != nil {
		return err
	}
	defer r.releaseName()
	return r.persist(ctx)
}

// enterDir opens the directory, and gives the way out.
func (r *receiving) enterDir() (leave func(), err error) {
	if r.dir, err = filepath.Abs(r.given); err != nil {
		return nil, r.diskFailure("open the target directory", err)
	}
	if r.root, err = os.OpenRoot(r.given); err != nil {
		return nil, r.diskFailure("open the target directory", err)
	}
	return func() { r.root.Close() }, nil
}

// receiveKey is what the journal knows a file by that is received.
func (m *Manager) receiveKey(as broker.Party, identity, dir string) string {
	return resume.Key(string(resume.Receive), m.options.Scope, string(as), identity, dir)
}

// check refuses what cannot be stored safely. The file stays at the service, unconfirmed.
func (r *receiving) check() error {
	if r.file.SFTPOnly {
		return r.refused(failure.TooLarge, errors.New("the service gives this file over SFTP only"))
	}
	if err := CheckName(r.file.Name); err != nil {
		return r.refused(failure.BadName, fmt.Errorf("%w; its reference is %s", err, r.file.Reference))
	}
	return nil
}

func (r *receiving) refused(kind failure.Kind, err error) error {
	return &failure.Error{Op: "receive", Kind: kind, Reference: string(r.file.Reference), Err: err}
}

func (r *receiving) diskFailure(op string, err error) error {
	return &failure.Error{Op: op, Kind: failure.Disk, Reference: string(r.file.Reference), Err: err}
}

// persist carries the job on until it is done or cannot be helped.
func (r *receiving) persist(ctx context.Context) error {
	p := &persistence{retry: r.manager.options.Retry, key: r.result.Key, observe: r.manager.options.Observer}
	err := p.run(ctx, func(ctx context.Context) error {
		err := r.carryOn(ctx, p.attempt)
		if e, ok := err.(*failure.Error); ok && e.Reference == "" {
			e.Reference = string(r.file.Reference)
		}
		return err
	})
	if !r.result.Skipped {
		r.result.Attempts = p.attempt
	}
	if err != nil && r.record.State == resume.Fetching {
		r.giveUp(err)
	}
	return err
}

// carryOn takes the steps that are left.
func (r *receiving) carryOn(ctx context.Context, attempt int) error {
	for {
		step, err := r.next()
		if err != nil {
			return err
		}
		switch step {
		case resume.ReceiveDownload:
			err = r.download(ctx, attempt)
		case resume.ReceiveCompare:
			err = r.compare(ctx, attempt)
		case resume.ReceiveConfirm:
			r.remember()
			return r.confirm()
		case resume.ReceiveLeave:
			r.result.Skipped, r.result.Waits, r.result.Note = true, true, "a file of this name is there already"
			return nil
		default:
			r.remember()
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// remember makes a result of what an earlier run did.
func (r *receiving) remember() {
	if r.fetched {
		return
	}
	r.result.Bytes, r.result.SHA256 = max(r.record.Size, 0), r.record.SHA256
	r.result.Note = "it was stored before"
	if _, err := os.Lstat(r.record.Path); err == nil {
		r.result.Path = filepath.Join(r.given, filepath.Base(r.record.Path))
	}
	r.result.Skipped = r.manager.options.NoConfirm || r.record.State == resume.Confirmed
}

// confirm comes after the record of what is stored. What fails here leaves nothing to be fetched again.
func (r *receiving) confirm() error {
	m := r.manager
	all := r.origin.shipments()
	for ; r.told < len(all); r.told++ {
		reference := all[r.told].Reference
		err := m.login.pass(r.late, func() error { return m.backend.Confirm(r.late, reference, r.as) })
		if errors.Is(err, failure.NotFound) && !r.fetched {
			r.result.Note = "it was stored before, and the service does not have it any more"
			continue
		}
		if err != nil {
			return fmt.Errorf("the file is stored, but not confirmed: %w", err)
		}
	}
	r.result.Confirmed = true
	if err := r.putAll(resume.Confirmed); err != nil {
		r.result.Note = "it is confirmed, but this could not be written down: " + err.Error()
	}
	return nil
}

// withGrace gives a context that ends so long after ctx does.
func withGrace(ctx context.Context, grace time.Duration) (context.Context, context.CancelFunc) {
	longer, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		select {
		case <-time.After(grace):
			cancel(context.Cause(ctx))
		case <-longer.Done():
		}
	})
	return longer, func() {
		stop()
		cancel(nil)
	}
}

package transfer

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"path/filepath"

	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/internal/atomicfile"
	"github.com/altinn-transfer/altinn-transfer/resume"
)

// download keeps the order that makes a crash harmless: the journal knows both names before the first byte; everything is
// written and checked under the part's; commit syncs, renames and syncs the directory; then the journal knows that, too.
func (r *receiving) download(ctx context.Context, attempt int) error {
	if err := r.begin(); err != nil {
		return err
	}
	file, err := r.openPart()
	if err != nil {
		return r.diskFailure("store "+r.file.Name, err)
	}
	defer file.Keep()
	file.Stepped = r.manager.stepped
	stored, err := r.origin.fetch(ctx, file, attempt)
	r.result.Bytes = stored.Bytes
	if err != nil {
		return err
	}
	if err := commitNew(file, r.file.Name); err != nil {
		return err
	}
	return r.stored(stored)
}

// begin takes a name and has the journal know of it.
func (r *receiving) begin() error {
	r.fetched = true
	if err := r.claimName(); err != nil {
		return err
	}
	record := r.record
	record.Direction, record.State = resume.Receive, resume.Fetching
	record.Name, record.Path = r.file.Name, filepath.Join(r.dir, r.name)
	record.Part = cmp.Or(record.Part, r.partName())
	record.Party, record.Reference = string(r.as), string(r.file.Reference)
	record.SendersReference, record.Size = r.file.SendersReference, listedSize(r.file)
	if r.record.State == resume.Fetching && r.record.Path == record.Path {
		return nil
	}
	return r.put(record)
}

// stored puts down that the file is whole, synced, and under its final name.
func (r *receiving) stored(s Stored) error {
	r.result.Path = filepath.Join(r.given, filepath.Base(r.record.Path))
	r.result.Bytes, r.result.SHA256 = s.Bytes, s.SHA256
	r.record.Part, r.record.Size, r.record.SHA256 = "", s.Bytes, s.SHA256
	return r.putAll(resume.Stored)
}

// compare finds out whether what lies under the final name is the file, and takes it for stored then.
func (r *receiving) compare(ctx context.Context, attempt int) error {
	r.fetched = true
	name := filepath.Base(r.record.Path)
	same, stored, err := r.matches(ctx, name, attempt)
	if err != nil {
		return err
	}
	if !same {
		r.record.Path = "" // somebody else's; the next step takes another name
		return nil
	}
	if err := r.root.Remove(r.record.Part); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return r.diskFailure("store "+name, err)
	}
	if err := atomicfile.SyncDir(r.root); err != nil {
		return r.diskFailure("store "+name, err)
	}
	return r.stored(stored)
}

func (r *receiving) matches(ctx context.Context, name string, attempt int) (bool, Stored, error) {
	file, err := atomicfile.OpenPlain(r.root, name)
	if errors.Is(err, atomicfile.ErrForeign) {
		return false, Stored{}, nil
	}
	if err != nil {
		return false, Stored{}, r.diskFailure("store "+name, err)
	}
	defer file.Close()
	return r.origin.matches(ctx, file, attempt)
}

func (r *receiving) progress(attempt int) func(done int64) {
	return func(done int64) { r.manager.options.Observer.Progress(r.result.Key, attempt, done) }
}

// slot waits until fewer than Options.Concurrency files come in, and gives the way out.
func (m *Manager) slot(ctx context.Context) (leave func(), err error) {
	select {
	case m.slots <- struct{}{}:
		return func() { <-m.slots }, nil
	case <-ctx.Done():
		return nil, &failure.Error{Op: "wait for other files", Kind: failure.Interrupted, Err: context.Cause(ctx)}
	}
}

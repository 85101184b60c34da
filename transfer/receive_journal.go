package transfer

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/internal/atomicfile"
	"github.com/altinn-transfer/altinn-transfer/resume"
)

// recall reads what the journal knows of the job.
func (r *receiving) recall(key string) error {
	r.record.Key = key
	if r.manager.options.Journal == nil {
		return nil
	}
	record, known, err := r.manager.options.Journal.Get(r.late, key)
	if err != nil {
		return r.diskFailure("read the journal", &journalError{err})
	}
	// That a file in segments is stored is said by the records of its shipments; where they are lost, it is received anew.
	_, inSegments := r.origin.(*joined)
	if known && (!inSegments || record.State == resume.Fetching) {
		r.record = record
	}
	return nil
}

// put writes records down, the first of which is the job's own. What they allow comes after it.
func (r *receiving) put(own resume.Record, others ...resume.Record) error {
	if journal := r.manager.options.Journal; journal != nil {
		if err := journal.Put(r.late, append([]resume.Record{own}, others...)...); err != nil {
			return r.diskFailure("write the journal", &journalError{err})
		}
	}
	r.record = own
	return nil
}

// putAll writes down a state of the job, and of each shipment where there are several: of those that are listed once more the
// next run must know. With that, the file's own record is over: what is left to be done is in those of its shipments.
func (r *receiving) putAll(state resume.State) error {
	own := r.record
	own.State, own.Problem = state, ""
	own.Kept = state == resume.Stored && r.manager.options.NoConfirm
	if _, alone := r.origin.(*shipment); alone {
		return r.put(own)
	}
	all := r.origin.shipments()
	var others []resume.Record
	for n, shipment := range all {
		other := own
		other.Key = r.manager.receiveKey(r.as, string(shipment.Reference), r.dir)
		other.Name, other.Reference, other.SendersReference = shipment.Name, string(shipment.Reference), shipment.SendersReference
		other.Note = fmt.Sprintf("shipment %d of %d of %s", n+1, len(all), own.Name)
		others = append(others, other)
	}
	over := own
	over.State, over.Kept = resume.Confirmed, false
	err := r.put(over, others...)
	r.record = own
	return err
}

// next looks at the disk, and says which step follows.
func (r *receiving) next() (resume.ReceiveStep, error) {
	options := r.manager.options
	found := resume.Receiving{
		Record: r.record, Waiting: r.file.Status != broker.Downloaded,
		NoConfirm: options.NoConfirm, IgnoreExisting: options.IgnoreExisting,
	}
	_, err := r.root.Lstat(r.file.Name)
	if found.Taken = err == nil; err != nil && !errors.Is(err, fs.ErrNotExist) {
		return 0, r.diskFailure("store "+r.file.Name, err)
	}
	if r.record.State == resume.Fetching {
		found.Part, found.Final = r.lookAt(r.record)
	}
	return found.Next(), nil
}

// lookAt reports which of its two names a file under way has. One that has both was being renamed, and has its final name.
func (r *receiving) lookAt(record resume.Record) (part, final bool) {
	under, err := r.root.Lstat(record.Part)
	part = err == nil && under.Mode().IsRegular()
	if record.Path == "" {
		return part, false
	}
	named, err := r.root.Lstat(filepath.Base(record.Path))
	final = err == nil && named.Mode().IsRegular()
	return part && !(final && os.SameFile(under, named)), final
}

// giveUp puts down why a job ended, and keeps its part file when another run can go on with it.
func (r *receiving) giveUp(err error) {
	if r.manager.options.Journal == nil || !canContinue(err) {
		r.removePart()
	}
	r.record.Problem = err.Error()
	r.record.Attempts += r.result.Attempts
	r.put(r.record) // the error says already what is wrong
}

func (r *receiving) removePart() {
	if info, err := r.root.Lstat(r.record.Part); err == nil && atomicfile.IsPart(info) {
		r.root.Remove(r.record.Part)
	}
}

// canContinue reports whether a later run finds the rest of the file where this one has left off.
func canContinue(err error) bool {
	switch failure.KindOf(err) {
	case failure.Network, failure.Stalled, failure.Unavailable, failure.Interrupted, failure.SessionExpired, failure.Unauthenticated:
		return true
	}
	return false
}

// openPart opens the job's part file. What lies at its name and is none is left alone, and another name is taken.
func (r *receiving) openPart() (*atomicfile.File, error) {
	file, err := atomicfile.Continue(r.root, r.record.Part, r.name)
	if !errors.Is(err, atomicfile.ErrForeign) {
		return file, err
	}
	other := r.record
	other.Part = randomPart(r.file.Name)
	if err := r.put(other); err != nil {
		return nil, err
	}
	return atomicfile.Continue(r.root, other.Part, r.name)
}

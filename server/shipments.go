package server

import (
	"errors"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/altinn-transfer/altinn-transfer/internal/atomicfile"
	"github.com/altinn-transfer/altinn-transfer/security"
	"github.com/altinn-transfer/altinn-transfer/soap"
)

// shipments are the broker's part of the store: every record in memory as well, no payload ever.
type shipments struct {
	dir           *os.Root
	ids           *atomic.Int64 // the last number given to a receipt
	keep          time.Duration
	keepConfirmed bool

	mu          sync.Mutex
	byReference map[string]*entry
	byRecipient map[string][]*entry // in the order of their initiation
}

// entry is one shipment. Its record is replaced, never changed; mu is held from the look at the old one to the new one on disk.
type entry struct {
	mu     sync.Mutex
	record atomic.Pointer[shipment]
	anew   bool // the record's file is to be written anew, since nothing may be appended to it
}

const (
	recordSuffix = ".json"
	fileSuffix   = ".zip"
)

func openShipments(root *os.Root, ids *atomic.Int64, o Options) (*shipments, error) {
	dir, err := openDir(root, "broker")
	if err != nil {
		return nil, err
	}
	s := &shipments{
		dir: dir, ids: ids, keep: o.Keep, keepConfirmed: o.KeepConfirmed,
		byReference: map[string]*entry{}, byRecipient: map[string][]*entry{},
	}
	if err := s.load(); err != nil {
		return nil, errors.Join(err, dir.Close())
	}
	return s, nil
}

func (s *shipments) close() error { return s.dir.Close() }

// load reads the records and removes what a crash has left: files in the making, and payloads that nobody was told of.
func (s *shipments) load() error {
	err := readRecords(s.dir, func(record shipment, whole bool) {
		s.index(&record).anew = !whole
		raise(s.ids, record.lastReceipt())
	})
	if err != nil {
		return err
	}
	for _, list := range s.byRecipient {
		slices.SortFunc(list, func(a, b *entry) int { return a.record.Load().Initiated.Compare(b.record.Load().Initiated) })
	}
	err = removeOrphans(s.dir, fileSuffix, func(reference string) bool {
		e := s.byReference[reference]
		return e != nil && e.record.Load().hasFile()
	})
	if err != nil {
		return err
	}
	return s.removeExpired()
}

func (s shipment) lastReceipt() int64 {
	last := int64(0)
	if s.Upload != nil {
		last = s.Upload.Receipt
	}
	for _, r := range s.Recipients {
		last = max(last, r.Receipt)
	}
	return last
}

func (s *shipments) index(record *shipment) *entry {
	e := &entry{}
	e.record.Store(record)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.byReference[record.Reference] = e
	for _, r := range record.Recipients {
		s.byRecipient[r.Party] = append(s.byRecipient[r.Party], e)
	}
	return e
}

// add stores a new shipment and gives its reference.
func (s *shipments) add(record shipment) (string, error) {
	record.Reference = security.NewGUID()
	record.Initiated = time.Now().UTC()
	if err := writeRecord(s.dir, record.Reference, record); err != nil {
		return "", err
	}
	s.index(&record)
	return record.Reference, nil
}

// find gives the shipment of a reference, nil when there is none or it has expired.
func (s *shipments) find(reference string) *entry {
	s.mu.Lock()
	e := s.byReference[strings.ToLower(reference)]
	s.mu.Unlock()
	if e == nil || s.expired(e.record.Load()) {
		return nil
	}
	return e
}

func (s *shipments) expired(record *shipment) bool {
	return time.Since(record.Initiated) > s.keep
}

// waiting gives what a party was sent and may still have, in the order of initiation.
func (s *shipments) waiting(party string) []*shipment {
	s.mu.Lock()
	defer s.mu.Unlock()
	var records []*shipment
	for _, e := range s.byRecipient[party] {
		if record := e.record.Load(); record.hasFile() && !s.expired(record) {
			records = append(records, record)
		}
	}
	return records
}

// change replaces a shipment's record by what edit makes of it, on disk first.
func (s *shipments) change(e *entry, edit func(*shipment) error) (shipment, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	record := e.record.Load().clone()
	if s.expired(&record) { // while the request was under way: its files are gone, or go next
		return record, altinnFault(soap.CodeNotBroker)
	}
	if err := edit(&record); err != nil {
		return record, err
	}
	if err := s.write(e, record); err != nil {
		return record, err
	}
	e.record.Store(&record)
	return record, nil
}

func (s *shipments) write(e *entry, record shipment) error {
	write := appendRecord
	if e.anew {
		write = writeRecord
	}
	err := write(s.dir, record.Reference, record)
	e.anew = err != nil
	return err
}

// create begins the file of a shipment.
func (s *shipments) create(reference string) (*atomicfile.File, error) {
	return atomicfile.Create(s.dir, strings.ToLower(reference)+fileSuffix)
}

// accept makes a file that has come whole the shipment's, unless it has one. It returns when file and record are on disk.
func (s *shipments) accept(e *entry, file *atomicfile.File, came upload) (shipment, error) {
	return s.change(e, func(record *shipment) error {
		if record.Upload != nil {
			return altinnFault(soap.CodeAlreadyUploaded)
		}
		// A name that is taken has no record: an earlier upload got no further. This one is as good.
		if err := file.Commit(); err != nil {
			return err
		}
		came.Receipt = s.ids.Add(1)
		for i := range record.Recipients {
			record.Recipients[i].Receipt = s.ids.Add(1)
		}
		came.At = time.Now().UTC()
		record.Upload = &came
		return nil
	})
}

// confirm notes that a party has stored the file, and deletes it when it was the last.
func (s *shipments) confirm(e *entry, party string) error {
	record, err := s.change(e, func(record *shipment) error {
		if err := record.confirmBy(party, time.Now().UTC()); err != nil {
			return err
		}
		record.Deleted = record.confirmed() && !s.keepConfirmed
		return nil
	})
	if err != nil || !record.Deleted {
		return err
	}
	return removeFile(s.dir, record.Reference+fileSuffix)
}

// openFile opens a shipment's file; [fs.ErrNotExist] when it is gone.
func (s *shipments) openFile(record *shipment) (*os.File, error) {
	return s.dir.Open(record.Reference + fileSuffix)
}

// removeExpired forgets shipments whose time is up, with their files.
func (s *shipments) removeExpired() error {
	var errs []error
	for _, e := range s.takeExpired() {
		errs = append(errs, s.removeFiles(e))
	}
	return errors.Join(errs...)
}

// removeFiles waits for a change under way, which would write the record anew behind its back.
func (s *shipments) removeFiles(e *entry) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	reference := e.record.Load().Reference
	return errors.Join(removeFile(s.dir, reference+fileSuffix), removeFile(s.dir, reference+recordSuffix))
}

func (s *shipments) takeExpired() []*entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	var taken []*entry
	for reference, e := range s.byReference {
		if s.expired(e.record.Load()) {
			taken = append(taken, e)
			delete(s.byReference, reference)
		}
	}
	if len(taken) == 0 {
		return nil
	}
	for party, list := range s.byRecipient {
		s.byRecipient[party] = slices.DeleteFunc(list, func(e *entry) bool { return s.expired(e.record.Load()) })
	}
	return taken
}

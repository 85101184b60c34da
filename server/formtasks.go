package server

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/altinn-transfer/altinn-transfer/internal/atomicfile"
	"github.com/altinn-transfer/altinn-transfer/soap"
)

// formTasks are the part of the store that form tasks are in, with those that are archived: every record in memory as well,
// no form ever.
type formTasks struct {
	dir         *os.Root
	ids         *atomic.Int64
	attachments *attachments

	adding      sync.Mutex // held from the look for an earlier one to the new one on disk
	mu          sync.Mutex
	byID        map[int64]*taskEntry
	byReference map[taskKey]*taskEntry
}

// taskEntry is one form task. Its record is replaced, never changed; mu is held from the look at the old one to the new one on
// disk.
type taskEntry struct {
	mu     sync.Mutex
	record atomic.Pointer[formTask]
}

// taskKey tells a shipment that is sent again.
type taskKey struct{ user, party, reference string }

const formsSuffix = ".forms"

func openFormTasks(root *os.Root, ids *atomic.Int64, a *attachments) (*formTasks, error) {
	dir, err := openDir(root, "formtasks")
	if err != nil {
		return nil, err
	}
	s := &formTasks{dir: dir, ids: ids, attachments: a, byID: map[int64]*taskEntry{}, byReference: map[taskKey]*taskEntry{}}
	if err := s.load(); err != nil {
		return nil, errors.Join(err, dir.Close())
	}
	return s, nil
}

func (s *formTasks) close() error { return s.dir.Close() }

// load reads the records and removes what a crash has left: forms, and attachments that came with them, of which no record
// tells.
func (s *formTasks) load() error {
	known := map[string]bool{}
	err := readRecords(s.dir, func(record formTask, _ bool) {
		s.index(&record)
		known[record.formsName()] = true
		raise(s.ids, max(record.ID, record.Receipt))
		for _, f := range record.Forms {
			raise(s.ids, f.ID)
		}
	})
	if err != nil {
		return err
	}
	if err := removeOrphans(s.dir, formsSuffix, func(name string) bool { return known[name] }); err != nil {
		return err
	}
	return s.attachments.removeUnclaimed(func(element int64) bool { return s.find(element) != nil })
}

func (s *formTasks) index(record *formTask) {
	id := record.ID // all that is kept of a record that will be replaced
	record.attached = func() []attachment { return s.attachments.of(id) }
	e := &taskEntry{}
	e.record.Store(record)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.byID[record.ID] = e
	if record.Reference != "" {
		s.byReference[record.key()] = e
	}
}

func (t *formTask) key() taskKey { return taskKey{t.User, t.Party, t.Reference} }

// formsName is that of the file with the texts of the forms.
func (t *formTask) formsName() string { return fmt.Sprintf("%d-%d", t.ID, t.Revision) }

func (t *formTask) name() string { return fmt.Sprint(t.ID) }

// find gives the form task with that number, nil when there is none.
func (s *formTasks) find(id int64) *taskEntry {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.byID[id]
}

func (s *formTasks) findReference(key taskKey) *taskEntry {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.byReference[key]
}

// all gives every form task, the oldest first.
func (s *formTasks) all() []*formTask {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]*formTask, 0, len(s.byID))
	for _, e := range s.byID {
		all = append(all, e.record.Load())
	}
	slices.SortFunc(all, func(a, b *formTask) int { return cmp.Compare(a.ID, b.ID) })
	return all
}

// add stores a form task with its forms and the attachments that came with it, and returns when all of it is on disk. A
// shipment that came before is not stored again: it gives the earlier record, and true.
func (s *formTasks) add(record formTask, texts []string, arrivals []*arrival) (*formTask, bool, error) {
	s.adding.Lock()
	defer s.adding.Unlock()
	if earlier := s.findReference(record.key()); earlier != nil && record.Reference != "" {
		return earlier.record.Load(), true, nil
	}
	record.ID, record.Receipt = s.ids.Add(1), s.ids.Add(1)
	for i := range record.Forms {
		record.Forms[i].ID = s.ids.Add(1)
	}
	for _, a := range arrivals {
		a.Element = record.ID
	}
	if err := s.write(&record, texts, arrivals); err != nil {
		return nil, false, err
	}
	s.index(&record)
	return &record, false, nil
}

// write puts the record on disk behind all that it tells of. When it fails, nothing is left.
func (s *formTasks) write(record *formTask, texts []string, arrivals []*arrival) error {
	err := s.writeForms(record, texts)
	for _, a := range arrivals {
		if err == nil {
			err = s.attachments.keep(a)
		}
	}
	if err == nil {
		err = writeRecord(s.dir, record.name(), record)
	}
	if err == nil {
		return nil
	}
	errs := []error{err, removeFile(s.dir, record.name()+recordSuffix), removeFile(s.dir, record.formsName()+formsSuffix)}
	for _, a := range arrivals {
		errs = append(errs, s.attachments.remove(a.ID))
	}
	return errors.Join(errs...)
}

func (s *formTasks) writeForms(record *formTask, texts []string) error {
	content, err := json.Marshal(texts)
	if err != nil {
		return fmt.Errorf("write forms: %w", err)
	}
	return atomicfile.WriteFile(s.dir, record.formsName()+formsSuffix, content)
}

// withForms gives a form task with the texts of its forms, while no update can take these away.
func (s *formTasks) withForms(e *taskEntry) (*formTask, []string, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	record := e.record.Load()
	texts, err := s.forms(record)
	return record, texts, err
}

// forms reads the texts of a form task's forms, in the order of its record. They are no more than a request can hold. It is for
// who holds the entry.
func (s *formTasks) forms(record *formTask) ([]string, error) {
	content, err := s.dir.ReadFile(record.formsName() + formsSuffix)
	if err != nil {
		return nil, err
	}
	var texts []string
	if err := json.Unmarshal(content, &texts); err != nil {
		return nil, fmt.Errorf("read forms: %w", err)
	}
	if len(texts) != len(record.Forms) {
		return nil, fmt.Errorf("read forms: there are %d instead of %d", len(texts), len(record.Forms))
	}
	return texts, nil
}

// change replaces the record of a form task that is not archived by what edit makes of it, on disk first.
func (s *formTasks) change(e *taskEntry, edit func(*formTask) error) (*formTask, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.record.Load().archived() {
		return nil, altinnFault(soap.CodeArchived)
	}
	return s.replace(e, edit)
}

// replace is for who holds the entry.
func (s *formTasks) replace(e *taskEntry, edit func(*formTask) error) (*formTask, error) {
	record := e.record.Load().clone()
	if err := edit(&record); err != nil {
		return nil, err
	}
	if err := writeRecord(s.dir, record.name(), record); err != nil {
		return nil, err
	}
	e.record.Store(&record)
	return &record, nil
}

// update replaces texts of forms. The old ones stay until the record tells of the new ones.
func (s *formTasks) update(e *taskEntry, edit func(*formTask, []string) error) (*formTask, error) {
	old := ""
	record, err := s.change(e, func(record *formTask) error {
		old = record.formsName()
		texts, err := s.forms(record)
		if err != nil {
			return err
		}
		if err := edit(record, texts); err != nil {
			return err
		}
		record.Revision++
		record.Changed = time.Now().UTC()
		record.Words = record.Words.then(statusOK, textUpdated, record.Changed)
		return s.writeForms(record, texts)
	})
	if err != nil {
		return nil, err
	}
	return record, removeFile(s.dir, old+formsSuffix)
}

// attach keeps an attachment that has come whole, unless the form task was archived meanwhile.
func (s *formTasks) attach(e *taskEntry, a *arrival, check func() error) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.record.Load().archived() {
		return altinnFault(soap.CodeArchived)
	}
	if err := check(); err != nil {
		return err
	}
	return s.attachments.keep(a)
}

// reword changes a receipt, on disk first. It is false when the receipt is none of a form task's.
func (s *formTasks) reword(id int64, edit func(words) words) (bool, error) {
	e := s.findReceipt(id)
	if e == nil {
		return false, nil
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	_, err := s.replace(e, func(record *formTask) error {
		record.Words = edit(record.Words)
		return nil
	})
	return true, err
}

func (s *formTasks) findReceipt(id int64) *taskEntry {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.byID {
		if e.record.Load().Receipt == id {
			return e
		}
	}
	return nil
}

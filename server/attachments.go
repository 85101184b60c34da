package server

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/altinn-transfer/altinn-transfer/internal/atomicfile"
)

// attachments are the part of the store with what was attached to form tasks.
type attachments struct {
	dir *os.Root
	ids *atomic.Int64

	mu        sync.Mutex
	byID      map[int64]attachment
	byElement map[int64][]int64 // in the order of their arrival
}

// attachment is the record of one, as it stands on disk. Its id is that of its receipt as well.
type attachment struct {
	ID        int64
	Element   int64 // the reportee element it was submitted to
	User      string
	FileName  string
	Name      string
	Type      string `json:",omitempty"`
	Reference string `json:",omitempty"` // the sender's own
	Encrypted bool   `json:",omitempty"`
	// Shipped attachments came in one message with their form task, and are worth nothing without it.
	Shipped bool `json:",omitempty"`
	Size    int64
	SHA256  string
	At      time.Time
}

const attachmentSuffix = ".bin"

func openAttachments(root *os.Root, ids *atomic.Int64) (*attachments, error) {
	dir, err := openDir(root, "attachments")
	if err != nil {
		return nil, err
	}
	a := &attachments{dir: dir, ids: ids, byID: map[int64]attachment{}, byElement: map[int64][]int64{}}
	err = readRecords(dir, func(record attachment, _ bool) {
		if !record.Shipped && record.Element > record.ID {
			record.Element = 0 // from before there were form tasks here: the number may yet be given to one, whoever's it is
		}
		a.index(record)
		raise(ids, record.ID)
	})
	for _, list := range a.byElement {
		slices.Sort(list)
	}
	if err == nil {
		err = removeOrphans(dir, attachmentSuffix, a.knows)
	}
	if err != nil {
		return nil, errors.Join(err, dir.Close())
	}
	return a, nil
}

func (a *attachments) knows(name string) bool {
	id, err := strconv.ParseInt(name, 10, 64)
	_, known := a.byID[id]
	return err == nil && known
}

func (a *attachments) close() error { return a.dir.Close() }

func (a *attachments) index(record attachment) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.byID[record.ID] = record
	a.byElement[record.Element] = append(a.byElement[record.Element], record.ID)
}

// of gives the attachments of an element.
func (a *attachments) of(element int64) []attachment {
	a.mu.Lock()
	defer a.mu.Unlock()
	var all []attachment
	for _, id := range a.byElement[element] {
		all = append(all, a.byID[id])
	}
	return all
}

// arrival is an attachment on its way into the store.
type arrival struct {
	attachment
	file *atomicfile.File
}

// begin makes room for an attachment. Whoever has begun one discards its file in the end, kept or not.
func (a *attachments) begin(record attachment) (*arrival, error) {
	record.ID = a.ids.Add(1)
	file, err := atomicfile.Create(a.dir, record.name()+attachmentSuffix)
	return &arrival{record, file}, err
}

func (a attachment) name() string { return strconv.FormatInt(a.ID, 10) }

// came notes what has arrived.
func (a *arrival) came(what received) {
	a.Size, a.SHA256, a.At = what.size, what.sha256, time.Now().UTC()
}

// keep returns when file and record of an attachment that has come whole are on disk.
func (a *attachments) keep(in *arrival) error {
	if err := in.file.CommitNew(); err != nil {
		return err
	}
	if err := writeRecord(a.dir, in.name(), in.attachment); err != nil {
		return errors.Join(err, a.remove(in.ID))
	}
	a.index(in.attachment)
	return nil
}

// remove takes an attachment out of the store, if it is there: nothing may keep a full disk full. The record goes first, in case
// only the last step of writing it failed.
func (a *attachments) remove(id int64) error {
	a.mu.Lock()
	element := a.byID[id].Element
	a.byElement[element] = slices.DeleteFunc(a.byElement[element], func(other int64) bool { return other == id })
	delete(a.byID, id)
	a.mu.Unlock()
	name := attachment{ID: id}.name()
	return errors.Join(removeFile(a.dir, name+recordSuffix), removeFile(a.dir, name+attachmentSuffix))
}

// removeUnclaimed removes attachments that came in one message with a form task which did not get as far as its record.
func (a *attachments) removeUnclaimed(known func(element int64) bool) error {
	var errs []error
	for id, record := range maps.Clone(a.byID) {
		if record.Shipped && !known(record.Element) {
			errs = append(errs, a.remove(id))
		}
	}
	return errors.Join(errs...)
}

// open gives an attachment with its bytes; [fs.ErrNotExist] when there is none.
func (a *attachments) open(id int64) (attachment, *os.File, error) {
	a.mu.Lock()
	record, ok := a.byID[id]
	a.mu.Unlock()
	if !ok {
		return record, nil, fs.ErrNotExist
	}
	file, err := a.dir.Open(strconv.FormatInt(id, 10) + attachmentSuffix)
	return record, file, err
}

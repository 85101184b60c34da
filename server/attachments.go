package server

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/altinn-transfer/altinn-transfer/internal/atomicfile"
	"github.com/altinn-transfer/altinn-transfer/soap"
)

// attachments are the archive's part of the store.
type attachments struct {
	dir *os.Root
	ids *atomic.Int64

	mu   sync.Mutex
	byID map[int64]attachment
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
	Size      int64
	SHA256    string
	At        time.Time
}

const attachmentSuffix = ".bin"

// codeFileNotExist is from the platform's general list; the archive's own codes are not documented.
const codeFileNotExist = 30007

func openAttachments(root *os.Root, ids *atomic.Int64) (*attachments, error) {
	dir, err := openDir(root, "attachments")
	if err != nil {
		return nil, err
	}
	a := &attachments{dir: dir, ids: ids, byID: map[int64]attachment{}}
	err = readRecords(dir, func(record attachment) {
		a.byID[record.ID] = record
		raise(ids, record.ID)
	})
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

// add stores an attachment and returns when file and record are on disk. receive writes the bytes.
func (a *attachments) add(record attachment, receive func(io.Writer) (received, error)) (attachment, error) {
	record.ID = a.ids.Add(1)
	name := strconv.FormatInt(record.ID, 10)
	file, err := atomicfile.Create(a.dir, name+attachmentSuffix)
	if err != nil {
		return record, err
	}
	defer file.Discard()
	came, err := receive(file)
	if err != nil {
		return record, err
	}
	record.Size, record.SHA256, record.At = came.size, came.sha256, time.Now().UTC()
	if err := file.CommitNew(); err != nil {
		return record, err
	}
	if err := writeRecord(a.dir, name, record); err != nil {
		// Nothing may keep a full disk full; the record goes first, in case only its last step failed.
		return record, errors.Join(err, removeFile(a.dir, name+recordSuffix), removeFile(a.dir, name+attachmentSuffix))
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.byID[record.ID] = record
	return record, nil
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

// submitAttachment stores an attachment against a reportee element.
func (x *exchange) submitAttachment() (*reply, error) {
	record, err := x.attachmentRecord()
	if err != nil {
		return nil, err
	}
	x.about = record.FileName
	record, err = x.server.attachments.add(record, func(file io.Writer) (received, error) {
		return x.receive(file, x.server.options.Limits.Attachment)
	})
	if err != nil {
		return nil, fmt.Errorf("store attachment: %w", err)
	}
	return &reply{body: x.receipt(receipt{id: record.ID, typeName: "FormTask", text: "Attachment received", at: record.At})}, nil
}

func (x *exchange) attachmentRecord() (attachment, error) {
	record := attachment{
		User: x.user.Name, FileName: x.text("FileName"), Name: x.text("Name"),
		Type: x.text("AttachmentTypeName"), Reference: x.text("EndUserSystemreference"),
	}
	var err error
	record.Element, err = strconv.ParseInt(x.text("ReporteeElementId"), 10, 32)
	switch {
	case err != nil || record.Element <= 0:
		return record, unreadable(fmt.Errorf("ReporteeElementId %.20q is not the number of a reportee element", x.text("ReporteeElementId")))
	case record.FileName == "" || strings.ContainsAny(record.FileName, `:\`):
		return record, unreadable(fmt.Errorf(`FileName %.80q is empty, or has ':' or '\' in it`, record.FileName))
	}
	return record, checkLength(
		"FileName", record.FileName, "Name", record.Name, "AttachmentTypeName", record.Type, "EndUserSystemreference", record.Reference)
}

// attachmentData gives an attachment to the user who submitted it.
func (x *exchange) attachmentData() (*reply, error) {
	x.about = x.text("attachmentId")
	id, err := strconv.ParseInt(x.about, 10, 32)
	if err != nil {
		return nil, unreadable(fmt.Errorf("attachmentId %.20q is not a number", x.about))
	}
	record, file, err := x.server.attachments.open(id)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, altinnFault(codeFileNotExist)
	}
	if err != nil {
		return nil, fmt.Errorf("open attachment: %w", err)
	}
	if record.User != x.user.Name { // not theirs is not there
		return nil, errors.Join(altinnFault(codeFileNotExist), file.Close())
	}
	wrapper := soap.NewElement(x.op.Namespace, x.op.ReplyWrapper())
	return &reply{body: wrapper, into: wrapper.CreateElement(x.op.ResultElement()), file: file, size: record.Size}, nil
}

package server

import (
	"fmt"
	"strconv"

	"github.com/altinn-transfer/altinn-transfer/soap"
)

// submitAttachment stores an attachment to a form task that is being filled in.
func (x *exchange) submitAttachment() (*reply, error) {
	e, err := x.ownTask(x.text("ReporteeElementId"))
	if err != nil {
		return nil, err
	}
	task := e.record.Load()
	if task.archived() {
		return nil, altinnFault(soap.CodeArchived)
	}
	record := attachment{
		Element: task.ID, User: x.user.Name, FileName: x.text("FileName"), Name: x.text("Name"),
		Type: x.text("AttachmentTypeName"), Reference: x.text("EndUserSystemreference"),
	}
	x.about = record.FileName
	limit, err := x.server.attachmentLimit(record, task.Service)
	if err != nil {
		return nil, err
	}
	in, err := x.server.attachments.begin(record)
	if err != nil {
		return nil, fmt.Errorf("store attachment: %w", err)
	}
	defer in.file.Discard()
	came, err := x.receive(in.file, limit)
	if err != nil {
		return nil, err
	}
	in.came(came)
	err = x.server.formTasks.attach(e, in, func() error {
		return x.server.mayAttach(task.Service, task.attached(), in.attachment)
	})
	if err != nil {
		return nil, fmt.Errorf("store attachment: %w", err)
	}
	return &reply{body: x.receipt(receipt{id: in.ID, parent: task.Receipt, typeName: kindFormTask, text: textAttached, at: in.At})}, nil
}

// ownTask is the form task with that number, once it is clear that the asker may fill it in. One that is not there cannot be
// told from somebody else's.
func (x *exchange) ownTask(number string) (*taskEntry, error) {
	id, err := strconv.ParseInt(number, 10, 32)
	if err != nil || id <= 0 {
		return nil, unreadable(fmt.Errorf("%.20q is not the number of a reportee element", number))
	}
	e := x.server.formTasks.find(id)
	if e == nil || !x.right(e.record.Load().Party).Send {
		return nil, altinnFault(soap.CodeNoAccess)
	}
	return e, nil
}

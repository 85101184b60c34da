package server

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/altinn-transfer/altinn-transfer/soap"
)

// submissionStatus tells the minutes until a submission is processed. Here it is when it is answered.
func (x *exchange) submissionStatus() (*reply, error) { return x.result("0"), nil }

// completeShipment ends the filling in of a form task, and archives it. Who signed it is not looked at: there is nobody here to
// ask whether that person may.
func (x *exchange) completeShipment() (*reply, error) {
	x.about = x.text("reporteeElementId")
	e, err := x.ownTask(x.about)
	if err != nil {
		return nil, err
	}
	record, err := x.server.formTasks.change(e, func(record *formTask) error {
		if err := x.server.mayComplete(record.Service, record.attached()); err != nil {
			return err
		}
		record.archive(time.Now().UTC())
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("complete form task: %w", err)
	}
	return x.receiptReply(record.views(x.mayAct)[0])
}

// updateForms replaces texts of forms that are still filled in.
func (x *exchange) updateForms() (*reply, error) {
	asked := x.data("formTaskUpdate")
	x.about = asked.text("ReporteeElementId")
	e, err := x.ownTask(x.about)
	if err != nil {
		return nil, err
	}
	if reference := asked.text("ExternalShipmentReference"); reference != "" && reference != e.record.Load().Reference {
		return nil, unreadable(fmt.Errorf("ExternalShipmentReference %.80q is not that of the form task", reference))
	}
	record, err := x.server.formTasks.update(e, func(record *formTask, texts []string) error {
		for _, change := range asked.member("FormUpdateList").items("FormUpdate") {
			i, err := record.formOf(change)
			if err != nil {
				return err
			}
			texts[i] = change.text("FormData")
		}
		return checkForms(texts)
	})
	if err != nil {
		return nil, fmt.Errorf("update form task: %w", err)
	}
	return x.receiptReply(record.views(x.mayAct)[0])
}

// formOf finds the form that a change is for: by its number, or by all that is known of it.
func (t *formTask) formOf(change data) (int, error) {
	id, err := change.number("FormId")
	if err != nil {
		return 0, err
	}
	version, format, reference := change.text("DataFormatVersion"), change.text("DataFormatId"), change.text("EndUserSystemReference")
	i := slices.IndexFunc(t.Forms, func(f form) bool {
		if id != 0 {
			return f.ID == id
		}
		return f.Format == format && strconv.FormatInt(f.Version, 10) == version && (reference == "" || f.Reference == reference)
	})
	if i < 0 {
		return 0, unreadable(fmt.Errorf("the form task has no form %.20d of DataFormatId %.80q and version %.20q", id, format, version))
	}
	return i, nil
}

// checkForms bounds the forms of one form task by what a request can hold: the archive gives all of them in one answer.
func checkForms(texts []string) error {
	size := 0
	for _, text := range texts {
		size += len(text)
	}
	if size > envelopeSize {
		fault := altinnFault(soap.CodeTooLarge)
		fault.Altinn.Localized = fmt.Sprintf("the forms would have %d bytes, and %d are allowed", size, envelopeSize)
		return fault
	}
	return nil
}

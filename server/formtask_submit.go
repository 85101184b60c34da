package server

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/altinn-transfer/altinn-transfer/soap"
	"github.com/beevik/etree"
)

// submitFormTask makes a reportee element of a shipment. Its attachments stand in the message, as base64: they go to disk as
// they come.
//
// A shipment with a reference that came before is answered with the receipt of the first, so that a client which got no answer
// can send it again. One with all forms completed and a signature is archived at once, so the attachments that must be there are.
func (x *exchange) submitFormTask() (*reply, error) {
	shipment := x.data("formTaskShipment")
	party := shipment.text("Reportee")
	if !x.right(party).Send { // the first member, so it is known before the attachments come
		return nil, altinnFault(soap.CodeNotReportee)
	}
	values, err := x.receiveValues()
	defer values.discard()
	if err != nil {
		return nil, err
	}
	shipment = x.data("formTaskShipment") // now with what stands behind the attachments
	task, texts, err := x.formTask(shipment)
	if err != nil {
		return nil, err
	}
	attached, err := x.describeValues(values, shipment, task.Service)
	if err != nil {
		return nil, err
	}
	if task.archived() {
		if err := x.server.mayComplete(task.Service, attached); err != nil {
			return nil, err
		}
	}
	record, repeated, err := x.server.formTasks.add(task, texts, values.arrivals)
	if err != nil {
		return nil, fmt.Errorf("store form task: %w", err)
	}
	x.about = strconv.FormatInt(record.ID, 10)
	return x.formTaskReply(record, repeated), nil
}

// formTaskReply has the form of the recorded one, which has its members in the order of their declaration.
func (x *exchange) formTaskReply(record *formTask, repeated bool) *reply {
	view := record.views(x.mayAct)[0]
	if repeated {
		view.Text = textExists
	}
	result := etree.NewElement(x.op.ResultElement())
	receiptForms["ReceiptExternalBE"].write(result, view)
	return x.wrapped(result)
}

// formTask reads what a shipment says, and the texts of its forms.
func (x *exchange) formTask(shipment data) (formTask, []string, error) {
	now := time.Now().UTC()
	task := formTask{
		User: x.user.Name, Party: shipment.text("Reportee"), Reference: shipment.text("ExternalShipmentReference"),
		Submitted: now, Changed: now, Words: say(textInstantiated, now),
	}
	content := shipment.member("FormTasks")
	var err error
	if task.Service, err = x.formService(content); err != nil {
		return task, nil, err
	}
	var texts []string
	for _, el := range content.member("Forms").items("Form") {
		f, err := readForm(el)
		if err != nil {
			return task, nil, err
		}
		task.Forms = append(task.Forms, f)
		texts = append(texts, el.text("FormData"))
	}
	if len(task.Forms) == 0 {
		return task, nil, unreadable(errors.New("the shipment has no Form"))
	}
	if shipment.member("Signatures").holds() && task.filledIn() {
		task.archive(now)
	}
	return task, texts, checkLength("ExternalShipmentReference", task.Reference, "ServiceCode", task.Service.Code)
}

// filledIn reports whether every form is completed.
func (t *formTask) filledIn() bool {
	for _, f := range t.Forms {
		if !f.Completed {
			return false
		}
	}
	return true
}

func (x *exchange) formService(content data) (Service, error) {
	edition, err := content.number("ServiceEdition")
	service := Service{Code: content.text("ServiceCode"), Edition: int(edition)}
	switch {
	case err != nil:
		return service, err
	case service.Code == "":
		return service, altinnFault(soap.CodeBadFormService)
	case edition == 0:
		return service, altinnFault(soap.CodeBadEdition)
	case !x.server.exists(service):
		return service, altinnFault(soap.CodeBadFormService)
	}
	return service, nil
}

func readForm(el data) (form, error) {
	version, err := el.number("DataFormatVersion")
	parent, errParent := el.number("ParentReference")
	f := form{
		Format: el.text("DataFormatId"), Version: version, Reference: el.text("EndUserSystemReference"), Parent: parent,
		Completed: isTrue(el.text("Completed")),
	}
	if err := errors.Join(err, errParent); err != nil {
		return f, err
	}
	return f, checkLength("DataFormatId", f.Format, "EndUserSystemReference", f.Reference)
}

func isTrue(text string) bool { return text == "true" || text == "1" }

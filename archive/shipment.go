package archive

import (
	"cmp"
	"context"
	"strconv"

	"github.com/altinn-transfer/altinn-transfer/binding"
	"github.com/beevik/etree"
)

// Shipment is a form task on its way to Altinn: one or more forms of one service, filled in on behalf of a reportee.
// Attachments are streamed behind it with [Client.SubmitAttachment].
type Shipment struct {
	Reportee          string // organisation number (9 digits) or national identity number (11 digits)
	ExternalReference string // the sender's own name for it, which its receipt is found by; used once
	ServiceCode       string
	Edition           int
	Forms             []Form
	Signature         *Signature // of a person in the sender's own system: with it, completed forms go to the archive at once; nil: none
	SignaturesNeeded  int        // how many people must sign; 0: as the service says
	CaseID            int        // 0: it belongs to no case
	User              User       // the person on whose behalf, where the service asks for one
}

// Form is one form of a form task: an XML document.
type Form struct {
	DataFormat string // DataFormatId, from the service's metadata
	Version    int    // DataFormatVersion
	Reference  string // the sender's own name for it; "": none
	Data       string // the document itself, in UTF-8
	Completed  bool   // nothing is to be filled in or attached any more
	Parent     int    // ParentReference, of a form below another; 0: none
	ID         int    // the service's number of the form, only for [Client.UpdateFormData]; 0: not told
}

// SubmitFormTask submits a form task. Its receipt has the element that the task became, to submit attachments onto before it
// is completed with [Client.CompleteAndSignShipment]. A receipt that says no is [failure.Refused], and given beside the error.
// After an error with Ambiguous set, [Client.GetReceipt] by the shipment's ExternalReference tells whether it was received.
func (c *Client) SubmitFormTask(ctx context.Context, s Shipment) (*ReceiptTree, error) {
	const op = "SubmitFormTask"
	if err := s.check(op); err != nil {
		return nil, err
	}
	reply, err := c.calls.Call(ctx, op, binding.Request{Values: binding.Values{"formTaskShipment": s.fill}, User: s.User})
	if err != nil {
		return nil, withReference(err, s.ExternalReference)
	}
	receipt, err := shipmentForm.accepted(op, reply)
	return receipt, withReference(err, s.ExternalReference)
}

// check finds what the service would skip without a word.
func (s Shipment) check(op string) error {
	switch {
	case s.Reportee == "":
		return usage(op, "the shipment has no reportee")
	case s.ServiceCode == "":
		return usage(op, "the shipment has no service code")
	}
	return checkForms(op, s.Forms)
}

func checkForms(op string, forms []Form) error {
	if len(forms) == 0 {
		return usage(op, "there is no form")
	}
	for i, form := range forms {
		if form.DataFormat == "" || form.Data == "" {
			return usage(op, "form %d has no data, or no data format", i+1)
		}
	}
	return nil
}

// fill writes FormTaskShipmentBE. Its types are read in the order of their declaration, and have the namespace of the
// operation, whatever that is.
func (s Shipment) fill(el *etree.Element) {
	addText(el, "", "Reportee", s.Reportee)
	addGiven(el, "", "ExternalShipmentReference", s.ExternalReference)
	task := add(el, "", "FormTasks")
	addText(task, "", "ServiceCode", s.ServiceCode)
	addNumber(task, "", "ServiceEdition", s.Edition)
	forms := add(task, "", "Forms")
	for _, form := range s.Forms {
		form.fill(add(forms, "", "Form"))
	}
	if s.Signature != nil {
		s.Signature.fillPlain(add(el, "", "Signatures"))
	}
	addGiven(el, "", "UserDefinedNumberOfSignaturesRequired", given(s.SignaturesNeeded))
	addGiven(el, "", "CaseID", given(s.CaseID))
}

func (f Form) fill(el *etree.Element) {
	addText(el, "", "Completed", strconv.FormatBool(f.Completed))
	addText(el, "", "DataFormatId", f.DataFormat)
	addNumber(el, "", "DataFormatVersion", f.Version)
	addGiven(el, "", "EndUserSystemReference", f.Reference)
	addGiven(el, "", "ParentReference", given(f.Parent))
	addText(el, "", "FormData", f.Data)
}

const namespaceUpdate = "http://schemas.altinn.no/services/Intermediary/Shipment/IntermediaryInbound/2018/06"

// FormUpdate replaces forms of a form task that is not complete yet.
type FormUpdate struct {
	ReporteeElement   int    // the form task: see [ReceiptTree.ReporteeElement]
	ExternalReference string // the sender's own name for the shipment; "": none
	Forms             []Form
	User              User // the person on whose behalf, where the service asks for one
}

// UpdateFormData replaces the data of forms. A receipt that says no is [failure.Refused], and given beside the error.
// Repeating it is harmless.
func (c *Client) UpdateFormData(ctx context.Context, u FormUpdate) (*ReceiptTree, error) {
	const op = "UpdateFormData"
	if err := cmp.Or(checkElement(op, u.ReporteeElement), checkForms(op, u.Forms)); err != nil {
		return nil, err
	}
	reply, err := c.calls.Call(ctx, op, binding.Request{Values: binding.Values{"formTaskUpdate": u.fill}, User: u.User})
	if err != nil {
		return nil, withReference(err, strconv.Itoa(u.ReporteeElement))
	}
	receipt, err := externalForm.accepted(op, reply)
	return receipt, withReference(err, strconv.Itoa(u.ReporteeElement))
}

func checkElement(op string, id int) error {
	if id <= 0 {
		return usage(op, "%d is not the element of a form task", id)
	}
	return nil
}

// fill writes FormTaskUpdate, members in ordinal order, all of them there.
func (u FormUpdate) fill(el *etree.Element) {
	addText(el, namespaceUpdate, "ExternalShipmentReference", u.ExternalReference)
	forms := add(el, namespaceUpdate, "FormUpdateList")
	for _, form := range u.Forms {
		update := add(forms, "", "FormUpdate")
		addText(update, "", "DataFormatId", form.DataFormat)
		addNumber(update, "", "DataFormatVersion", form.Version)
		addText(update, "", "EndUserSystemReference", form.Reference)
		addText(update, "", "FormData", form.Data)
		addGiven(update, "", "FormId", given(form.ID))
	}
	addNumber(el, namespaceUpdate, "ReporteeElementId", u.ReporteeElement)
}

package archive

import (
	"context"
	"strconv"
	"time"

	"github.com/altinn-transfer/altinn-transfer/binding"
	"github.com/beevik/etree"
)

const (
	namespaceSignatures      = "http://schemas.altinn.no/services/Intermediary/Shipment/IntermediaryInbound/2009/10"
	namespaceSignatureEntity = "http://schemas.datacontract.org/2004/07/Altinn.Common.SBL.Entities.Intermediary"
)

// Completion ends a form task.
type Completion struct {
	ReporteeElement int        // the form task: see [ReceiptTree.ReporteeElement]
	Signature       *Signature // of a person in the sender's own system; nil: none
	Language        int        // 1033 English, 1044 Bokmål, 1083 Sami, 2068 Nynorsk; 0: not said
	User            User       // the person on whose behalf, where the service asks for one
}

// Signature says who signed in the sender's own system, and when.
type Signature struct {
	Reference string // the sender's own name for what was signed
	UserID    string // who signed
	LogID     string // where the sender's log has it
	Version   string // of the sender's system
	Login     time.Time
	Signed    time.Time
}

// CompleteAndSignShipment completes a form task with its attachments, and sends it on its way to the archive. A receipt that
// says no is [failure.Refused], and given beside the error.
func (c *Client) CompleteAndSignShipment(ctx context.Context, done Completion) (*ReceiptTree, error) {
	const op = "CompleteAndSignShipment"
	if err := checkElement(op, done.ReporteeElement); err != nil {
		return nil, err
	}
	element := strconv.Itoa(done.ReporteeElement)
	values := binding.Values{"reporteeElementId": binding.Text(element)}
	if done.Signature != nil {
		values["signature"] = done.Signature.fill
	}
	if done.Language != 0 {
		values["languageId"] = binding.Text(strconv.Itoa(done.Language))
	}
	reply, err := c.calls.Call(ctx, op, binding.Request{Values: values, User: done.User})
	if err != nil {
		return nil, withReference(err, element)
	}
	receipt, err := externalForm.accepted(op, reply)
	return receipt, withReference(err, element)
}

// fill writes a SignatureList of one.
//
// QUIRK: the contract lets a .NET class show through: the members are its private fields, all required, with two flags that
// say whether the times were given.
func (s *Signature) fill(el *etree.Element) {
	one := add(el, namespaceSignatures, "Signature")
	field := func(property, text string) {
		addText(one, namespaceSignatureEntity, "_x003C_"+property+"_x003E_k__BackingField", text)
	}
	field("EndUserSystemLoginDateTime", signatureTime(s.Login))
	field("EndUserSystemReference", s.Reference)
	field("EndUserSystemSignatureDateTime", signatureTime(s.Signed))
	field("EndUserSystemSignatureLogId", s.LogID)
	field("EndUserSystemUserId", s.UserID)
	field("EndUserSystemVersion", s.Version)
	addText(one, namespaceSignatureEntity, "endUserSystemLoginDateTimeSpecified", strconv.FormatBool(!s.Login.IsZero()))
	addText(one, namespaceSignatureEntity, "endUserSystemSignatureDateTimeSpecified", strconv.FormatBool(!s.Signed.IsZero()))
}

// fillPlain writes the Signature of a shipment, a type of its own with members as they should be.
func (s *Signature) fillPlain(el *etree.Element) {
	addGiven(el, "", "EndUserSystemReference", s.Reference)
	addGiven(el, "", "EndUserSystemUserId", s.UserID)
	addGiven(el, "", "EndUserSystemLoginDateTime", binding.FormatTime(s.Login))
	addGiven(el, "", "EndUserSystemSignatureDateTime", binding.FormatTime(s.Signed))
	addGiven(el, "", "EndUserSystemVersion", s.Version)
	addGiven(el, "", "EndUserSystemSignatureLogId", s.LogID)
}

// signatureTime stands there in any case: .NET's own zero for none.
func signatureTime(t time.Time) string {
	if t.IsZero() {
		return "0001-01-01T00:00:00"
	}
	return binding.FormatTime(t)
}

package server

import (
	"strconv"

	"github.com/altinn-transfer/altinn-transfer/soap"
	"github.com/beevik/etree"
)

// receiptView is a receipt as one user sees it. There are two levels at most.
type receiptView struct {
	id, parent int64
	kind       string
	words
	references []reference
	subs       []receiptView
}

// The kinds of receipts that this server gives, as the contracts call them.
const (
	kindBroker   = "BrokerService"
	kindFormTask = "FormTask"
)

// reference is something that a receipt can be found by, or that it leads to. Its kind is as the contracts call it.
type reference struct{ kind, value string }

// receiptForm is how one of the three types of a receipt is written.
type receiptForm struct {
	item       string // the element of a receipt in a list
	status     string
	kind       string
	reference  string // the element of a reference in a list
	refersHow  string // the member with its kind
	broker     string // how it calls the receipt of a broker service
	serialised bool   // by .NET's older serializer: in the order of declaration, nothing is null
}

// receiptForms has a row for each type, by its local name.
var receiptForms = map[string]receiptForm{
	"Receipt": {
		item: "Receipt", status: "ReceiptStatus", kind: "ReceiptType", reference: "Reference", refersHow: "ReferenceType",
		broker: kindBroker,
	},
	// QUIRK: the older type has no name for the receipt of a broker service, so it gets the one that is nearest.
	"ReceiptExternal": {
		item: "ReceiptExternal", status: "ReceiptStatusCode", kind: "ReceiptTypeName", reference: "Reference",
		refersHow: "ReferenceTypeName", broker: "Outbound",
	},
	"ReceiptExternalBE": {
		item: "ReceiptExternalBE", status: "ReceiptStatusCode", kind: "ReceiptTypeName", reference: "ReferenceBE",
		refersHow: "ReferenceTypeName", broker: "Outbound", serialised: true,
	},
}

// write puts a receipt into el. The order is that of the older serializer; whoever needs another arranges it.
func (f receiptForm) write(el *etree.Element, r receiptView) {
	member := func(name, text string) *etree.Element {
		child := el.CreateElement(name)
		child.SetText(text)
		return child
	}
	member("ReceiptId", strconv.FormatInt(r.id, 10))
	member("ReceiptText", r.Text)
	if history := member("ReceiptHistory", r.History); r.History == "" && !f.serialised {
		soap.SetNil(history)
	}
	member("LastChanged", formatTime(r.Changed))
	member(f.kind, f.kindOf(r))
	member(f.status, r.Status)
	member("ParentReceiptId", strconv.FormatInt(r.parent, 10))
	f.writeReferences(el.CreateElement("References"), r.references)
	if len(r.subs) > 0 {
		subs := el.CreateElement("SubReceipts")
		for _, sub := range r.subs {
			f.write(subs.CreateElement(f.item), sub)
		}
	}
}

// kindOf is the kind of a receipt, as this type calls it.
func (f receiptForm) kindOf(r receiptView) string {
	if r.kind == kindBroker {
		return f.broker
	}
	return r.kind
}

func (f receiptForm) writeReferences(list *etree.Element, references []reference) {
	for _, r := range references {
		el := list.CreateElement(f.reference)
		el.CreateElement("ReferenceValue").SetText(r.value)
		el.CreateElement(f.refersHow).SetText(r.kind)
		if f.serialised {
			el.CreateElement("ReporteeID").SetText("0") // as recorded: the number of a party is known to the platform alone
		}
	}
}

// receiptReply answers with one receipt, in the type that the operation has.
func (x *exchange) receiptReply(r receiptView) (*reply, error) {
	form := receiptForms[x.op.Result.Name().Local]
	return x.typed(func(result *etree.Element) { form.write(result, r) })
}

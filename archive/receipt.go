package archive

import (
	"fmt"
	"iter"
	"strconv"

	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/soap"
)

const (
	namespaceReceipt2009 = "http://schemas.altinn.no/services/Intermediary/Receipt/2009/10"
	namespaceReceipt2015 = "http://schemas.altinn.no/services/Intermediary/Receipt/2015/06"
)

// ReferenceType says whose name for a thing a [Reference] is.
type ReferenceType string

// The types of references that a receipt can be found by.
const (
	ExternalShipmentReference ReferenceType = "ExternalShipmentReference" // the sender's name of a shipment
	EndUserSystemReference    ReferenceType = "EndUserSystemReference"    // the sender's name of a form or an attachment
	SendersReference          ReferenceType = "SendersReference"          // the sender's name of a broker file
	OutboundShipmentReference ReferenceType = "OutboundShipmentReference"
	BatchReference            ReferenceType = "BatchReference"
	ArchiveReference          ReferenceType = "ArchiveReference" // what the archive calls it
)

// Types of references that are only found in receipts.
const (
	WorkFlowReference   ReferenceType = "WorkFlowReference" // the element that an instantiated form task is
	OwnerPartyReference ReferenceType = "OwnerPartyReference"
	PartyReference      ReferenceType = "PartyReference"
)

// Reference is a name that a receipt bears.
type Reference struct {
	Type  ReferenceType
	Value string
}

// ReceiptTree is a receipt with what hangs on it. Altinn makes two levels at most.
type ReceiptTree struct {
	Receipt
	References  []Reference
	SubReceipts []*ReceiptTree
}

// All are the receipt and every one below it, from the top.
func (r *ReceiptTree) All() iter.Seq[*ReceiptTree] {
	return func(yield func(*ReceiptTree) bool) { r.walk(yield) }
}

func (r *ReceiptTree) walk(yield func(*ReceiptTree) bool) bool {
	if !yield(r) {
		return false
	}
	for _, sub := range r.SubReceipts {
		if !sub.walk(yield) {
			return false
		}
	}
	return true
}

// Reference is the first reference of a type, wherever in the tree it is; "" when there is none.
func (r *ReceiptTree) Reference(t ReferenceType) string {
	for receipt := range r.All() {
		for _, reference := range receipt.References {
			if reference.Type == t {
				return reference.Value
			}
		}
	}
	return ""
}

// ReporteeElement is the element that the form task became: its [WorkFlowReference], which attachments are submitted onto.
// 0: it did not become one.
func (r *ReceiptTree) ReporteeElement() int {
	id, err := strconv.Atoi(r.Reference(WorkFlowReference))
	if err != nil || id < 0 {
		return 0
	}
	return id
}

// refusal is the first receipt of the tree that does not say OK, nil when all do.
func (r *ReceiptTree) refusal() *ReceiptTree {
	for receipt := range r.All() {
		if !receipt.OK() {
			return receipt
		}
	}
	return nil
}

// receiptForm is how a contract spells a receipt. Three contracts do, each in its way.
type receiptForm struct {
	space                    string // of all members; "": that of the answer
	status, kind, sub        string
	reference, referenceType string
}

var (
	shipmentForm = receiptForm{
		status: "ReceiptStatusCode", kind: "ReceiptTypeName", sub: "ReceiptExternalBE",
		reference: "ReferenceBE", referenceType: "ReferenceTypeName",
	}
	externalForm = receiptForm{
		space: namespaceReceipt2009, status: "ReceiptStatusCode", kind: "ReceiptTypeName", sub: "ReceiptExternal",
		reference: "Reference", referenceType: "ReferenceTypeName",
	}
	newestForm = receiptForm{
		space: namespaceReceipt2015, status: "ReceiptStatus", kind: "ReceiptType", sub: "Receipt",
		reference: "Reference", referenceType: "ReferenceType",
	}
)

// read reads the receipt that is an operation's result.
func (f receiptForm) read(reply *soap.Reply) (*ReceiptTree, error) {
	top, err := result(reply.Envelope, f.space)
	if err != nil {
		return nil, err
	}
	receipt := f.tree(top, reply)
	if receipt.ID == 0 && receipt.Status == "" && *top.err == nil {
		return nil, fmt.Errorf("it has a receipt with neither id nor status")
	}
	return receipt, *top.err
}

// tree goes as deep as the codec lets an envelope be.
func (f receiptForm) tree(m members, reply *soap.Reply) *ReceiptTree {
	told := func(name string) string { return reply.Redact(m.text(name)) }
	receipt := &ReceiptTree{Receipt: Receipt{
		ID: m.number("ReceiptId"), ParentID: m.number("ParentReceiptId"), Status: told(f.status), Type: told(f.kind),
		Text: told("ReceiptText"), History: told("ReceiptHistory"), LastChanged: told("LastChanged"),
	}}
	for reference := range m.within("References").items(m.space, f.reference) {
		receipt.References = append(receipt.References, Reference{
			ReferenceType(reference.text(f.referenceType)), reference.text("ReferenceValue"),
		})
	}
	for sub := range m.within("SubReceipts").items(m.space, f.sub) {
		receipt.SubReceipts = append(receipt.SubReceipts, f.tree(sub, reply))
	}
	return receipt
}

// accepted reads the receipt of something that was to be done, and makes an error of one that says no.
func (f receiptForm) accepted(op string, reply *soap.Reply) (*ReceiptTree, error) {
	receipt, err := f.read(reply)
	if err != nil {
		return nil, unreadable(op, false, err)
	}
	if no := receipt.refusal(); no != nil {
		return receipt, &failure.Error{
			Op: op, Kind: failure.Refused, Err: fmt.Errorf("receipt %d says %s: %s", no.ID, no.Status, no.Text),
		}
	}
	return receipt, nil
}

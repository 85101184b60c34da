package archive

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/altinn-transfer/altinn-transfer/binding"
	"github.com/altinn-transfer/altinn-transfer/soap"
	"github.com/beevik/etree"
)

// ReceiptQuery says which receipt is looked for: by its number, or else by one reference.
type ReceiptQuery struct {
	ID        int
	Reference Reference
}

// GetReceipt finds a receipt with all that hangs on it; [failure.NotFound] when there is none. Its status is an answer, not
// an error. Altinn wants it at most every 5 seconds.
func (c *Client) GetReceipt(ctx context.Context, q ReceiptQuery) (*ReceiptTree, error) {
	const op = "GetReceiptV2"
	if (q.ID == 0) == (q.Reference == Reference{}) {
		return nil, usage(op, "a receipt is looked for by its number or by one reference")
	}
	reply, err := c.calls.Call(ctx, op, binding.Request{Values: binding.Values{"receipt": q.fill}, ReadOnly: true})
	if err != nil {
		return nil, err
	}
	receipt, err := newestForm.read(reply)
	if err != nil {
		return nil, unreadable(op, true, err)
	}
	return receipt, nil
}

// fill writes the query as ReceiptSearch, members in ordinal order.
func (q ReceiptQuery) fill(el *etree.Element) {
	if q.ID != 0 {
		addNumber(el, namespaceReceipt2015, "ReceiptId", q.ID)
		return
	}
	reference := add(add(el, namespaceReceipt2015, "References"), "", "Reference")
	addText(reference, "", "ReferenceType", string(q.Reference.Type))
	addText(reference, "", "ReferenceValue", q.Reference.Value)
}

// ReceiptListQuery says which receipts are looked for.
type ReceiptListQuery struct {
	Type string    // FormTask, BrokerService, Correspondence ...; required
	From time.Time // zero: no limit
	To   time.Time // zero: no limit
}

// receiptsLimit bounds the answer of GetReceiptList: some 30 000 receipts with a few references each.
const receiptsLimit = 32 << 20

// GetReceiptList finds the receipts of one type, each with all that hangs on it.
func (c *Client) GetReceiptList(ctx context.Context, q ReceiptListQuery) ([]*ReceiptTree, error) {
	const op = "GetReceiptListV2"
	if q.Type == "" {
		return nil, usage(op, "receipts are looked for by their type")
	}
	values := binding.Values{"receiptTypeName": binding.Text(q.Type)}
	for name, limit := range map[string]time.Time{"dateFrom": q.From, "dateTo": q.To} {
		if !limit.IsZero() {
			values[name] = binding.Text(binding.FormatTime(limit))
		}
	}
	reply, err := c.calls.Call(ctx, op, binding.Request{Values: values, EnvelopeLimit: receiptsLimit, ReadOnly: true})
	if err != nil {
		return nil, err
	}
	list, err := result(reply.Envelope, namespaceReceipt2015)
	if err != nil {
		return nil, unreadable(op, true, err)
	}
	var receipts []*ReceiptTree
	for receipt := range list.items(namespaceReceipt2015, "Receipt") {
		receipts = append(receipts, newestForm.tree(receipt, reply))
	}
	if *list.err != nil {
		return nil, unreadable(op, true, *list.err)
	}
	return receipts, nil
}

// ReceiptUpdate is what the sender's or the recipient's system writes into a receipt: by its number, or else by the archive's
// reference.
type ReceiptUpdate struct {
	ID               int
	ArchiveReference string
	Status           string // OK, UnExpectedError, ValidationFailed or Rejected; "": OK
	Text             string
}

// UpdateReceipt writes into a receipt, and gives it as it is then. What it said before moves to its history, and so would
// this if it were repeated.
func (c *Client) UpdateReceipt(ctx context.Context, u ReceiptUpdate) (*ReceiptTree, error) {
	const op = "UpdateReceipt"
	if (u.ID == 0) == (u.ArchiveReference == "") { // which the service would call a wrong login
		return nil, usage(op, "a receipt is updated by its number or by the archive's reference")
	}
	reply, err := c.calls.Call(ctx, op, binding.Request{Values: binding.Values{"receipt": u.fill}})
	if err != nil {
		return nil, err
	}
	receipt, err := newestForm.read(reply)
	if err != nil {
		return nil, unreadable(op, false, err)
	}
	return receipt, nil
}

// fill writes ReceiptSave, members in ordinal order.
func (u ReceiptUpdate) fill(el *etree.Element) {
	addGiven(el, namespaceReceipt2015, "ArchiveReference", u.ArchiveReference)
	addGiven(el, namespaceReceipt2015, "ReceiptId", given(u.ID))
	addText(el, namespaceReceipt2015, "ReceiptStatus", cmp.Or(u.Status, "OK"))
	addText(el, namespaceReceipt2015, "ReceiptText", u.Text)
}

// GetAltinnSubmissionStatus is how long it takes just now until something submitted is processed, in whole minutes.
func (c *Client) GetAltinnSubmissionStatus(ctx context.Context) (time.Duration, error) {
	const op = "GetAltinnSubmissionStatus"
	reply, err := c.calls.Call(ctx, op, binding.Request{ReadOnly: true})
	if err != nil {
		return 0, err
	}
	status, err := result(reply.Envelope, "")
	if err != nil {
		return 0, unreadable(op, true, err)
	}
	minutes, err := strconv.ParseUint(soap.Content(status.el), 10, 31)
	if err != nil {
		return 0, unreadable(op, true, fmt.Errorf("it is not a number of minutes"))
	}
	return time.Duration(minutes) * time.Minute, nil
}

package server

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/altinn-transfer/altinn-transfer/soap"
	"github.com/beevik/etree"
)

// receipted is a record that receipts tell of.
type receipted interface {
	hasReceipt(id int64) bool
	hasReference(r reference) bool
	// views are what a user may see who may act for these parties.
	views(may func(party string) bool) []receiptView
}

// mayAct reports whether the asker has anything to do with a party.
func (x *exchange) mayAct(party string) bool { return x.right(party).Party != "" }

// receipts gives the visible ones of the records that are wanted, in the order of their numbers.
func (x *exchange) receipts(wanted func(receipted) bool) []receiptView {
	var views []receiptView
	for _, record := range x.server.receipts() {
		if wanted(record) {
			views = append(views, record.views(x.mayAct)...)
		}
	}
	slices.SortFunc(views, func(a, b receiptView) int { return cmp.Compare(a.id, b.id) })
	return views
}

// receipts gives every record that receipts tell of.
func (s *Server) receipts() []receipted {
	all := s.shipments.receipts()
	for _, t := range s.formTasks.all() {
		all = append(all, t)
	}
	return all
}

// receiptType is the type of the receipts that an operation answers with, one or a list of them.
func (x *exchange) receiptType() string {
	switch x.op.Result.Name().Local {
	case "Receipt", "ReceiptList":
		return "Receipt"
	default:
		return "ReceiptExternal"
	}
}

// receiptByID finds a receipt of either level.
func (x *exchange) receiptByID(id int64) (receiptView, bool) {
	views := x.receipts(func(r receipted) bool { return r.hasReceipt(id) })
	for _, r := range views {
		for _, candidate := range append([]receiptView{r}, r.subs...) {
			if candidate.id == id {
				return candidate, true
			}
		}
	}
	return receiptView{}, false
}

// receiptByReference finds the newest that has a reference: a sender may use one twice.
func (x *exchange) receiptByReference(wanted reference) (receiptView, bool) {
	views := x.receipts(func(r receipted) bool { return r.hasReference(wanted) })
	if len(views) == 0 {
		return receiptView{}, false
	}
	return views[len(views)-1], true
}

// searchable are the kinds of reference that receipts are found by, as documented.
var searchable = []string{
	"ArchiveReference", "OutboundShipmentReference", "BatchReference", "EndUserSystemReference", "ExternalShipmentReference",
	"SendersReference",
}

// getReceipt finds one receipt by its number, or by the first reference that is given.
func (x *exchange) getReceipt() (*reply, error) {
	asked := x.data("receipt")
	id, err := asked.number("ReceiptId")
	if err != nil {
		return nil, err
	}
	found, ok := receiptView{}, false
	if id != 0 {
		found, ok = x.receiptByID(id)
	} else if wanted := x.firstReference(asked); slices.Contains(searchable, wanted.kind) && wanted.value != "" {
		found, ok = x.receiptByReference(wanted)
	}
	if !ok {
		return nil, altinnFault(soap.CodeNoReceipt)
	}
	x.about = strconv.FormatInt(found.id, 10)
	return x.receiptReply(found)
}

// firstReference is the one that is searched for; those behind it are not looked at.
func (x *exchange) firstReference(asked data) reference {
	form := receiptForms[x.receiptType()]
	first := asked.member("References").member(form.reference)
	return reference{first.text(form.refersHow), first.text("ReferenceValue")}
}

// Bounds of a list of receipts, which is made in memory: of the receipts in it, and of all that stand below these. Who has more
// asks for a period.
const (
	receiptsMost  = 1000
	receiptsBelow = 20_000
)

// bounded are the first of them, as many as a list can hold.
func bounded(views []receiptView) []receiptView {
	below := 0
	for i, r := range views {
		if below += len(r.subs); i == receiptsMost || below > receiptsBelow {
			return views[:i]
		}
	}
	return views
}

// getReceiptList gives the receipts of one kind that changed within a period. It has the oldest first.
func (x *exchange) getReceiptList() (*reply, error) {
	kind := cmp.Or(x.text("receiptTypeName"), "NotSet")
	if kind == "NotSet" {
		return nil, altinnFault(soap.CodeNoReceiptType)
	}
	from, err := parseTime(x.text("dateFrom"))
	to, errTo := parseTime(x.text("dateTo"))
	if err := errors.Join(err, errTo); err != nil {
		return nil, unreadable(err)
	}
	if !to.IsZero() && from.After(to) {
		return nil, altinnFault(soap.CodeBadPeriod)
	}
	form := receiptForms[x.receiptType()]
	views := slices.DeleteFunc(x.receipts(func(receipted) bool { return true }), func(r receiptView) bool {
		return form.kindOf(r) != kind || !within(r.Changed, from, to)
	})
	return x.typed(func(list *etree.Element) {
		for _, r := range bounded(views) {
			form.write(list.CreateElement(form.item), r)
		}
	})
}

func within(t, from, to time.Time) bool { return !t.Before(from) && (to.IsZero() || !t.After(to)) }

package server

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/altinn-transfer/altinn-transfer/soap"
)

// receiptStates are what a receipt's status may be set to.
var receiptStates = []string{statusOK, "UnExpectedError", "ValidationFailed", "Rejected"}

// updateReceipt writes into a receipt: the old text goes to its history, and the new one says who wrote it. References are not
// changed by it, whatever it holds: a receipt's lead to what it is of.
func (x *exchange) updateReceipt() (*reply, error) {
	asked := x.data("receipt")
	status := asked.text(receiptForms[x.receiptType()].status)
	text := asked.text("ReceiptText")
	if err := checkUpdate(asked, status, text); err != nil {
		return nil, err
	}
	old, err := x.receiptToUpdate(asked)
	if err != nil {
		return nil, err
	}
	x.about = fmt.Sprint(old.id)
	edit := func(w words) words {
		return w.then(status, "Receipt updated by EndUserSystem: "+x.user.Name+". "+text, time.Now().UTC())
	}
	if err := x.server.reword(old.id, edit); err != nil {
		return nil, err
	}
	updated, ok := x.receiptByID(old.id)
	if !ok {
		return nil, altinnFault(soap.CodeNoReceipt)
	}
	return x.receiptReply(updated)
}

func checkUpdate(asked data, status, text string) error {
	switch {
	case !slices.Contains(receiptStates, status):
		return unreadable(fmt.Errorf("the status %.40q is none of %q", status, receiptStates))
	case asked.member("SubReceipts").holds():
		return unreadable(errors.New("SubReceipts are updated one by one, by their own ReceiptId"))
	}
	return checkLength("ReceiptText", text)
}

// receiptToUpdate is the one that is meant, once it is clear that the user may write into it. QUIRK: the documented code of
// what is wrong about that is 0, because of a defect.
func (x *exchange) receiptToUpdate(asked data) (receiptView, error) {
	id, err := asked.number("ReceiptId")
	if err != nil {
		return receiptView{}, err
	}
	archived := asked.text("ArchiveReference")
	if (id == 0) == (archived == "") {
		return receiptView{}, unreadable(errors.New("either ReceiptId or ArchiveReference must be given, and not both"))
	}
	found, ok := x.receiptByID(id)
	if archived != "" {
		found, ok = x.receiptByReference(reference{"ArchiveReference", archived})
	}
	switch {
	case ok:
		return found, nil
	case id != 0 && x.server.hasReceipt(id):
		return found, unreadable(errors.New("you have no access to the receipt"))
	}
	return found, altinnFault(soap.CodeNoReceipt)
}

// hasReceipt reports whether there is such a receipt, whoever may see it.
func (s *Server) hasReceipt(id int64) bool {
	return slices.ContainsFunc(s.receipts(), func(r receipted) bool { return r.hasReceipt(id) })
}

// reword changes what a receipt says, on disk first.
func (s *Server) reword(id int64, edit func(words) words) error {
	for _, reword := range []func(int64, func(words) words) (bool, error){s.shipments.reword, s.formTasks.reword} {
		if known, err := reword(id, edit); known || err != nil {
			return err
		}
	}
	return unreadable(errors.New("the receipt of an attachment cannot be written into; that of its form task can"))
}

package server

import (
	"slices"
	"strconv"
	"time"
)

// formTask is the record of one, as it stands on disk: a reportee element that is filled in, and archived in the end. The texts
// of its forms are in a file beside it.
type formTask struct {
	ID        int64 // of the reportee element, which attachments are submitted to
	Receipt   int64
	User      string // the system that submitted it
	Party     string
	Reference string // the sender's own, of the whole shipment
	Service   Service
	Forms     []form
	Revision  int // of the forms' texts
	Submitted time.Time
	Changed   time.Time
	Archived  time.Time `json:",omitzero"`
	Words     words     // of its receipt
	// Attached are its attachments, for its receipt; they have records of their own.
	attached func() []attachment
}

// form is what is known of one form, its text aside.
type form struct {
	ID        int64
	Format    string // DataFormatId
	Version   int64
	Reference string `json:",omitempty"` // the sender's own
	Parent    int64  `json:",omitempty"`
	Completed bool
}

func (t formTask) clone() formTask {
	t.Forms = slices.Clone(t.Forms)
	return t
}

func (t formTask) archived() bool { return !t.Archived.IsZero() }

// archiveReference is what the archive calls it; "" before it is there.
func (t formTask) archiveReference() string {
	if !t.archived() {
		return ""
	}
	return "AR" + strconv.FormatInt(t.ID, 10)
}

// archive ends the filling in.
func (t *formTask) archive(now time.Time) {
	for i := range t.Forms {
		t.Forms[i].Completed = true
	}
	t.Archived, t.Changed = now, now
	t.Words = t.Words.then(statusOK, textSent, now)
}

// references are what its receipt leads to. A shipment without a reference of its own has none to be found by.
func (t *formTask) references() []reference {
	all := []reference{
		{"ExternalShipmentReference", t.Reference},
		{"PartyReference", t.Party},
		{"WorkFlowReference", strconv.FormatInt(t.ID, 10)},
		{"ArchiveReference", t.archiveReference()},
	}
	for _, f := range t.Forms {
		all = append(all, reference{"EndUserSystemReference", f.Reference})
	}
	return slices.DeleteFunc(all, func(r reference) bool { return r.value == "" })
}

func (t *formTask) hasReceipt(id int64) bool {
	return t.Receipt == id || slices.ContainsFunc(t.attached(), func(a attachment) bool { return a.ID == id })
}

func (t *formTask) hasReference(r reference) bool { return slices.Contains(t.references(), r) }

// views are its receipt, with one of each attachment below.
func (t *formTask) views(may func(party string) bool) []receiptView {
	if !may(t.Party) {
		return nil
	}
	view := receiptView{id: t.Receipt, kind: kindFormTask, words: t.Words, references: t.references()}
	for _, a := range t.attached() {
		sub := receiptView{id: a.ID, parent: t.Receipt, kind: kindFormTask, words: say(textAttached, a.At)}
		if a.Reference != "" {
			sub.references = []reference{{"EndUserSystemReference", a.Reference}}
		}
		view.subs = append(view.subs, sub)
	}
	return []receiptView{view}
}

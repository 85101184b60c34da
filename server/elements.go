package server

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/altinn-transfer/altinn-transfer/soap"
	"github.com/beevik/etree"
)

// elementsMost bounds a list of reportee elements, which is made in memory.
const elementsMost = 1000

// elementSearch is what GetReporteeElementListV2 is asked for. What its other members ask for (cases, correspondence, texts of
// the portal) is not here.
type elementSearch struct {
	party            string
	from, to         time.Time // zero: no limit
	open, archived   bool
	archiveReference string   // "": any
	services         []string // codes; nil: any
}

// reporteeElements lists the form tasks of a party, the oldest first.
func (x *exchange) reporteeElements() (*reply, error) {
	search, err := readElementSearch(x.data("searchBE"))
	if err != nil {
		return nil, err
	}
	if !x.mayAct(search.party) {
		return nil, altinnFault(soap.CodeNotReportee)
	}
	return x.typed(func(list *etree.Element) {
		for _, t := range x.server.formTasks.all() {
			if search.finds(t) && len(list.Child) < elementsMost {
				t.writeElement(list.CreateElement("ReporteeElementBEV2"))
			}
		}
	})
}

func readElementSearch(asked data) (elementSearch, error) {
	s := elementSearch{
		party: asked.text("Reportee"), archiveReference: asked.text("ArchiveReference"),
		open: isTrue(asked.text("ToBeProcessed")), archived: isTrue(asked.text("SentAndArchived")),
	}
	if !s.open && !s.archived { // as in recorded requests, which have neither
		s.open, s.archived = true, true
	}
	if codes := asked.member("ServiceCodeList").el; codes != nil {
		for _, el := range codes.ChildElements() {
			s.services = append(s.services, soap.Content(el))
		}
	}
	var err, errTo error
	s.from, err = parseTime(asked.text("FromDate"))
	s.to, errTo = parseTime(asked.text("ToDate"))
	if err := errors.Join(err, errTo); err != nil {
		return s, unreadable(err)
	}
	return s, nil
}

func (s elementSearch) finds(t *formTask) bool {
	wanted := s.open
	if t.archived() {
		wanted = s.archived
	}
	return wanted && t.Party == s.party && within(t.Changed, s.from, s.to) &&
		(s.archiveReference == "" || s.archiveReference == t.archiveReference()) &&
		(s.services == nil || slices.Contains(s.services, t.Service.Code))
}

func (t *formTask) writeElement(el *etree.Element) {
	status, change := "FillIn", "Saved"
	if t.archived() {
		status, change = "Archive", "Archived"
		write(el, "ArchiveId", t.name(), "ArchiveReference", t.archiveReference())
	}
	write(el, "ExternalServiceCode", t.Service.Code, "LastChangeType", change, "LastChangedBy", t.User,
		"LastChangedDate", formatTime(t.Changed), "ReporteeElementId", t.name(), "ReporteeElementType", "FormTask",
		"ReporteeName", t.Party, "ServiceEditionVersion", strconv.Itoa(t.Service.Edition), "Status", status, "Title", t.Reference)
}

// formSetElements lists the forms and the attachments of a form task.
func (x *exchange) formSetElements() (*reply, error) {
	x.about = x.text("reporteeElementID")
	e, err := x.visibleTask(x.about)
	if err != nil {
		return nil, err
	}
	t := e.record.Load()
	return x.typed(func(list *etree.Element) {
		for i, f := range t.Forms {
			kind, valid := "SubForm", "NotValidated"
			if i == 0 {
				kind = "MainForm"
			}
			if f.Completed {
				valid = "Valid"
			}
			write(list.CreateElement("FormSetElementBEV2"), "CreatedDateTime", formatTime(t.Submitted),
				"ItemID", strconv.FormatInt(f.ID, 10), "ItemName", f.Format, "ItemType", kind, "ValidationStatusType", valid)
		}
		for _, a := range t.attached() {
			write(list.CreateElement("FormSetElementBEV2"), "CreatedDateTime", formatTime(a.At), "IconFileName", a.mimeName(),
				"ItemID", a.name(), "ItemName", a.title(), "ItemType", "BinaryAttachment", "ValidationStatusType", "NotApplicable")
		}
	})
}

// formSetData gives the texts of a form task's forms.
func (x *exchange) formSetData() (*reply, error) {
	x.about = x.text("reporteeElementID")
	e, err := x.visibleTask(x.about)
	if err != nil {
		return nil, err
	}
	t, texts, err := x.server.formTasks.withForms(e)
	if err != nil {
		return nil, fmt.Errorf("open form task: %w", err)
	}
	return x.typed(func(list *etree.Element) {
		for i, f := range t.Forms {
			write(list.CreateElement("FormSetDataBE"), "DataFormatID", f.Format, "DataFormatVersion", strconv.FormatInt(f.Version, 10),
				"FormData", texts[i], "FormID", strconv.FormatInt(f.ID, 10))
		}
	})
}

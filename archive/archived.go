package archive

import (
	"context"
	"strconv"
	"time"

	"github.com/altinn-transfer/altinn-transfer/binding"
)

const (
	namespaceArchive2009 = "http://schemas.altinn.no/services/Archive/ReporteeArchive/2009/10"
	namespaceArchive2010 = "http://schemas.altinn.no/services/Archive/ReporteeArchive/2010/10"
)

// ArchivedFormTask is a form task in the reportee's archive.
type ArchivedFormTask struct {
	ReporteeElement int
	Reportee        string // organisation number or national identity number
	ServiceOwner    string
	ServiceCode     string
	Edition         int
	Archived        time.Time // zero when unreadable
	Forms           []ArchivedForm
	Attachments     []AttachmentInfo
}

// ArchivedForm is a form of an archived form task.
type ArchivedForm struct {
	ID         int
	Name       string
	DataFormat string
	Version    int
	Data       string // the XML document
}

// AttachmentInfo is what the archive knows of an attachment. It does not know how large it is.
type AttachmentInfo struct {
	ID              int       // to fetch it with
	Name            string    // what a person is shown
	FileName        string    // as the sender wrote it, never a path to be trusted; "" in the list of an archived form task
	Type            string    // as the service spells it: application_pdf, binary_octet_stream ...
	Created         time.Time // zero when unreadable
	Encrypted       bool
	Reference       string // the sender's own name for it; "" in the list of an archived form task
	ReporteeElement int    // 0 in the list of an archived form task
}

// archiveLimit bounds the answer of GetArchivedFormTask, which holds the forms themselves: XML that people filled in.
const archiveLimit = 32 << 20

// GetArchivedFormTask tells what an archived form task holds. The attachments themselves are fetched one by one with
// [Client.Fetch].
func (c *Client) GetArchivedFormTask(ctx context.Context, element int) (*ArchivedFormTask, error) {
	const op = "GetArchivedFormTaskV2"
	if err := checkElement(op, element); err != nil {
		return nil, err
	}
	reply, err := c.calls.Call(ctx, op, binding.Request{
		Values:        binding.Values{"reporteeElementId": binding.Text(strconv.Itoa(element))},
		EnvelopeLimit: archiveLimit,
		ReadOnly:      true,
	})
	if err != nil {
		return nil, withReference(err, strconv.Itoa(element))
	}
	archived, err := result(reply.Envelope, namespaceArchive2010)
	if err != nil {
		return nil, unreadable(op, true, err)
	}
	task := readArchived(archived)
	if *archived.err != nil {
		return nil, unreadable(op, true, *archived.err)
	}
	return task, nil
}

func readArchived(m members) *ArchivedFormTask {
	task := &ArchivedFormTask{
		ReporteeElement: m.number("ReporteeElementID"),
		Reportee:        m.text("ssnOrgNumber"),
		ServiceOwner:    m.text("ServiceOwner"),
		ServiceCode:     m.text("ExternalServiceCode"),
		Edition:         m.number("ExternalServiceEditionCode"),
		Archived:        m.time("ArchivedDateTime"),
	}
	for form := range m.within("ArchivedFormList").items(namespaceArchive2009, "ArchivedFormBE") {
		task.Forms = append(task.Forms, ArchivedForm{
			ID: form.number("FormID"), Name: form.text("FormName"), DataFormat: form.text("DataFormatId"),
			Version: form.number("DataFormatVersion"), Data: form.text("FormDataXML"),
		})
	}
	for attachment := range m.within("ArchivedAttachmentList").items(namespaceArchive2010, "ArchivedAttachmentBEV2") {
		task.Attachments = append(task.Attachments, AttachmentInfo{
			ID: attachment.id("AttachmentID"), Name: attachment.text("AttachmentName"), Type: attachment.text("MimeTypeName"),
			Created: attachment.time("CreatedDateTime"), Encrypted: attachment.flag("IsEncrypted"),
		})
	}
	return task
}

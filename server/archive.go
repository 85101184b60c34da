package server

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strconv"
	"strings"

	"github.com/altinn-transfer/altinn-transfer/soap"
	"github.com/beevik/etree"
)

// archivedFormTask gives a form task that is archived: its forms, and what is known of its attachments.
func (x *exchange) archivedFormTask() (*reply, error) {
	x.about = x.text("reporteeElementId")
	e, err := x.visibleTask(x.about)
	if err != nil {
		return nil, err
	}
	if !e.record.Load().archived() {
		return nil, altinnFault(soap.CodeNotCompleted)
	}
	record, texts, err := x.server.formTasks.withForms(e)
	if err != nil {
		return nil, fmt.Errorf("open form task: %w", err)
	}
	return x.typed(func(result *etree.Element) { record.writeArchived(result, texts) })
}

// visibleTask is the form task with that number, once it is clear that the asker may see it.
func (x *exchange) visibleTask(number string) (*taskEntry, error) {
	id, err := strconv.ParseInt(number, 10, 32)
	if err != nil {
		return nil, unreadable(fmt.Errorf("%.20q is not the number of a reportee element", number))
	}
	e := x.server.formTasks.find(id)
	if e == nil || !x.mayAct(e.record.Load().Party) {
		return nil, altinnFault(soap.CodeNoAccess)
	}
	return e, nil
}

func (t *formTask) writeArchived(result *etree.Element, texts []string) {
	attachments := result.CreateElement("ArchivedAttachmentList")
	for _, a := range t.attached() {
		write(attachments.CreateElement("ArchivedAttachmentBEV2"),
			"AttachmentID", a.name(), "AttachmentName", a.title(), "CreatedDateTime", formatTime(a.At),
			"IsEncrypted", strconv.FormatBool(a.Encrypted), "MimeTypeName", a.mimeName())
	}
	forms := result.CreateElement("ArchivedFormList")
	for i, f := range t.Forms {
		write(forms.CreateElement("ArchivedFormBE"),
			"DataFormatId", f.Format, "DataFormatVersion", strconv.FormatInt(f.Version, 10), "FormDataXML", texts[i],
			"FormID", strconv.FormatInt(f.ID, 10), "ParentReference", strconv.FormatInt(f.Parent, 10))
	}
	write(result,
		"ArchivedDateTime", formatTime(t.Archived), "ExternalServiceCode", t.Service.Code,
		"ExternalServiceEditionCode", strconv.Itoa(t.Service.Edition), "LastChanged", formatTime(t.Changed),
		"ReporteeElementID", t.name(), "ssnOrgNumber", t.Party)
}

// title is what an attachment is called for people.
func (a attachment) title() string {
	if a.Name != "" {
		return a.Name
	}
	return a.FileName
}

// mimeNames are the service's own names of media types, by the extension of a file.
var mimeNames = map[string]string{
	".pdf": "application_pdf", ".doc": "application_msword", ".xls": "application_vnd_ms_excel",
	".odt": "application_vnd_oasis_opendocument_text", ".odp": "application_vnd_oasis_opendocument_presentation",
	".ods": "application_vnd_oasis_opendocument_spreadsheet", ".rtf": "application_rtf", ".ppt": "application_vnd_ms_powerpoint",
	".ps": "application_postscript", ".zip": "application_zip", ".txt": "text_plain", ".html": "text_html", ".xml": "text_xml",
	".jpg": "image_jpeg", ".jpeg": "image_jpeg", ".gif": "image_gif", ".bmp": "image_bmp",
}

func (a attachment) mimeName() string {
	if name, ok := mimeNames[strings.ToLower(path.Ext(a.FileName))]; ok {
		return name
	}
	return "binary_octet_stream"
}

// attachmentData streams an attachment.
func (x *exchange) attachmentData() (*reply, error) {
	record, file, err := x.visibleAttachment()
	if err != nil {
		return nil, err
	}
	wrapper := soap.NewElement(x.op.Namespace, x.op.ReplyWrapper())
	return &reply{body: wrapper, into: wrapper.CreateElement(x.op.ResultElement()), file: file, size: record.Size}, nil
}

// attachmentWithData gives an attachment in place, with all that is known of it. A large one is to be streamed.
func (x *exchange) attachmentWithData() (*reply, error) {
	record, file, err := x.visibleAttachment()
	if err != nil {
		return nil, err
	}
	if record.Size > attachmentPlain {
		fault := altinnFault(soap.CodeTooLarge)
		fault.Altinn.Localized = fmt.Sprintf("the attachment has %d bytes, and more than %d are given by GetAttachmentDataStreamed alone",
			record.Size, attachmentPlain)
		return nil, errors.Join(fault, file.Close())
	}
	r, err := x.typed(record.write)
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	result := r.body.ChildElements()[0]
	r.into = etree.NewElement("AttachmentData")
	result.InsertChildAt(0, r.into) // the first of the type's members
	r.into.CreateAttr("xmlns", x.op.Result.Name().Space)
	r.file, r.size = file, record.Size
	return r, nil
}

func (a attachment) write(result *etree.Element) {
	write(result,
		"AttachmentID", a.name(), "AttachmentName", a.title(), "AttachmentTypeID", a.mimeName(), "CreatedDateTime", formatTime(a.At),
		"FileName", a.FileName, "IsEncrypted", strconv.FormatBool(a.Encrypted),
		"ReporteeElementID", strconv.FormatInt(a.Element, 10), "SendersReference", a.Reference)
}

// visibleAttachment opens an attachment that the asker may see: whoever submitted it, and all who act for the party that it was
// submitted for.
func (x *exchange) visibleAttachment() (attachment, *os.File, error) {
	x.about = x.text("attachmentId")
	id, err := strconv.ParseInt(x.about, 10, 32)
	if err != nil {
		return attachment{}, nil, unreadable(fmt.Errorf("attachmentId %.20q is not a number", x.about))
	}
	record, file, err := x.server.attachments.open(id)
	if errors.Is(err, fs.ErrNotExist) {
		return record, nil, altinnFault(soap.CodeFileNotExist)
	}
	if err != nil {
		return record, nil, fmt.Errorf("open attachment: %w", err)
	}
	if record.User != x.user.Name && !x.mayActFor(record.Element) { // not theirs is not there
		return record, nil, errors.Join(altinnFault(soap.CodeFileNotExist), file.Close())
	}
	return record, file, nil
}

func (x *exchange) mayActFor(element int64) bool {
	e := x.server.formTasks.find(element)
	return e != nil && x.mayAct(e.record.Load().Party)
}

package archive

import (
	"context"
	"encoding/xml"
	"errors"
	"strconv"

	"github.com/altinn-transfer/altinn-transfer/binding"
	"github.com/altinn-transfer/altinn-transfer/failure"
)

const namespaceElements = "http://www.altinn.no/services/ServiceEngine/ReporteeElementList/2010/10"

// GetAttachment opens an attachment of an archived form task by its id, streamed as an MTOM part. Altinn wants it for
// attachments above 30 MB.
func (c *Client) GetAttachment(ctx context.Context, id int) (*Download, error) {
	reply, err := c.calls.Call(ctx, "GetAttachmentDataStreamed", attachmentRequest(id))
	if err != nil {
		return nil, withReference(err, strconv.Itoa(id))
	}
	return reply.Payload, nil
}

// GetAttachmentData opens an attachment of an archived form task by its id, for one of up to 30 MB. It stands in the answer as
// base64, and is decoded as it comes. Behind its end, [InfoOf] has what the service told of it.
func (c *Client) GetAttachmentData(ctx context.Context, id int) (*Download, error) {
	request := attachmentRequest(id)
	request.Stream = xml.Name{Space: namespaceElements, Local: "AttachmentData"}
	reply, err := c.calls.Call(ctx, "GetAttachmentDataV2", request)
	if err != nil {
		return nil, withReference(err, strconv.Itoa(id))
	}
	return reply.Payload, nil
}

func attachmentRequest(id int) binding.Request {
	return binding.Request{Values: binding.Values{"attachmentId": binding.Text(strconv.Itoa(id))}, ReadOnly: true}
}

// InfoOf is what the service told of an attachment that [Client.GetAttachmentData] opened and that was read to its end: it
// stands behind the data. The zero value for one that was streamed, of which nothing is told.
func InfoOf(file *Download) (AttachmentInfo, error) {
	const op = "GetAttachmentDataV2"
	envelope, err := file.Envelope()
	if err != nil {
		return AttachmentInfo{}, unreadable(op, true, err)
	}
	m, err := result(envelope, namespaceElements)
	if err != nil {
		return AttachmentInfo{}, unreadable(op, true, err)
	}
	info := AttachmentInfo{
		ID: m.number("AttachmentID"), Name: m.text("AttachmentName"), FileName: m.text("FileName"), Type: m.text("AttachmentTypeID"),
		Created: m.time("CreatedDateTime"), Encrypted: m.flag("IsEncrypted"), Reference: m.text("SendersReference"),
		ReporteeElement: m.number("ReporteeElementID"),
	}
	if *m.err != nil {
		return AttachmentInfo{}, unreadable(op, true, *m.err)
	}
	return info, nil
}

// Fetch opens an attachment of any size. The archive does not tell sizes, so it is asked for with [Client.GetAttachmentData]
// first, and, when the service says that it is too large for that or refuses without a reason that is known, with
// [Client.GetAttachment]. No login that was refused is tried twice.
func (c *Client) Fetch(ctx context.Context, id int) (*Download, error) {
	file, err := c.GetAttachmentData(ctx, id)
	if errors.Is(err, failure.TooLarge) || errors.Is(err, failure.Refused) {
		return c.GetAttachment(ctx, id)
	}
	return file, err
}

// Package archive is Altinn's form tasks and attachments, from the first call to the archive; one method per operation.
//
// A form task is submitted with [Client.SubmitFormTask], its attachments are streamed onto it with [Client.SubmitAttachment], and
// [Client.CompleteAndSignShipment] sends it to the archive. There [Client.GetArchivedFormTask] lists it, and [Client.Fetch] opens
// its attachments.
package archive

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/altinn-transfer/altinn-transfer/binding"
	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/soap"
	"github.com/altinn-transfer/altinn-transfer/stream"
)

// Options of a [Client]; the zero value is good.
type Options = binding.Options

// Receipt is the service's answer to a submitted attachment.
type Receipt = binding.Receipt

// User is a person's own login, beside the system's; see [binding.User].
type User = binding.User

// Download is an attachment on its way here. Its Read gives io.EOF only when the whole message has come and was found good.
// It must be closed.
type Download = soap.Payload

// Client is one user at one service. It is safe for concurrent use.
type Client struct{ calls *binding.Client }

// New makes a client; it does no I/O. base is the service's address ("https://host"); see [binding.New].
func New(base string, credentials binding.Credentials, o *Options) (*Client, error) {
	calls, err := binding.New(base, credentials, o)
	if err != nil {
		return nil, err
	}
	return &Client{calls: calls}, nil
}

// Close ends the sessions of the EC2 binding and gives idle connections back; it is the last call.
func (c *Client) Close() { c.calls.Close() }

// Attachment says where a submitted attachment belongs. Empty members are sent as null.
type Attachment struct {
	ReporteeElement int    // the WorkFlowReference in the receipt of the form task; required
	FileName        string // "": the source's name; without ':' and '\'
	Name            string // what a person is shown; "": FileName
	Type            string // the attachment type of a service with attachment rules
	Reference       string // the sender's own name for it
	CheckSum        string // algorithm and form are not documented
	User            User   // the person on whose behalf, where the service asks for one
}

// SubmitAttachment streams one attachment onto a form task that was instantiated and is not yet complete. progress hears how
// many bytes the transport took; nil for nobody.
func (c *Client) SubmitAttachment(ctx context.Context, a Attachment, file stream.Source, progress func(sent int64)) (*Receipt, error) {
	const op = "SubmitAttachmentStreamed"
	a.FileName = cmp.Or(a.FileName, file.Name())
	a.Name = cmp.Or(a.Name, a.FileName)
	if err := a.check(op); err != nil {
		return nil, err
	}
	reply, err := c.calls.Call(ctx, op, binding.Request{Values: a.values(), User: a.User, Source: file, Progress: progress})
	if err != nil {
		return nil, err
	}
	receipt := binding.ReadReceipt(reply)
	if !receipt.OK() {
		return receipt, &failure.Error{
			Op: op, Kind: failure.Refused, Sent: reply.Sent,
			Err: fmt.Errorf("receipt %d says %s: %s", receipt.ID, receipt.Status, receipt.Text),
		}
	}
	return receipt, nil
}

// check finds what the service would refuse when everything had been sent.
func (a Attachment) check(op string) error {
	if strings.ContainsAny(a.FileName, `:\`) {
		return usage(op, `the file name %q holds ':' or '\'`, a.FileName)
	}
	return checkElement(op, a.ReporteeElement)
}

func (a Attachment) values() binding.Values {
	values := binding.Values{"ReporteeElementId": binding.Text(strconv.Itoa(a.ReporteeElement))}
	for name, text := range map[string]string{
		"AttachmentTypeName":     a.Type,
		"CheckSum":               a.CheckSum,
		"EndUserSystemreference": a.Reference, // the contract's own spelling
		"FileName":               a.FileName,
		"Name":                   a.Name,
	} {
		if text != "" {
			values[name] = binding.Text(text)
		}
	}
	return values
}

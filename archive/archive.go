// Package archive is Altinn's attachments: submitted with a form task, fetched from the archive; one method per operation.
package archive

import (
	"context"
	"fmt"
	"strconv"

	"github.com/altinn-transfer/altinn-transfer/binding"
	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/soap"
	"github.com/altinn-transfer/altinn-transfer/stream"
)

// Options of a [Client]; the zero value is good.
type Options = soap.Options

// Receipt is the service's answer to a submitted attachment.
type Receipt = binding.Receipt

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

// Close gives idle connections back.
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

// User is a person's own login, beside the system's.
type User struct {
	SSN      string
	Password binding.Secret
}

// SubmitAttachment streams one attachment onto a form task that was instantiated and is not yet complete. progress hears how
// many bytes the transport took; nil for nobody.
func (c *Client) SubmitAttachment(ctx context.Context, a Attachment, file stream.Source, progress func(sent int64)) (*Receipt, error) {
	const op = "SubmitAttachmentStreamed"
	values, err := a.values(ctx, file)
	if err != nil {
		return nil, &failure.Error{Op: op, Kind: failure.Usage, Err: err}
	}
	reply, err := c.calls.Call(ctx, op, binding.Request{Values: values, Source: file, Progress: progress})
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

func (a Attachment) values(ctx context.Context, file stream.Source) (binding.Values, error) {
	if a.FileName == "" {
		a.FileName = file.Name()
	}
	if a.Name == "" {
		a.Name = a.FileName
	}
	values := binding.Values{"ReporteeElementId": binding.Text(strconv.Itoa(a.ReporteeElement))}
	for name, text := range map[string]string{
		"AttachmentTypeName":     a.Type,
		"CheckSum":               a.CheckSum,
		"EndUserSystemreference": a.Reference, // the contract's own spelling
		"FileName":               a.FileName,
		"Name":                   a.Name,
		"userSSN":                a.User.SSN,
	} {
		if text != "" {
			values[name] = binding.Text(text)
		}
	}
	if a.User.Password != nil {
		password, err := a.User.Password(ctx)
		if err != nil {
			return nil, fmt.Errorf("read the user's password: %w", err)
		}
		values["userPassword"] = binding.Text(password)
	}
	return values, nil
}

// GetAttachment opens an attachment of an archived form task by its id. Altinn wants it for attachments above 30 MB.
func (c *Client) GetAttachment(ctx context.Context, id int) (*Download, error) {
	reply, err := c.calls.Call(ctx, "GetAttachmentDataStreamed", binding.Request{
		Values:   binding.Values{"attachmentId": binding.Text(strconv.Itoa(id))},
		ReadOnly: true,
	})
	if err != nil {
		return nil, err
	}
	return reply.Payload, nil
}

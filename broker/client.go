// Package broker is Altinn's broker service (formidling): one method per operation, nothing tried twice.
//
// A file is sent in two calls, [Client.Initiate] and [Client.Upload], and taken in three: [Client.Available],
// [Client.Download], and [Client.Confirm] when it is stored. Whole jobs are package transfer's.
package broker

import (
	"context"
	"fmt"
	"strings"

	"github.com/altinn-transfer/altinn-transfer/binding"
	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/soap"
	"github.com/altinn-transfer/altinn-transfer/stream"
)

// Options of a [Client]; the zero value is good.
type Options = binding.Options

// Receipt is the service's answer to an upload.
type Receipt = binding.Receipt

// Party is an organisation number (9 digits) or a national identity number (11 digits).
type Party string

// Reference is the GUID that [Client.Initiate] gives. The file uploaded on it is listed and fetched under the same one.
type Reference string

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

// Initiate announces a shipment and gets the reference to upload its file on. Codes, sender and recipients are checked by
// the service here. Repeating it is harmless: a reference without a file expires.
func (c *Client) Initiate(ctx context.Context, m Manifest) (Reference, error) {
	reply, err := c.calls.Call(ctx, "InitiateBrokerService", binding.Request{
		Values: binding.Values{"brokerServiceInitiation": m.fill},
	})
	if err != nil {
		return "", err
	}
	reference := result(reply)
	if reference == "" {
		return "", unreadable("InitiateBrokerService", fmt.Errorf("the answer holds no reference"))
	}
	return Reference(reference), nil
}

// UploadOptions of [Client.Upload]; nil is good.
type UploadOptions struct {
	FileName string           // "": the source's name
	Progress func(sent int64) // hears how many bytes the transport took, at most every 100 ms and at the end; nil: nobody does
}

// Upload streams the one file of a shipment onto its reference, sender being the party that initiated it. It is whole or
// not at all, and cannot be resumed; after an error with Ambiguous set, the same reference may be used again: the fault
// [failure.AlreadyUploaded] then says that the first upload stands.
func (c *Client) Upload(ctx context.Context, r Reference, sender Party, file stream.Source, o *UploadOptions) (*Receipt, error) {
	var options UploadOptions
	if o != nil {
		options = *o
	}
	if options.FileName == "" {
		options.FileName = file.Name()
	}
	reply, err := c.calls.Call(ctx, "UploadFileStreamed", binding.Request{
		Values: binding.Values{
			"FileName":  binding.Text(options.FileName),
			"Reference": binding.Text(string(r)),
			"Reportee":  binding.Text(string(sender)),
		},
		Source:   file,
		Progress: options.Progress,
	})
	if err != nil {
		return nil, withReference(err, r)
	}
	return accepted(reply, r)
}

// accepted makes an error of a receipt that says no.
func accepted(reply *soap.Reply, r Reference) (*Receipt, error) {
	receipt := binding.ReadReceipt(reply)
	if !receipt.OK() {
		return receipt, &failure.Error{
			Op: "UploadFileStreamed", Kind: failure.Refused, Reference: string(r), Sent: reply.Sent,
			Err: fmt.Errorf("receipt %d says %s: %s", receipt.ID, receipt.Status, receipt.Text),
		}
	}
	return receipt, nil
}

// Confirm tells the service that recipient has stored the file. When every recipient has, the service may delete it: call it
// last. Repeating it is harmless.
func (c *Client) Confirm(ctx context.Context, r Reference, recipient Party) error {
	_, err := c.calls.Call(ctx, "ConfirmDownloaded", binding.Request{Values: fileValues(r, recipient)})
	return withReference(err, r)
}

func fileValues(r Reference, recipient Party) binding.Values {
	return binding.Values{
		"fileReference": binding.Text(string(r)),
		"reportee":      binding.Text(string(recipient)),
	}
}

// result is the text of an operation's one result element.
func result(reply *soap.Reply) string {
	for _, el := range reply.Envelope.Body.ChildElements() {
		return soap.Content(el)
	}
	return ""
}

// withReference adds the handle to go on with.
func withReference(err error, r Reference) error {
	if e, ok := err.(*failure.Error); ok {
		e.Reference = strings.ToLower(string(r))
	}
	return err
}

func unreadable(op string, err error) error {
	return &failure.Error{Op: op, Kind: failure.Protocol, Err: err}
}

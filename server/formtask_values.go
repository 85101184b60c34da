package server

import (
	"errors"
	"fmt"
	"io"

	"github.com/altinn-transfer/altinn-transfer/soap"
)

// values are the attachments that stand in a message, by the order of their elements.
type values struct {
	arrivals []*arrival
	places   map[int]*arrival
}

func (v *values) discard() {
	for _, a := range v.arrivals {
		a.file.Discard()
	}
}

// valuesMost bounds the attachments in one message: each has a file open until the message has come.
const valuesMost = 50

// receiveValues stores the attachments of a message as they come, up to its end, and reads the rest of the envelope. What it
// gives is to be discarded, also beside an error.
func (x *exchange) receiveValues() (*values, error) {
	all := &values{places: map[int]*arrival{}}
	left := int64(attachmentPlain)
	for {
		payload, err := x.decoder.Next()
		if errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			return all, x.readRest()
		}
		if err != nil {
			return all, unreadable(err)
		}
		if payload.Element.Local != valueElement || payload.Element.Space != x.op.Namespace {
			return all, unreadable(fmt.Errorf("%.80q holds a file, instead of %s", payload.Element.Local, valueElement))
		}
		if len(all.arrivals) == valuesMost {
			return all, unreadable(fmt.Errorf("more than %d attachments stand in the message; others can be streamed", valuesMost))
		}
		in, err := x.server.attachments.begin(attachment{User: x.user.Name, Shipped: true})
		if err != nil {
			return all, fmt.Errorf("store attachment: %w", err)
		}
		all.arrivals = append(all.arrivals, in)
		all.places[payload.Index] = in
		came, err := copyTo(in.file, payload, left)
		if err != nil {
			return all, err
		}
		if came.size == 0 {
			return all, altinnFault(soap.CodeNoData)
		}
		left -= came.size
		in.came(came)
	}
}

// readRest reads the envelope again when all of it has come.
func (x *exchange) readRest() error {
	root, err := x.decoder.Root()
	if err != nil {
		return unreadable(err)
	}
	if x.envelope, err = soap.ParseEnvelope(root); err != nil {
		return unreadable(err)
	}
	return nil
}

// describeValues says of each attachment what the shipment says, and checks it.
func (x *exchange) describeValues(v *values, shipment data, service Service) ([]attachment, error) {
	var all []attachment
	described := 0
	for _, el := range shipment.member("Attachments").items("Attachment") {
		in := v.places[described]
		if in == nil || el.member(valueElement).el == nil {
			return nil, altinnFault(soap.CodeNoData)
		}
		described++
		in.FileName, in.Name, in.Type = el.text("FileName"), el.text("Name"), el.text("AttachmentTypeName")
		in.Reference, in.Encrypted = el.text("EndUserSystemReference"), isTrue(el.text("Encrypted"))
		limit, err := x.server.attachmentLimit(in.attachment, service)
		if err != nil {
			return nil, err
		}
		if limit >= 0 && in.Size > limit {
			return nil, altinnFault(soap.CodeTooLarge)
		}
		all = append(all, in.attachment)
	}
	if described != len(v.arrivals) {
		return nil, unreadable(fmt.Errorf("%d files stand outside of an Attachment", len(v.arrivals)-described))
	}
	return all, x.server.mayAttach(service, nil, all...)
}

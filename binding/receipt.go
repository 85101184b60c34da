package binding

import (
	"strconv"

	"github.com/altinn-transfer/altinn-transfer/soap"
)

// Receipt is what a service answers to a streamed upload (ReceiptExternalStreamedBE).
type Receipt struct {
	ID          int    // 0 from a service that keeps no receipts
	ParentID    int    // 0: none
	Status      string // OK, UnExpectedError, ValidationFailed or Rejected
	Type        string // BrokerService, FormTask ...
	Text        string
	History     string
	LastChanged string // as the service writes it; seen as "08.05.2024 13:29:28", without a zone
}

// OK reports whether the service accepted the upload.
func (r *Receipt) OK() bool { return r.Status == "OK" || r.Status == "" }

// ReadReceipt reads a receipt from an answer. Every member may be missing.
func ReadReceipt(reply *soap.Reply) *Receipt {
	body := reply.Envelope.Body
	text := func(name string) string { return reply.Redact(soap.Text(body, body.NamespaceURI(), name)) }
	number := func(name string) int {
		n, err := strconv.Atoi(text(name))
		if err != nil {
			return 0
		}
		return n
	}
	return &Receipt{
		ID:          number("ReceiptId"),
		ParentID:    number("ParentReceiptId"),
		Status:      text("ReceiptStatusCode"),
		Type:        text("ReceiptTypeName"),
		Text:        text("ReceiptText"),
		History:     text("ReceiptHistory"),
		LastChanged: text("LastChanged"),
	}
}

package server

import (
	"strconv"
	"time"

	"github.com/altinn-transfer/altinn-transfer/schema"
	"github.com/altinn-transfer/altinn-transfer/soap"
	"github.com/beevik/etree"
)

// receipt is what a streamed upload is answered with.
type receipt struct {
	id       int64
	parent   int64
	typeName string
	text     string
	at       time.Time
}

// receipt writes all seven members, in the contract's order: there are clients that miss any of them.
func (x *exchange) receipt(r receipt) *etree.Element {
	el := soap.NewElement(x.op.Namespace, x.op.ReplyWrapper())
	member := func(name, text string) { el.CreateElement(name).SetText(text) }
	member("LastChanged", r.at.In(schema.Norway()).Format("02.01.2006 15:04:05")) // a string, in this form on the wire
	member("ParentReceiptId", strconv.FormatInt(r.parent, 10))
	soap.SetNil(el.CreateElement("ReceiptHistory"))
	member("ReceiptId", strconv.FormatInt(r.id, 10))
	member("ReceiptStatusCode", "OK")
	member("ReceiptText", r.text)
	member("ReceiptTypeName", r.typeName)
	return el
}

// formatTime writes a time as the service does: local, without a zone, to the millisecond.
func formatTime(t time.Time) string { return t.In(schema.Norway()).Format("2006-01-02T15:04:05.000") }

// parseTime reads a time of a client; the zero time for none.
func parseTime(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	return schema.ParseTime(text)
}

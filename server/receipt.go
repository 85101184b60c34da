package server

import (
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/altinn-transfer/altinn-transfer/soap"
	"github.com/beevik/etree"
)

// receipt is what a streamed upload is answered with.
type receipt struct {
	id       int64
	typeName string
	text     string
	at       time.Time
}

// receipt writes all seven members, in the contract's order: there are clients that miss any of them.
func (x *exchange) receipt(r receipt) *etree.Element {
	el := soap.NewElement(x.op.Namespace, x.op.ReplyWrapper())
	member := func(name, text string) { el.CreateElement(name).SetText(text) }
	member("LastChanged", r.at.In(norway()).Format("02.01.2006 15:04:05")) // a string, in this form on the wire
	member("ParentReceiptId", "0")
	soap.SetNil(el.CreateElement("ReceiptHistory"))
	member("ReceiptId", strconv.FormatInt(r.id, 10))
	member("ReceiptStatusCode", "OK")
	member("ReceiptText", r.text)
	member("ReceiptTypeName", r.typeName)
	return el
}

// norway is the zone that the service's times are in; UTC+1 on a machine without a zone database. It is looked up once: each
// look reads a file, and a list has a time for every line.
var norway = sync.OnceValue(func() *time.Location {
	if zone, err := time.LoadLocation("Europe/Oslo"); err == nil {
		return zone
	}
	return time.FixedZone("CET", 60*60)
})

// formatTime writes a time as the service does: local, without a zone, to the millisecond.
func formatTime(t time.Time) string { return t.In(norway()).Format("2006-01-02T15:04:05.000") }

// parseTime reads a time of a client: with an offset or local, or a plain date; the zero time for none.
func parseTime(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02"} {
		if t, err := time.ParseInLocation(layout, s, norway()); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("%.40q is not a time", s)
}

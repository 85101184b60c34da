package security

import (
	"fmt"
	"time"

	"github.com/beevik/etree"
)

// validity is how long a message says that it is good for, as WCF's do; a receiver allows for clocks beside it.
const validity = 5 * time.Minute

const timestampID = "_0"

const timeForm = "2006-01-02T15:04:05.000Z"

func formatTime(t time.Time) string { return t.UTC().Format(timeForm) }

func timestamp(created time.Time) *etree.Element {
	el := block("u", nsUtility, "Timestamp")
	el.CreateAttr("u:Id", timestampID)
	el.CreateElement("u:Created").SetText(formatTime(created))
	el.CreateElement("u:Expires").SetText(formatTime(created.Add(validity)))
	return el
}

// fresh checks the times of a Timestamp, or of a UsernameToken that has its own Created, which may be no older than age.
func (c *Checker) fresh(el *etree.Element, age time.Duration) error {
	now := c.now()
	for _, part := range []struct {
		name  string
		check func(time.Time) bool
	}{
		{"Created", func(t time.Time) bool { return t.Before(now.Add(skew)) && t.After(now.Add(-age)) }},
		{"Expires", func(t time.Time) bool { return t.After(now.Add(-skew)) }},
	} {
		found := children(el, nsUtility, part.name)
		if len(found) == 0 {
			continue
		}
		at, err := time.Parse(time.RFC3339Nano, content(found[0]))
		if err != nil || len(found) > 1 {
			return invalid("%s of the %s is no single time", part.name, el.Tag)
		}
		if !part.check(at) {
			return stale(part.name, at, now)
		}
	}
	return nil
}

// stale names both clocks, because one of them is wrong.
func stale(what string, at, now time.Time) error {
	return &Error{Subcode: subcode("MessageExpired"), Reason: fmt.Sprintf(
		"the message is not fresh: it says %s %s, and the clock here says %s; check the sender's clock", what, formatTime(at), formatTime(now))}
}

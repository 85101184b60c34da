package security

import (
	"crypto/rand"
	"fmt"
	"strings"
	"time"

	"github.com/beevik/etree"
)

// The actions of a session's beginning, and of an answer that is a fault from below the service.
const (
	ActionRequestToken = nsTrust + "/RST/SCT"
	ActionTokenIssued  = nsTrust + "/RSTR/SCT"
	ActionFault        = nsAddressing + "/soap/fault"
)

// Message is a request as its headers name it.
type Message struct {
	Action string    // wsa:Action
	To     string    // wsa:To: the address that it is posted to
	ID     string    // wsa:MessageID; "": a new one
	Now    time.Time // when it is sent; zero: now
}

// NewMessageID makes the id of a message (wsa:MessageID).
func NewMessageID() string { return "urn:uuid:" + NewGUID() }

// NewGUID makes a random GUID (RFC 9562, version 4), in lower case and without braces.
func NewGUID() string {
	var b [16]byte
	rand.Read(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

func (m Message) complete() Message {
	if m.ID == "" {
		m.ID = NewMessageID()
	}
	if m.Now.IsZero() {
		m.Now = time.Now()
	}
	return m
}

// addressing are the blocks of WS-Addressing 1.0, the recipient's last.
func (m Message) addressing() []*etree.Element {
	replyTo := block("a", nsAddressing, "ReplyTo")
	replyTo.CreateElement("a:Address").SetText(anonymous)
	return []*etree.Element{
		mustUnderstand(textBlock("a", nsAddressing, "Action", m.Action)),
		textBlock("a", nsAddressing, "MessageID", m.ID),
		replyTo,
		mustUnderstand(textBlock("a", nsAddressing, "To", m.To)),
	}
}

// securityBlock makes the block that everything else stands in.
func securityBlock(children ...*etree.Element) *etree.Element {
	el := mustUnderstand(block("o", nsSecurity, "Security"))
	for _, c := range children {
		el.AddChild(c)
	}
	return el
}

// Reply is the header of an answer in WS or EC2, as the recorded ones have it: Action, RelatesTo and, unless it is a fault from
// below the service ([ActionFault]), a Timestamp. relatesTo is the request's MessageID, "" when it had none.
func Reply(action, relatesTo string, now time.Time) []*etree.Element {
	header := []*etree.Element{mustUnderstand(textBlock("a", nsAddressing, "Action", action))}
	if relatesTo != "" {
		header = append(header, textBlock("a", nsAddressing, "RelatesTo", relatesTo))
	}
	if action != ActionFault {
		header = append(header, securityBlock(timestamp(now)))
	}
	return header
}

// Address is what WS-Addressing says in a message; members are "" where it says nothing.
type Address struct{ Action, MessageID, To, RelatesTo string }

// ReadAddress reads the WS-Addressing blocks of a message. A block that is there more than once says nothing.
func ReadAddress(header []*etree.Element) Address {
	return Address{
		Action: addressed(header, "Action"), MessageID: addressed(header, "MessageID"),
		To: addressed(header, "To"), RelatesTo: addressed(header, "RelatesTo"),
	}
}

func addressed(header []*etree.Element, name string) string {
	if found := named(header, nsAddressing, name); len(found) == 1 {
		return content(found[0])
	}
	return ""
}

// Understands reports whether this package reads a header block, so that mustUnderstand is no reason to refuse it.
func Understands(block *etree.Element) bool {
	switch block.NamespaceURI() {
	case nsAddressing:
		return true
	case nsSecurity:
		return block.Tag == "Security"
	}
	return false
}

// content is all text of an element, without blanks at its ends.
func content(el *etree.Element) string { return strings.TrimSpace(verbatim(el)) }

// verbatim is all text of an element. Comments inside do not cut it short.
func verbatim(el *etree.Element) string {
	if el == nil {
		return ""
	}
	var b strings.Builder
	for _, token := range el.Child {
		if text, ok := token.(*etree.CharData); ok {
			b.WriteString(text.Data)
		}
	}
	return b.String()
}

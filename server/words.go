package server

import (
	"fmt"
	"strings"
	"time"

	"github.com/altinn-transfer/altinn-transfer/schema"
)

// words are what a receipt says, and what it said before. They stand in the record of what it is a receipt for.
type words struct {
	Status  string
	Text    string
	History string `json:",omitempty"` // a line for each earlier text, the newest first
	Changed time.Time
}

// statusOK is what a receipt says while nobody has said otherwise.
const statusOK = "OK"

// Texts of receipts, in the words of the documentation and of recorded answers where these have any.
const (
	textAvailable    = "A file has been made available for download."
	textDownloaded   = "File has been downloaded by the recipient."
	textInstantiated = "FormTaskShipment Data is sent to FormTask for Instantiating"
	textSent         = "SignAndSend Completed Successfully"
	textExists       = "Shipment Already Exists"
	textAttached     = "Attachment received"
	textUpdated      = "Form data updated"
)

func say(text string, at time.Time) words { return words{Status: statusOK, Text: text, Changed: at} }

// historyMost bounds the earlier texts of a receipt, each of maxText at most. The oldest make room.
const historyMost = 50

// then is what a receipt says next; what it said goes to the top of its history.
func (w words) then(status, text string, at time.Time) words {
	lines := append([]string{w.line()}, w.lines()...)
	lines = lines[:min(len(lines), historyMost)]
	return words{Status: status, Text: text, History: strings.Join(lines, "\n"), Changed: at}
}

func (w words) lines() []string {
	if w.History == "" {
		return nil
	}
	return strings.Split(w.History, "\n")
}

// line is the form that was seen, which is how SQL Server writes a time: "Feb  1 2021 12:03AM - OK - ...".
func (w words) line() string {
	at := w.Changed.In(schema.Norway())
	text := strings.Join(strings.Fields(w.Text), " ") // a text of several lines is one of the history
	return fmt.Sprintf("%s%7s - %s - %s", at.Format("Jan _2 2006 "), at.Format("3:04PM"), w.Status, text)
}

package main

import (
	"cmp"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/altinn-transfer/altinn-transfer/archive"
)

// settleReceipt shows the receipt of a call, also one that says no, and gives the error of the call.
func (a *app) settleReceipt(receipt *archive.ReceiptTree, err error) error {
	if receipt == nil {
		return err
	}
	if a.json {
		return cmp.Or(err, a.events.write(newReceiptEvent(receipt)))
	}
	return cmp.Or(err, orUnwritten(a.writeReceipt(receipt)))
}

func orUnwritten(err error) error {
	if err != nil {
		return unwritten(err)
	}
	return nil
}

// writeReceipt writes a line for each receipt of the tree, those below another moved in, and then one for each reference.
func (a *app) writeReceipt(receipt *archive.ReceiptTree) error {
	table := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "RECEIPT\tSTATUS\tTYPE\tCHANGED\tTEXT")
	writeReceiptLines(table, receipt, 0)
	if err := table.Flush(); err != nil {
		return err
	}
	for each := range receipt.All() {
		for _, reference := range each.References {
			fmt.Fprintf(table, "%s\t%s\n", visible(string(reference.Type)), visible(reference.Value))
		}
	}
	return table.Flush()
}

func writeReceiptLines(table *tabwriter.Writer, receipt *archive.ReceiptTree, level int) {
	shown := func(text string) string { return cmp.Or(visible(text), "-") }
	fmt.Fprintf(table, "%s%d\t%s\t%s\t%s\t%s\n", strings.Repeat("  ", level), receipt.ID, shown(receipt.Status), shown(receipt.Type),
		shown(receipt.LastChanged), shown(receipt.Text))
	for _, sub := range receipt.SubReceipts {
		writeReceiptLines(table, sub, level+1)
	}
}

// receiptEvent is a receipt that came, or was found.
type receiptEvent struct {
	eventHead
	Element int `json:"element,omitempty"` // of the form task, to go on with
	receiptNode
}

// receiptNode is a receipt with what hangs on it.
type receiptNode struct {
	ID         int              `json:"id"`
	ParentID   int              `json:"parent_id,omitempty"`
	Status     string           `json:"status,omitempty"`
	Type       string           `json:"type,omitempty"`
	Text       string           `json:"text,omitempty"`
	History    string           `json:"history,omitempty"`
	Changed    string           `json:"changed,omitempty"` // as the service writes it
	References []eventReference `json:"references,omitempty"`
	Receipts   []receiptNode    `json:"receipts,omitempty"` // those below it
}

type eventReference struct {
	Type  string `json:"type"`
	Value string `json:"value"`
}

func newReceiptEvent(receipt *archive.ReceiptTree) receiptEvent {
	return receiptEvent{head("receipt"), receipt.ReporteeElement(), newReceiptNode(receipt)}
}

func newReceiptNode(receipt *archive.ReceiptTree) receiptNode {
	node := receiptNode{
		ID: receipt.ID, ParentID: receipt.ParentID, Status: receipt.Status, Type: receipt.Type, Text: receipt.Text,
		History: receipt.History, Changed: receipt.LastChanged,
	}
	for _, reference := range receipt.References {
		node.References = append(node.References, eventReference{string(reference.Type), reference.Value})
	}
	for _, sub := range receipt.SubReceipts {
		node.Receipts = append(node.Receipts, newReceiptNode(sub))
	}
	return node
}

// waitEvent says how long processing takes just now.
type waitEvent struct {
	eventHead
	Minutes int `json:"minutes"`
}

// challengeEvent says that a person was sent a code.
type challengeEvent struct {
	eventHead
	Message   string `json:"message"`
	ValidFrom string `json:"valid_from,omitempty"` // UTC
	ValidTo   string `json:"valid_to,omitempty"`   // UTC
}

func newChallengeEvent(c *archive.Challenge) challengeEvent {
	return challengeEvent{head("challenge"), c.Message, eventTime(c.ValidFrom), eventTime(c.ValidTo)}
}

// eventTime is "" for the zero time.
func eventTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(timeFormat)
}

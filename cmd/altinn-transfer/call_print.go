package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/altinn-transfer/altinn-transfer/endpoint"
	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/schema"
	"github.com/altinn-transfer/altinn-transfer/soap"
	"github.com/beevik/etree"
)

// print prints the answer.
func (c *callCommand) print(op endpoint.Operation, reply *soap.Reply) error {
	body := reply.Envelope.Body
	redactAll(body, reply.Redact)
	switch {
	case c.app.json:
		return c.printJSON(op, body)
	case op.Result == "":
		return nil
	}
	bringPrefixes(body)
	document := etree.NewDocument()
	document.SetRoot(body)
	text, err := indented(document)
	if err != nil {
		return &failure.Error{Op: op.Base, Kind: failure.Protocol, Err: err}
	}
	return printText(c.app.out, hiddenAsReferences(text))
}

// redactAll takes secrets out that the service has echoed. It does so before anything is written, where a secret could have
// other forms, and a number could be one.
func redactAll(el *etree.Element, redact func(string) string) {
	for i := range el.Attr {
		el.Attr[i].Value = redact(el.Attr[i].Value)
	}
	for _, token := range el.Child {
		switch token := token.(type) {
		case *etree.CharData:
			token.SetData(redact(token.Data))
		case *etree.Element:
			redactAll(token, redact)
		}
	}
}

func (c *callCommand) printJSON(op endpoint.Operation, body *etree.Element) error {
	c.app.json = false // the value is all that is told on stdout
	var value any
	if result := body.SelectElement(op.ResultElement()); result != nil {
		value = schema.JSON(result, op.Result)
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(value); err != nil {
		return &failure.Error{Op: op.Base, Kind: failure.Protocol, Err: err}
	}
	return printText(c.app.out, escapeHidden(text.String()))
}

func indented(document *etree.Document) (string, error) {
	document.Indent(2)
	return document.WriteToString()
}

// hiddenAsReferences writes what a terminal could obey, or a reader could not see, as XML's own references.
func hiddenAsReferences(text string) string {
	if !strings.ContainsFunc(text, hidden) {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if r == '\n' || !hidden(r) {
			b.WriteRune(r)
			continue
		}
		fmt.Fprintf(&b, "&#x%X;", r)
	}
	return b.String()
}

func printText(w io.Writer, text string) error {
	_, err := io.WriteString(w, strings.TrimSpace(text)+"\n")
	return orUnwritten(err)
}

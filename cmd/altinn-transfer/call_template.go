package main

import (
	"strings"

	"github.com/altinn-transfer/altinn-transfer/endpoint"
	"github.com/altinn-transfer/altinn-transfer/schema"
	"github.com/beevik/etree"
)

// printRequestTemplate prints a request to fill in.
func (c *callCommand) printRequestTemplate(op endpoint.Operation) error {
	document := etree.NewDocument()
	document.SetRoot(schema.RequestTemplate(op))
	return c.printTemplate(document)
}

// printAnswerTemplate prints a file for serve --fixtures.
func (c *callCommand) printAnswerTemplate(op endpoint.Operation) error {
	document := etree.NewDocument()
	root := document.CreateElement("answers")
	root.CreateComment(" this file is " + op.Base + ".xml; the first answer that fits is given ")
	answer := root.CreateElement("answer")
	for _, p := range asked(op) {
		answer.CreateComment(` <when param="` + textWithin(p.Name, p.Type) + `" is="..."/> `)
	}
	answer.CreateComment(` or, instead of what follows: <fault code="30008"/> `)
	if op.Result != "" {
		schema.ResultTemplate(answer, op)
	}
	return c.printTemplate(document)
}

// textWithin is the path to the first text within a parameter.
func textWithin(path string, t endpoint.Type) string {
	for {
		row, _ := endpoint.LookupType(t)
		if len(row.Members) == 0 {
			return path
		}
		path, t = path+"."+row.Members[0].Name, row.Members[0].Type
	}
}

// templateWidth is where a long comment is broken, such as one that lists all that a text may be: before a terminal does.
const templateWidth = 78

func (c *callCommand) printTemplate(document *etree.Document) error {
	text, err := indented(document)
	if err != nil {
		return err
	}
	var b strings.Builder
	for line := range strings.Lines(text) {
		writeBroken(&b, line)
	}
	return printText(c.app.out, b.String())
}

// writeBroken writes a line of a template, broken between words where it is long. What is long is a comment.
func writeBroken(b *strings.Builder, line string) {
	words := strings.Fields(line)
	indent := line[:len(line)-len(strings.TrimLeft(line, " "))]
	width := len(indent)
	b.WriteString(indent)
	for i, word := range words {
		switch {
		case i == 0:
		case width+1+len(word) > templateWidth:
			b.WriteString("\n" + indent + "     ")
			width = len(indent) + len("     ")
		default:
			b.WriteByte(' ')
			width++
		}
		b.WriteString(word)
		width += len(word)
	}
	b.WriteByte('\n')
}

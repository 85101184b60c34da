package main

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

const (
	// helpColumns is the width of a help that goes to a file or a pipe, and the widest line of prose on a terminal has proseColumns.
	helpColumns  = 80
	proseColumns = 110
	// flagColumn is where the words about a flag begin.
	flagColumn = 30
	// narrowest is how wide the last column of a table is at least.
	narrowest = 16
)

// addHelp makes the help of a command and of all below it.
func (a *app) addHelp(root *cobra.Command) {
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) { io.WriteString(a.out, helpPage(cmd, a.helpColumns())) })
}

func (a *app) helpColumns() int {
	if columns := columnsOf(a.out); columns > 0 {
		return max(min(columns, proseColumns), 2*flagColumn)
	}
	return helpColumns
}

// helpPage is what a person reads of a command: prose, how it is called, what is below it, and its flags under headings.
func helpPage(cmd *cobra.Command, columns int) string {
	var b strings.Builder
	b.WriteString(prose(cmp.Or(cmd.Long, cmd.Short), columns))
	if cmd.Runnable() {
		b.WriteString("\nUsage:\n  " + wrapped(cmd.UseLine(), 2, "      ", columns))
	}
	if cmd.HasExample() {
		fmt.Fprintf(&b, "\nExamples:\n%s\n", strings.TrimRight(cmd.Example, "\n"))
	}
	for _, group := range commandGroups(cmd) {
		fmt.Fprintf(&b, "\n%s:\n", group.title)
		for _, below := range group.commands {
			b.WriteString(twoColumns("  "+below.Name(), below.Short, below.NamePadding()+4, columns))
		}
	}
	for _, group := range flagGroups(cmd) {
		fmt.Fprintf(&b, "\n%s:\n", group.title)
		for _, flag := range group.flags {
			left, words := flagText(flag)
			b.WriteString(twoColumns(left, words, flagColumn, columns))
		}
	}
	if cmd.HasAvailableSubCommands() {
		fmt.Fprintf(&b, "\n%s COMMAND --help tells more of a command.\n", cmd.CommandPath())
	}
	return b.String()
}

// twoColumns writes words in a column beside what they are about, or below it where that is too long.
func twoColumns(left, words string, column, columns int) string {
	indent := strings.Repeat(" ", column)
	if n := utf8.RuneCountInString(left); n+2 <= column {
		return left + indent[n:] + wrapped(words, column, indent, columns)
	}
	return left + "\n" + indent + wrapped(words, column, indent, columns)
}

// flagText is how a flag is written, and what is said of it with its default, in the words of pflag.
func flagText(flag *pflag.Flag) (left, words string) {
	alone := pflag.NewFlagSet("", pflag.ContinueOnError)
	alone.AddFlag(flag)
	line := strings.TrimRight(alone.FlagUsages(), "\n")
	begin := len(line) - len(strings.TrimLeft(line, " "))
	left, words, _ = strings.Cut(line[begin:], "   ")
	return line[:begin] + left, words
}

// prose breaks text into lines of so many columns. A line that begins with a space is a row of a table or an example: it stays
// one, and what it is too long for goes below its last column.
func prose(text string, columns int) string {
	var b, paragraph strings.Builder
	end := func() {
		if paragraph.Len() > 0 {
			b.WriteString(wrapped(paragraph.String(), 0, "", columns))
			paragraph.Reset()
		}
	}
	for line := range strings.Lines(strings.TrimSpace(text) + "\n") {
		line = strings.TrimRight(line, "\n")
		switch {
		case line == "":
			end()
			b.WriteByte('\n')
		case line[0] == ' ':
			end()
			b.WriteString(row(line, columns))
		default:
			paragraph.WriteString(line + "\n")
		}
	}
	end()
	return b.String()
}

// row is one row of a table. What follows a # is a comment in every line of it.
func row(line string, columns int) string {
	if utf8.RuneCountInString(line) <= columns {
		return line + "\n"
	}
	column, indent := strings.LastIndex(line[:min(len(line), columns-narrowest)], "  ")+2, ""
	if strings.HasPrefix(line[column:], "# ") {
		column, indent = column+2, "# "
	}
	indent = strings.Repeat(" ", column-len(indent)) + indent
	return line[:column] + wrapped(line[column:], column, indent, columns)
}

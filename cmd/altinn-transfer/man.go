package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/spf13/cobra"
)

func newManCommand(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:   "man DIR",
		Short: "Write the manual pages",
		Long:  `Writes a manual page for each command into a directory that is there, for man(1): altinn-transfer.1, altinn-transfer-send.1.`,
		Args:  cobra.ExactArgs(1),
		RunE:  func(_ *cobra.Command, args []string) error { return writeManPages(root, args[0]) },
	}
}

// writeManPages writes the page of a command and those of all below it.
func writeManPages(cmd *cobra.Command, dir string) error {
	path := filepath.Join(dir, manName(cmd)+".1")
	if err := os.WriteFile(path, []byte(manPage(cmd)), 0o644); err != nil {
		return &failure.Error{Op: "write the manual", Kind: failure.Disk, Err: err}
	}
	for _, below := range manCommands(cmd) {
		if err := writeManPages(below, dir); err != nil {
			return err
		}
	}
	return nil
}

// manCommands are the commands below one that have a page: all that a help shows.
func manCommands(cmd *cobra.Command) []*cobra.Command {
	var shown []*cobra.Command
	for _, below := range cmd.Commands() {
		if below.IsAvailableCommand() || below.IsAdditionalHelpTopicCommand() {
			shown = append(shown, below)
		}
	}
	return shown
}

func manName(cmd *cobra.Command) string { return strings.ReplaceAll(cmd.CommandPath(), " ", "-") }

// manPage is a page in the language of man(7), of what the help is made of.
func manPage(cmd *cobra.Command) string {
	var b strings.Builder
	fmt.Fprintf(&b, ".TH %q 1\n.SH NAME\n%s \\- %s\n", strings.ToUpper(manName(cmd)), roff(manName(cmd)), roff(cmd.Short))
	fmt.Fprintf(&b, ".SH SYNOPSIS\n%s\n", roff(cmd.UseLine()))
	proseSection(&b, cmd.Long)
	flagsSection(&b, flagGroups(cmd))
	if cmd.HasExample() {
		fmt.Fprintf(&b, ".SH EXAMPLES\n.nf\n%s\n.fi\n", roff(strings.TrimRight(cmd.Example, "\n")))
	}
	if cmd.HasParent() {
		fmt.Fprintf(&b, ".SH SEE ALSO\n%s(1)\n", roff(manName(cmd.Parent())))
	} else {
		b.WriteString(".SH SEE ALSO\n")
	}
	for _, below := range manCommands(cmd) {
		fmt.Fprintf(&b, ".br\n%s(1)\n", roff(manName(below)))
	}
	return b.String()
}

// proseSection lets man(1) break the lines of prose, and keeps the rows of a table or an example as they are.
func proseSection(b *strings.Builder, text string) {
	if text == "" {
		return
	}
	b.WriteString(".SH DESCRIPTION\n")
	rows := false
	for line := range strings.Lines(strings.TrimSpace(text) + "\n") {
		line = strings.TrimRight(line, "\n")
		switch isRow := strings.HasPrefix(line, " "); {
		case line == "" && !rows:
			b.WriteString(".PP\n")
			continue
		case line != "" && isRow && !rows:
			b.WriteString(".nf\n")
			rows = true
		case line != "" && !isRow && rows:
			b.WriteString(".fi\n.PP\n")
			rows = false
		}
		b.WriteString(roff(line) + "\n")
	}
	if rows {
		b.WriteString(".fi\n")
	}
}

func flagsSection(b *strings.Builder, groups []flagGroup) {
	b.WriteString(".SH OPTIONS\n")
	for _, group := range groups {
		if len(groups) > 1 {
			fmt.Fprintf(b, ".SS %s\n", group.title)
		}
		for _, flag := range group.flags {
			left, words := flagText(flag)
			fmt.Fprintf(b, ".TP\n%s\n%s\n", roff(strings.TrimSpace(left)), roff(words))
		}
	}
}

// roff is text of which no line is a request, and no character an escape.
func roff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`, "~", `\(ti`, "^", `\(ha`, "`", `\(ga`, "'", `\(aq`).Replace(text)
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, ".") {
			lines[i] = `\&` + line
		}
	}
	return strings.Join(lines, "\n")
}

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
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

// manPage is a page in the language of man(7). Prose stands as it does in the help, with its own line breaks.
func manPage(cmd *cobra.Command) string {
	var b strings.Builder
	fmt.Fprintf(&b, ".TH %q 1\n.SH NAME\n%s \\- %s\n", strings.ToUpper(manName(cmd)), roff(manName(cmd)), roff(cmd.Short))
	fmt.Fprintf(&b, ".SH SYNOPSIS\n%s\n", roff(cmd.UseLine()))
	section(&b, "DESCRIPTION", cmd.Long)
	flagsSection(&b, "OPTIONS", cmd.NonInheritedFlags())
	flagsSection(&b, "COMMON OPTIONS", cmd.InheritedFlags())
	section(&b, "EXAMPLES", cmd.Example)
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

func section(b *strings.Builder, title, text string) {
	if text != "" {
		fmt.Fprintf(b, ".SH %s\n.nf\n%s\n.fi\n", title, roff(strings.TrimRight(text, "\n")))
	}
}

func flagsSection(b *strings.Builder, title string, set *pflag.FlagSet) {
	if !set.HasAvailableFlags() {
		return
	}
	fmt.Fprintf(b, ".SH %s\n", title)
	set.VisitAll(func(flag *pflag.Flag) {
		if flag.Hidden {
			return
		}
		value, usage := pflag.UnquoteUsage(flag)
		name := "--" + flag.Name
		if flag.Shorthand != "" {
			name = "-" + flag.Shorthand + ", " + name
		}
		fmt.Fprintf(b, ".TP\n%s\n%s\n", roff(strings.TrimSpace(name+" "+value)), roff(usage))
	})
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

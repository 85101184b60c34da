package main

import (
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// heading is what flags or commands stand under, by their names and in their order.
type heading struct {
	title string
	names []string
}

// flagHeadings are for the flags of all commands. What none of them has is the command's own and comes first.
var flagHeadings = []heading{
	{"Files and shipments", []string{
		"to", "party", "service", "edition", "name", "reference",
		"files-from", "from0", "include", "exclude", "pack", "manifest", "segment", "size-limit", "stdin-command", "spool", "spool-dir",
		"out", "ignore-existing", "no-join", "no-confirm",
		"settle", "interval", "polling", "once", "sent", "failed",
	}},
	{serviceHeading, []string{
		"config", "profile", "endpoint", "binding", "user",
		"password-file", "password-env", "password-command", "password-keyring",
		"certificate",
		"certificate-password-file", "certificate-password-env", "certificate-password-command", "certificate-password-keyring",
		"client-certificate", "client-certificate-password-file", "client-certificate-password-env",
		"client-certificate-password-command", "client-certificate-password-keyring",
		"ca", "allow-plain-http", "no-login",
	}},
	{"Login of a person", []string{
		"person", "person-password-file", "person-password-env", "person-password-command", "person-password-keyring",
		"pin-method", "pin-file", "pin-env", "pin-command", "pin-keyring",
	}},
	{"Speed and retries", []string{
		"jobs", "limit", "stop-after", "attempts", "retry-max-wait", "retry-budget", "connect-timeout", "stall-timeout",
	}},
	{"Journal", []string{"journal", "again", "dry-run", "error-on-nothing"}},
	{"Output, log and metrics", []string{
		"progress", "json", "report", "metrics-addr", "metrics-textfile", "verbose", "log-level", "log-format", "log-file", "help",
	}},
}

// serviceHeading is for commands that call a service. The --config of another command is that command's own.
const serviceHeading = "Service and login"

type flagGroup struct {
	title string
	flags []*pflag.Flag
}

// flagGroups are the flags that a help shows, under their headings.
func flagGroups(cmd *cobra.Command) []flagGroup {
	cmd.InitDefaultHelpFlag()
	by := map[string][]*pflag.Flag{}
	cmd.LocalFlags() // which takes up what commands above have
	cmd.Flags().VisitAll(func(flag *pflag.Flag) {
		if !flag.Hidden {
			title := titleOf(cmd, flag)
			by[title] = append(by[title], flag)
		}
	})
	groups := []flagGroup{{"Flags", by[""]}}
	for _, h := range flagHeadings {
		slices.SortFunc(by[h.title], func(a, b *pflag.Flag) int { return slices.Index(h.names, a.Name) - slices.Index(h.names, b.Name) })
		groups = append(groups, flagGroup{h.title, by[h.title]})
	}
	return slices.DeleteFunc(groups, func(g flagGroup) bool { return len(g.flags) == 0 })
}

// titleOf is the heading of a flag, "" for one that is the command's own.
func titleOf(cmd *cobra.Command, flag *pflag.Flag) string {
	at := slices.IndexFunc(flagHeadings, func(h heading) bool { return slices.Contains(h.names, flag.Name) })
	if at < 0 || flagHeadings[at].title == serviceHeading && cmd.Flags().Lookup("profile") == nil {
		return ""
	}
	return flagHeadings[at].title
}

// commandHeadings are those that the commands stand under. What none of them has comes last.
var commandHeadings = []heading{
	{"Many files", []string{"send", "receive", "watch", "poll", "list", "confirm", "status"}},
	{"Single operations", []string{"upload", "download", "attachment", "shipment", "call"}},
	{"Setting up", []string{"doctor", "config", "secret", "completion", "man"}},
	{"Trying out", []string{"demo", "serve"}},
}

type commandGroup struct {
	title    string
	commands []*cobra.Command
}

// commandGroups are the commands below one that a help shows, under their headings where it is the first of all.
func commandGroups(cmd *cobra.Command) []commandGroup {
	rest := manCommands(cmd)
	if len(rest) == 0 {
		return nil
	}
	if cmd.HasParent() {
		return []commandGroup{{"Commands", rest}}
	}
	var groups []commandGroup
	for _, h := range commandHeadings {
		g := commandGroup{title: h.title}
		for _, name := range h.names {
			if i := slices.IndexFunc(rest, func(c *cobra.Command) bool { return c.Name() == name }); i >= 0 {
				g.commands = append(g.commands, rest[i])
				rest = slices.Delete(rest, i, i+1)
			}
		}
		groups = append(groups, g)
	}
	return append(groups, commandGroup{"Looking things up", rest})
}

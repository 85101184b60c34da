package main

import (
	"cmp"
	"fmt"
	"net/url"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

func newConfigCommand(a *app, root *cobra.Command) *cobra.Command {
	cmd := &cobra.Command{Use: "config", Short: "Show what a command would go by, and where it is from"}
	group(cmd)
	cmd.AddCommand(newConfigShowCommand(a, root), newConfigPathCommand(a))
	return cmd
}

func newConfigPathCommand(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "path",
		Short: "Tell where the configuration file is, or would be",
		Args:  cobra.NoArgs,
	}
	named := cmd.Flags().String("config", "", "configuration `file`")
	cmd.RunE = func(*cobra.Command, []string) error {
		path := cmp.Or(*named, a.env(envName("config")), configPath())
		if path == "" {
			return usageError("this user has no directory for configuration; use --config")
		}
		_, err := fmt.Fprintln(a.out, visible(path))
		return orUnwritten(err)
	}
	return cmd
}

// showConfig shows the common flags as they would be settled for a command.
type showConfig struct {
	app    *app
	root   *cobra.Command
	origin bool
}

func newConfigShowCommand(a *app, root *cobra.Command) *cobra.Command {
	s := &showConfig{app: a, root: root}
	cmd := &cobra.Command{
		Use:   "show [COMMAND]",
		Short: "Show the value of every common flag",
		Long: `Shows the value that every common flag has for a command, or for all of them, as it would stand in a profile. Any flag of
these commands can be given here, and counts as it does there. Of a password is shown where it would be looked for, never
what it is.`,
		Example: `  altinn-transfer config show --origin --profile nightly
  altinn-transfer config show send --origin --jobs 8`,
		RunE: func(cmd *cobra.Command, words []string) error { return s.run(cmd, words) },
	}
	cmd.Flags().BoolVar(&s.origin, "origin", false, "tell where each value is from")
	markOwn(cmd.Flags(), "origin")
	a.addJSONFlag(cmd.Flags())
	addEveryFlag(cmd.Flags(), root)
	return cmd
}

// addEveryFlag adds the flags of all commands that take a profile. They share their values: one command runs.
func addEveryFlag(flags *pflag.FlagSet, cmd *cobra.Command) {
	if cmd.LocalFlags().Lookup("profile") != nil {
		cmd.LocalFlags().VisitAll(func(flag *pflag.Flag) {
			if flags.Lookup(flag.Name) != nil || flag.Name == "help" || flag.Annotations[ownMeaning] != nil {
				return
			}
			same := *flag
			same.Hidden = true
			if same.Shorthand != "" && flags.ShorthandLookup(same.Shorthand) != nil {
				same.Shorthand = ""
			}
			flags.AddFlag(&same)
		})
	}
	for _, below := range cmd.Commands() {
		addEveryFlag(flags, below)
	}
}

func (s *showConfig) run(cmd *cobra.Command, words []string) error {
	takes := func(*pflag.Flag) bool { return true }
	if len(words) > 0 {
		of, rest, err := s.root.Find(words)
		if err != nil || len(rest) > 0 {
			return usageError("there is no command %q", strings.Join(words, " "))
		}
		takes = func(flag *pflag.Flag) bool {
			return of.Flags().Lookup(flag.Name) != nil || s.root.PersistentFlags().Lookup(flag.Name) != nil
		}
	}
	var flags []*pflag.Flag
	cmd.Flags().VisitAll(func(flag *pflag.Flag) {
		if isCommon(flag) && takes(flag) {
			flags = append(flags, flag)
		}
	})
	if s.app.json {
		return s.tellEvents(flags)
	}
	_, err := fmt.Fprint(s.app.out, s.text(flags))
	return orUnwritten(err)
}

// text is a table of a profile, with all else as comments.
func (s *showConfig) text(flags []*pflag.Flag) string {
	var b strings.Builder
	if p := s.app.profile; p.path != "" {
		fmt.Fprintf(&b, "# profile %s in %s\n", visible(p.name), visible(p.path))
	}
	var lines, from, without []string
	width := 0
	for _, flag := range flags {
		origin, given := s.app.origins[flag.Name]
		if flag.Value.String() == "" || !given && flag.DefValue == "[]" {
			without = append(without, flag.Name)
			continue
		}
		lines, from = append(lines, settingLine(flag)), append(from, origin.short())
		width = max(width, len(lines[len(lines)-1]))
	}
	for i, line := range lines {
		if s.origin {
			line = fmt.Sprintf("%-*s  # %s", min(width, 40), line, from[i])
		}
		fmt.Fprintln(&b, line)
	}
	if s.origin && len(without) > 0 {
		b.WriteString(wrapped("# not given: "+strings.Join(without, ", "), 0, "#   ", cmp.Or(columnsOf(s.app.out), helpColumns)))
	}
	return b.String()
}

// short is the origin beside a heading that names the profile.
func (o origin) short() string {
	if o.in == inProfile {
		return fmt.Sprintf("profile, line %d", o.line)
	}
	return visible(o.String())
}

// settingLine is a flag as a line of a profile.
func settingLine(flag *pflag.Flag) string {
	var value any = shownValue(flag)
	if list, ok := flag.Value.(pflag.SliceValue); ok {
		value = list.GetSlice()
	}
	switch flag.Value.Type() {
	case "bool", "int":
		return flag.Name + " = " + flag.Value.String()
	}
	line, err := toml.Marshal(map[string]any{flag.Name: value})
	if err != nil {
		return "# " + flag.Name
	}
	return visible(strings.TrimSpace(string(line)))
}

// shownValue is the value of a flag that may be shown: somebody may have written a password into an address.
func shownValue(flag *pflag.Flag) string {
	value := flag.Value.String()
	if flag.Name != "endpoint" || !strings.Contains(value, "@") {
		return value
	}
	if u, err := url.Parse(value); err == nil && u.Host != "" {
		return u.Scheme + "://...@" + u.Host + u.Path
	}
	return "..."
}

// settingEvent is the value of a common flag.
type settingEvent struct {
	eventHead
	Flag  string   `json:"flag"`
	Value string   `json:"value"`            // "" where none is given
	List  []string `json:"list,omitempty"`   // of a flag that takes several
	From  string   `json:"from"`             // default, flag, variable or profile
	Name  string   `json:"name,omitempty"`   // of the variable or the profile
	Path  string   `json:"path,omitempty"`   // of the profile's file
	Line  int      `json:"line,omitempty"`   // there
	Holds string   `json:"secret,omitempty"` // file, env, command or keyring: the value says where a secret is
}

func (s *showConfig) tellEvents(flags []*pflag.Flag) error {
	for _, flag := range flags {
		o, ok := s.app.origins[flag.Name]
		if !ok {
			o.in = byDefault
		}
		e := settingEvent{
			eventHead: head("setting"), Flag: flag.Name, Value: shownValue(flag), From: string(o.in), Name: o.name, Path: o.path, Line: o.line,
		}
		if list, ok := flag.Value.(pflag.SliceValue); ok {
			e.Value, e.List = "", list.GetSlice()
		}
		if isPasswordWay(flag.Name) && e.Value != "" {
			e.Holds = flag.Name[strings.LastIndexByte(flag.Name, '-')+1:]
		}
		if err := s.app.events.write(e); err != nil {
			return err
		}
	}
	return nil
}

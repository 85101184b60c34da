package main

import (
	"maps"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"
)

// completeCommon offers values for the common flags of a command and of those below it. It reads the configuration file at
// most, and calls nobody.
func (a *app) completeCommon(cmd *cobra.Command) {
	for flag, complete := range map[string]cobra.CompletionFunc{
		"profile": a.completeProfile,
		"binding": cobra.FixedCompletions([]cobra.Completion{"basic", "ws", "ec2"}, cobra.ShellCompDirectiveNoFileComp),
		"service": a.completeSetting("service"),
		"edition": a.completeSetting("edition"),
		"journal": a.completeJournal,
	} {
		if f := cmd.LocalFlags().Lookup(flag); f != nil && (f.Annotations[ownMeaning] == nil || flag == "binding") {
			cmd.RegisterFlagCompletionFunc(flag, complete)
		}
	}
	for _, below := range cmd.Commands() {
		a.completeCommon(below)
	}
}

// profilesOf reads the configuration file that the command line names, or the usual one. One that cannot be read holds none.
func (a *app) profilesOf(cmd *cobra.Command) map[string]profile {
	path := a.env(envName("config"))
	if flag := cmd.Flags().Lookup("config"); flag != nil && flag.Changed {
		path = flag.Value.String()
	}
	profiles, err := readConfig(path, profileKeys(cmd.Root()))
	if err != nil {
		return nil
	}
	return profiles
}

func (a *app) completeProfile(cmd *cobra.Command, _ []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return slices.Sorted(maps.Keys(a.profilesOf(cmd))), cobra.ShellCompDirectiveNoFileComp
}

// completeSetting offers what the profiles have for a flag.
func (a *app) completeSetting(flag string) cobra.CompletionFunc {
	return func(cmd *cobra.Command, _ []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
		known := map[string]bool{}
		for _, p := range a.profilesOf(cmd) {
			if s, ok := p.setting(flag); ok {
				known[s.values[0]] = true
			}
		}
		return slices.Sorted(maps.Keys(known)), cobra.ShellCompDirectiveNoFileComp
	}
}

// completeJournal offers the journals where they are by default, and leaves files to the shell when there are none.
func (a *app) completeJournal(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	dir, err := stateDir(a.env)
	if err != nil {
		return nil, cobra.ShellCompDirectiveDefault
	}
	journals, _ := filepath.Glob(filepath.Join(dir, "*.journal"))
	return journals, cobra.ShellCompDirectiveDefault
}

package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// A common flag can be given on the command line, as a variable and in a profile. Every flag of a command that takes a
// profile is one, save those of [onlyVariables] and those that are marked as [ownMeaning]; a new flag joins by being there.

// envName is the variable of a common flag.
func envName(flag string) string {
	return "ALTINN_TRANSFER_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

var (
	// onlyVariables are the flags that a profile cannot have: those that choose it, and the one that is looked for before.
	onlyVariables = []string{"config", "profile", "json"}
	// generalFlags are those that a command without a profile has as well, beside the flags of all commands.
	generalFlags = []string{"jobs", "progress"}
	// passwordFlags are what the flags begin with that say where a password is.
	passwordFlags = []string{"password", "certificate-password", "client-certificate-password"}
)

// ownMeaning marks a flag that is no common one, though it may be called like one: endpoints filters by --service, and the
// login of a person is in no profile, which is a system's.
const ownMeaning = "own-meaning"

func markOwn(flags *pflag.FlagSet, names ...string) {
	for _, name := range names {
		flags.SetAnnotation(name, ownMeaning, []string{"true"})
	}
}

// isCommon reports whether a flag of a command with a profile can stand in the profile.
func isCommon(flag *pflag.Flag) bool {
	return flag.Annotations[ownMeaning] == nil && flag.Name != "help" && !slices.Contains(onlyVariables, flag.Name)
}

// givenIn is the kind of place where a flag is given.
type givenIn string

const (
	byDefault   givenIn = "default"
	commandLine givenIn = "flag"
	variable    givenIn = "variable"
	inProfile   givenIn = "profile"
)

// origin is where the value of a flag is from.
type origin struct {
	in   givenIn
	name string // of the variable, or of the profile
	path string // of the profile's file
	line int
}

func (o origin) String() string {
	switch o.in {
	case commandLine:
		return "the command line"
	case variable:
		return "variable " + o.name
	case inProfile:
		return fmt.Sprintf("profile %s in %s:%d", o.name, o.path, o.line)
	}
	return "default"
}

// named is a flag as it was written there.
func (o origin) named(flag string) string {
	switch o.in {
	case commandLine:
		return "--" + flag
	case variable:
		return o.name
	case inProfile:
		return fmt.Sprintf("%s:%d: %s", o.path, o.line, flag)
	}
	return flag
}

// setting is what is given for a flag.
type setting struct {
	values []string
	list   bool // of a file: values that are not to be taken apart
	from   origin
}

// layer is one place where common flags can be given; false: that one is not.
type layer func(flag string) (setting, bool)

func (a *app) variables(name func(flag string) string) layer {
	return func(flag string) (setting, bool) {
		value := a.env(name(flag))
		return setting{values: []string{value}, from: origin{in: variable, name: name(flag)}}, value != ""
	}
}

// settle gives every common flag that the command line leaves out the value of its variable, or else of the profile.
func (a *app) settle(cmd *cobra.Command) error {
	flags := cmd.Flags()
	layers := []layer{a.variables(envName)}
	if err := a.fill(flags.Lookup("json"), layers...); err != nil {
		return err
	}
	if chosen := flags.Lookup("profile"); chosen != nil {
		err := cmp.Or(a.fill(flags.Lookup("config"), layers...), a.fill(chosen, layers...))
		if err != nil {
			return err
		}
		a.profile, err = readProfile(flags.Lookup("config").Value.String(), chosen.Value.String(), profileKeys(cmd.Root()))
		if err != nil {
			return err
		}
		layers = append(layers, a.profile.setting)
	}
	var problems []error
	flags.VisitAll(func(flag *pflag.Flag) {
		if takesCommon(cmd, flag) && !isPasswordWay(flag.Name) {
			problems = append(problems, a.fill(flag, layers...))
		}
	})
	for _, begin := range passwordFlags {
		problems = append(problems, a.settlePassword(flags, begin, layers))
	}
	return cmp.Or(problems...)
}

// takesCommon reports whether a flag is a common one of a command, which has a profile or not.
func takesCommon(cmd *cobra.Command, flag *pflag.Flag) bool {
	general := slices.Contains(generalFlags, flag.Name) || cmd.Root().PersistentFlags().Lookup(flag.Name) != nil
	return isCommon(flag) && (general || cmd.Flags().Lookup("profile") != nil)
}

// fill sets a flag that is not on the command line from the first layer that has it. It does not count as changed then, so
// that it is not repeated in a command line that is shown.
func (a *app) fill(flag *pflag.Flag, layers ...layer) error {
	if flag == nil || flag.Annotations[ownMeaning] != nil {
		return nil
	}
	if flag.Changed {
		a.origins[flag.Name] = origin{in: commandLine}
		return nil
	}
	for _, given := range layers {
		if s, ok := given(flag.Name); ok {
			return a.take(flag, s)
		}
	}
	return nil
}

// take sets a flag, and remembers where its value is from.
func (a *app) take(flag *pflag.Flag, s setting) error {
	if err := setFlag(flag.Value, s); err != nil {
		return usageError("%s: %w", s.from.named(flag.Name), err)
	}
	a.origins[flag.Name] = s.from
	return nil
}

func setFlag(value pflag.Value, s setting) error {
	list, takesMany := value.(pflag.SliceValue)
	switch {
	case !s.list:
		return value.Set(s.values[0])
	case !takesMany:
		return errors.New("it takes one value, and a list is given")
	}
	return list.Replace(s.values)
}

func isPasswordWay(flag string) bool {
	return slices.ContainsFunc(passwordFlags, func(begin string) bool { return slices.Contains(flagsOf(begin), flag) })
}

// settlePassword looks for the place of a password. The ways are one setting: one of them on the command line outweighs
// all others in variables and profile, and two in the same place are a mistake.
func (a *app) settlePassword(flags *pflag.FlagSet, begin string, layers []layer) error {
	if flags.Lookup(flagsOf(begin)[0]) == nil {
		return nil
	}
	given := func(flag string) (setting, bool) {
		value := flags.Lookup(flag).Value.String()
		return setting{values: []string{value}, from: origin{in: commandLine}}, value != ""
	}
	for _, l := range slices.Concat([]layer{given}, layers) {
		found := map[string]setting{}
		var ways []string
		for _, way := range flagsOf(begin) {
			if s, ok := l(way); ok {
				ways = append(ways, way)
				found[way] = s
			}
		}
		if len(ways) > 1 {
			return usageError("%s and %s are given; give one", found[ways[0]].from.named(ways[0]), found[ways[1]].from.named(ways[1]))
		}
		if len(ways) == 1 {
			return a.take(flags.Lookup(ways[0]), found[ways[0]])
		}
	}
	return nil
}

package main

import (
	"slices"
	"strings"

	"github.com/spf13/pflag"
)

// envName is the variable of a common flag.
func envName(flag string) string {
	return "ALTINN_TRANSFER_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// Common flags: those of a profile, and those that choose one.
var (
	profileFlags = []string{
		"endpoint", "binding", "user", "party", "service", "edition", "certificate", "client-certificate", "ca",
		"allow-plain-http", "connect-timeout", "stall-timeout", "jobs", "progress", "log-level",
	}
	// passwordFlags are what the flags begin with that say where a password is.
	passwordFlags = []string{"password", "certificate-password", "client-certificate-password"}
	// generalFlags are those that a command without a profile has as well.
	generalFlags = []string{"jobs", "progress", "log-level"}
)

// ownMeaning marks a flag that is called like a common one and means something else: endpoints filters by --service.
const ownMeaning = "own-meaning"

// layer is one place where a common flag can be given.
type layer struct {
	where func(flag string) string
	value func(flag string) string // "": not given here
}

// settle gives every common flag that the command line leaves out the value of its variable, or else of the profile.
func (a *app) settle(flags *pflag.FlagSet) error {
	environment := layer{envName, func(flag string) string { return a.env(envName(flag)) }}
	layers := []layer{environment}
	if err := fill(flags.Lookup("json"), environment); err != nil {
		return err
	}
	common := generalFlags
	if chosen := flags.Lookup("profile"); chosen != nil {
		common = profileFlags
		for _, flag := range []string{"config", "profile"} {
			if err := fill(flags.Lookup(flag), environment); err != nil {
				return err
			}
		}
		profile, err := readProfile(flags.Lookup("config").Value.String(), chosen.Value.String())
		if err != nil {
			return err
		}
		a.profile = profile
		layers = append(layers, layer{func(flag string) string { return flag + " in the profile" }, profile.value})
	}
	for _, flag := range common {
		if err := fill(flags.Lookup(flag), layers...); err != nil {
			return err
		}
	}
	for _, begin := range passwordFlags {
		if err := settlePassword(flags, begin, layers); err != nil {
			return err
		}
	}
	return nil
}

// fill sets a flag that is not on the command line from the first layer that has it. It does not count as changed then, so
// that it is not repeated in a command line that is shown.
func fill(flag *pflag.Flag, layers ...layer) error {
	if flag == nil || flag.Changed || flag.Annotations[ownMeaning] != nil {
		return nil
	}
	for _, l := range layers {
		if value := l.value(flag.Name); value != "" {
			if err := flag.Value.Set(value); err != nil {
				return usageError("%s: %w", l.where(flag.Name), err)
			}
			return nil
		}
	}
	return nil
}

// settlePassword looks for the place of a password. The three ways are one setting: one of them on the command line outweighs
// all others in variables and profile, and two in the same place are a mistake.
func settlePassword(flags *pflag.FlagSet, begin string, layers []layer) error {
	ways := []string{begin + "-file", begin + "-env", begin + "-command"}
	if flags.Lookup(ways[0]) == nil {
		return nil
	}
	commandLine := layer{func(flag string) string { return "--" + flag }, func(flag string) string {
		return flags.Lookup(flag).Value.String()
	}}
	for _, l := range slices.Concat([]layer{commandLine}, layers) {
		given := slices.DeleteFunc(slices.Clone(ways), func(flag string) bool { return l.value(flag) == "" })
		if len(given) > 1 {
			return usageError("%s and %s are given; give one", l.where(given[0]), l.where(given[1]))
		}
		if len(given) == 1 {
			return flags.Lookup(given[0]).Value.Set(l.value(given[0]))
		}
	}
	return nil
}

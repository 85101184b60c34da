package main

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// viewFlags say how a command shows what it does.
type viewFlags struct{ progress string }

func (a *app) addViewFlags(cmd *cobra.Command) *viewFlags {
	v := &viewFlags{}
	cmd.Flags().StringVar(&v.progress, "progress", progressAuto, "auto, bar (on a terminal only), plain or none")
	cmd.RegisterFlagCompletionFunc("progress", cobra.FixedCompletions(
		[]cobra.Completion{progressAuto, progressBar, progressPlain, progressNone}, cobra.ShellCompDirectiveNoFileComp))
	a.addJSONFlag(cmd.Flags())
	return v
}

func (v *viewFlags) check() error {
	switch v.progress {
	case progressAuto, progressBar, progressPlain, progressNone:
		return nil
	}
	return usageError("--progress is auto, bar, plain or none, not %q", v.progress)
}

// serviceFlags name a broker service.
type serviceFlags struct {
	code    string
	edition int
}

func addServiceFlags(flags *pflag.FlagSet) *serviceFlags {
	s := &serviceFlags{}
	flags.StringVar(&s.code, "service", "", "`code` of the service")
	flags.IntVar(&s.edition, "edition", 0, "edition `code` of the service")
	return s
}

func addJobsFlag(flags *pflag.FlagSet) *int {
	return flags.IntP("jobs", "j", 4, "files at once")
}

func checkJobs(jobs int) error {
	if jobs < 1 {
		return usageError("--jobs is 1 or more, not %d", jobs)
	}
	return nil
}

// again is the command line of cmd with other arguments. Flags that keep tells not to keep are left out, and so is what
// came from variables and profile, because it will come from there again.
func again(path string, flags *pflag.FlagSet, keep func(flag string) bool, args ...string) string {
	words := strings.Fields(path)
	flags.Visit(func(flag *pflag.Flag) {
		if keep(flag.Name) {
			words = append(words, flagWords(flag)...)
		}
	})
	if len(args) > 0 && strings.HasPrefix(args[0], "-") {
		words = append(words, "--")
	}
	return shellLine(append(words, args...))
}

func flagWords(flag *pflag.Flag) []string {
	if list, ok := flag.Value.(pflag.SliceValue); ok {
		var words []string
		for _, value := range list.GetSlice() {
			words = append(words, "--"+flag.Name, value)
		}
		return words
	}
	if flag.Value.String() == flag.NoOptDefVal {
		return []string{"--" + flag.Name}
	}
	if flag.NoOptDefVal != "" {
		return []string{"--" + flag.Name + "=" + flag.Value.String()}
	}
	return []string{"--" + flag.Name, flag.Value.String()}
}

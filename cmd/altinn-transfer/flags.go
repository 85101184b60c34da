package main

import (
	"errors"
	"fmt"
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

// addStrictFlag adds the flag for who expects work.
func addStrictFlag(flags *pflag.FlagSet, strict *bool) {
	flags.BoolVar(strict, "error-on-nothing", false, "exit with code 9 when there was nothing to do")
}

var errNothing = errors.New("there was nothing to do")

// nothing ends a run that found nothing to do.
func (a *app) nothing(strict bool, why string) error {
	if a.json {
		a.events.write(summaryEvent{eventHead: head("summary")})
	}
	if strict {
		return &exitError{code: exitNothingToDo, err: errors.New(why)}
	}
	if !a.json {
		fmt.Fprintln(a.screen, why)
	}
	return nil
}

// strictly makes an error of a run that ended well and had nothing to do but what was done before.
func (a *app) strictly(strict bool, b *batch, err error) error {
	if err == nil && strict && b.done == 0 {
		return &exitError{code: exitNothingToDo, err: errNothing}
	}
	return err
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

package main

import (
	"maps"
	"slices"
	"strings"

	"github.com/altinn-transfer/altinn-transfer/endpoint"
	"github.com/spf13/cobra"
)

// completeOperation offers the names of the documentation, each with its service.
func completeOperation(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var names []cobra.Completion
	all := callable()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		names = append(names, cobra.CompletionWithDesc(name, all[name]))
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// completeParam offers the next step of a parameter's path: what ends in = takes a value, what ends in a dot has members.
func (c *callCommand) completeParam(_ *cobra.Command, args []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
	const directive = cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	if len(args) == 0 || strings.Contains(begun, "=") {
		return nil, directive
	}
	row, err := c.find(args[0], false)
	if err != nil {
		return nil, directive
	}
	var steps []endpoint.Member
	for _, p := range asked(row.op) {
		steps = append(steps, endpoint.Member{Name: p.Name, Type: p.Type})
	}
	path := strings.Split(begun, ".")
	for _, name := range path[:len(path)-1] {
		steps = membersOf(steps, name)
	}
	before := strings.Join(append(path[:len(path)-1], ""), ".")
	var names []cobra.Completion
	for _, m := range steps {
		names = append(names, before+m.Name+endOfStep(m.Type))
	}
	return names, directive
}

func membersOf(steps []endpoint.Member, step string) []endpoint.Member {
	name, _, _ := strings.Cut(step, "[")
	i := slices.IndexFunc(steps, func(m endpoint.Member) bool { return m.Name == name })
	if i < 0 {
		return nil
	}
	row, _ := endpoint.LookupType(steps[i].Type)
	return row.Members
}

func endOfStep(t endpoint.Type) string {
	if row, _ := endpoint.LookupType(t); len(row.Members) > 0 {
		return "."
	}
	return "="
}

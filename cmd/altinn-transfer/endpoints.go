package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/altinn-transfer/altinn-transfer/endpoint"
	"github.com/spf13/cobra"
)

func newEndpointsCommand(a *app) *cobra.Command {
	var only endpointFilter
	var notes bool
	cmd := &cobra.Command{
		Use:   "endpoints [WORD]...",
		Short: "Show the services, operations and addresses that are known",
		Long: `Shows the catalogue of services: every operation in every binding with its path. Each WORD must occur in a row's service,
operation, name or path, or be its binding. A single row is shown with all that is known of it.

A row is marked "inferred" when its wire form was never seen, but built by the rules that all seen contracts follow, and
"corrected" when the documentation's endpoint table says something else, which is not right; "guessed" says that no contract
of the service was ever found at all.

With --check every row of the endpoint table is called at a service, also those that change something, in the bindings
that the login is good for: basic and ws with user and password, ec2 with a certificate beside them. What is sent means
nothing: numbers and names are 0, references all zeros, times in the year 2000, the file an empty ZIP. So an operation
that is there answers, or says no with a fault, which is as good. The exit code is 0 when every row is there. One
refused login ends the check.`,
		Example: `  altinn-transfer endpoints broker basic
  altinn-transfer endpoints --operation uploadfilestreamed --notes
  altinn-transfer endpoints --check https://broker.example --user 412 \
      --password-file secret`,
	}
	flags := cmd.Flags()
	check := a.addCheckFlags(flags)
	cmd.RunE = func(cmd *cobra.Command, words []string) error {
		only.words = words
		if check.wanted {
			return a.checkEndpoints(cmd.Context(), check.connection, only)
		}
		if err := cmp.Or(check.alone(), only.check()); err != nil {
			return err
		}
		return a.showEndpoints(only, notes)
	}
	defer markOwn(flags, "service", "operation", "binding", "path", "notes", "check")
	flags.StringVar(&only.service, "service", "", "only services with this `text` in their name")
	flags.StringVar(&only.operation, "operation", "", "only operations with this `text` in their name")
	flags.StringVar(&only.binding, "binding", "", "only this binding: basic, ws or ec2")
	flags.StringVar(&only.path, "path", "", "only paths with this `text` in them")
	flags.BoolVar(&notes, "notes", false, "tell what the endpoint table says where it is corrected, and why")
	flags.BoolVar(&a.json, "json", a.json, "one JSON array on stdout, with all that is known of each row")
	return cmd
}

func (a *app) showEndpoints(only endpointFilter, notes bool) error {
	var rows []endpoint.Operation
	for o := range endpoint.All() {
		if only.take(o) {
			rows = append(rows, o)
		}
	}
	err := orUnwritten(a.printEndpoints(rows, notes))
	if err == nil && len(rows) == 0 {
		err = &exitError{code: exitNotFound, err: errors.New("no row of the catalogue fits")}
	}
	return err
}

func (a *app) printEndpoints(rows []endpoint.Operation, notes bool) error {
	switch {
	case a.json:
		a.json = false // the array is all that is told on stdout
		return printEndpointsJSON(a.out, rows)
	case len(rows) == 1:
		return printEndpoint(a.out, rows[0])
	case len(rows) == 0:
		return nil
	}
	return printEndpointTable(a.out, rows, notes)
}

// endpointFilter says which rows are wanted. Case does not matter.
type endpointFilter struct {
	words                             []string
	service, operation, binding, path string
}

func (f endpointFilter) check() error {
	if f.binding == "" {
		return nil
	}
	if _, err := endpoint.ParseBinding(f.binding); err != nil {
		return usageError("--binding: %w", err)
	}
	return nil
}

func (f endpointFilter) take(o endpoint.Operation) bool {
	if !within(f.service, o.Service) || !within(f.operation, o.Base, o.Name) || !within(f.path, o.Path) {
		return false
	}
	if b, err := endpoint.ParseBinding(f.binding); err == nil && b != o.Binding {
		return false
	}
	for _, word := range f.words {
		b, err := endpoint.ParseBinding(word)
		if err == nil && b != o.Binding || err != nil && !within(word, o.Service, o.Base, o.Name, o.Path) {
			return false
		}
	}
	return true
}

// within reports whether text occurs in one of the fields.
func within(text string, fields ...string) bool {
	for _, field := range fields {
		if strings.Contains(strings.ToLower(field), strings.ToLower(text)) {
			return true
		}
	}
	return false
}

func printEndpointTable(w io.Writer, rows []endpoint.Operation, notes bool) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "SERVICE\tNAME\tBINDING\tPATH")
	for _, o := range rows {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s", o.Service, o.Name, o.Binding, o.Path)
		if m := marks(o); len(m) > 0 {
			fmt.Fprintf(table, "\t%s", strings.Join(m, ", "))
		}
		fmt.Fprintln(table)
	}
	if err := table.Flush(); err != nil || !notes {
		return err
	}
	for _, o := range rows {
		printNotes(w, o)
	}
	return nil
}

// marks are what should be known of a row before it is believed.
func marks(o endpoint.Operation) []string {
	var all []string
	if o.Evidence != endpoint.Seen {
		all = append(all, o.Evidence.String())
	}
	if o.Misprinted() {
		all = append(all, "corrected")
	}
	return all
}

// printNotes writes what a row's marks stand for, nothing where it has none.
func printNotes(w io.Writer, o endpoint.Operation) {
	if len(marks(o)) == 0 {
		return
	}
	fmt.Fprintf(w, "\n%s, %s, %s: %s\n", o.Service, o.Name, o.Binding, strings.Join(marks(o), ", "))
	for _, c := range corrections(o) {
		fmt.Fprintf(w, "    the table has the %s %s\n", c.what, c.table)
	}
	if o.Note != "" {
		fmt.Fprintf(w, "    %s\n", o.Note)
	}
}

// correction is a place where the endpoint table is not followed.
type correction struct{ what, table string }

func corrections(o endpoint.Operation) []correction {
	var all []correction
	for _, c := range []correction{
		{"service", o.TableService},
		{"operation", o.TableBase},
		{"name", o.TableName},
		{"path", o.TablePath},
	} {
		if c.table != "" {
			all = append(all, c)
		}
	}
	return all
}

func printEndpoint(w io.Writer, o endpoint.Operation) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	line := func(name, text string) {
		if text != "" {
			fmt.Fprintf(table, "%s\t%s\n", name, text)
		}
	}
	line("service", o.Service)
	line("operation", o.Base)
	line("binding", o.Binding.String())
	line("name", o.Name)
	line("also", strings.Join(o.Also, ", "))
	line("path", o.Path)
	line("namespace", o.Namespace)
	line("action", o.Action())
	line("SOAP headers", paramNames(o.Headers))
	line("request", o.RequestWrapper()+"("+paramNames(o.Params)+")")
	line("reply", o.ReplyWrapper())
	line("result", string(o.Result))
	if o.Stream != endpoint.NoStream {
		line("payload", fmt.Sprintf("streamed in %s of the %s", o.StreamElement(), o.Stream))
	}
	line("MTOM", yesNo(o.MTOM))
	line("evidence", o.Evidence.String())
	line("in the table", yesNo(o.InTable))
	for _, c := range corrections(o) {
		line("table's "+c.what, c.table)
	}
	line("note", o.Note)
	return table.Flush()
}

// paramNames lists parameters in wire order; one that may be left out has a question mark.
func paramNames(params []endpoint.Param) string {
	names := make([]string, len(params))
	for i, p := range params {
		names[i] = p.Name
		if p.Optional {
			names[i] += "?"
		}
	}
	return strings.Join(names, ", ")
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func printEndpointsJSON(w io.Writer, rows []endpoint.Operation) error {
	all := make([]endpointObject, len(rows))
	for i, o := range rows {
		all[i] = newEndpointObject(o)
	}
	return printArray(w, all)
}

func printArray[T any](w io.Writer, all []T) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(all)
}

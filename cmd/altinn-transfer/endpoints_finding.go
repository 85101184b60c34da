package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/altinn-transfer/altinn-transfer/endpoint"
	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/soap"
)

// finding says what an answer tells of a row: whether the operation is there, whatever it said.
type finding struct {
	outcome string
	there   bool
	err     error
}

// What can come of a row. The first three mean that it is there.
const (
	answered   = "answered"
	saidNo     = "fault"      // and its code
	unanswered = "unanswered" // by a fault of the service's own: this program's server says so where it has nothing to answer from
	notThere   = "not there"
	misread    = "unreadable" // there is an answer, and not the one of this operation
	failed     = "failed"
)

func judge(err error) finding {
	e, ok := errors.AsType[*failure.Error](err)
	fault, isFault := errors.AsType[*soap.Fault](err)
	switch {
	case err == nil:
		return finding{answered, true, nil}
	case ok && e.HasCode:
		return finding{fmt.Sprintf("%s %d", saidNo, e.Code), true, err}
	case ok && e.HTTPStatus == http.StatusNotFound, isFault && notSupported(fault):
		return finding{notThere, false, err}
	case isFault && (fault.Code == "Server" || fault.Code == "Receiver"):
		return finding{unanswered, true, err}
	case isFault:
		return finding{saidNo, true, err}
	case ok && e.Kind == failure.Protocol:
		return finding{misread, false, err}
	}
	return finding{failed, false, err}
}

// notSupported reports whether a dispatcher found no operation; in SOAP 1.1 that is a code, in SOAP 1.2 a subcode.
func notSupported(fault *soap.Fault) bool {
	return fault.Code == "ActionNotSupported" || fault.Subcode.Local == "ActionNotSupported"
}

// checkObject is one row that was called, for a machine.
type checkObject struct {
	Service   string `json:"service"`
	Operation string `json:"operation"`
	Binding   string `json:"binding"`
	Path      string `json:"path"`
	There     bool   `json:"there"`
	Outcome   string `json:"outcome"`
	Error     string `json:"error,omitempty"`
}

func (a *app) tellChecks(checks []*endpointCheck) error {
	err := a.printChecks(checks)
	if missing := countChecks(checks, func(c *endpointCheck) bool { return !c.there }); err == nil && missing > 0 {
		err = &exitError{code: exitNotFound, err: fmt.Errorf("%s of %d not there, or not as it should be", count(missing, "row"), len(checks))}
	}
	return err
}

func (a *app) printChecks(checks []*endpointCheck) error {
	if !a.json {
		var text strings.Builder
		printCheckTable(&text, checks)
		_, err := io.WriteString(a.out, text.String())
		return orUnwritten(err)
	}
	a.json = false // the array is all that is told on stdout
	var objects []checkObject
	for _, c := range checks {
		o := checkObject{Service: c.op.Service, Operation: c.op.Base, Binding: c.op.Binding.String(), Path: c.path, There: c.there, Outcome: c.outcome}
		if c.err != nil {
			o.Error = c.err.Error()
		}
		objects = append(objects, o)
	}
	return orUnwritten(printArray(a.out, objects))
}

// printCheckTable prints a line for each operation with a column for each binding, below its service. It has no more than 80
// columns.
func printCheckTable(w io.Writer, checks []*endpointCheck) {
	bindings := checkedBindings(checks)
	lines := checkLines(checks)
	width := len("OPERATION")
	for _, l := range lines {
		width = max(width, len(l.operation)+len("  "))
	}
	write := func(first string, cell func(endpoint.Binding) string) {
		text := fmt.Sprintf("%-*s", width, first)
		for _, b := range bindings {
			text += fmt.Sprintf("  %-*s", len("fault 40212"), cell(b))
		}
		fmt.Fprintln(w, strings.TrimRight(text, " "))
	}
	write("OPERATION", func(b endpoint.Binding) string { return strings.ToUpper(b.String()) })
	service := ""
	for _, l := range lines {
		if l.service != service {
			service = l.service
			fmt.Fprintln(w, service)
		}
		write("  "+l.operation, l.outcome)
	}
	printCheckSums(w, checks)
}

// checkLine is one operation, in all bindings in which it was called.
type checkLine struct {
	service, operation string
	outcomes           map[endpoint.Binding]string
}

func (l checkLine) outcome(b endpoint.Binding) string {
	if text := l.outcomes[b]; text != "" {
		return text
	}
	return "-"
}

// checkLines have the order of the catalogue.
func checkLines(checks []*endpointCheck) []checkLine {
	var lines []checkLine
	for _, c := range checks {
		i := slices.IndexFunc(lines, func(l checkLine) bool { return l.operation == c.op.Base })
		if i < 0 {
			i = len(lines)
			lines = append(lines, checkLine{c.op.Service, c.op.Base, map[endpoint.Binding]string{}})
		}
		lines[i].outcomes[c.op.Binding] = c.outcome
	}
	return lines
}

func checkedBindings(checks []*endpointCheck) []endpoint.Binding {
	var bindings []endpoint.Binding
	for _, b := range []endpoint.Binding{endpoint.Basic, endpoint.WS, endpoint.EC2} {
		if countChecks(checks, func(c *endpointCheck) bool { return c.op.Binding == b }) > 0 {
			bindings = append(bindings, b)
		}
	}
	return bindings
}

func countChecks(checks []*endpointCheck, counts func(*endpointCheck) bool) int {
	n := 0
	for _, c := range checks {
		if counts(c) {
			n++
		}
	}
	return n
}

// printCheckSums prints how many there are of each, and why rows are not there.
func printCheckSums(w io.Writer, checks []*endpointCheck) {
	there := countChecks(checks, func(c *endpointCheck) bool { return c.there })
	with := func(outcome string) int {
		return countChecks(checks, func(c *endpointCheck) bool { return c.outcome == outcome })
	}
	yes, silent := with(answered), with(unanswered)
	fmt.Fprintf(w, "\n%d of %d rows are there: %d answered, %d said no, %d unanswered\n",
		there, len(checks), yes, there-yes-silent, silent)
	if silent > 0 {
		fmt.Fprintln(w, "Unanswered is what the service failed to answer. The one of this program\ndoes so where it has no answer from serve --fixtures.")
	}
	for _, c := range checks {
		if !c.there {
			fmt.Fprintf(w, "%s, %s, %s: %s\n", c.op.Base, c.op.Binding, c.path, visible(c.err.Error()))
		}
	}
}

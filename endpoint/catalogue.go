// Package endpoint is the catalogue of Altinn II's end-user services: which operations exist, where they live and what they
// are called.
//
// A row has the right value, and remembers what the documentation's endpoint table says where that is something else. The
// rows stand in the files catalogue_*.go, one contract (a path with its interface) after the other; there, constants ns... are
// the namespaces of messages and constants ...Data those of data types.
package endpoint

import (
	"cmp"
	"encoding/xml"
	"iter"
	"slices"
	"strings"
)

// contract is one endpoint: what its operations share, and the operations.
type contract struct {
	service, tableService    string
	binding                  Binding
	path                     string
	namespace, interfaceName string
	mtom                     bool
	// note goes for each row that needs one (inferred, or not as the table has it) and has none of its own.
	note     string
	guessed  bool        // all of it
	listed   []Operation // what the endpoint table has
	unlisted []Operation // what it leaves out, Test aside
}

// Notes on more than one service.
const (
	noteEC2      = "The table puts EC2 into the name; only paths and port types carry it."
	noteBorn2009 = "No contract seen: namespace and interface as services of 2009 have them, parameters as documented."
	noteTest     = "Every contract that was seen has it."
)

var catalogue = flatten(slices.Concat(
	systemAuthentication, reporteeArchive, intermediaryInbound, intermediaryInboundStreamed, receipt, correspondence,
	reporteeElementList, serviceMetaData, workflow, prefill, caseService, keyManagement, brokerService,
))

func flatten(contracts []contract) []Operation {
	var all []Operation
	for _, c := range contracts {
		for _, o := range c.listed {
			o.InTable, o.TableService = true, c.tableService
			all = append(all, c.complete(o))
		}
		for _, o := range c.unlisted {
			all = append(all, c.complete(o))
		}
		all = append(all, c.complete(c.test()))
	}
	return all
}

const testName = "Test"

// test asks whether the endpoint is there. Every contract inherits it from the same base in the same words, so it is a rule
// and not forty equal rows.
func (c contract) test() Operation {
	o := Operation{
		Base: testName, Name: testName, Namespace: "http://www.altinn.no/services/2009/10", Interface: "IAltinnContractBase",
		Evidence: Seen,
	}
	inferred := func(o Operation) bool { return o.Evidence == Inferred }
	if slices.ContainsFunc(c.listed, inferred) {
		o.Evidence, o.Note = Inferred, noteTest
	}
	return o
}

// complete gives a row what it shares with the other rows of its contract.
func (c contract) complete(o Operation) Operation {
	o.Service, o.Binding, o.Path, o.MTOM = c.service, c.binding, c.path, c.mtom
	o.Namespace = cmp.Or(o.Namespace, c.namespace)
	o.Interface = cmp.Or(o.Interface, c.interfaceName)
	if c.guessed && o.Base != testName {
		o.Evidence = Guessed
	}
	if o.Evidence != Seen || o.Misprinted() {
		o.Note = cmp.Or(o.Note, c.note)
	}
	return o
}

// All gives every operation of every service in every binding, in the order of the endpoint table's services, Test included.
func All() iter.Seq[Operation] { return where(func(*Operation) bool { return true }) }

// At gives the operations of one path, whose case does not matter, Test included.
func At(path string) iter.Seq[Operation] { return where(isAt(path)) }

func isAt(path string) func(*Operation) bool {
	return func(o *Operation) bool { return strings.EqualFold(o.Path, path) }
}

func where(wanted func(*Operation) bool) iter.Seq[Operation] {
	return func(yield func(Operation) bool) {
		for o := range rows(wanted) {
			if !yield(o.clone()) {
				return
			}
		}
	}
}

// rows gives the rows themselves, which are not to be changed.
func rows(wanted func(*Operation) bool) iter.Seq[*Operation] {
	return func(yield func(*Operation) bool) {
		for i := range catalogue {
			if o := &catalogue[i]; wanted(o) && !yield(o) {
				return
			}
		}
	}
}

// Find gives an operation by its base name ("UploadFileStreamed") in one binding. Of two versions of one base it is the one
// in the endpoint table. Test, which is everywhere, is nowhere in particular and not found.
func Find(base string, b Binding) (Operation, bool) {
	if base == testName {
		return Operation{}, false
	}
	return first(where(func(o *Operation) bool { return o.Base == base && o.Binding == b }))
}

// FindName is like [Find] with the name that the operation has at its endpoint ("UploadFileStreamedBasic"). Each version of a
// base has one of its own.
func FindName(name string, b Binding) (Operation, bool) {
	if name == testName {
		return Operation{}, false
	}
	return first(where(func(o *Operation) bool { return o.Name == name && o.Binding == b }))
}

// Lookup gives the operation that a request means: path is that of its URL, without the query and in any case, as IIS takes
// it; action its SOAPAction or wsa:Action, without quotes. Found under one of its other names, the operation goes by that
// name, so that it is answered under it too.
func Lookup(path, action string) (Operation, bool) {
	return match(path, func(o *Operation) bool { return strings.HasSuffix(action, o.Name) && o.Action() == action })
}

// LookupBody gives the operation that a request without a useful action means, by the one element of its body; otherwise it
// is like [Lookup].
func LookupBody(path string, body xml.Name) (Operation, bool) {
	return match(path, func(o *Operation) bool {
		return o.Namespace == body.Space && o.RequestWrapper() == body.Local
	})
}

func match(path string, means func(*Operation) bool) (Operation, bool) {
	for row := range rows(isAt(path)) {
		o := *row
		for _, name := range append([]string{o.Name}, o.Also...) {
			o.Name = name
			if means(&o) {
				return o.clone(), true
			}
		}
	}
	return Operation{}, false
}

func first(rows iter.Seq[Operation]) (Operation, bool) {
	for o := range rows {
		return o, true
	}
	return Operation{}, false
}

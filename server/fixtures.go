package server

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"github.com/altinn-transfer/altinn-transfer/endpoint"
	"github.com/altinn-transfer/altinn-transfer/security"
	"github.com/altinn-transfer/altinn-transfer/soap"
	"github.com/beevik/etree"
)

// fixtures are answers of the user's, by the base name of the operation.
type fixtures map[string][]fixture

// fixture is one answer.
type fixture struct {
	when  []condition
	fault *soap.AltinnFault
	// results are the filled-in results of the rows that it fits, whose types may differ; nil for an operation without one.
	results map[row]*etree.Element
}

// row tells the rows of one base name apart.
type row struct {
	binding endpoint.Binding
	name    string
}

func rowOf(op endpoint.Operation) row { return row{op.Binding, op.Name} }

// condition asks for a text within a parameter.
type condition struct {
	path []string
	is   string
}

// What a folder of fixtures can hold, so that a wrong folder is found out before the memory is full.
const (
	fixtureSize  = 1 << 20
	fixtureDepth = 64
	fixturesMost = 1000
)

const fixtureSuffix = ".xml"

// readFixtures reads and checks a folder. What is in it beside XML files is not looked at.
func readFixtures(dir fs.FS) (fixtures, error) {
	all := fixtures{}
	if dir == nil {
		return all, nil
	}
	names, err := fs.Glob(dir, "*"+fixtureSuffix)
	if err != nil {
		return nil, err
	}
	if len(names) > fixturesMost {
		return nil, fmt.Errorf("there are %d files, and %d are allowed", len(names), fixturesMost)
	}
	for _, name := range names {
		answers, err := readFixture(dir, name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		all[strings.TrimSuffix(name, fixtureSuffix)] = answers
	}
	return all, nil
}

func readFixture(dir fs.FS, name string) ([]fixture, error) {
	rows, err := fixtureRows(strings.TrimSuffix(name, fixtureSuffix))
	if err != nil {
		return nil, err
	}
	file, err := dir.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, fixtureSize+1))
	if err != nil {
		return nil, err
	}
	if len(text) > fixtureSize {
		return nil, fmt.Errorf("it has more than %d bytes", fixtureSize)
	}
	return parseFixture(text, rows)
}

// fixtureRows are the rows that a file is for.
func fixtureRows(base string) ([]endpoint.Operation, error) {
	var rows []endpoint.Operation
	for op := range endpoint.All() {
		if op.Base == base && base != "Test" {
			rows = append(rows, op)
		}
	}
	switch {
	case len(rows) == 0:
		return nil, fmt.Errorf("there is no operation %.80q; a file is called by the name that an operation has in the documentation, as GetCaseList.xml", base)
	case rows[0].Stream != endpoint.NoStream:
		return nil, errors.New("an operation that streams a file is answered from the store alone")
	}
	return rows, nil
}

// answer gives the fixture that fits a request; nothing when there is none.
func (all fixtures) answer(x *exchange) (*reply, error) {
	for _, f := range all[x.op.Base] {
		result, fits := f.results[rowOf(x.op)]
		if !fits && f.fault == nil || !x.meets(f.when) {
			continue
		}
		if err := x.passValues(); err != nil {
			return nil, err
		}
		if f.fault != nil {
			fault := *f.fault
			fault.ErrorGUID = security.NewGUID()
			return nil, &soap.Fault{Code: "Client", Reason: faultReason, Altinn: &fault}
		}
		if result == nil {
			return x.nothing()
		}
		return x.wrapped(result.Copy()), nil
	}
	return nil, nil
}

// passValues passes over attachments in place that an answer of the user's has no use for.
func (x *exchange) passValues() error {
	for takesValues(x.op) {
		switch _, err := x.decoder.Next(); {
		case errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
			return nil
		case err != nil:
			return unreadable(err)
		}
	}
	return nil
}

func (x *exchange) meets(conditions []condition) bool {
	return !slices.ContainsFunc(conditions, func(c condition) bool { return x.textAt(c.path) != c.is })
}

// textAt is the text that a path leads to, by names alone.
func (x *exchange) textAt(path []string) string {
	p, ok := x.op.Param(path[0])
	if !ok {
		return ""
	}
	el := x.find(p)
	for _, name := range path[1:] {
		if el == nil {
			break
		}
		el = el.SelectElement(name)
	}
	return soap.Content(el)
}

// noFixture is the answer to an operation that there is neither state nor a fixture for.
func noFixture(op endpoint.Operation) error {
	return &soap.Fault{Code: "Server", Reason: fmt.Sprintf(
		"this server has nothing to answer %s from: put a file %s%s into its folder of fixtures (serve --fixtures DIR); "+
			"altinn-transfer call --template --answer %s prints one to fill in", op.Name, op.Base, fixtureSuffix, op.Base)}
}

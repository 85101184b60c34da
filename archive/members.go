package archive

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"time"

	"github.com/altinn-transfer/altinn-transfer/binding"
	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/soap"
	"github.com/beevik/etree"
)

// add appends a member in a namespace; "" is that of the element around it.
func add(parent *etree.Element, space, name string) *etree.Element {
	el := etree.NewElement(name)
	if space != "" {
		el = soap.NewElement(space, name)
	}
	parent.AddChild(el)
	return el
}

func addText(parent *etree.Element, space, name, text string) {
	add(parent, space, name).SetText(text)
}

func addNumber(parent *etree.Element, space, name string, n int) {
	addText(parent, space, name, strconv.Itoa(n))
}

// addGiven appends a member that may be left out: nothing for "".
func addGiven(parent *etree.Element, space, name, text string) {
	if text != "" {
		addText(parent, space, name, text)
	}
}

// given is a number that may be left out: "" for 0.
func given(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// members reads the members of one element of an answer. What is missing is the zero value, as it is to the services; what
// is there and makes no sense is an error, the first of which stays.
type members struct {
	el    *etree.Element
	space string
	err   *error
}

// result is an operation's one result element, its members in a namespace; "" is that of the answer.
func result(answer *soap.Envelope, space string) (members, error) {
	children := answer.Body.ChildElements()
	if len(children) == 0 {
		return members{}, errors.New("it has no result")
	}
	return members{children[0], cmp.Or(space, children[0].NamespaceURI()), new(error)}, nil
}

func (m members) text(name string) string { return soap.Text(m.el, m.space, name) }

func (m members) number(name string) int {
	text := m.text(name)
	if text == "" {
		return 0
	}
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil {
		m.wrong(name, "number")
	}
	return int(n)
}

// id is a number that must be there.
func (m members) id(name string) int {
	n := m.number(name)
	if n <= 0 {
		m.wrong(name, "number to ask for")
	}
	return n
}

func (m members) flag(name string) bool {
	text := m.text(name)
	if text == "" {
		return false
	}
	b, err := strconv.ParseBool(text)
	if err != nil {
		m.wrong(name, "boolean")
	}
	return b
}

func (m members) time(name string) time.Time { return binding.ParseTime(m.text(name)) }

func (m members) wrong(name, kind string) {
	if *m.err == nil {
		*m.err = fmt.Errorf("%s is not a %s", name, kind)
	}
}

// within are the members of a member; none of one that is missing.
func (m members) within(name string) members {
	return members{soap.Child(m.el, m.space, name), m.space, m.err}
}

// items are the elements of a list with that name in a namespace, in which their members are, too. Nulls are passed over.
func (m members) items(space, name string) iter.Seq[members] {
	return func(yield func(members) bool) {
		if m.el == nil {
			return
		}
		for _, el := range m.el.ChildElements() {
			if el.Tag == name && el.NamespaceURI() == space && !soap.IsNil(el) && !yield(members{el, space, m.err}) {
				return
			}
		}
	}
}

// unreadable is an answer that came and does not say what it should. What was asked may have been done all the same, unless
// it was a question only.
func unreadable(op string, readOnly bool, err error) error {
	return &failure.Error{Op: op, Kind: failure.Protocol, Ambiguous: !readOnly, Err: fmt.Errorf("read answer: %w", err)}
}

// withReference adds the handle to go on with.
func withReference(err error, reference string) error {
	if e, ok := err.(*failure.Error); ok {
		e.Reference = reference
	}
	return err
}

func usage(op, format string, args ...any) error {
	return &failure.Error{Op: op, Kind: failure.Usage, Err: fmt.Errorf(format, args...)}
}

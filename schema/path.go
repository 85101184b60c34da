package schema

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/altinn-transfer/altinn-transfer/endpoint"
	"github.com/beevik/etree"
)

// Set puts a text where a path leads from el, which is of type t, and makes the elements on the way: "Manifest.Reportee",
// "RecipientList.Recipient[1].PartyNumber" (counted from 0; without an index, a repeated member is the next one). Order and
// namespaces come out as the type has them. A path that leads nowhere, or a text that is none of the type's, is an error that
// names what there is; el is of no use then. "" is a path as well: to el itself. Below a type that nobody knows there may be
// anything, any number of times.
func Set(el *etree.Element, t endpoint.Type, path, text string) error {
	at := place{el, t, t.Name().Local}
	for _, step := range steps(path) {
		next, err := at.enter(step)
		if err != nil {
			return in(path, err)
		}
		at = next
	}
	return in(path, at.set(text))
}

func steps(path string) []string {
	if path == "" {
		return nil
	}
	return strings.Split(path, ".")
}

func (p place) set(text string) error {
	kind, row := look(p.t)
	switch {
	case kind == sequence:
		return fmt.Errorf("it holds no text but members: %s", membersOf(row))
	case len(p.el.ChildElements()) > 0:
		return fmt.Errorf("there are members in it already, %s the first", p.el.ChildElements()[0].Tag)
	}
	text = normal(p.t, text)
	if err := check(p.t, text); err != nil {
		return err
	}
	if !isText(text) { // whatever the type, known or not
		return fmt.Errorf("%.100q is no text that XML can hold", text)
	}
	clearContent(p.el)
	p.el.SetText(text)
	removeNil(p.el)
	return nil
}

// enter goes one step of a path down, into an element that may have to be made.
func (p place) enter(step string) (place, error) {
	name, index, err := parseStep(step)
	if err != nil {
		return place{}, err
	}
	member, row, err := p.member(name)
	if err != nil {
		return place{}, err
	}
	removeNil(p.el)
	el, err := pick(occurrences(p.el, name), member, index)
	if err != nil {
		return place{}, err
	}
	if el == nil {
		el = insert(p.el, p.t, row, name)
	}
	return place{el, member.Type, name}, nil
}

func (p place) member(name string) (endpoint.Member, endpoint.DataType, error) {
	kind, row := look(p.t)
	if kind == simple {
		return endpoint.Member{}, row, fmt.Errorf("%s holds a text and no members", p.name)
	}
	if kind == unknown { // whoever writes its path knows more than the catalogue
		return endpoint.Member{Name: name, Type: nobodyKnows, Flags: endpoint.Many}, row, nil
	}
	member, ok := row.Member(name)
	if !ok {
		return member, row, noMember(p.name, row, name)
	}
	return member, row, nil
}

// pick chooses among the elements of a member's name; nil is one to be made.
func pick(there []*etree.Element, m endpoint.Member, index int) (*etree.Element, error) {
	many := m.Flags&endpoint.Many != 0
	switch {
	case !many && index > 0:
		return nil, fmt.Errorf("there is one %s only", m.Name)
	case !many && len(there) > 0:
		return there[0], nil
	case index > len(there):
		return nil, fmt.Errorf("%s[%d] comes before %s[%d]", m.Name, len(there), m.Name, index)
	case index >= 0 && index < len(there):
		return there[index], nil
	}
	return nil, nil
}

// nameForm is that of all names in the catalogue, and of those that may stand below a type that nobody knows.
var nameForm = regexp.MustCompile(`^[A-Za-z_][-0-9A-Za-z_]*$`)

// parseStep takes "Recipient[1]" apart; the index is -1 where there is none.
func parseStep(step string) (name string, index int, err error) {
	name, rest, indexed := strings.Cut(step, "[")
	if !nameForm.MatchString(name) {
		return "", 0, fmt.Errorf("%.100q is no path; it is made of names with dots between them", step)
	}
	if !indexed {
		return name, -1, nil
	}
	digits, closed := strings.CutSuffix(rest, "]")
	index, err = strconv.Atoi(digits)
	if err != nil || !closed || index < 0 {
		return "", 0, fmt.Errorf("[%.100s is no index; write %s[0]", rest, name)
	}
	return name, index, nil
}

func occurrences(el *etree.Element, name string) []*etree.Element {
	var found []*etree.Element
	for _, c := range el.ChildElements() {
		if c.Tag == name {
			found = append(found, c)
		}
	}
	return found
}

// insert makes a member's element in its place: behind everything that does not come after it.
func insert(el *etree.Element, t endpoint.Type, row endpoint.DataType, name string) *etree.Element {
	rank := func(name string) int {
		return slices.IndexFunc(row.Members, func(m endpoint.Member) bool { return m.Name == name })
	}
	made := newMember(el, t, name)
	for _, c := range el.ChildElements() {
		if rank(c.Tag) > rank(name) {
			el.InsertChildAt(c.Index(), made)
			return made
		}
	}
	el.AddChild(made)
	return made
}

package schema

import (
	"errors"
	"fmt"
	"strings"

	"github.com/altinn-transfer/altinn-transfer/endpoint"
	"github.com/beevik/etree"
)

// Arrange puts what is in el, which is of type t, into the namespaces and the order of the type. An element that has no
// namespace gets the one that belongs there, and one that has another is refused, as is a name that the type does not have and
// a text that is none of its type's; el is of no use then. What may be left out and holds nothing is left out, unless it says that
// it is null; so a template need not be filled in everywhere. What has to be there and is not is left to the service to judge, and
// el of a type that nobody knows is left as it is.
func Arrange(el *etree.Element, t endpoint.Type) error {
	_, err := place{el, t, t.Name().Local}.arrange(0)
	tidy(el, inherited(el))
	return err
}

// maxDepth is more than any type of the catalogue is deep; receipts have two levels.
const maxDepth = 50

// arrange reports whether the element holds anything.
func (p place) arrange(depth int) (bool, error) {
	if depth > maxDepth {
		return false, errors.New("it is too deep")
	}
	kind, row := look(p.t)
	switch {
	case kind == unknown:
		return true, nil
	case isNil(p.el):
		clearContent(p.el)
		return true, nil
	case kind == simple:
		return p.arrangeText()
	}
	return p.arrangeMembers(row, depth)
}

func (p place) arrangeText() (bool, error) {
	if children := p.el.ChildElements(); len(children) > 0 {
		return false, fmt.Errorf("it holds a text (%s), not %.100q", describe(p.t), children[0].Tag)
	}
	text := normal(p.t, content(p.el))
	clearContent(p.el)
	if text == "" {
		return false, nil
	}
	p.el.SetText(text)
	return true, check(p.t, text)
}

func (p place) arrangeMembers(row endpoint.DataType, depth int) (bool, error) {
	if text := strings.TrimSpace(content(p.el)); text != "" {
		return false, fmt.Errorf("it holds members, not the text %.100q", text)
	}
	given, err := p.byMember(row)
	if err != nil {
		return false, err
	}
	var arranged []*etree.Element
	for _, m := range row.Members {
		kept, err := arrangeGiven(given[m.Name], m, depth)
		if err != nil {
			return false, err
		}
		arranged = append(arranged, kept...)
	}
	replaceContent(p.el, arranged, p.t.Name().Space)
	return len(arranged) > 0, nil
}

// byMember sorts the children by their names, and refuses what is no member.
func (p place) byMember(row endpoint.DataType) (map[string][]*etree.Element, error) {
	given := map[string][]*etree.Element{}
	for _, c := range p.el.ChildElements() {
		m, ok := row.Member(c.Tag)
		if !ok {
			return nil, noMember(p.name, row, c.Tag)
		}
		if space := c.NamespaceURI(); space != "" && space != p.t.Name().Space {
			return nil, in(c.Tag, fmt.Errorf("it is in the namespace %.200q instead of %s", space, p.t.Name().Space))
		}
		given[c.Tag] = append(given[c.Tag], c)
		if len(given[c.Tag]) > 1 && m.Flags&endpoint.Many == 0 {
			return nil, in(c.Tag, errors.New("it is there more than once"))
		}
	}
	return given, nil
}

// arrangeGiven gives those of a member's elements that are to be kept.
func arrangeGiven(given []*etree.Element, m endpoint.Member, depth int) ([]*etree.Element, error) {
	var kept []*etree.Element
	for i, c := range given {
		keep, err := arrangeMember(c, m, depth)
		if err != nil && m.Flags&endpoint.Many != 0 {
			return nil, in(fmt.Sprintf("%s[%d]", m.Name, i), err)
		}
		if err != nil {
			return nil, in(m.Name, err)
		}
		if keep {
			kept = append(kept, c)
		}
	}
	return kept, nil
}

// replaceContent leaves these elements in el, in a namespace.
func replaceContent(el *etree.Element, members []*etree.Element, space string) {
	clearContent(el)
	for _, m := range members {
		rename(m, space)
		el.AddChild(m)
	}
}

// arrangeMember reports whether a member's element is to be kept.
func arrangeMember(c *etree.Element, m endpoint.Member, depth int) (bool, error) {
	holds, err := place{c, m.Type, m.Name}.arrange(depth + 1)
	if err != nil || holds {
		return holds, err
	}
	if m.Flags&endpoint.Optional != 0 {
		return false, nil
	}
	if kind, _ := look(m.Type); kind == simple {
		return true, check(m.Type, "")
	}
	return true, nil
}

// rename puts an element into a namespace, declared on itself: what is around it may yet get another.
func rename(el *etree.Element, space string) {
	el.Space = ""
	el.RemoveAttr("xmlns")
	el.CreateAttr("xmlns", space)
}

// tidy takes away declarations below el that say what is known already.
func tidy(el *etree.Element, surroundings string) {
	for _, c := range el.ChildElements() {
		inner := surroundings
		if attr := c.SelectAttr("xmlns"); attr != nil {
			inner = attr.Value
			if inner == surroundings {
				c.RemoveAttr("xmlns")
			}
		}
		tidy(c, inner)
	}
}

func clearContent(el *etree.Element) {
	for i := len(el.Child) - 1; i >= 0; i-- {
		el.RemoveChildAt(i)
	}
}

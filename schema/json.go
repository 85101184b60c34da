package schema

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/altinn-transfer/altinn-transfer/endpoint"
	"github.com/beevik/etree"
)

// Object is a JSON object whose members have an order.
type Object []Member

// Member is one of an object's.
type Member struct {
	Name  string
	Value any
}

// MarshalJSON writes the members in their order.
func (o Object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := encode(&b, m.Name); err != nil {
			return nil, err
		}
		b.WriteByte(':')
		if err := encode(&b, m.Value); err != nil {
			return nil, err
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// encode leaves < and & as they are; an encoder around it that is to escape them does.
func encode(b *bytes.Buffer, value any) error {
	encoder := json.NewEncoder(b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return err
	}
	b.Truncate(b.Len() - len("\n"))
	return nil
}

// JSON is the value of el, which is of type t, for encoding/json: an [Object] of members in the type's order, a list where a type
// is a list of one member, numbers and booleans as such, nil for null (xsi:nil). It takes every answer: a text that is none of its
// type's stays a text, and elements that the type does not have are told as well, as those of a type that nobody knows: by their
// names, all texts strings. What lies deeper than any type is nil.
func JSON(el *etree.Element, t endpoint.Type) any { return toJSON(el, t, 0) }

func toJSON(el *etree.Element, t endpoint.Type, depth int) any {
	kind, row := look(t)
	children := el.ChildElements()
	text := content(el)
	switch {
	case isNil(el) || depth > maxDepth:
		return nil
	case len(children) == 0 && (kind != sequence || strings.TrimSpace(text) != ""):
		return scalar(t, text)
	case isListOf(row, children):
		return listOf(row.Members[0], children, depth)
	}
	return objectOf(children, row, depth)
}

// isListOf reports whether a type is nothing but a repeated member, and the elements are nothing but that.
func isListOf(row endpoint.DataType, elements []*etree.Element) bool {
	return len(row.Members) == 1 && row.Members[0].Flags&endpoint.Many != 0 &&
		!slices.ContainsFunc(elements, func(el *etree.Element) bool { return el.Tag != row.Members[0].Name })
}

func listOf(m endpoint.Member, elements []*etree.Element, depth int) []any {
	values := make([]any, len(elements))
	for i, el := range elements {
		values[i] = toJSON(el, m.Type, depth+1)
	}
	return values
}

// objectOf tells the members of a type, and then what else is there; what is there more than once, or may be, is a list.
func objectOf(elements []*etree.Element, row endpoint.DataType, depth int) Object {
	members := row.Members
	given := map[string][]*etree.Element{}
	for _, el := range elements {
		if _, ok := row.Member(el.Tag); !ok && given[el.Tag] == nil {
			members = append(members, endpoint.Member{Name: el.Tag, Type: nobodyKnows})
		}
		given[el.Tag] = append(given[el.Tag], el)
	}
	object := Object{}
	for _, m := range members {
		switch there := given[m.Name]; {
		case len(there) > 1, len(there) == 1 && m.Flags&endpoint.Many != 0:
			object = append(object, Member{m.Name, listOf(m, there, depth)})
		case len(there) == 1:
			object = append(object, Member{m.Name, toJSON(there[0], m.Type, depth+1)})
		}
	}
	return object
}

package server

import (
	"cmp"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/altinn-transfer/altinn-transfer/endpoint"
	"github.com/altinn-transfer/altinn-transfer/schema"
	"github.com/altinn-transfer/altinn-transfer/soap"
	"github.com/beevik/etree"
)

// parseFixture reads one file, and checks it against the rows that it is for.
func parseFixture(text []byte, rows []endpoint.Operation) ([]fixture, error) {
	if err := checkXML(text); err != nil {
		return nil, err
	}
	document := etree.NewDocument()
	if err := document.ReadFromBytes(text); err != nil {
		return nil, err
	}
	root := document.Root()
	if root == nil || root.Tag != "answers" {
		return nil, errors.New("its element is not <answers>")
	}
	var all []fixture
	for i, el := range root.ChildElements() {
		answer, err := parseAnswer(el, rows)
		if err != nil {
			return nil, fmt.Errorf("answer %d: %w", i+1, err)
		}
		all = append(all, answer)
	}
	return all, nil
}

// checkXML says in which line the XML is wrong, and refuses what nobody writes by hand.
func checkXML(text []byte) error {
	decoder := xml.NewDecoder(strings.NewReader(string(text)))
	depth := 0
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch token.(type) {
		case xml.StartElement:
			depth++
		case xml.EndElement:
			depth--
		case xml.Directive:
			return errors.New("a document type does not belong there")
		}
		if line, _ := decoder.InputPos(); depth > fixtureDepth {
			return fmt.Errorf("line %d: elements are more than %d deep", line, fixtureDepth)
		}
	}
}

func parseAnswer(el *etree.Element, rows []endpoint.Operation) (fixture, error) {
	if el.Tag != "answer" {
		return fixture{}, fmt.Errorf("it is <%.80s> instead of <answer>", el.Tag)
	}
	answer := fixture{results: map[row]*etree.Element{}}
	for _, child := range el.ChildElements() {
		var err error
		switch {
		case child.Space != "" || child.SelectAttr("xmlns") != nil: // a member, of a type that nobody knows
			continue
		case child.Tag == "when":
			err = answer.addCondition(child, rows)
		case child.Tag == "fault":
			answer.fault, err = parseFault(child)
		default:
			continue
		}
		if err != nil {
			return answer, err
		}
		el.RemoveChild(child)
	}
	if answer.fault != nil {
		if len(el.ChildElements()) > 0 {
			return answer, errors.New("a <fault> stands alone, but for conditions")
		}
		return answer, nil
	}
	return answer, answer.fill(el, rows)
}

func (f *fixture) addCondition(el *etree.Element, rows []endpoint.Operation) error {
	param, is := el.SelectAttr("param"), el.SelectAttr("is")
	if param == nil || is == nil || len(el.Attr) != 2 || len(el.ChildElements()) > 0 {
		return errors.New(`a condition is written <when param="..." is="..."/>`)
	}
	path := strings.Split(param.Value, ".")
	if !slices.ContainsFunc(rows, func(op endpoint.Operation) bool { return leadsSomewhere(path, op) }) {
		return fmt.Errorf("param=%q does not lead to a text of a parameter that is no login", param.Value)
	}
	f.when = append(f.when, condition{path, is.Value})
	return nil
}

// leadsSomewhere reports whether a path leads to a text within a parameter of an operation, as far as its types are known.
func leadsSomewhere(path []string, op endpoint.Operation) bool {
	p, ok := op.Param(path[0])
	if !ok || p.Role != endpoint.RoleNone {
		return false
	}
	t := p.Type
	for _, name := range path[1:] {
		row, known := endpoint.LookupType(t)
		m, ok := row.Member(name)
		if !ok {
			return !known && strings.HasPrefix(string(t), "{")
		}
		t = m.Type
	}
	row, _ := endpoint.LookupType(t)
	return row.Members == nil
}

func parseFault(el *etree.Element) (*soap.AltinnFault, error) {
	code, err := strconv.Atoi(el.SelectAttrValue("code", ""))
	if err != nil || code < 0 {
		return nil, errors.New(`a fault is written <fault code="30008" text="..."/>`)
	}
	known, _ := soap.LookupCode(code)
	text := cmp.Or(el.SelectAttrValue("text", ""), known.Text)
	if text == "" {
		return nil, fmt.Errorf("the code %d is not a documented one, so it needs a text", code)
	}
	return newFault(code, text, text).Altinn, nil
}

// fill makes the results, for as many rows as it fits. Rows of one base name can have different types.
func (f *fixture) fill(el *etree.Element, rows []endpoint.Operation) error {
	var misfit error
	for _, op := range rows {
		result, err := fillResult(el, op)
		if err == nil {
			f.results[rowOf(op)] = result
			continue
		}
		misfit = cmp.Or(misfit, fmt.Errorf("as the result of %s: %w", op.Name, err))
	}
	if len(f.results) == 0 {
		return misfit
	}
	return nil
}

func fillResult(el *etree.Element, op endpoint.Operation) (*etree.Element, error) {
	result := el.Copy()
	if op.Result == "" {
		if len(result.ChildElements()) > 0 || strings.TrimSpace(soap.Content(result)) != "" {
			return nil, errors.New("it has none, so the answer is to be empty")
		}
		return nil, nil
	}
	result.Space, result.Tag = "", op.ResultElement()
	return result, schema.Arrange(result, op.Result)
}

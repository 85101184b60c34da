package schema

import (
	"slices"
	"strings"

	"github.com/altinn-transfer/altinn-transfer/endpoint"
	"github.com/beevik/etree"
)

// Template puts every member of type t into el, empty, with a comment in front that says type, choices and what may be left out.
// A type that contains itself does so once.
func Template(el *etree.Element, t endpoint.Type) {
	l := layout{text: func(endpoint.Type) string { return "" }, comments: true}
	l.fill(el, t)
}

// Sample is like [Template], but each text is one that its type allows, and there are no comments.
func Sample(el *etree.Element, t endpoint.Type) { Fill(el, t, sample) }

// Fill is like [Sample] with texts that text gives for a simple type.
func Fill(el *etree.Element, t endpoint.Type, text func(endpoint.Type) string) {
	l := layout{text: text}
	l.fill(el, t)
}

// RequestTemplate is the body of an operation's request, to be filled in. The login comes from elsewhere and stays empty; the
// element of a stream is left out. There are no namespaces in it: [ArrangeRequest] knows them.
func RequestTemplate(op endpoint.Operation) *etree.Element {
	l := layout{text: func(endpoint.Type) string { return "" }, comments: true}
	return plain(l.request(op))
}

// ResultTemplate puts what an operation answers into el, to be filled in, without namespaces as well.
func ResultTemplate(el *etree.Element, op endpoint.Operation) {
	Template(el, op.Result)
	for _, c := range el.ChildElements() {
		plain(c)
	}
}

// plain takes the namespaces away.
func plain(el *etree.Element) *etree.Element {
	el.RemoveAttr("xmlns")
	for _, c := range el.ChildElements() {
		plain(c)
	}
	return el
}

// ArrangeRequest puts the body of a request in order: each parameter by its type, all of them as the row has them, those left
// out that may be and hold nothing. What has no more of a namespace than that of the body, by inheritance, has none.
func ArrangeRequest(op endpoint.Operation, body *etree.Element) error {
	if body.SelectAttrValue("xmlns", "") == op.Namespace {
		body.RemoveAttr("xmlns")
	}
	row := asType(op.Params)
	for _, c := range body.ChildElements() {
		if _, ok := row.Member(c.Tag); !ok {
			return noParam(op, c.Tag)
		}
	}
	if _, err := (place{body, wrapperType(op), body.Tag}).arrangeMembers(row, 0); err != nil {
		return err
	}
	rename(body, op.Namespace)
	tidy(body, op.Namespace)
	return nil
}

// wrapperType is a name for the type of a request, which the catalogue has as a list of parameters.
func wrapperType(op endpoint.Operation) endpoint.Type {
	return endpoint.Type("{" + op.Namespace + "}" + op.RequestWrapper())
}

// asType is a list of parameters as if it were a data type.
func asType(params []endpoint.Param) endpoint.DataType {
	var row endpoint.DataType
	for _, p := range params {
		m := endpoint.Member{Name: p.Name, Type: p.Type}
		if p.Optional {
			m.Flags = endpoint.Optional
		}
		row.Members = append(row.Members, m)
	}
	return row
}

// noParam says what an operation takes; the login, which comes from elsewhere, aside.
func noParam(op endpoint.Operation, name string) error {
	isLogin := func(p endpoint.Param) bool { return p.Role != endpoint.RoleNone }
	return noMember(op.RequestWrapper(), asType(slices.DeleteFunc(slices.Clone(op.Params), isLogin)), name)
}

// layout lays out what a type has, with a text in each place that holds one.
type layout struct {
	text     func(endpoint.Type) string
	comments bool
	within   []endpoint.Type
}

func (l *layout) request(op endpoint.Operation) *etree.Element {
	body := etree.NewElement(op.RequestWrapper())
	for _, p := range op.Params {
		el := etree.NewElement(p.Name)
		switch {
		case p.Type == endpoint.TypeStream:
			continue
		case p.Role != endpoint.RoleNone:
			l.comment(body, "a login: stays empty here")
			body.AddChild(el)
			continue
		case p.Optional:
			l.say(body, p.Type, endpoint.Optional)
		default:
			l.say(body, p.Type, 0)
		}
		body.AddChild(el)
		l.fill(el, p.Type)
	}
	return body
}

func (l *layout) fill(el *etree.Element, t endpoint.Type) {
	kind, row := look(t)
	switch kind {
	case simple:
		if text := l.text(t); text != "" {
			el.SetText(text)
		}
		return
	case unknown:
		l.comment(el, "what belongs here is not known: no contract was ever found")
		return
	}
	l.within = append(l.within, t)
	defer func() { l.within = l.within[:len(l.within)-1] }()
	for _, m := range row.Members {
		if l.again(m.Type) {
			continue
		}
		l.say(el, m.Type, m.Flags)
		c := newMember(el, t, m.Name)
		el.AddChild(c)
		l.fill(c, m.Type)
	}
}

// again reports whether a type has been laid out within itself, directly or as a list of itself.
func (l *layout) again(t endpoint.Type) bool {
	if _, row := look(t); len(row.Members) == 1 {
		t = row.Members[0].Type
	}
	times := 0
	for _, around := range l.within {
		if around == t {
			times++
		}
	}
	return times > 1
}

// say describes a member in front of it.
func (l *layout) say(parent *etree.Element, t endpoint.Type, f endpoint.Flags) {
	var words []string
	if kind, _ := look(t); kind == simple {
		words = append(words, describe(t))
	}
	if f&endpoint.Many != 0 {
		words = append(words, "any number of it")
	} else if f&endpoint.Optional != 0 {
		words = append(words, "may be left out")
	}
	if len(words) > 0 {
		l.comment(parent, strings.Join(words, ", "))
	}
}

func (l *layout) comment(parent *etree.Element, text string) {
	if l.comments {
		parent.CreateComment(" " + text + " ")
	}
}

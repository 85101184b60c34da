package schema_test

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/endpoint"
	"github.com/altinn-transfer/altinn-transfer/schema"
	"github.com/beevik/etree"
)

// types are those that the catalogue's rows lead to, in the order in which they are come upon.
func types() []endpoint.Type {
	var all []endpoint.Type
	var visit func(endpoint.Type)
	visit = func(t endpoint.Type) {
		row, ok := endpoint.LookupType(t)
		if !ok || slices.Contains(all, t) {
			return
		}
		all = append(all, t)
		for _, m := range row.Members {
			visit(m.Type)
		}
	}
	for op := range endpoint.All() {
		for _, p := range op.Params {
			visit(p.Type)
		}
		visit(op.Result)
	}
	return all
}

func text(el *etree.Element) string {
	doc := etree.NewDocument()
	doc.SetRoot(el.Copy())
	s, err := doc.WriteToString()
	if err != nil {
		return err.Error()
	}
	return s
}

func sampleOf(t endpoint.Type) *etree.Element {
	el := etree.NewElement("x")
	schema.Sample(el, t)
	return el
}

func TestASampleHasEveryMember(t *testing.T) {
	for _, typ := range types() {
		row, _ := endpoint.LookupType(typ)
		children := sampleOf(typ).ChildElements()
		if len(children) != len(row.Members) {
			t.Errorf("%s has %d members, %d are laid out", typ, len(row.Members), len(children))
			continue
		}
		for i, c := range children {
			if m := row.Members[i]; c.Tag != m.Name || c.NamespaceURI() != typ.Name().Space {
				t.Errorf("%s: %s in %q instead of %s", typ, c.Tag, c.NamespaceURI(), m.Name)
			}
		}
	}
}

func TestASampleIsInOrder(t *testing.T) {
	for _, typ := range types() {
		el := sampleOf(typ)
		before := text(el)
		if err := schema.Arrange(el, typ); err != nil {
			t.Errorf("%s: %v\n%s", typ, err, before)
		}
		if after := text(el); after != before {
			t.Errorf("%s\n was %s\n is  %s", typ, before, after)
		}
		if _, err := json.Marshal(schema.JSON(el, typ)); err != nil {
			t.Errorf("%s: %v", typ, err)
		}
	}
}

func TestWhatIsInNoOrderIsPutInOrder(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, typ := range types() {
		el := sampleOf(typ)
		want := text(el)
		disorder(el, random)
		if err := schema.Arrange(el, typ); err != nil {
			t.Errorf("%s: %v", typ, err)
		}
		if got := text(el); got != want {
			t.Errorf("%s\n want %s\n got  %s", typ, want, got)
		}
	}
}

// disorder is what a person's hand does: it forgets the namespaces, and puts the members anywhere.
func disorder(el *etree.Element, random *rand.Rand) {
	el.RemoveAttr("xmlns")
	children := slices.Clone(el.Child)
	random.Shuffle(len(children), func(i, j int) { children[i], children[j] = children[j], children[i] })
	for _, c := range children {
		el.RemoveChild(c)
		el.AddChild(c)
	}
	for _, c := range el.ChildElements() {
		disorder(c, random)
	}
}

func TestATemplateIsASampleWithoutTexts(t *testing.T) {
	for _, typ := range types() {
		template, sample := etree.NewElement("x"), sampleOf(typ)
		schema.Template(template, typ)
		strip[*etree.Comment](template)
		strip[*etree.CharData](sample)
		if got, want := text(template), text(sample); got != want {
			t.Errorf("%s\n want %s\n got  %s", typ, want, got)
		}
	}
}

func TestATemplateHoldsWhatIsFilledIn(t *testing.T) {
	for _, typ := range types() {
		el := etree.NewElement("x")
		schema.Template(el, typ)
		fillRequired(el, typ)
		if err := schema.Arrange(el, typ); err != nil {
			t.Errorf("%s: %v", typ, err)
		}
		row, _ := endpoint.LookupType(typ)
		for _, m := range row.Members {
			if m.Flags&endpoint.Optional == 0 && el.SelectElement(m.Name) == nil {
				t.Errorf("%s lacks %s, which has to be there", typ, m.Name)
			}
		}
	}
}

func TestATemplateThatIsNotFilledInHoldsNothing(t *testing.T) {
	for base, b := range map[string]endpoint.Binding{
		"GetCaseList": endpoint.EC2, "GetArchivedFormTaskV2": endpoint.EC2, "SubmitFormTask": endpoint.Basic,
	} {
		op, _ := endpoint.Find(base, b)
		el := etree.NewElement("x")
		schema.Template(el, op.Result)
		if err := schema.Arrange(el, op.Result); err != nil || text(el) != "<x/>" {
			t.Errorf("%s: %s, %v", base, text(el), err)
		}
	}
}

// fillRequired gives each member that has to be there a text of its type.
func fillRequired(el *etree.Element, t endpoint.Type) {
	row, _ := endpoint.LookupType(t)
	for _, m := range row.Members {
		c := el.SelectElement(m.Name)
		if c == nil { // a type within itself
			continue
		}
		inner, known := endpoint.LookupType(m.Type)
		switch {
		case known && inner.Base == "":
			fillRequired(c, m.Type)
		case m.Flags&endpoint.Optional == 0:
			schema.Sample(c, m.Type)
		}
	}
}

func strip[T etree.Token](el *etree.Element) {
	for _, token := range slices.Clone(el.Child) {
		if _, ok := token.(T); ok {
			el.RemoveChild(token)
		}
	}
	for _, c := range el.ChildElements() {
		strip[T](c)
	}
}

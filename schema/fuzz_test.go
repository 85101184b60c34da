package schema_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/endpoint"
	"github.com/altinn-transfer/altinn-transfer/schema"
	"github.com/beevik/etree"
)

// A path either leads nowhere, or to what is in order already.
func FuzzSet(f *testing.F) {
	all := types()
	for base, paths := range map[string][]string{
		"InitiateBrokerService": {"RecipientList.Recipient[0].PartyNumber", "Manifest.Reportee", "Manifest.FileList.File.FileName"},
		"GetReceiptV2":          {"References.Reference.ReferenceType", "References.Reference[1].ReferenceValue", "ReceiptId"},
		"DoSigning":             {"int", "int[0]", "int[-1]", "int[", "", "..", "int.int"},
	} {
		op, _ := endpoint.Find(base, endpoint.Basic)
		for _, p := range op.Params {
			for _, path := range paths {
				f.Add(uint(max(0, slices.Index(all, p.Type))), path, "12", paths[0], "x")
			}
		}
	}
	f.Fuzz(func(t *testing.T, number uint, path, value, path2, value2 string) {
		typ := all[number%uint(len(all))]
		el := etree.NewElement("x")
		if schema.Set(el, typ, path, value) != nil || schema.Set(el, typ, path2, value2) != nil {
			return
		}
		if err := schema.Arrange(el, typ); err != nil {
			t.Errorf("%s: %q and %q lead to %s: %v", typ, path, path2, text(el), err)
		}
		staysInOrder(t, el, typ)
	})
}

func FuzzArrange(f *testing.F) {
	all := types()
	for i, typ := range all {
		f.Add(uint(i), []byte(text(sampleOf(typ))))
	}
	f.Add(uint(0), []byte(`<a:x xmlns:a="b" xmlns="c"><a:y xmlns=""/><!-- d --><![CDATA[e]]></a:x>`))
	f.Fuzz(func(t *testing.T, number uint, message []byte) {
		typ := all[number%uint(len(all))]
		doc := etree.NewDocument()
		if doc.ReadFromBytes(message) != nil || doc.Root() == nil {
			return
		}
		el := doc.Root()
		if schema.Arrange(el, typ) == nil {
			staysInOrder(t, el, typ)
		}
	})
}

// staysInOrder reports what is not as a service takes it: written and read again, all of it is where it belongs.
func staysInOrder(t *testing.T, el *etree.Element, typ endpoint.Type) {
	t.Helper()
	before := text(el)
	doc := etree.NewDocument()
	if err := doc.ReadFromString(before); err != nil {
		t.Fatalf("%s cannot be read: %v", before, err)
	}
	again := doc.Root()
	if err := schema.Arrange(again, typ); err != nil || text(again) != before {
		t.Errorf("%s: %v\n was %s\n is  %s", typ, err, before, text(again))
	}
	inNamespace(t, again, typ)
}

func inNamespace(t *testing.T, el *etree.Element, typ endpoint.Type) {
	t.Helper()
	row, _ := endpoint.LookupType(typ)
	for _, m := range row.Members {
		for _, c := range el.SelectElements(m.Name) {
			if c.NamespaceURI() != typ.Name().Space {
				t.Errorf("%s of %s is in %q", m.Name, typ, c.NamespaceURI())
			}
			inNamespace(t, c, m.Type)
		}
	}
}

// Whatever a service answers can be told.
func FuzzJSON(f *testing.F) {
	all := types()
	for i, typ := range all {
		f.Add(uint(i), []byte(text(sampleOf(typ))))
	}
	f.Add(uint(0), []byte(`<a>b<c/>d<c><e/></c></a>`))
	f.Fuzz(func(t *testing.T, number uint, message []byte) {
		doc := etree.NewDocument()
		if doc.ReadFromBytes(message) != nil || doc.Root() == nil {
			return
		}
		for _, typ := range []endpoint.Type{all[number%uint(len(all))], "{}x", endpoint.TypeInt, endpoint.TypeDouble} {
			told, err := json.Marshal(schema.JSON(doc.Root(), typ))
			if err != nil || !json.Valid(told) {
				t.Errorf("%s: %s, %v", typ, told, err)
			}
		}
	})
}

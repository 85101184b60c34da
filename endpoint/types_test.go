package endpoint

import (
	"slices"
	"strings"
	"testing"
)

// outOfOrder are the types whose members are not in ordinal order from first to last, with the places where the order begins
// anew: members of a base type come first, and after all others those that the program's author gave a place.
var outOfOrder = map[Type][]int{
	archiveData2019 + "ArchivedCorrespondence": {15},
	notificationData + "Notification":          {6, 9},
	notificationData + "ReceiverEndPoint":      {1},
	prefillData2009 + "PrefillFormTask":        {15},
}

// declared are the namespaces of types that XmlSerializer writes, in the order of their declaration.
var declared = []string{nsInbound2009, nsInbound2010}

func TestMembersAreInTheOrderOfDataContracts(t *testing.T) {
	for name, row := range dataTypes {
		if slices.Contains(declared, name.Name().Space) {
			continue
		}
		var anew []int
		for i := 1; i < len(row.Members); i++ {
			if row.Members[i].Name < row.Members[i-1].Name {
				anew = append(anew, i)
			}
		}
		if !slices.Equal(anew, outOfOrder[name]) {
			t.Errorf("%s: its order begins anew at %d, want %d", name, anew, outOfOrder[name])
		}
	}
	for name := range outOfOrder {
		if _, ok := dataTypes[name]; !ok {
			t.Errorf("%s is an exception, but no type", name)
		}
	}
}

// roots are the types that operations have, and that of the fault, which all of them have.
func roots() []Type {
	all := []Type{faultData + "AltinnFault"}
	for o := range All() {
		for _, p := range slices.Concat(o.Headers, o.Params) {
			all = append(all, p.Type)
		}
		if o.Result != "" {
			all = append(all, o.Result)
		}
	}
	return all
}

func TestTypesAndReferencesMeet(t *testing.T) {
	// named by the documentation of Workflow, which is all that is known of them
	seen := map[Type]bool{
		unknown + "DelegatedUserBE": true, unknown + "ProcessDetailsBEV2": true, unknown + "ProcessDetailsBEV3": true,
		unknown + "UserCurrentActionV2": true,
	}
	var visit func(from string, to Type)
	visit = func(from string, to Type) {
		if seen[to] || !strings.HasPrefix(string(to), "{") {
			return
		}
		seen[to] = true
		row, ok := dataTypes[to]
		if !ok {
			t.Errorf("%s refers to %s, which has no row", from, to)
		}
		for _, m := range row.Members {
			visit(string(to)+"."+m.Name, m.Type)
		}
	}
	for _, root := range roots() {
		visit("an operation", root)
	}
	for name := range dataTypes {
		if !seen[name] {
			t.Errorf("nothing refers to %s", name)
		}
	}
}

func TestRowsOfTypes(t *testing.T) {
	simple := []Type{TypeString, TypeInt, TypeLong, TypeUnsignedInt, TypeDouble, TypeBoolean, TypeDateTime, TypeBase64}
	for name, row := range dataTypes {
		if (row.Base == "") != (row.Members != nil) || row.Base == "" && row.Values != nil {
			t.Errorf("%s is a sequence and built upon a simple type, or neither", name)
		}
		if row.Base != "" && !slices.Contains(simple, row.Base) {
			t.Errorf("%s is built upon %s", name, row.Base)
		}
		unique := map[string]bool{}
		for _, value := range row.Values {
			unique[value] = true
		}
		for _, m := range row.Members {
			unique[m.Name] = true
			if !strings.HasPrefix(string(m.Type), "{") && !slices.Contains(simple, m.Type) {
				t.Errorf("%s.%s is of the type %q", name, m.Name, m.Type)
			}
			if m.Flags&Many != 0 && (len(row.Members) > 1 || m.Flags&Optional == 0) {
				t.Errorf("%s.%s: a list is a type of its own and may be empty", name, m.Name)
			}
		}
		if len(unique) != len(row.Members)+len(row.Values) {
			t.Errorf("%s has a member or a value twice", name)
		}
	}
}

// A later file would win without a word.
func TestATypeHasOneRow(t *testing.T) {
	rows := 0
	for _, file := range []types{
		archiveTypes, authenticationTypes, brokerTypes, caseTypes, commonTypes, correspondenceTypes, elementTypes,
		intermediaryTypes, keyTypes, metadataTypes, notificationTypes, prefillTypes, receiptTypes, submission2009Types,
		submission2010Types,
	} {
		rows += len(file)
	}
	if rows != len(dataTypes) {
		t.Errorf("%d rows of %d types", rows, len(dataTypes))
	}
}

func TestLookupType(t *testing.T) {
	for _, c := range []struct {
		name    Type
		known   bool
		members int
	}{
		{brokerData2015 + "Manifest", true, 6},
		{brokerReceipt, true, 7},
		{attachmentReceipt, true, 7},
		{TypeStream, true, 0},
		{TypeInt, false, 0},
		{unknown + "DelegatedUserBE", false, 0},
		{"", false, 0},
	} {
		if row, ok := LookupType(c.name); ok != c.known || len(row.Members) != c.members {
			t.Errorf("%q: %t with %d members, want %t with %d", c.name, ok, len(row.Members), c.known, c.members)
		}
	}
}

func TestTypesCannotBeChanged(t *testing.T) {
	manifest, _ := LookupType(brokerData2015 + "Manifest")
	manifest.Members[0].Name = "spoilt"
	status, _ := LookupType(entityData2015 + "BrokerServiceAvailableFileStatus")
	status.Values[0] = "spoilt"
	one, _ := LookupType(brokerReceipt)
	one.Members[0].Name = "spoilt"
	for _, name := range []Type{brokerData2015 + "Manifest", brokerReceipt, attachmentReceipt} {
		if row, _ := LookupType(name); row.Members[0].Name == "spoilt" {
			t.Errorf("a caller changed %s", name)
		}
	}
	if row, _ := LookupType(entityData2015 + "BrokerServiceAvailableFileStatus"); row.Values[0] == "spoilt" {
		t.Error("a caller changed a value")
	}
}

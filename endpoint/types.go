package endpoint

import (
	"maps"
	"slices"
)

// DataType is a type of a service's data: a sequence of members, or something built upon a simple type. The rows stand in the
// files types_*.go, each type followed by what it is made of; they were read from the contracts.
type DataType struct {
	Members []Member // in wire order, which matters; nil for what is no sequence
	Base    Type     // "" for a sequence
	Values  []string // all that a text may be; nil: anything of the base
}

// Member finds a member by its name.
func (t DataType) Member(name string) (Member, bool) {
	i := slices.IndexFunc(t.Members, func(m Member) bool { return m.Name == name })
	if i < 0 {
		return Member{}, false
	}
	return t.Members[i], true
}

// Member is an element of a sequence. Its namespace is that of the type that it is a member of.
type Member struct {
	Name  string
	Type  Type
	Flags Flags
}

// Flags say how often a member may stand there, and whether it may be null.
type Flags uint8

// The flags. A member without any is there once, with a value.
const (
	Optional Flags = 1 << iota // minOccurs="0"
	Nillable                   // may be null (xsi:nil)
	Many                       // maxOccurs="unbounded"
)

type types map[Type]DataType

func choice(values ...string) DataType { return DataType{Base: TypeString, Values: values} }

// dataTypes are all rows together. Where contracts of different age disagree on a type (on five of them), the row is the one
// with more in it.
var dataTypes = merge(
	archiveTypes, authenticationTypes, brokerTypes, caseTypes, commonTypes, correspondenceTypes, elementTypes,
	intermediaryTypes, keyTypes, metadataTypes, notificationTypes, prefillTypes, receiptTypes, submission2009Types,
	submission2010Types,
)

func merge(all ...types) types {
	merged := types{}
	for _, rows := range all {
		maps.Copy(merged, rows)
	}
	return merged
}

// LookupType finds the row of a data type. It is false for XML Schema's own types, and for a type that no contract was ever
// found of.
func LookupType(t Type) (DataType, bool) {
	row, ok := dataTypes[t]
	row.Members, row.Values = slices.Clone(row.Members), slices.Clone(row.Values)
	return row, ok
}

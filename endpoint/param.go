package endpoint

import (
	"encoding/xml"
	"slices"
	"strings"
)

// Param is one element of a request: a child of the body's wrapper, or a header block. Its namespace is the operation's.
type Param struct {
	Name string
	Type Type
	// Optional parameters may be left out of the body (minOccurs="0"). Header blocks never say so: each of them that is a
	// string may be null, which is the same as absent.
	Optional bool
	// Role tells credentials from other parameters.
	Role Role
	// Also are other spellings that a server should take.
	Also []string
}

// Type is an XML type: the local name of one of XML Schema's own ("int"), or "{namespace}local" for a type of the service.
// "{}local" is a type whose namespace is not known.
type Type string

// XML Schema's own types, those that occur.
const (
	TypeString      Type = "string"
	TypeInt         Type = "int" // 32 bits
	TypeLong        Type = "long"
	TypeUnsignedInt Type = "unsignedInt"
	TypeDouble      Type = "double"
	TypeBoolean     Type = "boolean"
	TypeDateTime    Type = "dateTime" // with or without a zone
	TypeBase64      Type = "base64Binary"
)

// The types that are more than a name of some service's data.
const (
	// TypeGUID is a text of the form 8-4-4-4-12 hexadecimal digits.
	TypeGUID Type = "{http://schemas.microsoft.com/2003/10/Serialization/}guid"
	// TypeStream is xs:base64Binary of any length, which travels as a part of its own behind an xop:Include.
	TypeStream Type = "{http://schemas.microsoft.com/Message}StreamBody"
)

// Name is the type's qualified name.
func (t Type) Name() xml.Name {
	if rest, ok := strings.CutPrefix(string(t), "{"); ok {
		space, local, _ := strings.Cut(rest, "}")
		return xml.Name{Space: space, Local: local}
	}
	return xml.Name{Space: "http://www.w3.org/2001/XMLSchema", Local: string(t)}
}

// Role is what a credential parameter holds.
type Role uint8

// The roles. The calling system's login is spelled differently from service to service; its role is not. In EC2 it is the
// enterprise user's, beside the certificate.
const (
	RoleNone           Role = iota // no credential
	RoleSystemUser                 // user name or numeric id of the calling system
	RoleSystemPassword             // its password
	RoleUserSSN                    // national identity number of the person on whose behalf
	RoleUserPassword               // that person's password
	RoleUserPinCode                // the code that person was sent
	RoleAuthMethod                 // how it was sent: AltinnPin or SMSPin
)

func text(name string) Param               { return Param{Name: name, Type: TypeString} }
func number(name string) Param             { return Param{Name: name, Type: TypeInt} }
func flag(name string) Param               { return Param{Name: name, Type: TypeBoolean} }
func moment(name string) Param             { return Param{Name: name, Type: TypeDateTime} }
func data(name string, t Type) Param       { return Param{Name: name, Type: t} }
func credential(name string, r Role) Param { return Param{Name: name, Type: TypeString, Role: r} }
func (p Param) optional() Param            { p.Optional = true; return p }
func (p Param) also(names ...string) Param { p.Also = names; return p }

// allOptional is a parameter list of which every element may be left out.
func allOptional(params []Param) []Param {
	for i := range params {
		params[i].Optional = true
	}
	return params
}

// basic is a parameter list of the Basic binding, begun with the system's login.
func basic(rest ...Param) []Param {
	return append([]Param{
		credential("systemUserName", RoleSystemUser),
		credential("systemPassword", RoleSystemPassword),
	}, rest...)
}

// basicUser is a parameter list of the Basic binding for an operation on behalf of a person.
func basicUser(rest ...Param) []Param { return basic(user(rest...)...) }

// user is a parameter list begun with a person's login; WS has the system's in its security header.
func user(rest ...Param) []Param {
	return append([]Param{
		credential("userSSN", RoleUserSSN),
		credential("userPassword", RoleUserPassword),
		credential("userPinCode", RoleUserPinCode),
		credential("authMethod", RoleAuthMethod),
	}, rest...)
}

// ec2 is a parameter list of the EC2 binding, where the certificate stands for the person.
func ec2(rest ...Param) []Param {
	return append([]Param{
		credential("userName", RoleSystemUser),
		credential("password", RoleSystemPassword),
	}, rest...)
}

// caseEC2 is a parameter list of the EC2 binding as the Case service spells it.
func caseEC2(rest ...Param) []Param {
	return append([]Param{
		credential("userName", RoleSystemUser),
		credential("userPassword", RoleSystemPassword),
	}, rest...)
}

func cloneParams(params []Param) []Param {
	clone := slices.Clone(params)
	for i := range clone {
		clone[i].Also = slices.Clone(clone[i].Also)
	}
	return clone
}

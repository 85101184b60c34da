package endpoint_test

import (
	"encoding/xml"
	"slices"
	"strings"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/endpoint"
)

// What a credential is called, whatever the case of its first letter.
var credentials = map[string]endpoint.Role{
	"systemusername": endpoint.RoleSystemUser,
	"username":       endpoint.RoleSystemUser,
	"systempassword": endpoint.RoleSystemPassword,
	"password":       endpoint.RoleSystemPassword,
	"userssn":        endpoint.RoleUserSSN,
	"userpassword":   endpoint.RoleUserPassword,
	"userpincode":    endpoint.RoleUserPinCode,
	"authmethod":     endpoint.RoleAuthMethod,
}

func TestCredentialsHaveTheirRole(t *testing.T) {
	for o := range endpoint.All() {
		for _, p := range slices.Concat(o.Headers, o.Params) {
			want := credentials[strings.ToLower(p.Name)]
			if o.Service == "Case" && o.Binding == endpoint.EC2 && p.Name == "userPassword" {
				want = endpoint.RoleSystemPassword // beside userName, where others say password
			}
			if p.Role != want {
				t.Errorf("%s at %s: role of %s is %d, want %d", o.Name, o.Path, p.Name, p.Role, want)
			}
		}
	}
}

func TestEveryBindingHasItsLogin(t *testing.T) {
	without := []string{"GetAuthenticationChallenge", "GetFilteredCodeList", "Test"} // as their contracts are
	for o := range endpoint.All() {
		login := !slices.Contains(without, o.Name) && o.Binding != endpoint.WS
		if has(o, endpoint.RoleSystemUser) != login || has(o, endpoint.RoleSystemPassword) != login {
			t.Errorf("%s at %s: a login of the calling system is %t, want %t", o.Name, o.Path, !login, login)
		}
		person := has(o, endpoint.RoleUserSSN)
		if person != has(o, endpoint.RoleUserPassword) || person && o.Binding == endpoint.EC2 {
			t.Errorf("%s at %s: half a login of a person, or one beside a certificate", o.Name, o.Path)
		}
	}
}

func has(o endpoint.Operation, role endpoint.Role) bool {
	return slices.ContainsFunc(slices.Concat(o.Headers, o.Params), func(p endpoint.Param) bool { return p.Role == role })
}

func TestParametersHaveNamesAndTypes(t *testing.T) {
	simple := []endpoint.Type{endpoint.TypeString, endpoint.TypeInt, endpoint.TypeBoolean, endpoint.TypeDateTime}
	check := func(o endpoint.Operation, name string, typ endpoint.Type) {
		t.Helper()
		known := slices.Contains(simple, typ) || strings.HasPrefix(string(typ), "{") && typ.Name().Local != ""
		if name == "" || !known {
			t.Errorf("%s at %s: parameter %q has the type %q", o.Name, o.Path, name, typ)
		}
		if typ.Name().Space == "" && o.Service != "Workflow" {
			t.Errorf("%s at %s: only types of Workflow have no known namespace, not %s", o.Name, o.Path, typ)
		}
	}
	for o := range endpoint.All() {
		seen := map[string]bool{}
		for _, p := range slices.Concat(o.Headers, o.Params) {
			check(o, p.Name, p.Type)
			if seen[p.Name] {
				t.Errorf("%s at %s takes %s twice", o.Name, o.Path, p.Name)
			}
			seen[p.Name] = true
		}
		if o.Result != "" {
			check(o, o.ReplyWrapper(), o.Result)
		}
	}
}

func TestTypeName(t *testing.T) {
	for typ, want := range map[endpoint.Type]xml.Name{
		endpoint.TypeInt:    {Space: "http://www.w3.org/2001/XMLSchema", Local: "int"},
		endpoint.TypeStream: {Space: "http://schemas.microsoft.com/Message", Local: "StreamBody"},
		"{}DelegatedUserBE": {Local: "DelegatedUserBE"},
	} {
		if got := typ.Name(); got != want {
			t.Errorf("%s is %v, want %v", typ, got, want)
		}
	}
}

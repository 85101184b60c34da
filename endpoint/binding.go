package endpoint

import (
	"fmt"
	"strings"
)

// Binding is one of the three ways in which a service can be called.
type Binding uint8

// The bindings. An operation may exist in all of them or in some.
const (
	Basic Binding = iota // SOAP 1.1, the login in the message
	WS                   // SOAP 1.2 with WS-Addressing and a WS-Security user name token
	EC2                  // SOAP 1.2 with WS-Addressing and a WS-SecureConversation begun with an enterprise certificate
)

var bindingNames = [...]string{Basic: "Basic", WS: "WS", EC2: "EC2"}

// ParseBinding reads a binding's name, in any case, also as the endpoint table writes it ("WS Http", "Basic http").
func ParseBinding(s string) (Binding, error) {
	name := strings.ToLower(strings.TrimSpace(s))
	name = strings.TrimSuffix(name, " http")
	for b, known := range bindingNames {
		if name == strings.ToLower(known) {
			return Binding(b), nil
		}
	}
	return 0, fmt.Errorf("%q is not a binding; there are %s", s, strings.Join(bindingNames[:], ", "))
}

// String is the binding's name: Basic, WS or EC2.
func (b Binding) String() string {
	if int(b) < len(bindingNames) {
		return bindingNames[b]
	}
	return fmt.Sprintf("Binding(%d)", uint8(b))
}

// SOAP12 reports whether the binding speaks SOAP 1.2; the other speaks SOAP 1.1.
func (b Binding) SOAP12() bool { return b != Basic }

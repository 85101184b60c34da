package endpoint

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"
)

// Override says otherwise than the catalogue how one operation is called at one service. It is for rows that are [Inferred]
// or [Guessed], and for services that differ from what was seen.
type Override struct {
	Base    string  // the operation, by the name that the documentation has for it in every binding
	Binding Binding // the one binding that it is for

	// What is otherwise; each "" where it is as in the catalogue. The action, the names of the wrappers and the type of a
	// receipt follow from these, as they do in a row.
	Name, Namespace, Interface, Path string
}

// wireName is what the name of an element can be, as far as services name operations.
var wireName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9._-]*$`)

// Check finds an override that cannot be met: there is no such operation, its name cannot be that of an element, or its path is
// none.
func (v Override) Check() error {
	if _, ok := Find(v.Base, v.Binding); !ok {
		return fmt.Errorf("override %q: it is not an operation of the %s binding", v.Base, v.Binding)
	}
	if v.Name != "" && !wireName.MatchString(v.Name) {
		return fmt.Errorf("override the name of %s: %q cannot be the name of an XML element", v.Base, v.Name)
	}
	if v.Path != "" && !strings.HasPrefix(v.Path, "/") {
		return fmt.Errorf("override the path of %s: %q does not begin with /", v.Base, v.Path)
	}
	return nil
}

// Apply gives the operation as it is called there; another operation than that of v comes back as it is.
func (v Override) Apply(o Operation) Operation {
	if o.Base != v.Base || o.Binding != v.Binding {
		return o
	}
	o = o.clone()
	if v.Namespace != "" {
		o = o.moved(v.Namespace)
	}
	o.Name = cmp.Or(v.Name, o.Name)
	o.Interface = cmp.Or(v.Interface, o.Interface)
	o.Path = cmp.Or(v.Path, o.Path)
	return o
}

// moved is the operation in another namespace, together with the types that stand in its own: the receipt of a streamed
// upload is an element of the message, not of some data.
func (o Operation) moved(to string) Operation {
	from := o.Namespace
	o.Namespace = to
	o.Result = o.Result.moved(from, to)
	for _, params := range [][]Param{o.Headers, o.Params} {
		for i := range params {
			params[i].Type = params[i].Type.moved(from, to)
		}
	}
	return o
}

func (t Type) moved(from, to string) Type {
	if name := t.Name(); from != "" && name.Space == from {
		return Type("{" + to + "}" + name.Local)
	}
	return t
}

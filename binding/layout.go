package binding

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/altinn-transfer/altinn-transfer/endpoint"
	"github.com/altinn-transfer/altinn-transfer/soap"
	"github.com/beevik/etree"
)

// layout puts the values of one call where the operation's row says.
type layout struct {
	ctx         context.Context
	op          endpoint.Operation
	credentials Credentials
	values      Values
	user        User

	stream  *etree.Element // the element that holds the request's stream
	secrets []string
	used    int
	errs    []string
}

// headers are the header blocks of a streamed upload. One without a value is sent as null, as WCF and JAX-WS clients do.
func (l *layout) headers() []*etree.Element {
	var blocks []*etree.Element
	for _, p := range l.op.Headers {
		block := etree.NewElement("h:" + p.Name)
		block.CreateAttr("xmlns:h", l.op.Namespace)
		if !l.fill(block, p) {
			soap.SetNil(block)
		}
		blocks = append(blocks, block)
	}
	return blocks
}

// body is the wrapper with its parameters, in the row's order, which the service insists on.
func (l *layout) body() *etree.Element {
	wrapper := soap.NewElement(l.op.Namespace, l.op.RequestWrapper())
	for _, p := range l.op.Params {
		el := etree.NewElement(p.Name)
		switch {
		case l.op.Stream == endpoint.StreamRequest && p.Name == l.op.StreamElement():
			l.stream = el
		case l.fill(el, p):
		case p.Optional:
			continue
		case isPersonal(p.Role):
			soap.SetNil(el) // the service may do without a person, and wants the element all the same
		default:
			l.errs = append(l.errs, p.Name+" is missing")
		}
		wrapper.AddChild(el)
	}
	return wrapper
}

// fill gives a parameter its value, and reports whether it has one.
func (l *layout) fill(el *etree.Element, p endpoint.Param) bool {
	if p.Role != endpoint.RoleNone {
		return l.fillCredential(el, p)
	}
	value, ok := l.values[p.Name]
	if ok {
		l.used++
		value(el)
	}
	return ok
}

func (l *layout) fillCredential(el *etree.Element, p endpoint.Param) bool {
	if value, ok := l.values[p.Name]; ok { // a user's own credentials, beside those of the system
		l.used++
		value(el)
		l.secrets = append(l.secrets, el.Text())
		return true
	}
	text, secret, err := l.credential(p.Role)
	if err != nil {
		l.errs = append(l.errs, err.Error())
	}
	if secret && text != "" {
		l.secrets = append(l.secrets, text)
	}
	el.SetText(text)
	return text != ""
}

func (l *layout) credential(role endpoint.Role) (text string, secret bool, err error) {
	if isPersonal(role) {
		return l.user.fill(l.ctx, role)
	}
	return l.credentials.fill(l.ctx, role)
}

// failed reports what could not be laid out: values missing, or values that no parameter took.
func (l *layout) failed() error {
	if l.used < len(l.values) && len(l.errs) == 0 {
		l.errs = append(l.errs, "no parameter of it is called "+strings.Join(l.unknown(), " or "))
	}
	if len(l.errs) == 0 {
		return nil
	}
	return fmt.Errorf("lay out %s: %s", l.op.Name, strings.Join(l.errs, ", "))
}

func (l *layout) unknown() []string {
	var names []string
	for name := range l.values {
		if _, ok := l.op.Param(name); !ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

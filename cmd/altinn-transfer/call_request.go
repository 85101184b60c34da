package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/altinn-transfer/altinn-transfer/binding"
	"github.com/altinn-transfer/altinn-transfer/endpoint"
	"github.com/altinn-transfer/altinn-transfer/schema"
	"github.com/altinn-transfer/altinn-transfer/soap"
	"github.com/beevik/etree"
)

// request lays out what --body and --param say, and adds a person's login.
func (c *callCommand) request(ctx context.Context, op endpoint.Operation) (binding.Request, error) {
	body, err := c.readBody(op)
	if err != nil {
		return binding.Request{}, err
	}
	for _, text := range c.params {
		if err := setParam(op, body, text); err != nil {
			return binding.Request{}, usageError("--param: %w", err)
		}
	}
	login, err := c.login(ctx, op, body)
	if err != nil {
		return binding.Request{}, err
	}
	if err := schema.ArrangeRequest(op, body); err != nil {
		return binding.Request{}, usageError("%s: %w", op.Base, err)
	}
	login.Values, err = valuesOf(op, body)
	return login, err
}

// valuesOf takes the parameters out of a body that is in order.
func valuesOf(op endpoint.Operation, body *etree.Element) (binding.Values, error) {
	values := binding.Values{}
	var missing []string
	for _, p := range asked(op) {
		switch el := body.SelectElement(p.Name); {
		case el != nil:
			values[p.Name] = copyOf(el)
		case !p.Optional:
			missing = append(missing, p.Name)
		}
	}
	if len(missing) > 0 {
		return nil, usageError("%s lacks %s; give it with --param, or fill in what altinn-transfer call --template %s prints, for --body",
			op.Base, strings.Join(missing, ", "), op.Base)
	}
	return values, nil
}

// asked are the parameters that are no login.
func asked(op endpoint.Operation) []endpoint.Param {
	return slices.DeleteFunc(slices.Clone(op.Params), func(p endpoint.Param) bool { return p.Role != endpoint.RoleNone })
}

// copyOf fills a parameter with what an element holds.
func copyOf(from *etree.Element) binding.Value {
	return func(el *etree.Element) {
		filled := from.Copy()
		for _, attr := range filled.Attr {
			if attr.FullKey() != "xmlns" {
				el.CreateAttr(attr.FullKey(), attr.Value)
			}
		}
		for _, token := range slices.Clone(filled.Child) {
			el.AddChild(token)
		}
	}
}

// maxBody bounds a request that is read from a file, all of which is held in memory.
const maxBody = 64 << 20

// readBody is the request of a file, or an empty one.
func (c *callCommand) readBody(op endpoint.Operation) (*etree.Element, error) {
	if c.body == "" {
		return soap.NewElement(op.Namespace, op.RequestWrapper()), nil
	}
	text, err := c.readFile()
	if err != nil {
		return nil, unreadable(err)
	}
	if len(text) > maxBody {
		return nil, usageError("%s has more than %s", c.bodyName(), formatSize(maxBody))
	}
	document := etree.NewDocument()
	if err := document.ReadFromBytes(text); err != nil {
		return nil, usageError("read %s: %w", c.bodyName(), err)
	}
	root := document.Root()
	if root == nil || root.Tag != op.RequestWrapper() || len(document.ChildElements()) > 1 {
		return nil, usageError("%s does not hold one <%s>; altinn-transfer call --template %s prints one", c.bodyName(), op.RequestWrapper(), op.Base)
	}
	return root, c.prepare(op, root)
}

// prepare refuses a login in a file, where it would not be used, and makes each parameter one that can stand alone.
func (c *callCommand) prepare(op endpoint.Operation, root *etree.Element) error {
	for _, p := range op.Params {
		el := root.SelectElement(p.Name)
		if el == nil {
			continue
		}
		if p.Role != endpoint.RoleNone && strings.TrimSpace(soap.Content(el)) != "" {
			return usageError("%s: %s is to be empty: %w", c.bodyName(), p.Name, loginAdvice(p.Role))
		}
		removeComments(el)
		bringPrefixes(el)
	}
	return nil
}

// removeComments takes those of a template away, where its type is not known and everything is left.
func removeComments(el *etree.Element) {
	for _, token := range slices.Clone(el.Child) {
		switch token := token.(type) {
		case *etree.Comment:
			el.RemoveChild(token)
		case *etree.Element:
			removeComments(token)
		}
	}
}

// bodyName is what a message calls the file with the request.
func (c *callCommand) bodyName() string {
	if c.body == stdin {
		return "standard input"
	}
	return c.body
}

func (c *callCommand) readFile() ([]byte, error) {
	var from io.Reader = c.app.in
	if c.body != stdin {
		file, err := os.Open(c.body)
		if err != nil {
			return nil, err
		}
		defer file.Close()
		from = file
	}
	return io.ReadAll(io.LimitReader(from, maxBody+1))
}

// setParam puts "name=value" or "name.member=value" into a request.
func setParam(op endpoint.Operation, body *etree.Element, text string) error {
	path, value, ok := strings.Cut(text, "=")
	if !ok {
		return fmt.Errorf("%q is not NAME=VALUE", text)
	}
	name, rest, _ := strings.Cut(path, ".")
	p, ok := op.Param(name)
	switch {
	case !ok:
		return fmt.Errorf("%s has no parameter %q; it has %s", op.Base, name, askedNames(op))
	case p.Role != endpoint.RoleNone:
		return fmt.Errorf("%s: %w", name, loginAdvice(p.Role))
	case rest == personPassword:
		return fmt.Errorf("%s: %w", path, loginAdvice(endpoint.RoleUserPassword))
	}
	el := body.SelectElement(name)
	if el == nil {
		el = body.CreateElement(name)
	}
	if err := schema.Set(el, p.Type, rest, value); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// askedNames are the names of what an operation takes beside a login.
func askedNames(op endpoint.Operation) string {
	var names []string
	for _, p := range asked(op) {
		names = append(names, p.Name)
	}
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

// loginAdvice says where a part of a login comes from. Other users of the machine see command lines.
func loginAdvice(role endpoint.Role) error {
	switch role {
	case endpoint.RoleSystemUser:
		return errors.New("it is part of the login; use --user")
	case endpoint.RoleSystemPassword:
		return fmt.Errorf("it is part of the login; %s", waysOf("password"))
	case endpoint.RoleUserSSN:
		return errors.New("it is part of a person's login; use --person")
	case endpoint.RoleUserPinCode:
		return fmt.Errorf("it is part of a person's login; %s", waysOf("pin"))
	case endpoint.RoleAuthMethod:
		return errors.New("it is part of a person's login; use --pin-method")
	}
	return fmt.Errorf("it is part of a person's login; %s", waysOf("person-password"))
}

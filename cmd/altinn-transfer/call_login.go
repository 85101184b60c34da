package main

import (
	"context"

	"github.com/altinn-transfer/altinn-transfer/binding"
	"github.com/altinn-transfer/altinn-transfer/endpoint"
	"github.com/altinn-transfer/altinn-transfer/schema"
	"github.com/beevik/etree"
)

// challenge is the operation that a person is sent a code by. QUIRK: its login stands in its data, where no row tells of it.
const challenge = "GetAuthenticationChallenge"

// personPassword is the member of the challenge's data that must not be seen.
const personPassword = "UserPassword"

// login is a request with a person's login, of which the operation takes what it has a place for.
func (c *callCommand) login(ctx context.Context, op endpoint.Operation, body *etree.Element) (binding.Request, error) {
	var request binding.Request
	person := *c.person
	if !op.Takes(endpoint.RoleUserPinCode) {
		person.pin = passwordSource{} // which is not asked for then
	}
	if err := person.check(); err != nil || !op.Takes(endpoint.RoleUserSSN) && op.Base != challenge {
		return request, err
	}
	var err error
	if request.User, err = person.user(ctx); err != nil || op.Base != challenge {
		return request, err
	}
	if request.User.SSN != "" {
		err = c.fillChallenge(ctx, op, body, request.User)
	}
	request.Secrets = textsOf(body, personPassword)
	return request, err
}

// fillChallenge puts the login where the challenge has it.
func (c *callCommand) fillChallenge(ctx context.Context, op endpoint.Operation, body *etree.Element, user binding.User) error {
	password, err := user.Password(ctx)
	if err != nil {
		return err
	}
	p := asked(op)[0]
	el := body.SelectElement(p.Name)
	if el == nil {
		el = body.CreateElement(p.Name)
	}
	for _, member := range []struct{ name, text string }{
		{"AuthMethod", user.AuthMethod},
		{"SystemUserName", c.connection.user},
		{personPassword, password},
		{"UserSSN", user.SSN},
	} {
		if err := schema.Set(el, p.Type, member.name, member.text); err != nil {
			return usageError("%s: %w", p.Name, err)
		}
	}
	return nil
}

// textsOf are the texts of all elements with a name.
func textsOf(el *etree.Element, name string) []string {
	var texts []string
	for _, c := range el.FindElements(".//" + name) {
		texts = append(texts, c.Text())
	}
	return texts
}

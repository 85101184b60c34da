package main

import (
	"context"
	"strings"

	"github.com/altinn-transfer/altinn-transfer/archive"
	"github.com/altinn-transfer/altinn-transfer/binding"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// personFlags are the login of a person on whose behalf a call is made. They are no common flags: a profile is a system's.
type personFlags struct {
	app      *app
	ssn      string
	password passwordSource
	method   string
	pin      passwordSource
}

// pinMethods are the ways in which a person gets a code, as the services spell them.
var pinMethods = []cobra.Completion{"AltinnPin", "SMSPin"}

// addPersonFlags adds a person's login for an operation that may want one.
func (a *app) addPersonFlags(flags *pflag.FlagSet) *personFlags {
	p := a.addAskingPersonFlags(flags)
	p.pin.addFlags(flags, "pin", "the person's code")
	markOwn(flags, flagsOf("pin")...)
	return p
}

// addAskingPersonFlags adds the login of a person who has no code yet.
func (a *app) addAskingPersonFlags(flags *pflag.FlagSet) *personFlags {
	p := &personFlags{app: a}
	flags.StringVar(&p.ssn, "person", "", "national identity `number` of a person whose login the service wants beside the system's")
	p.password.addFlags(flags, "person-password", "the person's password")
	flags.StringVar(&p.method, "pin-method", "", "how the person gets a code: AltinnPin (letter) or SMSPin")
	markOwn(flags, append(flagsOf("person-password"), "person", "pin-method")...)
	return p
}

// user reads the login; the zero one when no person is named.
func (p *personFlags) user(ctx context.Context) (archive.User, error) {
	if err := p.check(); err != nil || p.ssn == "" {
		return archive.User{}, err
	}
	password, err := p.password.read(ctx, p.app, "Password of the person: ")
	if err != nil {
		return archive.User{}, err
	}
	user := archive.User{SSN: p.ssn, Password: binding.Literal(password), AuthMethod: p.method}
	if p.method != "" && p.pin.flag != "" {
		code, err := p.pin.read(ctx, p.app, "Code of the person: ")
		if err != nil {
			return archive.User{}, err
		}
		user.PinCode = binding.Literal(code)
	}
	return user, nil
}

func (p *personFlags) check() error {
	switch {
	case p.ssn == "" && (p.password.given() > 0 || p.pin.given() > 0 || p.method != ""):
		return usageError("a person's login is given without a person; use --person")
	case p.ssn != "" && (len(p.ssn) != 11 || strings.Trim(p.ssn, "0123456789") != ""):
		return usageError("--person is a national identity number (11 digits)")
	case p.password.given() > 1:
		return usageError("the person's password is given in more than one way")
	case p.pin.given() > 1:
		return usageError("the person's code is given in more than one way")
	case p.pin.given() == 1 && p.method == "":
		return usageError("a code is given, but not how it was sent; use --pin-method")
	}
	return p.settleMethod()
}

// settleMethod takes the method in any case, and spells it as the services do.
func (p *personFlags) settleMethod() error {
	if p.method == "" {
		return nil
	}
	for _, known := range pinMethods {
		if strings.EqualFold(p.method, known) {
			p.method = known
			return nil
		}
	}
	return usageError("--pin-method is %s, not %q", strings.Join(pinMethods, " or "), p.method)
}

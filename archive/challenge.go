package archive

import (
	"context"
	"fmt"
	"time"

	"github.com/altinn-transfer/altinn-transfer/binding"
	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/beevik/etree"
)

const namespaceAuthentication = "http://schemas.altinn.no/services/Authentication/2009/10"

// Challenge is what the service says to a person who asks for a code.
type Challenge struct {
	Status    string // Ok, or why there is no code
	Message   string // tells the person which code to use
	ValidFrom time.Time
	ValidTo   time.Time // zero when unreadable
}

// challengeKinds are the answers that are no code. A refused login must not be repeated, so it has its own kind.
var challengeKinds = map[string]failure.Kind{
	"InvalidCredentials": failure.Unauthenticated,
	"UserLockedOut":      failure.Unauthenticated,
	"NoPinFound":         failure.Refused,
	"NoPhoneNumber":      failure.Refused,
	"InvalidPinType":     failure.Refused,
}

// GetAuthenticationChallenge asks for the code that a person's login needs, by the person's AuthMethod. system is the system
// that will use it; its password is not asked for. A code is good for 30 minutes, and for 30 more from each use, up to 8 hours.
// An answer without a code is [failure.Unauthenticated] or [failure.Refused], and given beside the error.
//
// The operation is in the Basic binding only. A program that speaks another makes a second client, whose password is never
// read.
func (c *Client) GetAuthenticationChallenge(ctx context.Context, system string, user User) (*Challenge, error) {
	const op = "GetAuthenticationChallenge"
	if user.SSN == "" || user.Password == nil || user.AuthMethod == "" {
		return nil, usage(op, "a code is asked for with a person's number, password and AuthMethod")
	}
	password, err := user.Password(ctx)
	if err != nil {
		return nil, usage(op, "read the person's password: %w", err)
	}
	fill := func(el *etree.Element) {
		addText(el, namespaceAuthentication, "AuthMethod", user.AuthMethod)
		addText(el, namespaceAuthentication, "SystemUserName", system)
		addText(el, namespaceAuthentication, "UserPassword", password)
		addText(el, namespaceAuthentication, "UserSSN", user.SSN)
	}
	reply, err := c.calls.Call(ctx, op, binding.Request{
		Values: binding.Values{"challengeRequest": fill}, Secrets: []string{password, user.SSN},
	})
	if err != nil {
		return nil, err
	}
	m, err := result(reply.Envelope, namespaceAuthentication)
	if err != nil {
		return nil, unreadable(op, false, err)
	}
	challenge := &Challenge{
		Status: reply.Redact(m.text("Status")), Message: reply.Redact(m.text("Message")), ValidFrom: m.time("ValidFrom"), ValidTo: m.time("ValidTo"),
	}
	return challenge, challenge.verdict(op)
}

func (c *Challenge) verdict(op string) error {
	if c.Status == "Ok" {
		return nil
	}
	kind, known := challengeKinds[c.Status]
	if !known {
		return unreadable(op, false, fmt.Errorf("%.40q is not a status of a challenge", c.Status))
	}
	return &failure.Error{Op: op, Kind: kind, Err: fmt.Errorf("%s: %s", c.Status, c.Message)}
}

package binding

import (
	"context"
	"fmt"

	"github.com/altinn-transfer/altinn-transfer/endpoint"
)

// User is a person's own login, beside the system's. An operation gets as much of it as its row has parameters for: nothing
// in EC2, where the certificate stands for the person. The zero value is nobody.
type User struct {
	SSN        string // national identity number, 11 digits
	Password   Secret // nil: none
	PinCode    Secret // the code that the person was sent; nil: none
	AuthMethod string // how it was sent: AltinnPin (by letter) or SMSPin
}

// isPersonal reports whether a credential is a person's.
func isPersonal(role endpoint.Role) bool {
	switch role {
	case endpoint.RoleUserSSN, endpoint.RoleUserPassword, endpoint.RoleUserPinCode, endpoint.RoleAuthMethod:
		return true
	}
	return false
}

// fill gives the value of a person's credential. An identity number is kept out of errors as a password is.
func (u User) fill(ctx context.Context, role endpoint.Role) (value string, secret bool, err error) {
	switch role {
	case endpoint.RoleUserSSN:
		return u.SSN, true, nil
	case endpoint.RoleUserPassword:
		value, err = u.Password.ifGiven(ctx)
	case endpoint.RoleUserPinCode:
		value, err = u.PinCode.ifGiven(ctx)
	case endpoint.RoleAuthMethod:
		return u.AuthMethod, false, nil
	}
	return value, true, err
}

func (s Secret) ifGiven(ctx context.Context) (string, error) {
	if s == nil {
		return "", nil
	}
	value, err := s.reveal(ctx)
	if err != nil {
		return "", fmt.Errorf("log the person in: %w", err)
	}
	return value, nil
}

package binding

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/altinn-transfer/altinn-transfer/endpoint"
	"github.com/altinn-transfer/altinn-transfer/soap"
)

// Credentials say who calls, and by their type in which binding. The set of types is closed.
type Credentials interface {
	// Binding is the binding that these credentials belong to.
	Binding() endpoint.Binding
	// fill gives the value of a credential parameter.
	fill(ctx context.Context, role endpoint.Role) (value string, secret bool, err error)
	// send carries out the call that lay lays out, secured as the binding has it. lay can be asked again for the same call.
	send(ctx context.Context, c *Client, lay func() (*soap.Call, error)) (*soap.Reply, error)
}

// Basic is a system user of the Basic binding: user name and password travel in the message, so only over TLS.
type Basic struct {
	SystemUser string
	Password   Secret
}

// Binding is [endpoint.Basic].
func (Basic) Binding() endpoint.Binding { return endpoint.Basic }

func (b Basic) fill(ctx context.Context, role endpoint.Role) (string, bool, error) {
	switch role {
	case endpoint.RoleSystemUser:
		return b.SystemUser, false, nil
	case endpoint.RoleSystemPassword:
		password, err := b.Password.reveal(ctx)
		return password, true, err
	}
	return "", false, nil
}

func (Basic) send(ctx context.Context, c *Client, lay func() (*soap.Call, error)) (*soap.Reply, error) {
	call, err := lay()
	if err != nil {
		return nil, err
	}
	return c.soap.Do(ctx, call)
}

// Secret gives a password when it is needed. It cannot print itself.
type Secret func(context.Context) (string, error)

// Literal is a secret that the program holds already.
func Literal(secret string) Secret {
	return func(context.Context) (string, error) { return secret, nil }
}

func (s Secret) reveal(ctx context.Context) (string, error) {
	if s == nil {
		return "", fmt.Errorf("read password: none was given")
	}
	password, err := s(ctx)
	if err != nil {
		return "", fmt.Errorf("read password: %w", err)
	}
	return password, nil
}

const redacted = "[redacted]"

// String, GoString, Format and LogValue keep the secret out of whatever it is printed with.
func (Secret) String() string               { return redacted }
func (Secret) GoString() string             { return redacted }
func (Secret) Format(f fmt.State, _ rune)   { fmt.Fprint(f, redacted) }
func (Secret) LogValue() slog.Value         { return slog.StringValue(redacted) }
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

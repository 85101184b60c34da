package binding

import (
	"context"

	"github.com/altinn-transfer/altinn-transfer/endpoint"
	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/soap"
)

// UsernameToken is a system user of the WS binding: user name and password travel in the message's security header, so only
// over TLS.
type UsernameToken struct {
	Username string
	Password Secret
}

// Binding is [endpoint.WS].
func (UsernameToken) Binding() endpoint.Binding { return endpoint.WS }

// fill gives nothing: what the system is called by stands in the security header.
func (UsernameToken) fill(context.Context, endpoint.Role) (string, bool, error) {
	return "", false, nil
}

func (u UsernameToken) send(ctx context.Context, c *Client, lay func() (*soap.Call, error)) (*soap.Reply, error) {
	call, err := lay()
	if err != nil {
		return nil, err
	}
	password, err := u.Password.reveal(ctx)
	if err != nil {
		return nil, &failure.Error{Op: call.Op, Kind: failure.Usage, Err: err}
	}
	call.Secrets = append(call.Secrets, password)
	return exchange(ctx, c.soap, call, message(call).WithPassword(u.Username, password))
}

package binding

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"github.com/altinn-transfer/altinn-transfer/endpoint"
	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/security"
	"github.com/altinn-transfer/altinn-transfer/soap"
	"github.com/altinn-transfer/altinn-transfer/stream"
)

// Certificate is an enterprise user of the EC2 binding: an organisation's certificate begins a session, and a user name and
// password travel in each message beside it.
type Certificate struct {
	// KeyPair gives the certificate with its RSA key, each time that a session begins.
	KeyPair  func(context.Context) (*tls.Certificate, error)
	Username string
	Password Secret
}

// Binding is [endpoint.EC2].
func (Certificate) Binding() endpoint.Binding { return endpoint.EC2 }

func (k Certificate) fill(ctx context.Context, role endpoint.Role) (string, bool, error) {
	return Basic{SystemUser: k.Username, Password: k.Password}.fill(ctx, role)
}

// send calls within a session. Where the service knows that one no more, nothing was carried out: the call goes once again in a
// new one, if it still can.
func (k Certificate) send(ctx context.Context, c *Client, lay func() (*soap.Call, error)) (*soap.Reply, error) {
	reply, ended, err := k.sendOnce(ctx, c, lay)
	if !ended || !untouched(err) {
		return reply, err
	}
	reply, _, again := k.sendOnce(ctx, c, lay)
	if errors.Is(again, stream.ErrConsumed) {
		return nil, err
	}
	return reply, again
}

// sendOnce calls within a session, and reports whether that one has ended. It is dropped then.
func (k Certificate) sendOnce(ctx context.Context, c *Client, lay func() (*soap.Call, error)) (reply *soap.Reply, ended bool, err error) {
	call, err := lay()
	if err != nil {
		return nil, false, err
	}
	s, err := c.sessions.at(ctx, call.URL, func(ctx context.Context, now time.Time) (*session, error) {
		return k.begin(ctx, c.soap, call.URL, now)
	})
	if err != nil {
		return nil, false, err
	}
	reply, err = s.do(ctx, c.soap, call)
	if ended = errors.Is(err, failure.SessionExpired); ended {
		c.sessions.drop(call.URL, s)
	}
	return reply, ended, err
}

// untouched reports whether no byte of the call's source was taken before it failed.
func untouched(err error) bool {
	e, ok := errors.AsType[*failure.Error](err)
	return ok && e.Sent == 0
}

// opBegin is the step's name in errors.
const opBegin = "begin a session"

// tokenLimit bounds the answer that holds a session's token: with the service's state in it, a few KiB.
const tokenLimit = 64 << 10

// begin begins a session at an address.
func (k Certificate) begin(ctx context.Context, c *soap.Client, address string, now time.Time) (*session, error) {
	identity, err := k.identity(ctx, now)
	if err != nil {
		return nil, &failure.Error{Op: opBegin, Kind: failure.Usage, Err: err}
	}
	request, err := security.NewTokenRequest(address, identity, now)
	if err != nil {
		return nil, &failure.Error{Op: opBegin, Kind: failure.Usage, Err: err}
	}
	cookies := soap.NewCookies()
	reply, err := exchange(ctx, c, &soap.Call{
		Op: opBegin, URL: address, Action: security.ActionRequestToken, Version: soap.SOAP12, Body: request.Body, Cookies: cookies,
		ReadOnly: true, EnvelopeLimit: tokenLimit, Secrets: []string{request.Secret},
	}, request.Header)
	if err != nil {
		return nil, notBelieved(err)
	}
	conversation, err := request.Session(reply.Envelope.Body)
	if err != nil {
		return nil, refused(opBegin, true, reply, err)
	}
	return &session{conversation: conversation, cookies: cookies, renewal: renewal(now, conversation.Expires())}, nil
}

// notBelieved makes a refused login of a fault that a service without better words answers the beginning of a session with: all
// that it can refuse there is who asks, and it locks out those who insist. A service that begins no sessions is another matter.
func notBelieved(err error) error {
	e, _ := errors.AsType[*failure.Error](err)
	fault, ok := errors.AsType[*soap.Fault](err)
	if !ok || e.Kind != failure.Refused || fault.Altinn != nil || fault.Subcode.Local == "ActionNotSupported" {
		return err
	}
	same := *e
	same.Kind = failure.Unauthenticated
	return &same
}

// identity reads the certificate. One that cannot sign now is not shown to the service, which locks out whom it refuses.
func (k Certificate) identity(ctx context.Context, now time.Time) (*tls.Certificate, error) {
	if k.KeyPair == nil {
		return nil, errors.New("read certificate: none was given")
	}
	pair, err := k.KeyPair(ctx)
	if err != nil {
		return nil, fmt.Errorf("read certificate: %w", err)
	}
	if pair == nil || len(pair.Certificate) == 0 {
		return nil, errors.New("read certificate: there is none")
	}
	if pair.Leaf == nil {
		leaf, err := x509.ParseCertificate(pair.Certificate[0])
		if err != nil {
			return nil, fmt.Errorf("read certificate: %w", err)
		}
		pair = &tls.Certificate{Certificate: pair.Certificate, PrivateKey: pair.PrivateKey, Leaf: leaf}
	}
	return pair, security.CheckSigner(pair, now)
}

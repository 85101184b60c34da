package binding

import (
	"context"
	"errors"
	"slices"

	"github.com/altinn-transfer/altinn-transfer/security"
	"github.com/altinn-transfer/altinn-transfer/soap"
	"github.com/beevik/etree"
)

// exchange carries out one call under a security header, and refuses the answer to another. The operation's own blocks come
// behind the action, where WCF has them; their place means nothing.
func exchange(ctx context.Context, c *soap.Client, call *soap.Call, header []*etree.Element) (*soap.Reply, error) {
	call.Header = slices.Insert(header, 1, call.Header...)
	reply, err := c.Do(ctx, call)
	if err != nil {
		return nil, err
	}
	answered := security.ReadAddress(reply.Envelope.Header).RelatesTo // "" from a service that does not say
	if answered != "" && answered != security.ReadAddress(call.Header).MessageID {
		return nil, refused(call.Op, call.ReadOnly, reply, errors.New("it is the answer to another message"))
	}
	return reply, nil
}

// message is a call as its security header names it.
func message(call *soap.Call) security.Message {
	return security.Message{Action: call.Action, To: call.URL}
}

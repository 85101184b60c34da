// Package binding calls an operation of the catalogue in the binding that the credentials choose.
//
// It lays parameters out as the operation's row says (order, namespace, header block or body) and adds the credentials. It
// knows no operation by name: packages broker and archive give it meaning.
package binding

import (
	"context"
	"encoding/xml"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/altinn-transfer/altinn-transfer/endpoint"
	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/soap"
	"github.com/altinn-transfer/altinn-transfer/stream"
	"github.com/beevik/etree"
)

// Client calls operations at one address as one user. It is safe for concurrent use.
type Client struct {
	soap        *soap.Client
	base        *url.URL
	credentials Credentials
	overrides   []endpoint.Override
	sessions    *sessions // of the EC2 binding
}

// New makes a client; it does no I/O. base is the address that the catalogue's paths are put behind ("https://host"), or a
// whole endpoint, whose path ends in ".svc" and is used as it is for every call. nil options are the defaults.
func New(base string, credentials Credentials, o *Options) (*Client, error) {
	if o == nil {
		o = new(Options)
	}
	u, err := url.Parse(base)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		// Neither the address nor the parser's error is repeated: a password may stand anywhere in what is no URL.
		return nil, usage("read endpoint address: it is not an http or https address, such as https://host:port")
	}
	if u.User != nil {
		return nil, usage("read endpoint address: it holds a user name or password; give them as credentials instead")
	}
	if credentials == nil {
		return nil, usage("no credentials given")
	}
	for _, override := range o.Overrides {
		if err := override.Check(); err != nil {
			return nil, usage("%w", err)
		}
	}
	return &Client{
		soap: soap.NewClient(o.soap()), base: u, credentials: credentials, overrides: slices.Clone(o.Overrides), sessions: newSessions(),
	}, nil
}

func usage(format string, args ...any) error {
	return &failure.Error{Kind: failure.Usage, Err: fmt.Errorf(format, args...)}
}

// Close forgets the sessions and gives idle connections back. No session is begun after it.
func (c *Client) Close() {
	c.sessions.close()
	c.soap.Close()
}

// Request is what an operation is called with.
type Request struct {
	Values Values
	// User is the person on whose behalf the operation is called, for one that takes a person's login.
	User User
	// Secrets stand in the values. They are kept as the credentials are: out of errors, and off plain http.
	Secrets []string
	// Source is the stream of an operation whose request carries one.
	Source stream.Source
	// Progress hears how much of the source the transport took, one call at a time and none when Call has returned. nil: nobody
	// does.
	Progress func(sent int64)
	// ReadOnly says that the operation changes nothing, so that a lost answer leaves no doubt behind.
	ReadOnly bool
	// EnvelopeLimit bounds the answer without its stream, in bytes; 0: the codec's default.
	EnvelopeLimit int64
	// Entry takes the entries of a list, which are not kept; see [soap.Call]. nil: they are in the reply.
	Entry func(*etree.Element)
	// Stream is the member of the answer that is read as a stream, for an operation whose contract has its payload in the
	// envelope. The zero name: there is none.
	Stream xml.Name
}

// Values are parameters by the name that they have in the operation's row, credentials left out.
type Values map[string]Value

// Value fills the element of a parameter.
type Value func(*etree.Element)

// Text is a parameter that is plain text.
func Text(s string) Value {
	return func(el *etree.Element) { el.SetText(s) }
}

// Call calls the operation with that base name ("UploadFileStreamed") once, or with that name at its endpoint. The reply's body
// is the operation's own answer; its payload, where the operation streams one, must be closed. Errors are [*failure.Error].
//
// In the EC2 binding a session is begun first where there is none. When the service says that the session has ended, the call
// is repeated once in a new one, unless a byte of its source was taken; then it fails as [failure.SessionExpired], and nothing
// of it was carried out.
func (c *Client) Call(ctx context.Context, operation string, r Request) (*soap.Reply, error) {
	op, err := c.find(operation)
	if err != nil {
		return nil, err
	}
	reply, err := c.credentials.send(ctx, c, func() (*soap.Call, error) { return c.build(ctx, op, r) })
	if err != nil {
		return nil, err
	}
	return reply, checkAnswer(op, r, reply)
}

func (c *Client) find(operation string) (endpoint.Operation, error) {
	b := c.credentials.Binding()
	op, ok := endpoint.Find(operation, b)
	if !ok {
		op, ok = endpoint.FindName(operation, b)
	}
	if !ok {
		return op, usage("%s is not an operation of the %s binding", operation, b)
	}
	for _, override := range c.overrides {
		op = override.Apply(op)
	}
	if op.Action() == "" {
		return op, usage("no contract of %s was ever seen; override its namespace and interface with those of your service", op.Base)
	}
	return op, nil
}

func (c *Client) build(ctx context.Context, op endpoint.Operation, r Request) (*soap.Call, error) {
	l := &layout{ctx: ctx, op: op, credentials: c.credentials, values: r.Values, user: r.User, secrets: slices.Clone(r.Secrets)}
	call := &soap.Call{
		Op: op.Base, URL: c.address(op), Action: op.Action(), Version: version(op.Binding), MTOM: op.MTOM,
		EnvelopeLimit: r.EnvelopeLimit, Entry: r.Entry, ReadOnly: r.ReadOnly, Stream: r.Stream,
	}
	call.Header = l.headers()
	call.Body = l.body()
	call.Secrets = l.secrets
	switch op.Stream {
	case endpoint.StreamRequest:
		call.Attachment = &soap.Attachment{Into: l.stream, Source: r.Source, Progress: r.Progress}
	case endpoint.StreamReply:
		call.Stream = xml.Name{Space: op.Namespace, Local: op.StreamElement()}
	}
	if err := l.failed(); err != nil {
		return nil, &failure.Error{Op: op.Base, Kind: failure.Usage, Err: err}
	}
	return call, nil
}

func (c *Client) address(op endpoint.Operation) string {
	u := *c.base
	if !strings.HasSuffix(strings.ToLower(u.Path), ".svc") {
		u = *u.JoinPath(op.Path)
	}
	return u.String()
}

func version(b endpoint.Binding) soap.Version {
	if b.SOAP12() {
		return soap.SOAP12
	}
	return soap.SOAP11
}

// checkAnswer refuses an answer to another question, such as an echo of the request.
func checkAnswer(op endpoint.Operation, r Request, reply *soap.Reply) error {
	want := xml.Name{Space: op.Namespace, Local: op.ReplyWrapper()}
	if body := reply.Envelope.Body; body != nil && body.Tag == want.Local && body.NamespaceURI() == want.Space {
		return nil
	}
	return refused(op.Base, r.ReadOnly, reply, fmt.Errorf("the answer is not a %s", want.Local))
}

// refused is the error of an answer that came, and is not the one that was asked for.
func refused(op string, readOnly bool, reply *soap.Reply, err error) error {
	if reply.Payload != nil {
		reply.Payload.Close()
	}
	return &failure.Error{Op: op, Kind: failure.Protocol, Sent: reply.Sent, Ambiguous: !readOnly, Err: err}
}

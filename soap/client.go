package soap

import (
	"context"
	"encoding/xml"
	"net/http"

	"github.com/altinn-transfer/altinn-transfer/stream"
	"github.com/beevik/etree"
)

// Call is one request: where it goes, its envelope, and the stream beside it.
type Call struct {
	Op      string // the operation, for errors
	URL     string
	Action  string
	Version Version
	MTOM    bool // the endpoint speaks MTOM: the envelope travels as multipart/related, with or without an attachment
	Header  []*etree.Element
	Body    *etree.Element
	// Attachment is what is streamed with the request, nil for none.
	Attachment *Attachment
	// Stream names the element of the answer that holds a stream; the zero name when the answer is all envelope.
	Stream xml.Name
	// ReadOnly says that the operation changes nothing, so that a lost answer leaves no doubt behind.
	ReadOnly bool
	// Cookies are those of the session that the call belongs to; nil: none are sent or kept.
	Cookies *Cookies
	// EnvelopeLimit bounds the answer without its stream, in bytes; 0: the codec's default.
	EnvelopeLimit int64
	// Entry takes the entries of a list in the answer, the grandchildren of its element, one by one while it is read: they are not
	// kept, nor in the reply. They count only when the call succeeds. nil: they are in the reply.
	Entry func(*etree.Element)
	// Secrets are in the message. They are kept out of every error of this call, whatever the service echoes, and keep the call
	// off plain http.
	Secrets []string
}

// Attachment is what is streamed with a request.
type Attachment struct {
	Into     *etree.Element // the element of the body that holds it; gets the xop:Include
	Source   stream.Source
	Progress func(sent int64) // told how much the transport took, never by two at once nor after the call; nil for nobody
}

// Reply is what came back when it was no fault.
type Reply struct {
	Envelope *Envelope
	Payload  *Payload // the stream of the answer, to be closed by the caller; nil when there is none
	Sent     int64    // payload bytes of the request that the transport took

	secrets []string
}

// Redact takes the call's secrets out of text of the answer that is to be shown, should the service have echoed them.
func (r *Reply) Redact(text string) string { return redact(text, r.secrets) }

// Client calls. It is safe for concurrent use and keeps no state between calls but idle connections.
type Client struct {
	http    *http.Client
	options Options
}

// NewClient makes a client; nil options are the defaults.
func NewClient(o *Options) *Client {
	options := o.withDefaults()
	client := options.HTTP
	if client == nil {
		client = &http.Client{Transport: newTransport(options)}
	}
	refusing := *client
	refusing.Jar = nil // cookies belong to a session, never to a client
	refusing.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Client{http: &refusing, options: options}
}

// Close gives idle connections back.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Do carries one call out, once. Its errors are [*failure.Error]. A reply without a payload has been read to its end;
// one with a payload ends when the payload does.
func (c *Client) Do(ctx context.Context, call *Call) (*Reply, error) {
	ctx, watchdog := stream.NewWatchdog(ctx, c.options.StallTimeout)
	x := &exchange{client: c, call: call, ctx: ctx, watchdog: watchdog}
	reply, err := x.run()
	x.body.hush()
	if err != nil {
		err = x.failed(err)
	}
	if err != nil || reply.Payload == nil {
		watchdog.Stop()
	}
	return reply, err
}

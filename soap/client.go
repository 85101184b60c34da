package soap

import (
	"cmp"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"

	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/mtom"
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
	// EnvelopeLimit bounds the answer without its stream, in bytes; 0: the codec's default.
	EnvelopeLimit int64
	// Secrets are in the message. They are kept out of every error of this call, whatever the service echoes, and keep the call
	// off plain http.
	Secrets []string
}

// Attachment is what is streamed with a request.
type Attachment struct {
	Into     *etree.Element // the element of the body that holds it; gets the xop:Include
	Source   stream.Source
	Progress func(sent int64) // told how much the transport took, from one goroutine; nil for nobody
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
	if err != nil {
		err = x.failed(err)
	}
	if err != nil || reply.Payload == nil {
		watchdog.Stop()
	}
	return reply, err
}

// exchange is one call under way.
type exchange struct {
	client   *Client
	call     *Call
	ctx      context.Context
	watchdog *stream.Watchdog
	body     *requestBody
	status   int
	retry    string // Retry-After of the answer
}

func (x *exchange) run() (*Reply, error) {
	if err := x.checkAddress(); err != nil {
		return nil, &failure.Error{Kind: failure.Usage, Err: err}
	}
	request, err := x.request()
	if err != nil {
		return nil, err
	}
	response, err := x.client.http.Do(request)
	if err != nil {
		return nil, fmt.Errorf("send request: %w", err)
	}
	reply, err := x.receive(response)
	if err != nil || reply.Payload == nil {
		response.Body.Close()
	}
	return reply, err
}

// checkAddress keeps secrets from travelling in the clear.
func (x *exchange) checkAddress() error {
	u, err := url.Parse(x.call.URL)
	if err != nil {
		return fmt.Errorf("read address: %w", err)
	}
	if u.Scheme == "https" || len(x.call.Secrets) == 0 || x.client.options.AllowPlainHTTP || isLoopback(u.Hostname()) {
		return nil
	}
	return fmt.Errorf("the password would travel unencrypted to %s; use https, or allow plain http by name", u.Host)
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func (x *exchange) request() (*http.Request, error) {
	body, contentType, err := newRequestBody(x.ctx, x.call, x.watchdog)
	if err != nil {
		return nil, err
	}
	x.body = body
	request, err := http.NewRequestWithContext(x.ctx, http.MethodPost, x.call.URL, body)
	if err != nil {
		body.Close()
		return nil, &failure.Error{Kind: failure.Usage, Err: err}
	}
	request.ContentLength = body.length
	request.Header.Set("Content-Type", contentType)
	request.Header.Set("User-Agent", x.client.options.UserAgent)
	request.Header.Set("Accept", "multipart/related, text/xml, application/soap+xml")
	if x.call.MTOM {
		request.Header.Set("MIME-Version", "1.0")
	}
	if x.call.Version == SOAP11 {
		request.Header.Set("SOAPAction", strconv.Quote(x.call.Action))
	}
	return request, nil
}

// receive reads the answer up to its payload, or to its end where it has none.
func (x *exchange) receive(response *http.Response) (*Reply, error) {
	x.status = response.StatusCode
	x.retry = response.Header.Get("Retry-After")
	if response.StatusCode >= 300 && response.StatusCode < 400 {
		return nil, &failure.Error{Kind: failure.Protocol, Err: errors.New("it answers with a redirect, which is not followed because the request carries credentials")}
	}
	contentType := response.Header.Get("Content-Type")
	decoder, err := mtom.NewDecoder(x.watchdog.Reader(response.Body), contentType, &mtom.Options{
		Inline: func(name xml.Name) bool { return x.call.Stream.Local != "" && name == x.call.Stream },
		Limits: mtom.Limits{Root: x.call.EnvelopeLimit},
	})
	if err != nil {
		return nil, fmt.Errorf("read answer: %w", contentTypeError(err, contentType, x.call.Secrets))
	}
	envelope, payload, err := readMessage(decoder)
	if err != nil {
		return nil, fmt.Errorf("read answer: %w", err)
	}
	return x.judge(envelope, payload, response)
}

// readMessage reads the envelope and finds the stream beside it. A message without one is read to its end here, since only
// then it is known to be whole.
func readMessage(decoder *mtom.Decoder) (*Envelope, *mtom.Payload, error) {
	root, err := decoder.Root()
	if err != nil {
		return nil, nil, err
	}
	envelope, err := ParseEnvelope(root)
	if err != nil {
		return nil, nil, err
	}
	payload, err := decoder.Next()
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, nil, err
	}
	return envelope, payload, nil
}

func (x *exchange) judge(envelope *Envelope, payload *mtom.Payload, response *http.Response) (*Reply, error) {
	if fault := envelope.Fault(); fault != nil {
		return nil, fault
	}
	if x.status != http.StatusOK {
		return nil, fmt.Errorf("it answers HTTP %d without a fault", x.status)
	}
	if !x.body.Whole() {
		return nil, &failure.Error{Kind: failure.Integrity, Err: errors.New("it answered before the request was sent whole")}
	}
	reply := &Reply{Envelope: envelope, Sent: x.body.Sent(), secrets: x.call.Secrets}
	if x.call.Stream.Local == "" {
		if payload != nil {
			return nil, &failure.Error{Kind: failure.Protocol, Err: errors.New("the answer carries an attachment that was not asked for")}
		}
		return reply, nil
	}
	if payload == nil || payload.Element != x.call.Stream {
		return nil, &failure.Error{Kind: failure.Protocol, Err: fmt.Errorf("the answer has no %s", x.call.Stream.Local)}
	}
	reply.Payload = &Payload{payload: payload, body: response.Body, exchange: x}
	return reply, nil
}

// Payload is the stream of an answer. Its EOF is given only when the whole message was seen and found good; a message that
// was cut gives an error instead, always the same one. Close it when done, at any time.
type Payload struct {
	payload  *mtom.Payload
	body     io.Closer
	exchange *exchange
	err      error
}

// Read reads the payload's next bytes.
func (p *Payload) Read(b []byte) (int, error) {
	if p.err != nil {
		return 0, p.err
	}
	n, err := p.payload.Read(b)
	return n, p.keep(err)
}

// WriteTo writes the rest of the payload to w, without a copy of its own.
func (p *Payload) WriteTo(w io.Writer) (int64, error) {
	if p.err != nil {
		return 0, ignoreEOF(p.err)
	}
	n, err := p.payload.WriteTo(writeErrors{w})
	return n, ignoreEOF(p.keep(cmp.Or(err, io.EOF)))
}

// keep makes an ending stick, and says what it was in the words of package failure. Errors of the writer that the payload
// goes to are not the answer's fault, and pass as they are.
func (p *Payload) keep(err error) error {
	if err == nil {
		return nil
	}
	var mine *writeError
	switch {
	case errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
		p.err = io.EOF
	case errors.As(err, &mine):
		p.err = mine.err
	default:
		p.err = p.exchange.failed(fmt.Errorf("read answer: %w", err))
	}
	return p.err
}

// Close ends the exchange. Unread bytes are given up with the connection.
func (p *Payload) Close() error {
	p.exchange.watchdog.Stop()
	if p.err == nil {
		p.err = errClosed
	}
	return p.body.Close()
}

var errClosed = errors.New("read answer: it was closed")

func ignoreEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// writeErrors marks errors of the writer, to be told from those of the answer.
type writeErrors struct{ w io.Writer }

func (w writeErrors) Write(b []byte) (int, error) {
	n, err := w.w.Write(b)
	if err != nil {
		err = &writeError{err}
	}
	return n, err
}

type writeError struct{ err error }

func (e *writeError) Error() string { return e.err.Error() }
func (e *writeError) Unwrap() error { return e.err }

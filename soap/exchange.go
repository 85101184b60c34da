package soap

import (
	"context"
	"crypto/tls"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/mtom"
	"github.com/altinn-transfer/altinn-transfer/stream"
)

// exchange is one call under way.
type exchange struct {
	client   *Client
	call     *Call
	ctx      context.Context
	watchdog *stream.Watchdog
	body     *requestBody
	status   int
	retry    string // Retry-After of the answer
	tree     *tree  // of the answer
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
		return nil, fmt.Errorf("send request: %w", withCertificate(withoutAddress(err)))
	}
	reply, err := x.receive(response)
	if err != nil || reply.Payload == nil {
		response.Body.Close()
	}
	return reply, err
}

// withoutAddress takes the address out of an error: what stands in its path or query may not be for everybody.
func withoutAddress(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		return e.Err
	}
	return err
}

// withCertificate names the server's certificate in an error that says that it is not believed.
func withCertificate(err error) error {
	refused, ok := errors.AsType[*tls.CertificateVerificationError](err)
	if !ok || len(refused.UnverifiedCertificates) == 0 {
		return err
	}
	leaf := refused.UnverifiedCertificates[0]
	return fmt.Errorf("the server's certificate, of %q by %q: %w", leaf.Subject, leaf.Issuer, err)
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
	return fmt.Errorf("the password would travel unencrypted to %s; use https, or allow plain http by name (--allow-plain-http)", u.Host)
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
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
	if x.call.Attachment == nil {
		request.GetBody = body.again
	}
	request.Header.Set("Content-Type", contentType)
	request.Header.Set("User-Agent", x.client.options.UserAgent)
	request.Header.Set("Accept", "multipart/related, text/xml, application/soap+xml")
	if x.call.MTOM {
		request.Header.Set("MIME-Version", "1.0")
	}
	if x.call.Version == SOAP11 {
		request.Header.Set("SOAPAction", strconv.Quote(x.call.Action))
	}
	x.call.Cookies.send(request)
	return request, nil
}

// receive reads the answer up to its payload, or to its end where it has none.
func (x *exchange) receive(response *http.Response) (*Reply, error) {
	x.status = response.StatusCode
	x.retry = response.Header.Get("Retry-After")
	x.call.Cookies.keep(response)
	if response.StatusCode >= 300 && response.StatusCode < 400 {
		return nil, &failure.Error{Kind: failure.Protocol, Err: errors.New("it answers with a redirect, which is not followed because the request carries credentials")}
	}
	envelope, payload, err := x.read(response)
	if err != nil && response.StatusCode >= 300 {
		return nil, fmt.Errorf("it answers HTTP %d without a fault: %w", response.StatusCode, err)
	}
	if err != nil {
		return nil, fmt.Errorf("read answer: %w", err)
	}
	return x.judge(envelope, payload, response)
}

func (x *exchange) read(response *http.Response) (*Envelope, *mtom.Payload, error) {
	contentType, err := contentType(response.Header)
	if err != nil {
		return nil, nil, err
	}
	x.tree = newTree(x.call.Entry)
	decoder, err := mtom.NewDecoder(x.watchdog.Reader(response.Body), contentType, &mtom.Options{
		Inline: func(name xml.Name) bool { return x.call.Stream.Local != "" && name == x.call.Stream },
		Token:  x.tree.take,
		Limits: mtom.Limits{Root: x.call.EnvelopeLimit},
	})
	if err != nil {
		return nil, nil, contentTypeError(err, contentType, x.call.Secrets)
	}
	return x.readMessage(decoder)
}

// contentType is the answer's type. It refuses what would leave open what the body is.
func contentType(header http.Header) (string, error) {
	types := header.Values("Content-Type")
	if len(types) > 1 {
		return "", fmt.Errorf("it has %d Content-Types", len(types))
	}
	if coding := header.Get("Content-Encoding"); coding != "" && !strings.EqualFold(coding, "identity") {
		return "", fmt.Errorf("it is packed with %.20q, which was not asked for", coding)
	}
	return header.Get("Content-Type"), nil
}

// readMessage reads the envelope and finds the stream beside it. A message without one is read to its end here, since only
// then it is known to be whole.
func (x *exchange) readMessage(decoder *mtom.Decoder) (*Envelope, *mtom.Payload, error) {
	if _, err := decoder.Root(); err != nil {
		return nil, nil, err
	}
	envelope, err := x.tree.envelope()
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
	if x.status/100 != 2 {
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

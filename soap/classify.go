package soap

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/mtom"
	"github.com/altinn-transfer/altinn-transfer/stream"
)

// failed puts an error of this exchange into the words of package failure: once, whatever floor it came from.
func (x *exchange) failed(err error) *failure.Error {
	f := x.describe(err)
	f.Op = x.call.Op
	f.HTTPStatus = x.status
	f.Sent = x.body.Sent()
	f.RetryAfter = retryAfter(x.retry, time.Now())
	f.Ambiguous = !x.call.ReadOnly && x.body.Whole() && !x.definite(err, f.Kind)
	f.Err = withoutSecrets(f.Err, x.call.Secrets)
	f.GUID = redact(f.GUID, x.call.Secrets)
	return f
}

func (x *exchange) describe(err error) *failure.Error {
	if told, ok := errors.AsType[*failure.Error](err); ok {
		same := *told
		return &same
	}
	if fault, ok := errors.AsType[*Fault](err); ok {
		return x.faulted(fault)
	}
	if cause := context.Cause(x.ctx); cause != nil {
		return &failure.Error{Kind: stopKind(cause), Err: cause}
	}
	if cause := x.body.Cause(); cause != nil {
		return &failure.Error{Kind: failure.Source, Err: cause}
	}
	return &failure.Error{Kind: x.kind(err), Err: err}
}

// faulted takes the word of what stands before the service where the service itself has said nothing. QUIRK: WCF says that it is
// too busy by a fault of its own under 503.
func (x *exchange) faulted(f *Fault) *failure.Error {
	e := f.failure()
	if statusKinds[x.status] == failure.Unavailable && f.Altinn == nil {
		e.Kind = failure.Unavailable
	}
	return e
}

func (f *Fault) failure() *failure.Error {
	e := &failure.Error{Kind: f.Kind(), Err: f}
	if f.Altinn != nil {
		e.GUID = f.Altinn.ErrorGUID
		e.Code, e.HasCode = f.Altinn.ErrorID, f.Altinn.ErrorID >= 0
	}
	return e
}

func stopKind(cause error) failure.Kind {
	if _, stalled := errors.AsType[*stream.StallError](cause); stalled {
		return failure.Stalled
	}
	return failure.Interrupted
}

// kind tells a broken connection from an answer that makes no sense.
func (x *exchange) kind(err error) failure.Kind {
	if kind, ok := statusKinds[x.status]; ok {
		return kind
	}
	if isHandshake(err) {
		return failure.Protocol
	}
	if isCut(err) {
		return failure.Integrity
	}
	if _, ok := errors.AsType[net.Error](err); ok || x.status == 0 {
		return failure.Network
	}
	return failure.Protocol
}

// isCut reports whether the answer ended too early. QUIRK: net/http has no type for a chunked body that ends before the end of
// its trailer; it is known by its words.
func isCut(err error) bool {
	return errors.Is(err, mtom.ErrCut) || errors.Is(err, io.ErrUnexpectedEOF) ||
		strings.Contains(err.Error(), "http: unexpected EOF reading trailer")
}

// isHandshake reports whether the two sides cannot agree to speak at all, which trying again does not change. QUIRK: crypto/tls
// has no type for the other side's alert; it is known by the name of its operation.
func isHandshake(err error) bool {
	_, certificate := errors.AsType[*tls.CertificateVerificationError](err)
	_, record := errors.AsType[tls.RecordHeaderError](err)
	alert, ok := errors.AsType[*net.OpError](err)
	return certificate || record || ok && alert.Op == "remote error" || errors.Is(err, http.ErrSchemeMismatch)
}

// statusKinds says what an HTTP status means when no fault explains it.
var statusKinds = map[int]failure.Kind{
	http.StatusUnauthorized:          failure.Unauthenticated,
	http.StatusForbidden:             failure.Forbidden,
	http.StatusRequestEntityTooLarge: failure.TooLarge,
	http.StatusTooManyRequests:       failure.Unavailable,
	http.StatusBadGateway:            failure.Unavailable,
	http.StatusServiceUnavailable:    failure.Unavailable,
	http.StatusGatewayTimeout:        failure.Unavailable,
}

// definite reports whether the failure says by itself that the request was not carried out.
func (x *exchange) definite(err error, kind failure.Kind) bool {
	if fault, ok := errors.AsType[*Fault](err); ok && fault.definite() {
		return true
	}
	switch x.status {
	case http.StatusBadGateway, http.StatusGatewayTimeout, http.StatusInternalServerError:
		return false // something in front of the service, or the service half-way
	}
	return x.status >= 300 || kind == failure.Usage || kind == failure.Source
}

// retryAfterCap keeps a service from parking a client for ever.
const retryAfterCap = 5 * time.Minute

// retryAfter reads both forms of the field: seconds, and a date. What is neither asks for nothing.
func retryAfter(value string, now time.Time) time.Duration {
	seconds, err := strconv.ParseUint(value, 10, 31)
	switch {
	case err == nil:
		return min(time.Duration(seconds)*time.Second, retryAfterCap)
	case errors.Is(err, strconv.ErrRange):
		return retryAfterCap
	}
	when, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	return min(max(when.Sub(now), 0), retryAfterCap)
}

// withoutSecrets keeps a secret that the far side echoes out of the error's text. Such an error loses its chain, which holds the secret.
func withoutSecrets(err error, secrets []string) error {
	if err == nil {
		return nil
	}
	text := redact(err.Error(), secrets)
	if text == err.Error() {
		return err
	}
	return &redacted{text}
}

// redact takes secrets out of text, also in the forms that they have in XML and in quotes.
func redact(text string, secrets []string) string {
	for _, secret := range secrets {
		for _, form := range forms(secret) {
			text = strings.ReplaceAll(text, form, "[redacted]")
		}
	}
	return text
}

// How XML writes what stands in a text, and in an attribute.
var (
	inText             = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	inAttribute        = strings.NewReplacer(`"`, "&quot;", "'", "&apos;")
	inAttributeNumeric = strings.NewReplacer(`"`, "&#34;", "'", "&#39;")
)

// forms are the ways in which a secret may stand in a message or an error, the longest first; none of "".
func forms(secret string) []string {
	if secret == "" {
		return nil
	}
	text := inText.Replace(secret)
	attribute, numeric := inAttribute.Replace(text), inAttributeNumeric.Replace(text)
	all := []string{secret, text, attribute, numeric}
	for _, form := range all {
		quoted := strconv.Quote(form)
		all = append(all, quoted[1:len(quoted)-1])
	}
	slices.SortFunc(all, func(a, b string) int { return len(b) - len(a) })
	return all
}

// contentTypeError keeps a Content-Type that repeats a secret out of the error that it causes, where a piece may stand.
func contentTypeError(err error, contentType string, secrets []string) error {
	if redact(contentType, secrets) != contentType {
		return errors.New("its Content-Type makes no sense, and is not shown because it repeats the password")
	}
	return err
}

// redacted has no Unwrap: the chain below it holds the secret.
type redacted struct{ text string }

func (r *redacted) Error() string { return r.text }

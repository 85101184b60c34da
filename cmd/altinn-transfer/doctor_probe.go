package main

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// probe is one request without a login for the contract of the service (?wsdl). What TLS, clock and service are like shows in it.
type probe struct {
	tls      *tls.ConnectionState
	status   int    // of the answer; 0: none came
	refusal  string // of the proxy to make a tunnel
	header   http.Header
	begin    []byte // of the answer's body
	at, sent time.Time
	err      error
}

// maxProbe bounds what is read of the answer, in bytes: its root element is wanted.
const maxProbe = 64 << 10

// ask makes the request, the first time.
func (d *doctorCommand) ask(ctx context.Context) *probe {
	if d.probe == nil {
		d.probe = &probe{}
		d.probe.err = d.probe.run(ctx, d)
	}
	return d.probe
}

func (p *probe) run(ctx context.Context, d *doctorCommand) error {
	c := d.connection
	secured, err := c.tls(ctx)
	if err != nil {
		return err
	}
	secured = cmp.Or(secured, &tls.Config{})
	secured.MinVersion = tls.VersionTLS12
	transport := &http.Transport{
		Proxy: http.ProxyFromEnvironment, TLSClientConfig: secured, TLSHandshakeTimeout: c.connectTimeout, DisableKeepAlives: true,
		DialContext: (&net.Dialer{Timeout: c.connectTimeout}).DialContext, MaxResponseHeaderBytes: maxProbe,
		OnProxyConnectResponse: func(_ context.Context, _ *url.URL, _ *http.Request, answer *http.Response) error {
			if answer.StatusCode != http.StatusOK {
				p.refusal = answer.Status
			}
			return nil
		},
	}
	client := &http.Client{
		Transport: transport, Timeout: c.stallTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	address := *d.address
	address.RawQuery = "wsdl"
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address.String(), nil)
	if err != nil {
		return err
	}
	request.Header.Set("User-Agent", "altinn-transfer")
	p.sent = time.Now()
	answer, err := client.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	p.at, p.status, p.header, p.tls = time.Now(), answer.StatusCode, answer.Header, answer.TLS
	p.begin, err = io.ReadAll(io.LimitReader(answer.Body, maxProbe))
	return err
}

// checkTLS tells who answers, and who vouches for that.
func (d *doctorCommand) checkTLS(ctx context.Context) []diagnosis {
	if d.address.Scheme == "http" {
		return []diagnosis{skipped("the address is plain http")}
	}
	p := d.ask(ctx)
	if p.tls == nil {
		return []diagnosis{d.untrusted(p)}
	}
	leaf, by := p.tls.PeerCertificates[0], "nobody"
	if chains := p.tls.VerifiedChains; len(chains) > 0 {
		by = chains[0][len(chains[0])-1].Subject.CommonName
	}
	diagnoses := []diagnosis{fine("%s, certificate of %s, issued by %s, vouched for by %s, %s", tls.VersionName(p.tls.Version),
		cmp.Or(leaf.Subject.CommonName, strings.Join(leaf.DNSNames, ", ")), leaf.Issuer.CommonName, by, validUntil(leaf))}
	if time.Until(leaf.NotAfter) < serverRenewal {
		diagnoses = append(diagnoses, warned("ask the operator whether a new one is on its way", "the server's certificate ends soon"))
	}
	return diagnoses
}

// serverRenewal is how long before its end a server's certificate is warned of: most are renewed by machines.
const serverRenewal = 7 * day

// untrusted says why there is no TLS.
func (d *doctorCommand) untrusted(p *probe) diagnosis {
	_, record := errors.AsType[tls.RecordHeaderError](p.err)
	if refused, ok := errors.AsType[*tls.CertificateVerificationError](p.err); ok && len(refused.UnverifiedCertificates) > 0 {
		return d.refusedCertificate(refused)
	}
	text := withoutAddress(p.err).Error()
	switch {
	case p.refusal != "":
		return bad(exitUnreachable, d.proxyAdvice(p.refusal), "the proxy makes no way to %s: %s", d.address.Host, p.refusal)
	case record || errors.Is(p.err, http.ErrSchemeMismatch):
		return bad(exitUnreachable, d.wayAdvice(), "what answers does not speak TLS")
	case errors.Is(p.err, io.EOF):
		return bad(exitUnreachable, d.wayAdvice(), "the connection ends before TLS is made")
	case strings.Contains(text, "remote error: tls"):
		return bad(exitUnreachable, "a server may want a certificate of yours: --client-certificate", "the other side ends it: %s", text)
	}
	return bad(exitUnreachable, d.wayAdvice(), "%s", text)
}

// proxyAdvice is what to do about a proxy that makes no tunnel.
func (d *doctorCommand) proxyAdvice(refusal string) string {
	proxy, _ := d.proxy()
	switch {
	case !strings.HasPrefix(refusal, "407"):
		return "ask who runs the proxy to let this machine through to " + d.address.Host
	case proxy != nil && proxy.User != nil:
		return fmt.Sprintf("the login for the proxy in %s is refused; ask who runs the proxy for a right one", d.proxyVariable())
	}
	return fmt.Sprintf("put the login for the proxy into %s: http://USER:PASSWORD@HOST:PORT", d.proxyVariable())
}

// wayAdvice is what to do when TLS does not come about.
func (d *doctorCommand) wayAdvice() string {
	if proxy, err := d.proxy(); err == nil && proxy != nil {
		return fmt.Sprintf("ask who runs the proxy at %s whether it lets TLS through to %s", proxy.Host, d.address.Host)
	}
	return "see that address and port are those of the service"
}

// refusedCertificate tells whose certificate it is that cannot be trusted, because a proxy that reads along shows in it.
func (d *doctorCommand) refusedCertificate(refused *tls.CertificateVerificationError) diagnosis {
	leaf := refused.UnverifiedCertificates[0]
	last := refused.UnverifiedCertificates[len(refused.UnverifiedCertificates)-1]
	who := fmt.Sprintf("the certificate of %s was issued by %s", nameOf(leaf), cmp.Or(last.Issuer.String(), "nobody"))
	if _, ok := errors.AsType[x509.UnknownAuthorityError](refused); ok {
		return bad(exitUnreachable, "if that is a proxy of your own network that reads along, or a test server, give its root with --ca FILE; "+
			"if not, somebody stands between, and no password must go there", "%s, whom nobody vouches for here", who)
	}
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](refused); ok && invalid.Reason == x509.Expired {
		return bad(exitUnreachable, "ask the operator for a new one, and look at this machine's clock", "%s; it is valid from %s to %s, and now is %s",
			who, leaf.NotBefore.UTC().Format(time.DateOnly), leaf.NotAfter.UTC().Format(time.DateOnly), time.Now().UTC().Format(time.DateOnly))
	}
	return bad(exitUnreachable, "see that the address is the one on the certificate", "%s: %v", who, refused.Err)
}

func nameOf(leaf *x509.Certificate) string {
	return cmp.Or(leaf.Subject.CommonName, strings.Join(leaf.DNSNames, ", "), "no name")
}

// withoutAddress takes the address away that an HTTP client puts before its errors.
func withoutAddress(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		return e.Err
	}
	return err
}

// How far the clocks may be apart: WS-Security refuses what is more than five minutes off.
const (
	skewWarning = time.Minute
	skewLimit   = 5 * time.Minute
)

// checkClock compares this machine's clock with the service's. That one is told in whole seconds, somewhere in between.
func (d *doctorCommand) checkClock(ctx context.Context) []diagnosis {
	p := d.ask(ctx)
	if p.status == 0 {
		return []diagnosis{skipped("no answer tells the time")}
	}
	far, err := http.ParseTime(p.header.Get("Date"))
	if err != nil {
		return []diagnosis{skipped("the answer does not tell the time")}
	}
	off := p.sent.Add(p.at.Sub(p.sent) / 2).Sub(far.Add(time.Second / 2)).Round(time.Second)
	text := fmt.Sprintf("%v apart from the service's", off.Abs())
	if off != 0 {
		text = fmt.Sprintf("%v %s the service's", off.Abs(), map[bool]string{true: "ahead of", false: "behind"}[off > 0])
	}
	const advice = "set this machine's clock, or ask the operator to set theirs"
	switch {
	case off.Abs() > skewLimit:
		return []diagnosis{bad(exitUsage, advice, "%s; messages more than %v off are refused", text, skewLimit)}
	case off.Abs() > skewWarning:
		return []diagnosis{warned(advice, "%s; more than %v is refused", text, skewLimit)}
	}
	return []diagnosis{fine("%s", text)}
}

// checkService looks whether what answers is the service: it gives its contract to who asks.
func (d *doctorCommand) checkService(ctx context.Context) []diagnosis {
	p := d.ask(ctx)
	const wrong = "see that the endpoint is the right address"
	path := "/" + strings.TrimPrefix(d.address.Path, "/")
	switch {
	case p.status == 0:
		return []diagnosis{bad(exitUnreachable, "check the endpoint and the network", "no answer: %v", withoutAddress(p.err))}
	case p.status/100 == 3:
		return []diagnosis{bad(exitUnreachable, "redirects are refused; use the address of the service itself", "%s: it points to %s", path, cmp.Or(hostOf(p.header.Get("Location")), "nowhere"))}
	case p.status == http.StatusBadGateway || p.status == http.StatusServiceUnavailable || p.status == http.StatusGatewayTimeout:
		return []diagnosis{bad(exitUnreachable, "try again later", "%s: HTTP %d, it is not available now", path, p.status)}
	case p.status == http.StatusOK && isContract(p.begin):
		return []diagnosis{fine("%s gives its contract, in %s", path, milliseconds(p.at.Sub(p.sent)))}
	case p.status == http.StatusOK:
		return []diagnosis{warned(wrong, "%s answers, but not with the contract of a service", path)}
	}
	return []diagnosis{warned(wrong+"; some services keep their contract to themselves", "%s: HTTP %d instead of its contract", path, p.status)}
}

func hostOf(location string) string {
	u, err := url.Parse(location)
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// isContract reports whether an answer begins as WSDL does.
func isContract(begin []byte) bool {
	decoder := xml.NewDecoder(bytes.NewReader(begin))
	for {
		token, err := decoder.RawToken()
		if err != nil {
			return false
		}
		if start, ok := token.(xml.StartElement); ok {
			return start.Name.Local == "definitions" || start.Name.Local == "description"
		}
	}
}

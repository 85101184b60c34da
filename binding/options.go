package binding

import (
	"crypto/tls"
	"net/http"
	"time"

	"github.com/altinn-transfer/altinn-transfer/endpoint"
	"github.com/altinn-transfer/altinn-transfer/soap"
)

// Options of a [Client]; the zero value is good.
type Options struct {
	HTTP           *http.Client  // nil: HTTP/1.1, TLS as below, no limit on the whole call; redirects are refused in any case
	TLS            *tls.Config   // without HTTP: own roots, a client certificate; never below TLS 1.2; nil: the system's roots
	ConnectTimeout time.Duration // for the connection, and again for the TLS handshake; 0: 10 s
	StallTimeout   time.Duration // without a byte either way; 0: 60 s, negative: never
	UserAgent      string        // "": altinn-transfer
	AllowPlainHTTP bool          // secrets may travel over http beyond this machine
	// Overrides are what the service has otherwise than the catalogue. Where two are for one operation, the later counts.
	Overrides []endpoint.Override
}

func (o *Options) soap() *soap.Options {
	return &soap.Options{
		HTTP: o.HTTP, TLS: o.TLS, ConnectTimeout: o.ConnectTimeout, StallTimeout: o.StallTimeout, UserAgent: o.UserAgent,
		AllowPlainHTTP: o.AllowPlainHTTP,
	}
}

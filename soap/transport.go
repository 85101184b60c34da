package soap

import (
	"cmp"
	"crypto/tls"
	"net"
	"net/http"
	"time"
)

// Options of a [Client]; the zero value is good.
type Options struct {
	HTTP           *http.Client  // nil: HTTP/1.1, TLS as below, no limit on the whole call; redirects are refused in any case
	TLS            *tls.Config   // without HTTP: own roots, a client certificate; never below TLS 1.2; nil: the system's roots
	ConnectTimeout time.Duration // for the connection, and again for the TLS handshake; 0: 10 s
	StallTimeout   time.Duration // without a byte either way; 0: 60 s, negative: never
	UserAgent      string        // "": altinn-transfer
	AllowPlainHTTP bool          // secrets may travel over http beyond this machine
}

func (o *Options) withDefaults() Options {
	var options Options
	if o != nil {
		options = *o
	}
	options.ConnectTimeout = cmp.Or(options.ConnectTimeout, 10*time.Second)
	options.StallTimeout = cmp.Or(options.StallTimeout, 60*time.Second)
	options.UserAgent = cmp.Or(options.UserAgent, "altinn-transfer")
	return options
}

// socketBuffer is the transport's own buffer on each side of a connection: large enough that a system call costs little
// beside the bytes it moves, small enough to have one per connection.
const socketBuffer = 64 << 10

// idleConnections is how many connections are kept for the next call: one for each of as many files at once as anybody sends. A
// connection more would be closed behind each call, and opened before the next.
const idleConnections = 64

// maxHeader bounds the head of an answer; the transport's own limit is 10 MiB.
const maxHeader = 64 << 10

// newTransport speaks HTTP/1.1 only: the services do, and one stream per connection keeps one slow file from holding
// another's flow-control window. Answers are never unpacked, so nothing grows beyond what was received.
func newTransport(o Options) *http.Transport {
	dialer := &net.Dialer{Timeout: o.ConnectTimeout, KeepAlive: 30 * time.Second}
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         patient(dialer.DialContext),
		TLSClientConfig:     atLeastTLS12(o.TLS),
		TLSHandshakeTimeout: o.ConnectTimeout,
		DisableCompression:  true,
		MaxIdleConnsPerHost: idleConnections,
		IdleConnTimeout:     15 * time.Second,
		WriteBufferSize:     socketBuffer,
		ReadBufferSize:      socketBuffer,
		Protocols:           protocols,

		MaxResponseHeaderBytes: maxHeader,
	}
}

// atLeastTLS12 is a copy of a configuration that goes no lower.
func atLeastTLS12(c *tls.Config) *tls.Config {
	if c == nil {
		return &tls.Config{MinVersion: tls.VersionTLS12}
	}
	c = c.Clone()
	c.MinVersion = max(c.MinVersion, tls.VersionTLS12)
	return c
}

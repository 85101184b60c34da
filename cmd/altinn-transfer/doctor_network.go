package main

import (
	"cmp"
	"context"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// checkAddress looks whether a password may travel there.
func (d *doctorCommand) checkAddress(context.Context) []diagnosis {
	at := d.address.Scheme + "://" + d.address.Host
	switch {
	case d.address.Scheme == "https":
		return []diagnosis{fine("%s", at)}
	case isLoopback(d.address.Hostname()):
		return []diagnosis{fine("%s, on this machine", at)}
	case d.connection.allowPlainHTTP:
		return []diagnosis{warned("use https", "%s: the password travels unencrypted, as --allow-plain-http allows", at)}
	}
	return []diagnosis{bad(exitUsage, "use https, or allow plain http by name (--allow-plain-http)", "%s: the password would travel unencrypted", at)}
}

// proxy is the one that stands between; nil: there is none. Its address is told without what it holds of a login.
func (d *doctorCommand) proxy() (*url.URL, error) {
	return http.ProxyFromEnvironment(&http.Request{URL: d.address})
}

// proxyVariable is the variable that names the proxy for the address; "" where none is set.
func (d *doctorCommand) proxyVariable() string {
	name := strings.ToUpper(d.address.Scheme) + "_PROXY"
	for _, name := range []string{name, strings.ToLower(name)} {
		if d.app.env(name) != "" {
			return name
		}
	}
	return ""
}

func (d *doctorCommand) checkProxy(context.Context) []diagnosis {
	proxy, err := d.proxy()
	variable := d.proxyVariable()
	switch {
	case err != nil:
		return []diagnosis{bad(exitUsage, "unset the variable", "%v", err)}
	case proxy != nil && proxy.User != nil:
		return []diagnosis{fine("%s://%s from %s, with a login", proxy.Scheme, proxy.Host, variable)}
	case proxy != nil:
		return []diagnosis{fine("%s://%s from %s", proxy.Scheme, proxy.Host, variable)}
	case variable == "":
		return []diagnosis{fine("none")}
	case isLoopback(d.address.Hostname()):
		return []diagnosis{fine("none: %s does not count for this machine itself", variable)}
	}
	if !isProxyAddress(d.app.env(variable)) {
		return []diagnosis{bad(exitUsage, "set it to http://HOST:PORT, or unset it", "%s is no address of a proxy, and goes for none", variable)}
	}
	return []diagnosis{fine("none: NO_PROXY leaves %s out of %s", d.address.Hostname(), variable)}
}

// isProxyAddress reports whether [http.ProxyFromEnvironment] can read an address, which may lack its scheme. It passes over
// one that it cannot read.
func isProxyAddress(address string) bool {
	_, err := url.Parse(address)
	_, bare := url.Parse("http://" + address)
	return err == nil || bare == nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

// next is the machine that a connection is made to: the proxy, or else the service.
func (d *doctorCommand) next() *url.URL {
	if proxy, err := d.proxy(); err == nil && proxy != nil {
		return proxy
	}
	return d.address
}

func (d *doctorCommand) checkName(ctx context.Context) []diagnosis {
	host := d.next().Hostname()
	if net.ParseIP(host) != nil {
		return []diagnosis{fine("%s is an address itself", host)}
	}
	ctx, cancel := context.WithTimeout(ctx, d.connection.connectTimeout)
	defer cancel()
	start := time.Now()
	addresses, err := net.DefaultResolver.LookupHost(ctx, host)
	if err != nil {
		return []diagnosis{bad(exitUnreachable, "check the name; behind a proxy set HTTPS_PROXY, and the proxy finds it", "%s has no address: %v", host, err)}
	}
	const shown = 4
	list := strings.Join(addresses[:min(shown, len(addresses))], ", ")
	if len(addresses) > shown {
		list += ", ..."
	}
	return []diagnosis{fine("%s is %s, found in %s", host, list, milliseconds(time.Since(start)))}
}

func (d *doctorCommand) checkConnection(ctx context.Context) []diagnosis {
	next := d.next()
	address := net.JoinHostPort(next.Hostname(), cmp.Or(next.Port(), defaultPorts[next.Scheme]))
	start := time.Now()
	conn, err := (&net.Dialer{Timeout: d.connection.connectTimeout}).DialContext(ctx, "tcp", address)
	if err != nil {
		return []diagnosis{bad(exitUnreachable, "check host and port, and whether a firewall lets this machine out", "%s: %v", address, err)}
	}
	conn.Close()
	return []diagnosis{fine("%s in %s", conn.RemoteAddr(), milliseconds(time.Since(start)))}
}

var defaultPorts = map[string]string{"http": "80", "https": "443", "socks5": "1080", "socks5h": "1080"}

func milliseconds(d time.Duration) string {
	if d < time.Millisecond {
		return "less than 1ms"
	}
	return d.Round(max(time.Millisecond, d.Truncate(time.Millisecond)/100)).String()
}

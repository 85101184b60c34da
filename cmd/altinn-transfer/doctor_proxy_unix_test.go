//go:build unix

package main

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/internal/certs"
	"github.com/altinn-transfer/altinn-transfer/server"
)

// newProxy is a proxy that does with each CONNECT what tunnel does, which is left the connection.
func newProxy(t *testing.T, tunnel func(net.Conn)) string {
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		tunnel(conn)
	}))
	t.Cleanup(proxy.Close)
	return strings.TrimPrefix(proxy.URL, "http://")
}

const tunnelMade = "HTTP/1.1 200 Connection established\r\n\r\n"

// readingAlong is a tunnel that ends TLS with a certificate of its own, and answers for the service.
func readingAlong(pair *tls.Certificate, service http.Handler) func(net.Conn) {
	return func(conn net.Conn) {
		io.WriteString(conn, tunnelMade)
		listener := &oneConn{conn: tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{*pair}}), over: make(chan struct{})}
		(&http.Server{Handler: service, ConnState: listener.state, ErrorLog: log.New(io.Discard, "", 0)}).Serve(listener)
	}
}

// oneConn is a listener that has one connection, and ends with it.
type oneConn struct {
	conn net.Conn
	over chan struct{}
}

func (o *oneConn) Accept() (net.Conn, error) {
	if conn := o.conn; conn != nil {
		o.conn = nil
		return conn, nil
	}
	<-o.over
	return nil, io.EOF
}

func (o *oneConn) state(_ net.Conn, s http.ConnState) {
	if s == http.StateClosed {
		close(o.over)
	}
}

func (*oneConn) Close() error   { return nil }
func (*oneConn) Addr() net.Addr { return &net.TCPAddr{} }

// What a proxy does to the way is told as the proxy's doing, with what to do, and no password goes there.
func TestDoctorTellsWhatAProxyDoes(t *testing.T) {
	t.Parallel()
	authority, err := certs.NewAuthority("Reading Along AS")
	if err != nil {
		t.Fatal(err)
	}
	pair, err := authority.Server("far.invalid")
	if err != nil {
		t.Fatal(err)
	}
	root := filepath.Join(t.TempDir(), "root.pem")
	if err := os.WriteFile(root, authority.PEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	service, err := server.New(server.Options{Dir: t.TempDir(), Users: server.DemoUsers()})
	if err != nil {
		t.Fatal(err)
	}
	defer service.Close()
	refuse := func(conn net.Conn) {
		io.WriteString(conn, "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n")
	}
	for name, test := range map[string]struct {
		tunnel func(net.Conn)
		login  string // of the proxy
		args   []string
		code   int
		says   []string
	}{
		"it wants a login": {refuse, "", nil, exitUnreachable, []string{
			"failed   tls ", "the proxy makes no way to far.invalid: 407 Proxy Authentication Required", "do: put the login for the proxy into HTTPS_PROXY: http://USER:PASSWORD@",
		}},
		"it refuses the login": {refuse, "me:hunter2@", nil, exitUnreachable, []string{
			"407 Proxy Authentication Required", "do: the login for the proxy in HTTPS_PROXY is refused; ask who runs the proxy for a right one",
		}},
		"it forbids the way": {
			func(conn net.Conn) { io.WriteString(conn, "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n") }, "", nil, exitUnreachable,
			[]string{"403 Forbidden", "do: ask who runs the proxy to let this machine through to far.invalid"},
		},
		"it reads along": {readingAlong(pair, service), "", nil, exitUnreachable, []string{
			"failed   tls ", "issued by CN=Reading Along AS", "whom nobody vouches for here", "do: if that is a proxy of your own network that reads along", "--ca FILE",
		}},
		"it reads along, and may": {readingAlong(pair, service), "", []string{"--ca", root}, exitDone, []string{
			"ok       tls ", "vouched for by Reading Along AS", "ok       login ",
		}},
		"it speaks something else": {
			func(conn net.Conn) {
				io.WriteString(conn, tunnelMade)
				conn.Read(make([]byte, 4096))
				io.WriteString(conn, "HTTP/1.1 400 Bad Request\r\n\r\n")
			}, "", nil, exitUnreachable,
			[]string{"failed   tls ", "what answers does not speak TLS", "do: ask who runs the proxy at 127.0.0.1:"},
		},
		"it hangs up": {
			func(conn net.Conn) { io.WriteString(conn, tunnelMade); conn.Read(make([]byte, 4096)) }, "", nil, exitUnreachable,
			[]string{"failed   tls ", "the connection ends before TLS is made", "do: ask who runs the proxy at 127.0.0.1:", "to far.invalid"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			cmd := process(t, "https://far.invalid", append(append([]string{"doctor", "--connect-timeout", "2s"}, asRecipient...), test.args...)...)
			cmd.Env = append(cmd.Env, fmt.Sprintf("HTTPS_PROXY=http://%s%s", test.login, newProxy(t, test.tunnel)), "NO_PROXY=", "no_proxy=", "https_proxy=")
			said := allOutput(cmd)
			for _, want := range test.says {
				if !strings.Contains(said, want) {
					t.Errorf("it does not say %q:\n%s", want, said)
				}
			}
			if strings.Contains(said, "hunter2") || strings.Contains(said, "mottaker-demo") {
				t.Errorf("it shows a password:\n%s", said)
			}
			if code := cmd.ProcessState.ExitCode(); code != test.code {
				t.Errorf("exit code %d, not %d:\n%s", code, test.code, said)
			}
		})
	}
}

// A login that is good and has no right is told as that: the one is fine, the other is to be asked for.
func TestDoctorTellsALoginFromARight(t *testing.T) {
	for _, code := range []int{40201, 40211} {
		url := far(t, server.Trouble{Kind: server.Fault, Operation: "CheckIfAvailableFiles", Code: code})
		e := examine(t, nil, asUser(t, url, "mottaker", "mottaker-demo", "910077473")...)
		if e.code != exitForbidden || e.is("login") != isOK || e.is("rights") != isFailed {
			t.Errorf("exit code %d, login %q, rights %q: %s", e.code, e.is("login"), e.is("rights"), e.all)
		}
		if says := e.says("rights"); !strings.Contains(says, fmt.Sprint(code)) || !strings.Contains(says, "ask the service owner for the right, or check which party is used") {
			t.Errorf("%s", says)
		}
	}
}

// allOutput is all that a process writes.
func allOutput(cmd *exec.Cmd) string {
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.Run()
	return out.String()
}

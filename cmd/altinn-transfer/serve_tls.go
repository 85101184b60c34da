package main

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"

	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/internal/certs"
	"github.com/spf13/pflag"
)

// serveTLS is how the server comes by a certificate: from files, or it makes one.
type serveTLS struct {
	cert, key  string
	selfSigned bool

	roots []byte // PEM of who vouches for a certificate that was made
}

func (s *serveTLS) addFlags(flags *pflag.FlagSet) {
	flags.StringVar(&s.cert, "tls-cert", "", "PEM `file` of the server's certificate, with those that vouch for it; speaks TLS")
	flags.StringVar(&s.key, "tls-key", "", "PEM `file` of its key")
	flags.BoolVar(&s.selfSigned, "tls-self-signed", false, "speak TLS with a certificate made for this one run; its root is in the store, as tls-ca.pem")
}

// config is nil without TLS.
func (s *serveTLS) config(addr *net.TCPAddr, host string) (*tls.Config, error) {
	switch {
	case s.selfSigned && (s.cert != "" || s.key != ""):
		return nil, usageError("--tls-self-signed makes a certificate, so --tls-cert and --tls-key are not wanted beside it")
	case s.selfSigned:
		return s.make(addr, host)
	case s.cert == "" && s.key == "":
		return nil, nil
	case s.cert == "" || s.key == "":
		return nil, usageError("--tls-cert and --tls-key go together")
	}
	own, err := tls.LoadX509KeyPair(s.cert, s.key)
	if err != nil {
		return nil, usageError("read the server's certificate: %w", err)
	}
	return serverTLS(own), nil
}

// serverTLS is how a server speaks TLS: 1.2 at least, and HTTP/1.1 above it, which is what the services speak.
func serverTLS(own tls.Certificate) *tls.Config {
	return &tls.Config{Certificates: []tls.Certificate{own}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}}
}

// make makes a certificate, and keeps its key to itself: after a restart there is another one, with another root.
func (s *serveTLS) make(addr *net.TCPAddr, host string) (*tls.Config, error) {
	authority, err := certs.NewAuthority("altinn-transfer serve")
	if err != nil {
		return nil, err
	}
	own, err := authority.Server(hostsOf(addr, host)...)
	if err != nil {
		return nil, err
	}
	s.roots = authority.PEM()
	return serverTLS(*own), nil
}

// hostsOf are what clients may call this machine by when it listens on an address, which was given as host.
func hostsOf(addr *net.TCPAddr, host string) []string {
	hosts := []string{"localhost", "127.0.0.1", "::1"}
	if addr.IP == nil || addr.IP.IsUnspecified() { // every address, and they come and go
		if name, err := os.Hostname(); err == nil {
			hosts = append(hosts, name)
		}
	} else {
		hosts = append(hosts, addr.IP.String())
	}
	if _, err := netip.ParseAddr(host); err != nil && host != "" {
		hosts = append(hosts, host)
	}
	slices.Sort(hosts)
	return slices.Compact(hosts)
}

// keepRoots puts the root of a certificate that was made where a client finds it.
func (s *serveTLS) keepRoots(dir string) (path string, err error) {
	if s.roots == nil {
		return "", nil
	}
	path = filepath.Join(dir, "tls-ca.pem")
	if err := os.WriteFile(path, s.roots, 0o644); err != nil {
		return "", &failure.Error{Op: "start the server", Kind: failure.Disk, Err: fmt.Errorf("write the root of its certificate: %w", err)}
	}
	return path, nil
}

package main

import (
	"log/slog"
	"net"
	"os"
	"slices"
	"strings"
	"testing"
)

func TestHostsOfACertificate(t *testing.T) {
	name, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		ip, host string
		want     []string // beside those of every machine
	}{
		{"", "", []string{name}},
		{"0.0.0.0", "0.0.0.0", []string{name}},
		{"::", "::", []string{name}},
		{"127.0.0.1", "127.0.0.1", nil},
		{"127.0.0.1", "localhost", nil},
		{"10.1.2.3", "10.1.2.3", []string{"10.1.2.3"}},
		{"10.1.2.3", "far.example", []string{"10.1.2.3", "far.example"}},
		{"fe80::1", "fe80::1%eth0", []string{"fe80::1"}},
	} {
		got := hostsOf(&net.TCPAddr{IP: net.ParseIP(test.ip)}, test.host)
		want := append([]string{"127.0.0.1", "::1", "localhost"}, test.want...)
		slices.Sort(want)
		if !slices.Equal(got, slices.Compact(want)) {
			t.Errorf("%s, %s: %q, want %q", test.ip, test.host, got, want)
		}
	}
}

// What may be read on the way is warned of: passwords, where others can come and nothing is encrypted.
func TestServeWarnsOfPlainHTTP(t *testing.T) {
	for _, test := range []struct {
		addr    string
		secured bool
		warns   bool
	}{
		{"0.0.0.0:0", false, true},
		{"0.0.0.0:0", true, false},
		{"127.0.0.1:0", false, false},
	} {
		var log strings.Builder
		s := &serveCommand{app: &app{log: slog.New(slog.NewTextHandler(&log, nil))}, addr: test.addr, tls: serveTLS{selfSigned: test.secured}}
		listener, err := s.listen(false)
		if err != nil {
			t.Fatal(err)
		}
		listener.Close()
		if strings.Contains(log.String(), "unencrypted") != test.warns {
			t.Errorf("%s, TLS %v: it says %q", test.addr, test.secured, log.String())
		}
	}
}

func TestACertificateIsMadeForAnyAddress(t *testing.T) {
	var s serveTLS
	s.selfSigned = true
	config, err := s.config(&net.TCPAddr{}, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, host := range []string{"localhost", "127.0.0.1", "::1"} {
		if err := config.Certificates[0].Leaf.VerifyHostname(host); err != nil {
			t.Error(err)
		}
	}
}

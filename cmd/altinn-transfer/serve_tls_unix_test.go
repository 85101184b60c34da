//go:build unix

package main

import (
	"crypto/tls"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/internal/certs"
	"github.com/altinn-transfer/altinn-transfer/security"
)

// A user who follows what serve and make-certificate print gets from nothing to a file that went there and back in each binding.
func TestEveryBindingFromNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	hash := strings.TrimSpace(runApp(t, "avsender-demo\n", "serve", "hash-password").out)
	config := fmt.Sprintf("[[user]]\nname = \"avsender\"\npassword_hash = '%s'\nrights = [{ party = \"910075918\", send = true, receive = true }]\n", hash)
	made := runApp(t, "", "serve", "make-certificate", filepath.Join(dir, "mine.p12"), "--party", "910075918")
	_, line, ok := strings.Cut(made.out, "\n")
	if made.code != 0 || !ok {
		t.Fatalf("%+v", made)
	}
	s := serve(t, config+line, "--tls-self-signed")
	common := []string{"--ca", "altinn-transfer-data/tls-ca.pem", "--user", "avsender", "--password-env", "PASSWORD_OF_SENDER", "--party", "910075918"}
	if err := os.WriteFile(filepath.Join(s.dir, "a.txt"), []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, binding := range []string{"basic", "ws", "ec2"} {
		as := append(slices.Clone(common), "--binding", binding)
		if binding == "ec2" {
			as = append(as, "--certificate", filepath.Join(dir, "mine.p12"))
		}
		target := filepath.Join(s.dir, binding)
		if err := os.Mkdir(target, 0o700); err != nil {
			t.Fatal(err)
		}
		for _, args := range [][]string{
			{"send", "a.txt", "--to", "910075918", "--service", "4192", "--edition", "270815"},
			{"receive", "--out", target},
		} {
			if r := s.client(t, append(args, as...)...); r.code != 0 {
				t.Fatalf("%s %s: %+v", binding, args[0], r)
			}
		}
		if _, err := os.Stat(filepath.Join(target, "a.zip")); err != nil {
			t.Error(err)
		}
	}
	if r := s.client(t, append([]string{"list", "--endpoint", s.address}, asSender...)...); r.code == 0 || !strings.Contains(r.err, "--ca FILE") {
		t.Errorf("without --ca: %+v", r)
	}
	if said := s.end(t); !strings.Contains(said, "clients need --ca altinn-transfer-data/tls-ca.pem") || strings.Contains(said, "unencrypted") {
		t.Errorf("it says\n%s", said)
	}
}

// A user who is pinned to no certificate comes with one that a root of the configuration vouches for.
func TestServeBelievesItsClientRoots(t *testing.T) {
	t.Parallel()
	authority, err := certs.NewAuthority("root")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write := func(name string, content []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	enterprise := func(party string) string {
		pair, err := authority.Enterprise("Enterprise", party)
		if err != nil {
			t.Fatal(err)
		}
		text, err := certs.EncodePEM(pair)
		if err != nil {
			t.Fatal(err)
		}
		return write(party+".pem", text)
	}
	hash := strings.TrimSpace(runApp(t, "mottaker-demo\n", "serve", "hash-password").out)
	s := serve(t, fmt.Sprintf("client_roots = '%s'\n[[user]]\nname = \"mottaker\"\npassword_hash = '%s'\nrights = [{ party = \"910077473\", receive = true }]\n",
		write("roots.pem", authority.PEM()), hash))
	for party, want := range map[string]int{"910077473": exitDone, "910075918": exitUnauthenticated} {
		args := append([]string{"list", "--binding", "ec2", "--certificate", enterprise(party)}, asRecipient...)
		if r := s.client(t, args...); r.code != want {
			t.Errorf("with the certificate of %s: %+v", party, r)
		}
	}
	s.end(t)
}

func TestServeTakesACertificateOfOnesOwn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	authority, err := certs.NewAuthority("root")
	if err != nil {
		t.Fatal(err)
	}
	own, err := authority.Server("127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	text, err := certs.EncodePEM(own)
	if err != nil {
		t.Fatal(err)
	}
	both, roots := filepath.Join(dir, "server.pem"), filepath.Join(dir, "roots.pem")
	for path, content := range map[string][]byte{both: text, roots: authority.PEM()} {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s := serve(t, "", "--tls-cert", both, "--tls-key", both)
	if r := s.client(t, append([]string{"list", "--ca", roots}, asRecipient...)...); r.code != 0 {
		t.Errorf("%+v", r)
	}
	for version, spoken := range map[uint16]bool{tls.VersionTLS10: false, tls.VersionTLS11: false, tls.VersionTLS12: true, tls.VersionTLS13: true} {
		conn, err := tls.Dial("tcp", strings.TrimPrefix(s.address, "https://"), &tls.Config{
			RootCAs: authority.Pool(), MinVersion: version, MaxVersion: version, NextProtos: []string{"h2", "http/1.1"},
		})
		if (err == nil) != spoken || err != nil && !strings.Contains(err.Error(), "protocol version") {
			t.Errorf("%s: %v", tls.VersionName(version), err)
		}
		if err == nil {
			if protocol := conn.ConnectionState().NegotiatedProtocol; protocol != "http/1.1" {
				t.Errorf("above %s it speaks %s", tls.VersionName(version), protocol)
			}
			conn.Close()
		}
	}
	if _, err := os.Stat(filepath.Join(s.dir, "altinn-transfer-data", "tls-ca.pem")); err == nil {
		t.Error("it writes roots that are not its own")
	}
	s.end(t)
}

func TestMakeCertificate(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	there := filepath.Join(dir, "there.p12")
	if err := os.WriteFile(there, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	secret := filepath.Join(dir, "secret")
	if err := os.WriteFile(secret, []byte("æøå\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		args []string
		code int
		says string
	}{
		"PEM":                {[]string{filepath.Join(dir, "a.pem"), "--party", "910075918"}, exitDone, "certificates = ["},
		"with a password":    {[]string{filepath.Join(dir, "b.p12"), "--party", "910075918", "--certificate-password-file", secret}, exitDone, "certificates = ["},
		"there is a file":    {[]string{there, "--party", "910075918"}, exitUsage, "is there already"},
		"no party":           {[]string{filepath.Join(dir, "c.p12")}, exitUsage, "use --party"},
		"no such variable":   {[]string{filepath.Join(dir, "d.p12"), "--party", "910075918", "--certificate-password-env", "NOTHING"}, exitUsage, "NOTHING"},
		"a password and PEM": {[]string{filepath.Join(dir, "f.pem"), "--party", "910075918", "--certificate-password-file", secret}, exitUsage, "a PEM file gets none"},
		"no directory":       {[]string{filepath.Join(dir, "no", "e.p12"), "--party", "910075918"}, exitDisk, "no such file"},
	} {
		r := runApp(t, "", append([]string{"serve", "make-certificate"}, test.args...)...)
		if r.code != test.code || !strings.Contains(r.out+r.err, test.says) {
			t.Errorf("%s: %+v", name, r)
		}
	}
	for file, password := range map[string]string{"a.pem": "", "b.p12": "æøå"} {
		path := filepath.Join(dir, file)
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Fatalf("%s: %v, %v", file, info, err)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if pair, err := security.ReadKeyPair(data, password); err != nil || pair.Leaf.Subject.SerialNumber != "910075918" {
			t.Errorf("%s: %v, %v", file, pair, err)
		}
	}
}

package main

import (
	"crypto/tls"
	"crypto/x509"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/altinn-transfer/altinn-transfer/internal/certs"
)

// issued is a server's certificate of this machine, made out by the authority of the scripts for so long.
func issued(t *testing.T, host string, from, until time.Duration) *tls.Certificate {
	t.Helper()
	ids, err := made()
	if err != nil {
		t.Fatal(err)
	}
	good, err := ids.authority.Server(host)
	if err != nil {
		t.Fatal(err)
	}
	template := *good.Leaf
	template.NotBefore, template.NotAfter = time.Now().Add(from), time.Now().Add(until)
	pair, err := ids.authority.Issue(&template)
	if err != nil {
		t.Fatal(err)
	}
	return pair
}

func caFile(t *testing.T) string {
	t.Helper()
	ids, err := made()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(path, ids.authority.PEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestDoctorLooksAtTheServersCertificate(t *testing.T) {
	t.Parallel()
	ca := caFile(t)
	for name, test := range map[string]struct {
		certificate *tls.Certificate
		ca          []string
		is          outcome
		says        string
	}{
		"good":              {issued(t, "127.0.0.1", -day, 90*day), []string{"--ca", ca}, isOK, "vouched for by Root of the scripts"},
		"ends soon":         {issued(t, "127.0.0.1", -day, 2*day), []string{"--ca", ca}, isWarning, "the server's certificate ends soon"},
		"expired":           {issued(t, "127.0.0.1", -2*day, -day), []string{"--ca", ca}, isFailed, "it is valid from"},
		"of another name":   {issued(t, "other.example", -day, 90*day), []string{"--ca", ca}, isFailed, "see that the address is the one on the certificate"},
		"of an unknown one": {issued(t, "127.0.0.1", -day, 90*day), nil, isFailed, "whom nobody vouches for here"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newPatient(t, test.certificate, nil)
			e := examine(t, nil, append(asUser(t, f.URL, "mottaker", "mottaker-demo", "910077473"), test.ca...)...)
			if e.is("tls") != test.is || !strings.Contains(e.says("tls"), test.says) {
				t.Errorf("tls is %q: %s", e.is("tls"), e.says("tls"))
			}
			if test.is == isFailed && (e.code != exitUnreachable || f.calls.Load() != 0 || e.is("login") != isSkipped) {
				t.Errorf("exit code %d, %d calls, login %q", e.code, f.calls.Load(), e.is("login"))
			}
		})
	}
}

func TestDoctorLooksAtTheCertificateOfTheEnterprise(t *testing.T) {
	t.Parallel()
	ids, err := made()
	if err != nil {
		t.Fatal(err)
	}
	soon := certs.EnterpriseTemplate("Snart AS", "910075918")
	soon.NotAfter = time.Now().Add(10*day + time.Hour)
	for name, test := range map[string]struct {
		template *x509.Certificate
		mode     os.FileMode
		is       outcome
		says     string
	}{
		"good":               {certs.EnterpriseTemplate("Avsender AS", "910075918"), 0o600, isOK, "Avsender AS, organisation 910075918"},
		"ends soon":          {soon, 0o600, isWarning, "it ends in 10 days"},
		"expired":            {expired(), 0o600, isFailed, "expired on 2023-06-30"},
		"of another":         {certs.EnterpriseTemplate("Mottaker AS", "910077473"), 0o600, isWarning, "it is made out to 910077473, and the party is 910075918"},
		"readable by others": {certs.EnterpriseTemplate("Avsender AS", "910075918"), 0o644, isWarning, "other users of this machine can read"},
	} {
		t.Run(name, func(t *testing.T) {
			if test.mode != 0o600 && runtime.GOOS == "windows" {
				t.Skip("rights are not in the mode there")
			}
			pair, err := ids.authority.Issue(test.template)
			if err != nil {
				t.Fatal(err)
			}
			data, err := certs.EncodePEM(pair)
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(t.TempDir(), "mine.pem")
			if err := os.WriteFile(path, data, test.mode); err != nil {
				t.Fatal(err)
			}
			e := examine(t, nil, append(asUser(t, "https://127.0.0.1:1", "avsender", "avsender-demo", "910075918"),
				"--binding", "ec2", "--certificate", path)...)
			if e.is("certificate") != test.is || !strings.Contains(e.says("certificate"), test.says) {
				t.Errorf("certificate is %q: %s", e.is("certificate"), e.says("certificate"))
			}
		})
	}
}

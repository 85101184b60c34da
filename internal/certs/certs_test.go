package certs_test

import (
	"crypto/tls"
	"crypto/x509"
	"testing"
	"time"

	"github.com/altinn-transfer/altinn-transfer/internal/certs"
	"software.sslmate.com/src/go-pkcs12"
)

func newAuthority(t *testing.T) *certs.Authority {
	t.Helper()
	authority, err := certs.NewAuthority("root")
	if err != nil {
		t.Fatal(err)
	}
	return authority
}

func enterprise(t *testing.T, by *certs.Authority) *tls.Certificate {
	t.Helper()
	pair, err := by.Enterprise("Blåbær & Sønn AS", "910075918")
	if err != nil {
		t.Fatal(err)
	}
	return pair
}

func TestAServersCertificate(t *testing.T) {
	authority := newAuthority(t)
	own, err := authority.Server("far.example", "10.1.2.3", "::1")
	if err != nil {
		t.Fatal(err)
	}
	for host, good := range map[string]bool{"far.example": true, "10.1.2.3": true, "::1": true, "other.example": false, "10.1.2.4": false} {
		_, err := own.Leaf.Verify(x509.VerifyOptions{Roots: authority.Pool(), DNSName: host})
		if (err == nil) != good {
			t.Errorf("%s: %v", host, err)
		}
	}
	if _, err := own.Leaf.Verify(x509.VerifyOptions{Roots: newAuthority(t).Pool()}); err == nil {
		t.Error("another root vouches for it")
	}
}

func TestAnEnterprisesCertificate(t *testing.T) {
	authority := newAuthority(t)
	leaf := enterprise(t, authority).Leaf
	_, err := leaf.Verify(x509.VerifyOptions{Roots: authority.Pool(), KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
	if err != nil {
		t.Error(err)
	}
	if leaf.Subject.SerialNumber != "910075918" || leaf.KeyUsage != x509.KeyUsageDigitalSignature || leaf.IsCA {
		t.Errorf("it is of %s, for %b, CA %v", leaf.Subject, leaf.KeyUsage, leaf.IsCA)
	}
	if now := time.Now(); now.Before(leaf.NotBefore.Add(time.Minute)) || now.AddDate(0, 11, 0).After(leaf.NotAfter) {
		t.Errorf("it is valid from %v to %v", leaf.NotBefore, leaf.NotAfter)
	}
}

func TestACertificateInAFile(t *testing.T) {
	pair := enterprise(t, newAuthority(t))
	for _, password := range []string{"", "nøkkel"} {
		data, err := certs.Encode(pair, password)
		if err != nil {
			t.Fatal(err)
		}
		key, leaf, chain, err := pkcs12.DecodeChain(data, password)
		if err != nil || !leaf.Equal(pair.Leaf) || len(chain) != 1 || key == nil {
			t.Errorf("password %q: %v, with %d above it: %v", password, leaf, len(chain), err)
		}
		if _, _, _, err := pkcs12.DecodeChain(data, password+"x"); err == nil {
			t.Errorf("password %q: another one opens it", password)
		}
	}
	text, err := certs.EncodePEM(pair)
	if err != nil {
		t.Fatal(err)
	}
	if read, err := tls.X509KeyPair(text, text); err != nil || !read.Leaf.Equal(pair.Leaf) || len(read.Certificate) != 2 {
		t.Errorf("PEM: %v", err)
	}
}

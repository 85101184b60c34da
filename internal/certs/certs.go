// Package certs makes certificates on the spot: a root, a server's, an enterprise's. They are for demonstrations and tests; who
// has the process has the keys.
package certs

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"time"

	"software.sslmate.com/src/go-pkcs12"
)

// Validity of what is made here: from an hour ago, for clocks that are a little off, to a year ahead.
const (
	before = time.Hour
	after  = 365 * 24 * time.Hour
)

const keyBits = 2048

// Authority vouches for the certificates that it makes.
type Authority struct {
	certificate *x509.Certificate
	key         crypto.Signer
}

// NewAuthority makes a root.
func NewAuthority(name string) (*Authority, error) {
	template := newTemplate(pkix.Name{CommonName: name})
	template.IsCA, template.BasicConstraintsValid, template.KeyUsage = true, true, x509.KeyUsageCertSign
	made, err := issue(template, nil)
	if err != nil {
		return nil, fmt.Errorf("make a root certificate: %w", err)
	}
	return &Authority{made.Leaf, made.PrivateKey.(crypto.Signer)}, nil
}

// Pool is the root alone.
func (a *Authority) Pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(a.certificate)
	return pool
}

// PEM is the root, for a file.
func (a *Authority) PEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.certificate.Raw})
}

// Server makes the certificate of a server with these host names and addresses.
func (a *Authority) Server(hosts ...string) (*tls.Certificate, error) {
	template := newTemplate(pkix.Name{CommonName: hosts[0]})
	template.KeyUsage, template.ExtKeyUsage = x509.KeyUsageDigitalSignature, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	for _, host := range hosts {
		if ip := net.ParseIP(host); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, host)
		}
	}
	return a.issue("a server's", template)
}

// Enterprise makes the certificate of an organisation, whose number the subject's serialNumber has, as Norwegian enterprise
// certificates (virksomhetssertifikat) do.
func (a *Authority) Enterprise(name, organisation string) (*tls.Certificate, error) {
	return a.issue("an enterprise's", EnterpriseTemplate(name, organisation))
}

// EnterpriseTemplate is what [Authority.Enterprise] has signed, for tests that want it otherwise.
func EnterpriseTemplate(name, organisation string) *x509.Certificate {
	template := newTemplate(pkix.Name{CommonName: name, SerialNumber: organisation, Country: []string{"NO"}})
	template.KeyUsage, template.ExtKeyUsage = x509.KeyUsageDigitalSignature, []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	return template
}

// Issue signs a template as it is.
func (a *Authority) Issue(template *x509.Certificate) (*tls.Certificate, error) {
	return a.issue("a", template)
}

func (a *Authority) issue(whose string, template *x509.Certificate) (*tls.Certificate, error) {
	made, err := issue(template, a)
	if err != nil {
		return nil, fmt.Errorf("make %s certificate: %w", whose, err)
	}
	return made, nil
}

func newTemplate(subject pkix.Name) *x509.Certificate {
	now := time.Now()
	serial := make([]byte, 16)
	rand.Read(serial)
	return &x509.Certificate{
		SerialNumber: new(big.Int).SetBytes(serial), Subject: subject, NotBefore: now.Add(-before), NotAfter: now.Add(after),
	}
}

// issue makes a key and a certificate for it, signed by the authority, or by itself where there is none.
func issue(template *x509.Certificate, by *Authority) (*tls.Certificate, error) {
	key, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return nil, err
	}
	parent, signer := template, crypto.Signer(key)
	if by != nil {
		parent, signer = by.certificate, by.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		return nil, err
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	chain := [][]byte{der}
	if by != nil {
		chain = append(chain, by.certificate.Raw)
	}
	return &tls.Certificate{Certificate: chain, PrivateKey: key, Leaf: leaf}, nil
}

// Encode writes a certificate, its key and those that vouch for it as PKCS#12.
func Encode(pair *tls.Certificate, password string) ([]byte, error) {
	var chain []*x509.Certificate
	for _, der := range pair.Certificate[1:] {
		certificate, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, err
		}
		chain = append(chain, certificate)
	}
	return pkcs12.Modern.Encode(pair.PrivateKey, pair.Leaf, chain, password)
}

// EncodePEM writes them as PEM, the key not encrypted.
func EncodePEM(pair *tls.Certificate) ([]byte, error) {
	key, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		return nil, err
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})
	for _, der := range pair.Certificate {
		text = append(text, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	}
	return text, nil
}

package security

import (
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"strings"

	"github.com/beevik/etree"
)

// minRSA is the shortest key that is believed, in bits.
const minRSA = 2048

// believed reads a certificate and decides whether it is to be believed: it is pinned, or somebody vouches for it, and it is
// valid now and made for signing.
func (c *Checker) believed(token *etree.Element) (*x509.Certificate, error) {
	der, err := decode(content(token))
	if err != nil {
		return nil, badToken("the certificate is not readable")
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, badToken("the certificate is not readable")
	}
	key, ok := certificate.PublicKey.(*rsa.PublicKey)
	if !ok || key.N.BitLen() < minRSA {
		return nil, badToken("the certificate has no RSA key of %d bits or more", minRSA)
	}
	if now := c.now(); now.Before(certificate.NotBefore) || now.After(certificate.NotAfter) {
		return nil, badToken("the certificate is valid from %s to %s, and the clock here says %s",
			formatTime(certificate.NotBefore), formatTime(certificate.NotAfter), formatTime(now))
	}
	if certificate.KeyUsage != 0 && certificate.KeyUsage&x509.KeyUsageDigitalSignature == 0 {
		return nil, badToken("the certificate is not made for signing (key usage digitalSignature)")
	}
	if !c.pinned[sha256.Sum256(der)] && !c.vouched(certificate) {
		return nil, &Error{Subcode: subcode("FailedAuthentication"), Reason: "the certificate is not known here, and nobody who is vouches for it"}
	}
	return certificate, nil
}

func (c *Checker) vouched(certificate *x509.Certificate) bool {
	if c.roots == nil { // nil would mean the system's
		return false
	}
	_, err := certificate.Verify(x509.VerifyOptions{
		Roots: c.roots, CurrentTime: c.now(), KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
	})
	return err == nil
}

// organizationIdentifier of X.520, as in newer enterprise certificates: "NTRNO-910075918".
var organizationIdentifier = asn1.ObjectIdentifier{2, 5, 4, 97}

// Organisation is the number of the organisation that a certificate is made out to.
func Organisation(certificate *x509.Certificate) string {
	for _, name := range certificate.Subject.Names {
		if value, ok := name.Value.(string); ok && name.Type.Equal(organizationIdentifier) {
			return strings.TrimPrefix(value, "NTRNO-")
		}
	}
	return certificate.Subject.SerialNumber
}

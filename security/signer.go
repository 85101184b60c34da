package security

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/subtle"
	"crypto/x509"
	"net/url"
	"strings"

	"github.com/beevik/etree"
)

// signer is whose certificate signed the header. What it returns was read from what the signature covers and from nothing else.
func (c *Checker) signer(header []*etree.Element, path string) (*x509.Certificate, error) {
	security, stamp, err := c.stamped(header)
	if err != nil {
		return nil, err
	}
	token, to := child(security, nsSecurity, "BinarySecurityToken"), single(header, "To")
	if token == nil || to == nil {
		return nil, invalid("the message has no single certificate, or no single recipient")
	}
	certificate, err := c.believed(token)
	if err != nil {
		return nil, err
	}
	s, err := readSignature(security)
	if err != nil {
		return nil, err
	}
	if !s.isBy(token, certificate) {
		return nil, invalid("the signature is said to be made by something else than the certificate beside it")
	}
	if err := s.verifyRSA(certificate); err != nil {
		return nil, err
	}
	if err := s.covers([]*etree.Element{stamp, to, token}, []*etree.Element{stamp, to}); err != nil {
		return nil, err
	}
	if err := addressedTo(to, path); err != nil {
		return nil, err
	}
	if err := c.fresh(stamp, validity+skew); err != nil {
		return nil, err
	}
	return certificate, c.once("signature " + string(s.value))
}

// stamped is what every signed header begins with.
func (c *Checker) stamped(header []*etree.Element) (security, stamp *etree.Element, err error) {
	if security, err = securityOf(header); err != nil {
		return nil, nil, err
	}
	if stamp = child(security, nsUtility, "Timestamp"); stamp == nil || child(stamp, nsUtility, "Created") == nil {
		return nil, nil, invalid("the Security header holds no single Timestamp")
	}
	return security, stamp, uniqueIDs(security)
}

func single(header []*etree.Element, name string) *etree.Element {
	if found := named(header, nsAddressing, name); len(found) == 1 {
		return found[0]
	}
	return nil
}

// addressedTo compares paths only: TLS may end in front of the service, which then knows another host and scheme.
func addressedTo(to *etree.Element, path string) error {
	address, err := url.Parse(content(to))
	if err != nil || !strings.EqualFold(address.Path, path) {
		return invalid("the message is addressed to another service")
	}
	return nil
}

// isBy reports whether the signature's KeyInfo means the token: by its id, or by the certificate's thumbprint.
func (s *signature) isBy(token *etree.Element, certificate *x509.Certificate) bool {
	holder := child(s.keyInfo, nsSecurity, "SecurityTokenReference")
	if reference := child(holder, nsSecurity, "Reference"); reference != nil {
		return refersTo(reference, token)
	}
	identifier := child(holder, nsSecurity, "KeyIdentifier")
	if identifier == nil || identifier.SelectAttrValue("ValueType", "") != typeThumb {
		return false
	}
	want := sha1.Sum(certificate.Raw)
	got, err := decode(content(identifier))
	return err == nil && subtle.ConstantTimeCompare(got, want[:]) == 1
}

func (s *signature) verifyRSA(certificate *x509.Certificate) error {
	octets, err := s.octets()
	if err != nil {
		return err
	}
	hash := crypto.SHA1
	switch s.algorithm {
	case algorithmRSASHA1:
	case algorithmRSASHA256:
		hash = crypto.SHA256
	default:
		return unsupported("the message is signed by %.80q", s.algorithm)
	}
	h := hash.New()
	h.Write(octets)
	if rsa.VerifyPKCS1v15(certificate.PublicKey.(*rsa.PublicKey), hash, h.Sum(nil), s.value) != nil {
		return broken("the signature is not the certificate's")
	}
	return nil
}

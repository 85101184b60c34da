package security

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"software.sslmate.com/src/go-pkcs12"
)

// ErrPassword is a certificate file that its password does not open.
var ErrPassword = errors.New("the password does not open it")

// ReadKeyPair reads a certificate with its key, and those that vouch for it where they are there: PKCS#12 (.p12, .pfx) as Windows,
// keytool and OpenSSL write it, or PEM with everything in one file. password is PKCS#12's; "" is one as well.
func ReadKeyPair(data []byte, password string) (*tls.Certificate, error) {
	if isPEM(data) {
		return readPEM(data)
	}
	return readPKCS12(data, password)
}

// isPEM reports whether a certificate file is PEM, which needs no password here.
func isPEM(data []byte) bool { return bytes.Contains(data, []byte("-----BEGIN ")) }

func readPKCS12(data []byte, password string) (*tls.Certificate, error) {
	key, leaf, chain, err := pkcs12.DecodeChain(data, password)
	if err != nil {
		return nil, explain(err)
	}
	return pairOf(key, append([]*x509.Certificate{leaf}, chain...))
}

// explanations are of what the decoder tells in words alone. BER is how some old Java tools write it.
var explanations = []struct{ says, means string }{
	{"indefinite length", "it is encoded in BER, and only DER can be read; convert it: openssl pkcs12 -in OLD -nodes | openssl pkcs12 -export -out NEW (OpenSSL 3 may want -legacy behind OLD)"},
	{"private key missing", "it holds no private key; export the certificate with its private key"},
	{"certificate missing", "it holds no certificate; export the private key with its certificate"},
	{"asn1: s", "it is no PKCS#12 file, or a damaged one, and no PEM"}, // an error of syntax or structure
	{"exactly one key bag", "it holds several private keys; export the one for authentication alone"},
}

// explain says of a PKCS#12 file that was not read what to do.
func explain(err error) error {
	if errors.Is(err, pkcs12.ErrIncorrectPassword) {
		return ErrPassword
	}
	for _, e := range explanations {
		if strings.Contains(err.Error(), e.says) {
			return errors.New(e.means)
		}
	}
	return fmt.Errorf("it is no PKCS#12 file that can be read: %w", err)
}

func readPEM(data []byte) (*tls.Certificate, error) {
	var key any
	var certificates []*x509.Certificate
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		switch {
		case block.Type == "ENCRYPTED PRIVATE KEY" || block.Headers["DEK-Info"] != "":
			return nil, errors.New("its private key is encrypted; use PKCS#12 for a key with a password: openssl pkcs12 -export -in OLD -out NEW.p12")
		case strings.HasSuffix(block.Type, "PRIVATE KEY"):
			if key != nil {
				return nil, errors.New("it holds several private keys; leave the one for authentication in it")
			}
			var err error
			if key, err = parseKey(block.Bytes); err != nil {
				return nil, fmt.Errorf("its private key cannot be read: %w", err)
			}
		case block.Type == "CERTIFICATE":
			certificate, err := x509.ParseCertificate(block.Bytes)
			if err != nil {
				return nil, fmt.Errorf("a certificate in it cannot be read: %w", err)
			}
			certificates = append(certificates, certificate)
		}
	}
	return pairOf(key, certificates)
}

// parseKey reads a key in PKCS#8, or in the older forms of their own that RSA and elliptic curves have.
func parseKey(der []byte) (any, error) {
	if key, err := x509.ParsePKCS1PrivateKey(der); err == nil {
		return key, nil
	}
	if key, err := x509.ParseECPrivateKey(der); err == nil {
		return key, nil
	}
	return x509.ParsePKCS8PrivateKey(der)
}

// pairOf puts the certificate that the key belongs to before those that vouch for it, wherever it stood in the file.
func pairOf(key any, certificates []*x509.Certificate) (*tls.Certificate, error) {
	signer, ok := key.(crypto.Signer)
	switch {
	case key == nil:
		return nil, errors.New("it holds no private key; put the key and its certificate into one file")
	case !ok:
		return nil, errors.New("its private key cannot sign")
	case len(certificates) == 0:
		return nil, errors.New("it holds no certificate; put the key and its certificate into one file")
	}
	own, ok := signer.Public().(interface{ Equal(crypto.PublicKey) bool })
	at := slices.IndexFunc(certificates, func(c *x509.Certificate) bool { return ok && own.Equal(c.PublicKey) })
	if at < 0 {
		return nil, errors.New("its private key belongs to none of its certificates")
	}
	pair := &tls.Certificate{Certificate: [][]byte{certificates[at].Raw}, PrivateKey: key, Leaf: certificates[at]}
	for _, c := range slices.Delete(certificates, at, at+1) {
		pair.Certificate = append(pair.Certificate, c.Raw)
	}
	return pair, nil
}

// CheckSigner tells before anything is sent whether a certificate can begin a session now: it is valid, its key is RSA, and it is
// made for signing.
func CheckSigner(pair *tls.Certificate, now time.Time) error {
	leaf := pair.Leaf
	_, isRSA := leaf.PublicKey.(*rsa.PublicKey)
	switch {
	case !isRSA:
		return fmt.Errorf("the key of %s is not RSA, which the service asks for", leaf.Subject.CommonName)
	case now.After(leaf.NotAfter):
		return fmt.Errorf("the certificate of %s has expired on %s", leaf.Subject.CommonName, leaf.NotAfter.UTC().Format(time.DateOnly))
	case now.Before(leaf.NotBefore):
		return fmt.Errorf("the certificate of %s is not valid before %s; check this machine's clock", leaf.Subject.CommonName, leaf.NotBefore.UTC().Format(time.DateOnly))
	case leaf.KeyUsage != 0 && leaf.KeyUsage&x509.KeyUsageDigitalSignature == 0:
		return fmt.Errorf("the certificate of %s is not made for signing (key usage digitalSignature); enterprises have two or three, take the one for authentication", leaf.Subject.CommonName)
	}
	return nil
}

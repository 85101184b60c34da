package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/altinn-transfer/altinn-transfer/security"
	"github.com/spf13/pflag"
)

// certificateFile is where a certificate with its key is, and where the file's password is.
type certificateFile struct {
	path     string
	password passwordSource
	known    *tls.Certificate // once it was read
}

func (c *certificateFile) addFlags(flags *pflag.FlagSet, name, what string) {
	flags.StringVar(&c.path, name, "", "`file` with "+what+": PKCS#12 (.p12, .pfx), or PEM with both in it")
	c.password.addFlags(flags, name+"-password", "the password of --"+name)
}

// maxCertificate bounds what is read where certificates should be, in bytes: whole bundles of roots have 250 KiB.
const maxCertificate = 1 << 20

// read reads the certificate with its key. PKCS#12 without a password is asked for none.
func (c certificateFile) read(ctx context.Context, a *app) (*tls.Certificate, error) {
	if c.known != nil {
		return c.known, nil
	}
	data, err := readCertificate(c.path)
	if err != nil {
		return nil, err
	}
	pair, err := security.ReadKeyPair(data, "")
	if errors.Is(err, security.ErrPassword) {
		var password string
		if password, err = c.password.read(ctx, a, fmt.Sprintf("Password of %s: ", visible(c.path))); err != nil {
			return nil, err
		}
		pair, err = security.ReadKeyPair(data, password)
	}
	if err != nil {
		return nil, usageError("read certificate %s: %w", c.path, err)
	}
	return pair, nil
}

func readCertificate(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, usageError("read certificate: %w", err)
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxCertificate+1))
	if err != nil {
		return nil, usageError("read certificate: %w", err)
	}
	if len(data) > maxCertificate {
		return nil, usageError("read certificate %s: it is larger than %d bytes", path, maxCertificate)
	}
	return data, nil
}

// readRoots reads those who vouch for servers.
func readRoots(path string) (*x509.CertPool, error) {
	data, err := readCertificate(path)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(data) {
		return nil, usageError("read certificate %s: it holds none in PEM", path)
	}
	return roots, nil
}

// trustAdvice says what to do about a server whose certificate nobody vouches for; "" when that is not what happened.
func trustAdvice(err error) string {
	if _, unknown := errors.AsType[x509.UnknownAuthorityError](err); !unknown {
		return ""
	}
	return "if you know who issued the server's certificate, give that one's own in a PEM file: --ca FILE"
}

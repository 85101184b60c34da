package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"slices"
	"time"

	"github.com/altinn-transfer/altinn-transfer/endpoint"
	"github.com/altinn-transfer/altinn-transfer/security"
)

const (
	// renewal is how long before its end a certificate of our own is warned of: a new one takes an order, and days.
	renewal = 30 * 24 * time.Hour
	day     = 24 * time.Hour
)

// checkCertificate opens the enterprise's certificate, and looks whether a session can be begun with it.
func (d *doctorCommand) checkCertificate(ctx context.Context) []diagnosis {
	if d.binding != endpoint.EC2 {
		return []diagnosis{skipped("only ec2 has one")}
	}
	diagnoses, pair := d.openCertificate(ctx, &d.connection.certificate)
	if pair == nil {
		return diagnoses
	}
	if err := security.CheckSigner(pair, time.Now()); err != nil {
		return append(diagnoses, bad(exitUsage, "give a certificate that is good now, or set the clock", "%v", err))
	}
	number, party := security.Organisation(pair.Leaf), d.connection.party
	if party != "" && number != "" && number != party {
		diagnoses = append(diagnoses, warned("see that the party has delegated the right, or change --party",
			"it is made out to %s, and the party is %s", number, party))
	}
	return diagnoses
}

// checkClientCertificate opens the certificate for TLS, and looks whether a server would take it.
func (d *doctorCommand) checkClientCertificate(ctx context.Context) []diagnosis {
	if d.connection.client.path == "" {
		return []diagnosis{skipped("none is given")}
	}
	diagnoses, pair := d.openCertificate(ctx, &d.connection.client)
	if pair == nil {
		return diagnoses
	}
	leaf, now := pair.Leaf, time.Now()
	if now.Before(leaf.NotBefore) || now.After(leaf.NotAfter) {
		return append(diagnoses, bad(exitUsage, "give a certificate that is good now, or set the clock",
			"it is valid from %s to %s", leaf.NotBefore.UTC().Format(time.DateOnly), leaf.NotAfter.UTC().Format(time.DateOnly)))
	}
	forClients := slices.Contains(leaf.ExtKeyUsage, x509.ExtKeyUsageClientAuth) || slices.Contains(leaf.ExtKeyUsage, x509.ExtKeyUsageAny)
	if len(leaf.ExtKeyUsage) > 0 && !forClients {
		diagnoses = append(diagnoses, warned("take the one for clients", "it is not made for clients of TLS (extended key usage clientAuth)"))
	}
	return diagnoses
}

// openCertificate opens a certificate once for the whole run. The pair is nil when it does not open.
func (d *doctorCommand) openCertificate(ctx context.Context, c *certificateFile) ([]diagnosis, *tls.Certificate) {
	pair, err := c.read(ctx, d.app)
	if err != nil {
		return []diagnosis{because(err)}, nil
	}
	c.known = pair
	diagnoses := []diagnosis{fine("%s", aboutCertificate(pair.Leaf))}
	if left := time.Until(pair.Leaf.NotAfter); left > 0 && left < renewal {
		diagnoses = append(diagnoses, warned("order a new one", "it ends in %s", count(int(left/day), "day")))
	}
	if data, err := readCertificate(c.path); err == nil {
		if _, err := security.ReadKeyPair(data, ""); err == nil {
			diagnoses = append(diagnoses, readableByOthers(c.path)...)
		}
	}
	return append(diagnoses, readableByOthers(c.password.file)...), pair
}

func aboutCertificate(leaf *x509.Certificate) string {
	name := leaf.Subject.CommonName
	if number := security.Organisation(leaf); number != "" {
		name += ", organisation " + number
	}
	return fmt.Sprintf("%s; issued by %s; %s", name, leaf.Issuer.CommonName, validUntil(leaf))
}

func validUntil(leaf *x509.Certificate) string {
	left := time.Until(leaf.NotAfter)
	if left < 0 {
		return "expired on " + leaf.NotAfter.UTC().Format(time.DateOnly)
	}
	return fmt.Sprintf("valid until %s (%s)", leaf.NotAfter.UTC().Format(time.DateOnly), count(int(left/day), "day"))
}

// checkCA reads those who vouch for the server.
func (d *doctorCommand) checkCA(context.Context) []diagnosis {
	path := d.connection.ca
	if path == "" {
		return []diagnosis{fine("those of the system")}
	}
	if _, err := readRoots(path); err != nil {
		return []diagnosis{because(err)}
	}
	data, err := readCertificate(path)
	if err != nil {
		return []diagnosis{because(err)}
	}
	roots, expired := 0, 0
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		if root, err := x509.ParseCertificate(block.Bytes); err == nil {
			roots++
			if time.Now().After(root.NotAfter) {
				expired++
			}
		}
	}
	diagnoses := []diagnosis{fine("%s in %s, instead of those of the system", count(roots, "certificate"), path)}
	if expired > 0 {
		diagnoses = append(diagnoses, warned("take a newer file", "%d of them expired", expired))
	}
	return diagnoses
}

package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log"
	"net/http/httptest"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/altinn-transfer/altinn-transfer/internal/certs"
	"github.com/altinn-transfer/altinn-transfer/server"
	"github.com/rogpeppe/go-internal/testscript"
	"software.sslmate.com/src/go-pkcs12"
)

// identities are the certificates that the scripts have, by the name of their file.
type identities struct {
	authority *certs.Authority
	server    *tls.Certificate
	files     map[string][]byte
}

var made = sync.OnceValues(func() (*identities, error) {
	authority, err := certs.NewAuthority("Root of the scripts")
	if err != nil {
		return nil, err
	}
	host, err := authority.Server("127.0.0.1")
	if err != nil {
		return nil, err
	}
	ids := &identities{authority, host, map[string][]byte{"ca.pem": authority.PEM()}}
	for file, template := range map[string]*x509.Certificate{
		"avsender": certs.EnterpriseTemplate("Avsender AS", "910075918"),
		"mottaker": certs.EnterpriseTemplate("Mottaker AS", "910077473"),
		"expired":  expired(),
	} {
		if err := ids.add(file, template); err != nil {
			return nil, err
		}
	}
	return ids, nil
})

func expired() *x509.Certificate {
	template := certs.EnterpriseTemplate("Gammel AS", "910075918")
	template.NotBefore, template.NotAfter = time.Date(2020, 6, 30, 12, 0, 0, 0, time.UTC), time.Date(2023, 6, 30, 12, 0, 0, 0, time.UTC)
	return template
}

// add makes a certificate, in PEM without and in PKCS#12 with a password.
func (i *identities) add(name string, template *x509.Certificate) error {
	pair, err := i.authority.Issue(template)
	if err != nil {
		return err
	}
	key, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		return err
	}
	i.files[name+".pem"] = slices.Concat(
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: pair.Certificate[0]}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}),
	)
	i.files[name+".p12"], err = pkcs12.Modern.Encode(pair.PrivateKey, pair.Leaf, nil, "nøkkel")
	return err
}

// secured is the command of the scripts for a new far side over TLS, and for the files that go with it. Of its arguments, "client"
// has it ask for a client's certificate.
func secured(ts *testscript.TestScript, _ bool, args []string) {
	ids, err := made()
	ts.Check(err)
	for name, content := range ids.files {
		ts.Check(os.WriteFile(ts.MkAbs(name), content, 0o600))
	}
	dir, err := os.MkdirTemp(ts.Getenv("WORK"), ".farside-")
	ts.Check(err)
	service, err := server.New(server.Options{Dir: dir, Users: server.DemoUsers(), ClientRoots: ids.authority.Pool()})
	ts.Check(err)
	far := httptest.NewUnstartedServer(service)
	far.Config.ErrorLog = log.New(io.Discard, "", 0)
	far.TLS = &tls.Config{Certificates: []tls.Certificate{*ids.server}}
	if slices.Contains(args, "client") {
		far.TLS.ClientAuth, far.TLS.ClientCAs = tls.RequireAndVerifyClientCert, ids.authority.Pool()
		far.TLS.MaxVersion = tls.VersionTLS12 // a refusal comes within the handshake; in TLS 1.3 it may be lost behind a broken write
	}
	far.StartTLS()
	ts.Defer(func() {
		far.CloseClientConnections()
		far.Close()
		service.Close()
	})
	ts.Setenv("ALTINN_TRANSFER_ENDPOINT", far.URL)
}

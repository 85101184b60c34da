package broker_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log"
	"net/http/httptest"
	"os"
	"path/filepath"

	"github.com/altinn-transfer/altinn-transfer/binding"
	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/internal/certs"
	"github.com/altinn-transfer/altinn-transfer/security"
	"github.com/altinn-transfer/altinn-transfer/server"
	"github.com/altinn-transfer/altinn-transfer/stream"
	"software.sslmate.com/src/go-pkcs12"
)

// farSide is a service to talk to; its address stands for a real one's.
func farSide() (address string, stop func()) { return farSideFor(nil) }

// farSideFor is a service that believes certificates, too.
func farSideFor(roots *x509.CertPool) (address string, stop func()) {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	service, err := server.New(server.Options{Dir: dir, Users: server.DemoUsers(), ClientRoots: roots})
	if err != nil {
		log.Fatal(err)
	}
	far := httptest.NewServer(service)
	return far.URL, func() {
		far.Close()
		service.Close()
		os.RemoveAll(dir)
	}
}

// The two calls of a sender.
func ExampleNew_basic() {
	address, stop := farSide()
	defer stop()
	ctx := context.Background()
	client, err := broker.New(address, binding.Basic{
		SystemUser: "avsender",
		Password:   func(context.Context) (string, error) { return "avsender-demo", nil }, // from a file, a keyring ...
	}, nil)
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	reference, err := client.Initiate(ctx, broker.Manifest{
		ServiceCode: "4192", EditionCode: 270815, SendersReference: "2f8a3c5e-accounts-2026-november",
		Sender: "910075918", Recipients: []broker.Party{"910077473"},
	})
	if err != nil {
		log.Fatal(err)
	}
	file, err := stream.File("testdata/accounts.zip")
	if err != nil {
		log.Fatal(err)
	}
	receipt, err := client.Upload(ctx, reference, "910075918", file, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(receipt.Status, receipt.Text)
	// Output:
	// OK Upload of file accounts.zip was successful. Recipients can now download the file.
}

// The WS binding: another type of credentials, and all else is the same.
func ExampleNew_usernameToken() {
	address, stop := farSide()
	defer stop()
	client, err := broker.New(address, binding.UsernameToken{Username: "mottaker", Password: binding.Literal("mottaker-demo")}, nil)
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	found, err := client.HasAvailable(context.Background(), broker.Query{Recipient: "910077473"})
	fmt.Println(found, err)
	// Output:
	// false <nil>
}

// The EC2 binding: an enterprise certificate begins a session, which lasts until [broker.Client.Close].
func ExampleNew_certificate() {
	address, file, stop := farSideWithCertificate()
	defer stop()
	client, err := broker.New(address, binding.Certificate{
		KeyPair: func(context.Context) (*tls.Certificate, error) {
			content, err := os.ReadFile(file) // PKCS#12 or PEM
			if err != nil {
				return nil, err
			}
			return security.ReadKeyPair(content, "its password")
		},
		Username: "mottaker", Password: binding.Literal("mottaker-demo"),
	}, nil)
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	found, err := client.HasAvailable(context.Background(), broker.Query{Recipient: "910077473"})
	fmt.Println(found, err)
	// Output:
	// false <nil>
}

// farSideWithCertificate has a file with a certificate beside the service, which stands for one of your own.
func farSideWithCertificate() (address, file string, stop func()) {
	authority, err := certs.NewAuthority("root")
	if err != nil {
		log.Fatal(err)
	}
	pair, err := authority.Enterprise("Mottaker AS", "910077473")
	if err != nil {
		log.Fatal(err)
	}
	content, err := pkcs12.Modern.Encode(pair.PrivateKey, pair.Leaf, nil, "its password")
	if err != nil {
		log.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	file = filepath.Join(dir, "mottaker.p12")
	if err := os.WriteFile(file, content, 0o600); err != nil {
		log.Fatal(err)
	}
	address, end := farSideFor(authority.Pool())
	return address, file, func() { end(); os.RemoveAll(dir) }
}

// What an error says, for a program and for a person.
func ExampleClient_Download_error() {
	address, stop := farSide()
	defer stop()
	client, err := broker.New(address, binding.Basic{SystemUser: "mottaker", Password: binding.Literal("mottaker-demo")}, nil)
	if err != nil {
		log.Fatal(err)
	}
	_, err = client.Download(context.Background(), "af303bd0-3333-4ec9-af6a-31dd05569011", "910077473")
	fmt.Println(errors.Is(err, failure.NotFound))
	if e, ok := errors.AsType[*failure.Error](err); ok {
		fmt.Println(e.Op, e.Code, e.Temporary(), e.Ambiguous)
		fmt.Println(e.Hint())
	}
	// Output:
	// true
	// DownloadFileStreamed 40212 false false
	// check the reference or number; what it names may be taken, expired, or not ready yet
}

package broker_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/binding"
	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/internal/certs"
	"github.com/altinn-transfer/altinn-transfer/server"
	"github.com/altinn-transfer/altinn-transfer/stream"
)

// network is a far side of our own over TLS, and who may speak to it.
type network struct {
	address   string
	authority *certs.Authority
	options   *broker.Options
}

func newNetwork(t *testing.T) *network {
	t.Helper()
	authority, err := certs.NewAuthority("root")
	if err != nil {
		t.Fatal(err)
	}
	host, err := authority.Server("127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	service, err := server.New(server.Options{Dir: t.TempDir(), Users: server.DemoUsers(), ClientRoots: authority.Pool()})
	if err != nil {
		t.Fatal(err)
	}
	far := httptest.NewUnstartedServer(service)
	far.TLS = &tls.Config{Certificates: []tls.Certificate{*host}}
	far.StartTLS()
	t.Cleanup(func() { far.Close(); service.Close() })
	return &network{far.URL, authority, &broker.Options{TLS: &tls.Config{RootCAs: authority.Pool()}}}
}

// users are one system in each binding.
func (n *network) users(t *testing.T, name, password, organisation string) []binding.Credentials {
	t.Helper()
	pair, err := n.authority.Enterprise(name, organisation)
	if err != nil {
		t.Fatal(err)
	}
	secret := binding.Literal(password)
	return []binding.Credentials{
		binding.Basic{SystemUser: name, Password: secret},
		binding.UsernameToken{Username: name, Password: secret},
		binding.Certificate{
			KeyPair:  func(context.Context) (*tls.Certificate, error) { return pair, nil },
			Username: name, Password: secret,
		},
	}
}

func (n *network) client(t *testing.T, credentials binding.Credentials) *broker.Client {
	t.Helper()
	client, err := broker.New(n.address, credentials, n.options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

func TestAFileGoesFromBindingToBinding(t *testing.T) {
	far := newNetwork(t)
	senders := far.users(t, "avsender", "avsender-demo", "910075918")
	recipients := far.users(t, "mottaker", "mottaker-demo", "910077473")
	content := append([]byte(emptyZIP), make([]byte, 1<<20)...)
	for i, sender := range senders {
		recipient := recipients[(i+1)%len(recipients)]
		t.Run(sender.Binding().String()+" to "+recipient.Binding().String(), func(t *testing.T) {
			from, to, query := far.client(t, sender), far.client(t, recipient), broker.Query{Recipient: "910077473"}
			reference, err := from.Initiate(t.Context(), broker.Manifest{
				ServiceCode: "4192", EditionCode: 270815, Sender: "910075918", Recipients: []broker.Party{"910077473"},
				SendersReference: strings.Repeat("r", 32), Files: []broker.File{{Name: "oppgjør.zip"}},
			})
			if err != nil {
				t.Fatal(err)
			}
			if receipt, err := from.Upload(t.Context(), reference, "910075918", stream.Bytes("oppgjør.zip", content), nil); err != nil || receipt.Status != "OK" {
				t.Fatalf("receipt %+v, %v", receipt, err)
			}
			if found, err := to.HasAvailable(t.Context(), query); err != nil || !found {
				t.Errorf("has a file: %t, %v", found, err)
			}
			for file, err := range to.Available(t.Context(), query) {
				if err != nil || file.Reference != reference || file.Name != "oppgjør.zip" {
					t.Fatalf("listed %+v, %v", file, err)
				}
			}
			file, err := to.Download(t.Context(), reference, "910077473")
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			if got, err := io.ReadAll(file); err != nil || !bytes.Equal(got, content) {
				t.Errorf("%d bytes came, %v", len(got), err)
			}
			if err := to.Confirm(t.Context(), reference, "910077473"); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestAWrongLoginIsRefusedInEveryBinding(t *testing.T) {
	far := newNetwork(t)
	refused := far.users(t, "mottaker", "WRONG-PASSWORD", "910077473")
	refused = append(refused, far.users(t, "mottaker", "mottaker-demo", "910075918")[2]) // another organisation's certificate
	for _, credentials := range refused {
		_, err := far.client(t, credentials).HasAvailable(t.Context(), broker.Query{Recipient: "910077473"})
		if !errors.Is(err, failure.Unauthenticated) || strings.Contains(err.Error(), "WRONG-PASSWORD") {
			t.Errorf("%s: %v", credentials.Binding(), err)
		}
	}
}

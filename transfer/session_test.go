package transfer_test

import (
	"context"
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/binding"
	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/internal/certs"
	"github.com/altinn-transfer/altinn-transfer/server"
	"github.com/altinn-transfer/altinn-transfer/stream"
	"github.com/altinn-transfer/altinn-transfer/transfer"
)

// A server that starts again knows none of its sessions. A batch that goes on meanwhile does not notice, uploads included.
func TestABatchOutlivesItsSessions(t *testing.T) {
	authority, err := certs.NewAuthority("root")
	if err != nil {
		t.Fatal(err)
	}
	pair, err := authority.Enterprise("Avsender AS", "910075918")
	if err != nil {
		t.Fatal(err)
	}
	options := server.Options{Dir: t.TempDir(), Users: server.DemoUsers(), ClientRoots: authority.Pool()}
	var service atomic.Pointer[server.Server]
	start := func() {
		if old := service.Load(); old != nil {
			old.Close()
		}
		started, err := server.New(options)
		if err != nil {
			t.Fatal(err)
		}
		service.Store(started)
	}
	start()
	far := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { service.Load().ServeHTTP(w, r) }))
	defer func() { far.Close(); service.Load().Close() }()
	client, err := broker.New(far.URL, binding.Certificate{
		KeyPair:  func(context.Context) (*tls.Certificate, error) { return pair, nil },
		Username: "avsender", Password: binding.Literal("avsender-demo"),
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	backend := &counted{Backend: client}
	manager := transfer.New(backend, transfer.Options{})
	for i := range 3 {
		result := manager.Send(t.Context(), job("a.zip", "PK\x05\x06"+string(make([]byte, 1<<20))))
		if result.Err != nil {
			t.Fatalf("file %d: %v", i, result.Err)
		}
		start()
	}
	// The service's no may come before a byte of the file was taken; then the floor below has repeated the call itself.
	if backend.uploads < 3 || backend.uploads > 3+2 || backend.initiated != 3 {
		t.Errorf("%d uploads of %d references", backend.uploads, backend.initiated)
	}
}

// counted counts the steps of a back end.
type counted struct {
	transfer.Backend
	initiated, uploads int
}

func (c *counted) Initiate(ctx context.Context, m broker.Manifest) (broker.Reference, error) {
	c.initiated++
	return c.Backend.Initiate(ctx, m)
}

func (c *counted) Upload(ctx context.Context, r broker.Reference, p broker.Party, s stream.Source, o *broker.UploadOptions) (*broker.Receipt, error) {
	c.uploads++
	return c.Backend.Upload(ctx, r, p, s, o)
}

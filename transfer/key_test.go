package transfer_test

import (
	"context"
	"slices"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/stream"
	"github.com/altinn-transfer/altinn-transfer/transfer"
)

// named writes down for which job each step was.
type named struct {
	transfer.Backend
	keys []string
}

func (n *named) Initiate(ctx context.Context, m broker.Manifest) (broker.Reference, error) {
	n.keys = append(n.keys, "initiate "+transfer.KeyFrom(ctx))
	return n.Backend.Initiate(ctx, m)
}

func (n *named) Upload(ctx context.Context, r broker.Reference, p broker.Party, s stream.Source, o *broker.UploadOptions) (*broker.Receipt, error) {
	n.keys = append(n.keys, "upload "+transfer.KeyFrom(ctx))
	return n.Backend.Upload(ctx, r, p, s, o)
}

func (n *named) Download(ctx context.Context, r broker.Reference, p broker.Party) (*broker.Download, error) {
	n.keys = append(n.keys, "download "+transfer.KeyFrom(ctx))
	return n.Backend.Download(ctx, r, p)
}

func (n *named) Confirm(ctx context.Context, r broker.Reference, p broker.Party) error {
	n.keys = append(n.keys, "confirm "+transfer.KeyFrom(ctx))
	return n.Backend.Confirm(ctx, r, p)
}

func TestABackEndIsToldForWhichJobACallIs(t *testing.T) {
	far := &fake{}
	backend := &named{Backend: far}
	manager := transfer.New(backend, transfer.Options{})
	sent := manager.Send(t.Context(), job("a.zip", "PK\x05\x06 content"))
	if sent.Err != nil {
		t.Fatal(sent.Err)
	}
	received := manager.Receive(t.Context(), broker.AvailableFile{Reference: sent.Reference, Name: "b.zip"}, "910077473", t.TempDir())
	if received.Err != nil {
		t.Fatal(received.Err)
	}
	want := []string{"initiate " + sent.Key, "upload " + sent.Key, "download " + received.Key, "confirm " + received.Key}
	if !slices.Equal(backend.keys, want) || sent.Key == "" || received.Key == "" {
		t.Errorf("%q, not %q", backend.keys, want)
	}
	if key := transfer.KeyFrom(t.Context()); key != "" {
		t.Errorf("a call for no job is for %q", key)
	}
}

package transfer_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/resume"
	"github.com/altinn-transfer/altinn-transfer/server"
	"github.com/altinn-transfer/altinn-transfer/transfer"
)

func TestSegmentsOfEverySizeAreJoined(t *testing.T) {
	for _, test := range []struct {
		bytes int
		size  int64
		count int
	}{{90_000, 30_000, 3}, {90_001, 30_000, 4}, {89_999, 30_000, 3}, {1, 1, 1}, {300, 7, 43}, {5 << 20, 1 << 20, 5}} {
		t.Run(fmt.Sprint(test.bytes, " by ", test.size), func(t *testing.T) {
			far, content := startFarSide(t), numbered(test.bytes)
			inSegments(t, transfer.New(far.sender, transfer.Options{}), large("a.iso", content), test.size)
			dir, sum := t.TempDir(), sha256.Sum256(content)
			journal := &resume.Memory{}
			results := receiveAll(t, far.recipient, transfer.Options{Concurrency: 3, Journal: journal}, dir)
			if len(results) != 1 || results[0].Err != nil || results[0].SHA256 != hex.EncodeToString(sum[:]) || results[0].Segments != test.count {
				t.Fatalf("%+v", results)
			}
			wantOnly(t, dir, content)
			if left := far.delivered(t); len(left) != 0 {
				t.Errorf("%d segments wait still", len(left))
			}
			for record := range journal.All(t.Context()) {
				if !record.State.Done() {
					t.Errorf("the journal has %s as %s", record.Name, record.State)
				}
			}
		})
	}
}

// A download that breaks costs its own segment and no other: the part file keeps what has come.
func TestASegmentThatBreaksIsDownloadedAgain(t *testing.T) {
	far := startFarSide(t, server.Trouble{Kind: server.CutAnswer, Operation: "DownloadFileStreamed", Skip: 1, Times: 1, After: 200_000})
	content := numbered(1_000_000)
	inSegments(t, transfer.New(far.sender, transfer.Options{}), large("a.iso", content), 300_000)
	dir, counted := t.TempDir(), &downloads{Backend: far.recipient}
	o := transfer.Options{Concurrency: 1, Retry: transfer.Retry{Base: 1}, Journal: &resume.Memory{}}
	results := slices.Collect(transfer.New(counted, o).ReceiveAll(t.Context(), broker.Query{Recipient: "910077473"}, dir))
	if len(results) != 1 || results[0].Err != nil || results[0].Attempts != 2 || counted.n.Load() != 5 {
		t.Errorf("%d downloads: %+v", counted.n.Load(), results)
	}
	wantOnly(t, dir, content)
}

type downloads struct {
	transfer.Backend
	n atomic.Int32
}

// Download is counted.
func (d *downloads) Download(ctx context.Context, r broker.Reference, p broker.Party) (*broker.Download, error) {
	d.n.Add(1)
	return d.Backend.Download(ctx, r, p)
}

// A record of the whole file alone, as a damaged journal may have it, is no reason to confirm what is not known to be stored.
func TestSegmentsWhoseRecordsAreLostAreReceivedAnew(t *testing.T) {
	content, dir := numbered(100_000), t.TempDir()
	far, journal, left := inFour(t, content), &resume.Memory{}, &resume.Memory{}
	receiveAll(t, &altered{Backend: far.recipient, confirms: 0}, transfer.Options{Journal: journal}, dir)
	for record := range journal.All(t.Context()) {
		if record.Name != "a.iso" {
			continue
		}
		if err := left.Put(t.Context(), record); err != nil {
			t.Fatal(err)
		}
	}
	counted := &downloads{Backend: far.recipient}
	results := receiveAll(t, counted, transfer.Options{Journal: left}, dir)
	if len(results) != 1 || results[0].Err != nil || !results[0].Confirmed || counted.n.Load() != 4 || len(far.delivered(t)) != 0 {
		t.Errorf("%d downloads: %+v", counted.n.Load(), results)
	}
}

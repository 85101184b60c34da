package bench

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/stream"
	"github.com/altinn-transfer/altinn-transfer/transfer"
)

// visit is a service that the bench has not begun. The client is in this process. What was sent is confirmed at the end, so
// that the service can delete it; what else waits there is not touched.
type visit struct {
	*Service
	file    payload
	waiting []broker.Reference
}

func (b *bench) against(ctx context.Context) error {
	b.note("the far side is %s, so there are no baselines, and neither processor time nor memory", b.Against.Name)
	file, err := b.payload("payload.zip", b.Size)
	if err != nil {
		return err
	}
	v := &visit{Service: b.Against, file: file}
	if slices.Contains(b.Parts, "path") {
		err = b.inTurn(ctx, []measured{
			{Row: Row{Part: "path", Task: "upload to " + v.Name, Who: ours, Ours: true, Bytes: b.Size}, run: v.upload},
			{Row: Row{Part: "path", Task: "download from " + v.Name, Who: ours, Ours: true, Bytes: b.Size}, run: v.download},
		})
	}
	if err != nil || !slices.Contains(b.Parts, "bulk") {
		return err
	}
	small, err := b.bunch("small", b.Files, smallSize)
	if err != nil {
		return err
	}
	row := Row{Part: "bulk", Task: "send small files to " + v.Name, Who: ours, Ours: true, Bytes: small.bytes, Files: small.files}
	return b.inTurn(ctx, []measured{{Row: row, run: func(ctx context.Context) (Round, []Reading, error) { return v.sendAll(ctx, small) }}})
}

func (v *visit) upload(ctx context.Context) (Round, []Reading, error) {
	manifest := v.Manifest
	manifest.Files = []broker.File{{Name: "payload.zip"}}
	manifest.SendersReference = fmt.Sprintf("bench-%d", time.Now().UnixNano())
	reference, err := v.Client.Initiate(ctx, manifest)
	if err != nil {
		return Round{}, nil, err
	}
	source, err := stream.File(v.file.path)
	if err != nil {
		return Round{}, nil, err
	}
	begun := time.Now()
	_, err = v.Client.Upload(ctx, reference, v.Manifest.Sender, source, nil)
	v.waiting = append(v.waiting, reference)
	return Round{Seconds: time.Since(begun).Seconds()}, nil, err
}

// download takes what the upload of the same round sent, and once more outside the time to compare the digests.
func (v *visit) download(ctx context.Context) (Round, []Reading, error) {
	begun := time.Now()
	_, err := v.take(ctx, false)
	round := Round{Seconds: time.Since(begun).Seconds()}
	if err != nil {
		return round, nil, err
	}
	sum, err := v.take(ctx, true)
	if err == nil && sum != v.file.sum {
		err = fmt.Errorf("what arrived has the digest %s, not %s", sum, v.file.sum)
	}
	return round, nil, errors.Join(err, v.confirm(ctx))
}

func (v *visit) take(ctx context.Context, check bool) (sum string, err error) {
	download, err := v.Client.Download(ctx, v.waiting[len(v.waiting)-1], v.Manifest.Sender)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, download.Close()) }()
	var got arrived
	err = got.take(download, check)
	return got.last(), err
}

func (v *visit) confirm(ctx context.Context) error {
	for _, reference := range v.waiting {
		if err := v.Client.Confirm(ctx, reference, v.Manifest.Sender); err != nil {
			return err
		}
	}
	v.waiting = nil
	return nil
}

// sendAll sends a bunch without a journal: what is in it is the same in every round, and would be skipped.
func (v *visit) sendAll(ctx context.Context, all bunch) (Round, []Reading, error) {
	manager := transfer.New(v.Client, transfer.Options{Concurrency: smallJobs})
	var each []float64
	begun := time.Now()
	for result := range manager.SendAll(ctx, jobsOf(all.dir, v.Manifest)) {
		if result.Err != nil {
			return Round{}, nil, result.Err
		}
		v.waiting = append(v.waiting, result.Reference)
		each = append(each, result.Elapsed.Seconds())
	}
	round := Round{Seconds: time.Since(begun).Seconds(), Latency: latencies(each)}
	return round, nil, v.confirm(ctx)
}

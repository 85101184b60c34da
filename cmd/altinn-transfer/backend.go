package main

import (
	"context"
	"iter"
	"log/slog"
	"time"

	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/stream"
	"github.com/altinn-transfer/altinn-transfer/transfer"
)

// told is a back end that tells of its calls: each to the log, and a list to the view, which learns from it what is to come.
type told struct {
	transfer.Backend
	log  *slog.Logger
	view view
}

// Initiate is for [transfer.Backend], as are the others.
func (t *told) Initiate(ctx context.Context, m broker.Manifest) (broker.Reference, error) {
	start := time.Now()
	r, err := t.Backend.Initiate(ctx, m)
	logCall(t.log, "InitiateBrokerService", start, err, "reference", r, "senders-reference", m.SendersReference)
	return r, err
}

func (t *told) Upload(ctx context.Context, r broker.Reference, sender broker.Party, file stream.Source, o *broker.UploadOptions) (*broker.Receipt, error) {
	start := time.Now()
	receipt, err := t.Backend.Upload(ctx, r, sender, file, o)
	logCall(t.log, "UploadFileStreamed", start, err, "reference", r, "file", o.FileName)
	return receipt, err
}

func (t *told) Available(ctx context.Context, q broker.Query) iter.Seq2[broker.AvailableFile, error] {
	return func(yield func(broker.AvailableFile, error) bool) {
		start := time.Now()
		files, err := collect(t.Backend.Available(ctx, q))
		logCall(t.log, "GetAvailableFiles", start, err, "files", len(files))
		t.view.expect(len(files), totalSize(files))
		for _, file := range files {
			if !yield(file, nil) {
				return
			}
		}
		if err != nil {
			yield(broker.AvailableFile{}, err)
		}
	}
}

func (t *told) Download(ctx context.Context, r broker.Reference, recipient broker.Party) (*broker.Download, error) {
	start := time.Now()
	file, err := t.Backend.Download(ctx, r, recipient)
	logCall(t.log, "DownloadFileStreamed", start, err, "reference", r)
	return file, err
}

func (t *told) Confirm(ctx context.Context, r broker.Reference, recipient broker.Party) error {
	start := time.Now()
	err := t.Backend.Confirm(ctx, r, recipient)
	logCall(t.log, "ConfirmDownloaded", start, err, "reference", r)
	return err
}

// logCall writes one line for one call. Neither the values nor the error can hold a secret: the floors below see to that.
func logCall(log *slog.Logger, op string, start time.Time, err error, values ...any) {
	values = append(values, "elapsed", time.Since(start).Round(time.Microsecond))
	if err != nil {
		log.Debug(op+" failed", append(values, "error", err)...)
		return
	}
	log.Debug(op, values...)
}

// collect takes a list that is in memory as a whole anyway.
func collect(list iter.Seq2[broker.AvailableFile, error]) ([]broker.AvailableFile, error) {
	var files []broker.AvailableFile
	for file, err := range list {
		if err != nil {
			return files, err
		}
		files = append(files, file)
	}
	return files, nil
}

// totalSize adds up sizes; -1 when the service does not tell one of them.
func totalSize(files []broker.AvailableFile) int64 {
	var total int64
	for _, file := range files {
		if file.Size <= 0 {
			return -1
		}
		total += file.Size
	}
	return total
}

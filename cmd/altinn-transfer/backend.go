package main

import (
	"context"
	"iter"
	"log/slog"
	"slices"
	"time"

	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/stream"
	"github.com/altinn-transfer/altinn-transfer/transfer"
)

// told is a back end that tells of its calls: each to the log, and a list to the view, which learns from it what is to come.
type told struct {
	transfer.Backend
	log    *slog.Logger
	view   view
	wants  func(name string) bool // which of the listed files are meant; nil: all
	before amount                 // comes before the list
}

// amount is a number of files, and their size in bytes; -1 when one of them is not known.
type amount struct {
	files int
	bytes int64
}

func (a *amount) add(file broker.AvailableFile) {
	a.files++
	if file.Size <= 0 || a.bytes < 0 {
		a.bytes = -1
		return
	}
	a.bytes += file.Size
}

// Initiate is for [transfer.Backend], as are the others.
func (t *told) Initiate(ctx context.Context, m broker.Manifest) (broker.Reference, error) {
	start := time.Now()
	r, err := t.Backend.Initiate(ctx, m)
	logCall(t.logFor(ctx), "InitiateBrokerService", start, err, "reference", r, "senders_reference", m.SendersReference)
	return r, err
}

func (t *told) Upload(ctx context.Context, r broker.Reference, sender broker.Party, file stream.Source, o *broker.UploadOptions) (*broker.Receipt, error) {
	start := time.Now()
	receipt, err := t.Backend.Upload(ctx, r, sender, file, o)
	logCall(t.logFor(ctx), "UploadFileStreamed", start, err, "reference", r, "file", o.FileName)
	return receipt, err
}

func (t *told) Available(ctx context.Context, q broker.Query) iter.Seq2[broker.AvailableFile, error] {
	return func(yield func(broker.AvailableFile, error) bool) {
		start := time.Now()
		files, err := collect(t.Backend.Available(ctx, q))
		logCall(t.logFor(ctx), "GetAvailableFiles", start, err, "files", len(files))
		if t.wants != nil {
			files = slices.DeleteFunc(files, func(f broker.AvailableFile) bool { return !t.wants(f.Name) })
		}
		all := t.before
		for _, file := range files {
			all.add(file)
		}
		t.view.expect(all.files, all.bytes)
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
	logCall(t.logFor(ctx), "DownloadFileStreamed", start, err, "reference", r)
	return file, err
}

func (t *told) Confirm(ctx context.Context, r broker.Reference, recipient broker.Party) error {
	start := time.Now()
	err := t.Backend.Confirm(ctx, r, recipient)
	logCall(t.logFor(ctx), "ConfirmDownloaded", start, err, "reference", r)
	return err
}

// logFor is the log of the job that a call is made for.
func (t *told) logFor(ctx context.Context) *slog.Logger {
	if key := transfer.KeyFrom(ctx); key != "" {
		return t.log.With("job", key)
	}
	return t.log
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

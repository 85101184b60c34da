package main

import (
	"context"
	"log/slog"
	"time"

	"github.com/altinn-transfer/altinn-transfer/transfer"
)

// logView writes records of jobs to a log. What one is about is always in the same attribute; "help monitoring" lists them.
type logView struct{ log *slog.Logger }

func newLogView(log *slog.Logger) logView { return logView{log} }

// Started is for [transfer.Observer], as are the others.
func (l logView) Started(key string, size int64) {
	if size < 0 {
		l.log.Info("job started", "job", key)
		return
	}
	l.log.Info("job started", "job", key, "bytes", size)
}

func (logView) Progress(string, int, int64) {}

func (l logView) Retrying(key string, attempt int, wait time.Duration, err error) {
	l.log.Warn("job retrying", "job", key, "attempt", attempt, "wait", wait.Round(time.Millisecond),
		"kind", kindOf(err).Name(), "error", err)
}

func (l logView) Ended(r transfer.Result) {
	values := []any{"job", r.Key}
	for _, one := range []struct{ name, value string }{
		{"file", r.Name}, {"path", r.Path}, {"reference", string(r.Reference)}, {"sha256", r.SHA256}, {"note", r.Note},
	} {
		if one.value != "" {
			values = append(values, one.name, one.value)
		}
	}
	values = append(values, "bytes", r.Bytes, "attempts", r.Attempts, "elapsed", r.Elapsed.Round(time.Millisecond))
	if r.Receipt != nil {
		values = append(values, "receipt", r.Receipt.ID)
	}
	switch {
	case r.Err != nil:
		level := slog.LevelWarn
		if endsAll(r.Err) { // which is said once, at the end of the run
			level = slog.LevelInfo
		}
		l.log.Log(context.Background(), level, "job failed", append(values, "kind", kindOf(r.Err).Name(), "error", r.Err)...)
	case r.Skipped:
		l.log.Info("job skipped", values...)
	default:
		l.log.Info("job done", values...)
	}
}

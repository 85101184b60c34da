package transfer_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"testing"
	"testing/iotest"
	"time"

	"github.com/altinn-transfer/altinn-transfer/resume"
	"github.com/altinn-transfer/altinn-transfer/stream"
	"github.com/altinn-transfer/altinn-transfer/transfer"
)

// reader writes down what it hears of readings, and of the first thing behind them.
type reader struct{ heard []string }

func (r *reader) Started(key string, _ int64)                { r.heard = append(r.heard, "started "+key) }
func (r *reader) Progress(string, int, int64)                {}
func (r *reader) Retrying(string, int, time.Duration, error) {}
func (r *reader) Ended(result transfer.Result)               { r.heard = append(r.heard, "ended "+result.Key) }

func (r *reader) ReadingEnded(key string) { r.heard = append(r.heard, "read "+key) }

func (r *reader) Reading(key string, done, size int64) {
	if said := fmt.Sprintf("reading %s %d of %d", key, done, size); done == size && !slices.Contains(r.heard, said) {
		r.heard = append(r.heard, said)
	}
}

func (r *reader) options() transfer.Options {
	return transfer.Options{Observer: r, Journal: &resume.Memory{}, Concurrency: 1, Retry: transfer.Retry{Attempts: 1}}
}

func TestReadingsAreTold(t *testing.T) {
	segments, alone := &reader{}, &reader{}
	j := large("a.iso", numbered(250_000))
	j.Key = "dir/a.iso"
	inSegments(t, transfer.New(&desk{}, segments.options()), j, 200_000)
	want := []string{
		"reading dir/a.iso 250000 of 250000", "read dir/a.iso",
		"started dir/a.iso.001.zip", "ended dir/a.iso.001.zip", "started dir/a.iso.002.zip", "ended dir/a.iso.002.zip",
	}
	if !slices.Equal(segments.heard, want) {
		t.Errorf("in segments: %q", segments.heard)
	}
	one := job("a.zip", " content")
	transfer.New(&desk{}, alone.options()).Send(t.Context(), one)
	size := one.Source.Size()
	want = []string{"started a.zip", fmt.Sprintf("reading a.zip %d of %d", size, size), "read a.zip", "ended a.zip"}
	if !slices.Equal(alone.heard, want) {
		t.Errorf("alone: %q", alone.heard)
	}
}

// failingSource breaks where it is read.
type failingSource struct{ stream.Sectioned }

func (failingSource) Open(context.Context) (io.ReadCloser, error) {
	return io.NopCloser(iotest.ErrReader(errors.New("the disk is gone"))), nil
}

func TestAReadingThatFailsHasEnded(t *testing.T) {
	r := &reader{}
	j := large("a.iso", nil)
	j.Source = failingSource{stream.Bytes("a.iso", numbered(25)).(stream.Sectioned)}
	for _, err := range transfer.New(&desk{}, r.options()).Segments(t.Context(), j, 10) {
		if err == nil {
			t.Error("it was read")
		}
	}
	if !slices.Equal(r.heard, []string{"read a.iso"}) {
		t.Errorf("%q", r.heard)
	}
}

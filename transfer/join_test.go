package transfer_test

import (
	"bytes"
	"context"
	"errors"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/resume"
	"github.com/altinn-transfer/altinn-transfer/transfer"
)

// inFour sends content in four segments through the service.
func inFour(t *testing.T, content []byte) farSide {
	t.Helper()
	far := startFarSide(t)
	for _, r := range inSegments(t, transfer.New(far.sender, transfer.Options{}), large("a.iso", content), 30_000) {
		if r.Err != nil {
			t.Fatal(r.Err)
		}
	}
	return far
}

func receiveAll(t *testing.T, b transfer.Backend, o transfer.Options, dir string) []transfer.Result {
	t.Helper()
	o.Retry.Attempts = 1
	return slices.Collect(transfer.New(b, o).ReceiveAll(t.Context(), broker.Query{Recipient: "910077473"}, dir))
}

// altered is the service, but for some answers.
type altered struct {
	transfer.Backend
	list     func([]broker.AvailableFile) []broker.AvailableFile
	confirms int // that go well; -1: all
}

func (a *altered) Available(ctx context.Context, q broker.Query) iter.Seq2[broker.AvailableFile, error] {
	return func(yield func(broker.AvailableFile, error) bool) {
		var all []broker.AvailableFile
		for file, err := range a.Backend.Available(ctx, q) {
			if err != nil {
				yield(file, err)
				return
			}
			all = append(all, file)
		}
		if a.list != nil {
			all = a.list(all)
		}
		for _, file := range all {
			if !yield(file, nil) {
				return
			}
		}
	}
}

func (a *altered) Confirm(ctx context.Context, r broker.Reference, p broker.Party) error {
	if a.confirms == 0 {
		return &failure.Error{Op: "confirm", Kind: failure.Network, Err: errBoom}
	}
	a.confirms--
	return a.Backend.Confirm(ctx, r, p)
}

func TestSegmentsAreJoined(t *testing.T) {
	for name, journal := range map[string]resume.Journal{"with a journal": &resume.Memory{}, "without": nil} {
		t.Run(name, func(t *testing.T) {
			content, dir := numbered(100_000), t.TempDir()
			far := inFour(t, content)
			results := receiveAll(t, far.recipient, transfer.Options{Journal: journal}, dir)
			if len(results) != 1 || results[0].Err != nil || !results[0].Confirmed || results[0].Segments != 4 || results[0].Bytes != 100_000 {
				t.Fatalf("%+v", results)
			}
			wantOnly(t, dir, content)
			if left := far.delivered(t); len(left) != 0 {
				t.Errorf("%d are not confirmed", len(left))
			}
		})
	}
}

// wantOnly wants a.iso in dir and nothing else.
func wantOnly(t *testing.T, dir string, content []byte) {
	t.Helper()
	got, err := os.ReadFile(filepath.Join(dir, "a.iso"))
	if err != nil || !bytes.Equal(got, content) || len(entries(t, dir)) != 1 {
		t.Errorf("%d bytes, %v; the directory holds %v", len(got), err, entries(t, dir))
	}
}

func TestSegmentsWaitForTheOthers(t *testing.T) {
	dir, far := t.TempDir(), inFour(t, numbered(100_000))
	less := &altered{Backend: far.recipient, confirms: -1, list: func(all []broker.AvailableFile) []broker.AvailableFile { return all[1:] }}
	results := receiveAll(t, less, transfer.Options{}, dir)
	for _, r := range results {
		if r.Err != nil || !r.Skipped || !strings.Contains(r.Note, "1 of 4 are missing") {
			t.Errorf("%+v", r)
		}
	}
	if len(results) != 3 || len(entries(t, dir)) != 0 || len(far.delivered(t)) != 4 {
		t.Errorf("%d results; the directory holds %v", len(results), entries(t, dir))
	}
}

func TestSegmentsAreStoredAsTheyAre(t *testing.T) {
	dir, far := t.TempDir(), inFour(t, numbered(100_000))
	for _, r := range receiveAll(t, far.recipient, transfer.Options{NoJoin: true}, dir) {
		if r.Err != nil || !r.Confirmed {
			t.Errorf("%+v", r)
		}
	}
	if got := entries(t, dir); len(got) != 4 || len(far.delivered(t)) != 0 {
		t.Errorf("the directory holds %v", got)
	}
}

// A run that ends at any of the confirms leaves segments that are stored: the next one confirms them, and downloads nothing.
func TestSegmentsOfAFileThatIsStoredAreConfirmed(t *testing.T) {
	for confirmed := range 4 {
		content, dir, journal := numbered(100_000), t.TempDir(), &resume.Memory{}
		far := inFour(t, content)
		results := receiveAll(t, &altered{Backend: far.recipient, confirms: confirmed}, transfer.Options{Journal: journal}, dir)
		if len(results) != 1 || !errors.Is(results[0].Err, errBoom) || results[0].Confirmed || len(far.delivered(t)) != 4-confirmed {
			t.Fatalf("%d: %+v", confirmed, results)
		}
		for _, r := range receiveAll(t, &undownloadable{far.recipient}, transfer.Options{Journal: journal}, dir) {
			if r.Err != nil || !r.Confirmed {
				t.Errorf("%d: %+v", confirmed, r)
			}
		}
		wantOnly(t, dir, content)
		if left := far.delivered(t); len(left) != 0 {
			t.Errorf("%d: %d are not confirmed", confirmed, len(left))
		}
	}
}

type undownloadable struct{ transfer.Backend }

func (undownloadable) Download(context.Context, broker.Reference, broker.Party) (*broker.Download, error) {
	return nil, errors.New("it is downloaded again")
}

// What the list says of segments and what is in them must be the same.
func TestSegmentsThatLieAreNotStored(t *testing.T) {
	for name, list := range map[string]func(all []broker.AvailableFile) []broker.AvailableFile{
		"two in each other's place": func(all []broker.AvailableFile) []broker.AvailableFile {
			all[0].Reference, all[1].Reference = all[1].Reference, all[0].Reference
			return all
		},
		"one twice": func(all []broker.AvailableFile) []broker.AvailableFile {
			all[0].Reference = all[1].Reference
			return all
		},
		"another count": func(all []broker.AvailableFile) []broker.AvailableFile {
			for i := range all {
				all[i].SendersReference = strings.Replace(all[i].SendersReference, "of-0004", "of-0003", 1)
			}
			return slices.DeleteFunc(all, func(f broker.AvailableFile) bool { return strings.Contains(f.SendersReference, "-0004-of") })
		},
		"another name": func(all []broker.AvailableFile) []broker.AvailableFile {
			for i := range all {
				all[i].Name = "b" + all[i].Name
			}
			return all
		},
		"more than is listed": func(all []broker.AvailableFile) []broker.AvailableFile {
			for i := range all {
				all[i].Size = 1
			}
			return all
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir, far := t.TempDir(), inFour(t, numbered(100_000))
			results := receiveAll(t, &altered{Backend: far.recipient, list: list, confirms: -1}, transfer.Options{Journal: &resume.Memory{}}, dir)
			if len(results) != 1 || !errors.Is(results[0].Err, failure.Integrity) || results[0].Path != "" {
				t.Errorf("%+v", results)
			}
			if len(entries(t, dir)) != 0 || len(far.delivered(t)) != 4 {
				t.Errorf("the directory holds %v", entries(t, dir))
			}
		})
	}
}

// Nobody can put a segment into another's file.
func TestSegmentsOfTwoSendersAreNotJoined(t *testing.T) {
	dir, far := t.TempDir(), inFour(t, numbered(100_000))
	foreign := func(all []broker.AvailableFile) []broker.AvailableFile {
		all[2].Sender = "974760673"
		return all
	}
	for _, r := range receiveAll(t, &altered{Backend: far.recipient, list: foreign, confirms: -1}, transfer.Options{}, dir) {
		if r.Err != nil || !r.Skipped {
			t.Errorf("%+v", r)
		}
	}
	if len(entries(t, dir)) != 0 || len(far.delivered(t)) != 4 {
		t.Errorf("the directory holds %v", entries(t, dir))
	}
}

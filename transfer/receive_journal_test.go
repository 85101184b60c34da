package transfer_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/internal/atomicfile"
	"github.com/altinn-transfer/altinn-transfer/internal/iofault"
	"github.com/altinn-transfer/altinn-transfer/resume"
	"github.com/altinn-transfer/altinn-transfer/transfer"
)

// quick tries as often as by default, but does not wait.
var quick = transfer.Retry{Base: time.Microsecond, Max: time.Microsecond}

func journalled(journal resume.Journal) transfer.Options {
	return transfer.Options{Journal: journal, Retry: quick}
}

// only is the one record of a journal.
func only(t *testing.T, journal resume.Journal) resume.Record {
	t.Helper()
	var all []resume.Record
	for record, err := range journal.All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, record)
	}
	if len(all) != 1 {
		t.Fatalf("%d records: %+v", len(all), all)
	}
	return all[0]
}

// ordered is a journal that tells of each state it is given, and fails on one.
type ordered struct {
	resume.Memory
	told   func(resume.State)
	refuse resume.State
}

func (o *ordered) Put(ctx context.Context, records ...resume.Record) error {
	if records[0].State == o.refuse {
		return errBoom
	}
	if o.told != nil {
		o.told(records[0].State)
	}
	return o.Memory.Put(ctx, records...)
}

func TestTheJournalKnowsBeforeEachStep(t *testing.T) {
	dir := t.TempDir()
	var order []string
	backend := waiting("PK content", available("a.zip", 10))
	backend.during = func(step string) { order = append(order, step) }
	journal := &ordered{told: func(state resume.State) {
		_, err := os.Stat(filepath.Join(dir, "a.zip"))
		if state == resume.Stored && err != nil || state == resume.Fetching && len(entries(t, dir)) > 0 {
			t.Errorf("%s, and in the directory is %v", state, entries(t, dir))
		}
		order = append(order, string(state))
	}}
	result := transfer.New(backend, journalled(journal)).Receive(t.Context(), backend.list[0], me, dir)
	if result.Err != nil || !result.Confirmed || result.Attempts != 1 || result.Skipped {
		t.Errorf("result %+v", result)
	}
	if want := []string{"fetching", "download", "stored", "confirm", "confirmed"}; !slices.Equal(order, want) {
		t.Errorf("got %v, want %v", order, want)
	}
	record := only(t, journal)
	if record.Path != result.Path || record.SHA256 != result.SHA256 || record.Size != 10 || record.Part != "" || record.Name != "a.zip" {
		t.Errorf("record %+v", record)
	}
}

func TestAJournalThatCannotBeWrittenStopsWhatItWouldAllow(t *testing.T) {
	for refuse, want := range map[resume.State]struct {
		steps []string
		files []string
		fails bool
	}{
		resume.Fetching:  {nil, nil, true},
		resume.Stored:    {[]string{"download"}, []string{"a.zip"}, true},
		resume.Confirmed: {[]string{"download", "confirm"}, []string{"a.zip"}, false},
	} {
		dir := t.TempDir()
		backend := waiting("PK content", available("a.zip", 10))
		result := transfer.New(backend, journalled(&ordered{refuse: refuse})).Receive(t.Context(), backend.list[0], me, dir)
		if failed := errors.Is(result.Err, failure.Disk); failed != want.fails || !failed && !strings.Contains(result.Note, "boom") {
			t.Errorf("%s: result %+v", refuse, result)
		}
		if got := backend.steps(); !slices.Equal(got, want.steps) {
			t.Errorf("%s: steps %v", refuse, got)
		}
		if got := entries(t, dir); !slices.Equal(got, want.files) {
			t.Errorf("%s: the directory holds %v", refuse, got)
		}
	}
}

// cutOnce cuts the first download behind n bytes, with a failure of that kind.
func cutOnce(n int64, kind failure.Kind) func([]byte) io.Reader {
	cut := false
	return func(b []byte) io.Reader {
		if cut {
			return bytes.NewReader(b)
		}
		cut = true
		return iofault.ErrAt(bytes.NewReader(b), n, &failure.Error{Kind: kind})
	}
}

func TestARetryGoesOnWithThePart(t *testing.T) {
	for _, journal := range []resume.Journal{nil, new(resume.Memory)} {
		for _, kind := range []failure.Kind{failure.Network, failure.Integrity, failure.Stalled, failure.Unavailable} {
			dir := t.TempDir()
			backend := waiting("PK content", available("a.zip", 10))
			backend.body = cutOnce(4, kind)
			backend.during = func(step string) {
				if names := entries(t, dir); step == "download" && (len(names) != 1 || !atomicfile.IsTemp(names[0])) {
					t.Errorf("%v: the directory holds %v", kind, names)
				}
			}
			result := transfer.New(backend, journalled(journal)).Receive(t.Context(), backend.list[0], me, dir)
			if result.Err != nil || content(t, result.Path) != "PK content" || result.Attempts != 2 {
				t.Errorf("%v: result %+v", kind, result)
			}
			if got := backend.steps(); !slices.Equal(got, []string{"download", "download", "confirm"}) {
				t.Errorf("%v: steps %v", kind, got)
			}
			if left := entries(t, dir); !slices.Equal(left, []string{"a.zip"}) {
				t.Errorf("%v: left %v", kind, left)
			}
		}
	}
}

// What an interrupted run leaves is what the next goes on with; what cannot be gone on with is removed.
func TestWhatIsLeftOfAPart(t *testing.T) {
	for kind, kept := range map[failure.Kind]bool{
		failure.Network: true, failure.Stalled: true, failure.Unavailable: true, failure.Interrupted: true, failure.SessionExpired: true,
		failure.Integrity: false, failure.Disk: false, failure.NotFound: false,
	} {
		dir, journal := t.TempDir(), new(resume.Memory)
		backend := waiting("PK content", available("a.zip", 10))
		backend.body = func(b []byte) io.Reader { return iofault.ErrAt(bytes.NewReader(b), 4, &failure.Error{Kind: kind}) }
		result := transfer.New(backend, journalled(journal)).Receive(t.Context(), backend.list[0], me, dir)
		if !errors.Is(result.Err, kind) {
			t.Errorf("%v: result %+v", kind, result)
		}
		record := only(t, journal)
		if record.State != resume.Fetching || record.Problem == "" || record.Attempts != result.Attempts {
			t.Errorf("%v: record %+v", kind, record)
		}
		left := entries(t, dir)
		if kept != (len(left) == 1) || kept && left[0] != record.Part {
			t.Errorf("%v: left %v", kind, left)
		}
		backend.body = nil
		again := transfer.New(backend, journalled(journal)).Receive(t.Context(), backend.list[0], me, dir)
		if again.Err != nil || content(t, again.Path) != "PK content" || len(entries(t, dir)) != 1 {
			t.Errorf("%v: again %+v", kind, again)
		}
	}
}

func TestWhatIsDoneIsNotDoneAgain(t *testing.T) {
	dir, journal := t.TempDir(), new(resume.Memory)
	backend := waiting("PK content", available("a.zip", 10))
	backend.confirm = &failure.Error{Kind: failure.Refused}
	receive := func(noConfirm bool) transfer.Result {
		options := journalled(journal)
		options.NoConfirm = noConfirm
		return transfer.New(backend, options).Receive(t.Context(), backend.list[0], me, dir)
	}
	if first := receive(false); !errors.Is(first.Err, failure.Refused) || first.Confirmed {
		t.Fatalf("first %+v", first)
	}
	if left := receive(true); left.Err != nil || !left.Skipped || left.Path == "" || left.Attempts != 0 {
		t.Errorf("not to be confirmed: %+v", left)
	}
	backend.confirm = nil
	if err := os.Remove(filepath.Join(dir, "a.zip")); err != nil {
		t.Fatal(err)
	}
	if second := receive(false); second.Err != nil || !second.Confirmed || second.Skipped || second.Path != "" || second.Bytes != 10 {
		t.Errorf("second, its file taken away: %+v", second)
	}
	if third := receive(false); third.Err != nil || !third.Confirmed || !third.Skipped {
		t.Errorf("third, listed again: %+v", third)
	}
	backend.list[0].Status = broker.Downloaded
	if fourth := receive(false); fourth.Err != nil || fourth.Confirmed || !fourth.Skipped {
		t.Errorf("fourth, listed as confirmed: %+v", fourth)
	}
	if got := backend.steps(); !slices.Equal(got, []string{"download", "confirm", "confirm", "confirm"}) {
		t.Errorf("steps %v", got)
	}
}

package transfer_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/resume"
	"github.com/altinn-transfer/altinn-transfer/transfer"
)

// lossy is a journal that loses what is put down of one state.
type lossy struct {
	*resume.Memory
	loses resume.State
}

func (l *lossy) Put(ctx context.Context, records ...resume.Record) error {
	if records[0].State == l.loses {
		return nil
	}
	return l.Memory.Put(ctx, records...)
}

// storedOnly is a journal that knows a.zip as stored, and a back end that lists it no more: what a process leaves that ended
// behind the confirm.
func storedOnly(t *testing.T, dir string, noConfirm bool) (*fake, *resume.Memory) {
	t.Helper()
	backend, journal := waiting("PK content", available("a.zip", 10)), new(resume.Memory)
	options := journalled(&lossy{journal, resume.Confirmed})
	options.NoConfirm = noConfirm
	if r := transfer.New(backend, options).Receive(t.Context(), backend.list[0], me, dir); r.Err != nil {
		t.Fatal(r.Err)
	}
	backend.list, backend.calls = nil, nil
	return backend, journal
}

func received(t *testing.T, m *transfer.Manager, dir string) []transfer.Result {
	t.Helper()
	return slices.Collect(m.ReceiveAll(t.Context(), broker.Query{Recipient: me}, dir))
}

// The service lists no file that was confirmed, so the journal alone knows that it does not know.
func TestWhatIsStoredIsConfirmedAlsoWhenItIsNotListed(t *testing.T) {
	for name, confirm := range map[string]error{
		"the service has it": nil, "deleted meanwhile": &failure.Error{Kind: failure.NotFound, Code: 40212, HasCode: true},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			backend, journal := storedOnly(t, dir, false)
			backend.confirm = confirm
			results := received(t, transfer.New(backend, journalled(journal)), dir)
			if len(results) != 1 || results[0].Err != nil || !results[0].Confirmed || results[0].Skipped || results[0].Note == "" {
				t.Errorf("results %+v", results)
			}
			if got := backend.steps(); !slices.Equal(got, []string{"confirm", "list"}) {
				t.Errorf("steps %v", got)
			}
			if r := only(t, journal); r.State != resume.Confirmed {
				t.Errorf("record %+v", r)
			}
			if again := received(t, transfer.New(backend, journalled(journal)), dir); len(again) != 0 {
				t.Errorf("again %+v", again)
			}
		})
	}
}

func TestWhatIsNotToBeConfirmedIsNot(t *testing.T) {
	for name, test := range map[string]struct {
		kept      bool
		elsewhere bool
		party     broker.Party
		options   transfer.Options
	}{
		"left at the service on purpose": {kept: true, party: me},
		"not to be confirmed now":        {party: me, options: transfer.Options{NoConfirm: true}},
		"of another directory":           {elsewhere: true, party: me},
		"of another party":               {party: "987654321"},
		"of another service":             {party: me, options: transfer.Options{Scope: "another"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			backend, journal := storedOnly(t, dir, test.kept)
			if test.elsewhere {
				dir = t.TempDir()
			}
			test.options.Journal = journal
			m := transfer.New(backend, test.options)
			for r := range m.ReceiveAll(t.Context(), broker.Query{Recipient: test.party}, dir) {
				t.Errorf("result %+v", r)
			}
			if got := backend.steps(); !slices.Equal(got, []string{"list"}) {
				t.Errorf("steps %v", got)
			}
			if r := only(t, journal); r.State != resume.Stored || r.Done() != test.kept {
				t.Errorf("record %+v", r)
			}
		})
	}
}

// A confirm that fails leaves the record as it was, and hinders nothing that is listed.
func TestAConfirmThatFailsIsOwedStill(t *testing.T) {
	dir := t.TempDir()
	backend, journal := storedOnly(t, dir, false)
	backend.confirm = &failure.Error{Kind: failure.Refused}
	for range 2 {
		results := received(t, transfer.New(backend, journalled(journal)), dir)
		if len(results) != 1 || !errors.Is(results[0].Err, failure.Refused) {
			t.Errorf("results %+v", results)
		}
	}
	if got := backend.steps(); !slices.Equal(got, []string{"confirm", "list", "confirm", "list"}) {
		t.Errorf("steps %v", got)
	}
}

// A journal that fails would fail each file to come: those under way end, and no more are begun.
func TestAJournalThatFailsEndsTheBatch(t *testing.T) {
	const files = 20
	backend := &fake{files: map[broker.Reference][]byte{}}
	for n := range files {
		file := available(fmt.Sprintf("%02d.zip", n), 10)
		file.Reference = broker.Reference(fmt.Sprint(n))
		backend.files[file.Reference] = []byte("PK content")
		backend.list = append(backend.list, file)
	}
	options := journalled(&ordered{refuse: resume.Stored})
	options.Concurrency = 2
	results := received(t, transfer.New(backend, options), t.TempDir())
	last := results[len(results)-1]
	if last.Key != "" || !errors.Is(last.Err, failure.Disk) || !errors.Is(last.Err, errBoom) {
		t.Errorf("the last result is %+v", last)
	}
	if begun := len(results) - 1; begun < 1 || begun > 2*options.Concurrency+1 {
		t.Errorf("%d of %d files were begun", begun, files)
	}
	for _, r := range results {
		if errors.Is(r.Err, failure.Interrupted) {
			t.Errorf("one under way was cut off: %+v", r)
		}
	}
}

// A journal stays as it failed, so a poll without an end would go on to no avail: whoever began it begins it again.
func TestAJournalThatFailsEndsAPoll(t *testing.T) {
	backend := waiting("PK content", available("a.zip", 10))
	var checks int
	o := transfer.PollOptions{Checked: func(transfer.Check) { checks++ }}
	m := transfer.New(backend, journalled(&ordered{refuse: resume.Fetching}))
	results := slices.Collect(m.Poll(t.Context(), broker.Query{Recipient: me}, t.TempDir(), o))
	if len(results) != 2 || results[0].Key == "" || results[1].Key != "" || !errors.Is(results[1].Err, errBoom) || checks > 1 {
		t.Errorf("%d checks: %+v", checks, results)
	}
}

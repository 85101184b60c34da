package transfer_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/resume"
	"github.com/altinn-transfer/altinn-transfer/transfer"
)

// once is a manager that tries nothing again.
func once(d *desk, j resume.Journal) *transfer.Manager {
	return transfer.New(d, transfer.Options{Journal: j, Scope: "test", Retry: transfer.Retry{Attempts: 1}})
}

// onlySend gives the record of the one job in a journal.
func onlySend(t *testing.T, j resume.Journal) resume.Record {
	t.Helper()
	var found []resume.Record
	for r, err := range j.All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if r.Direction == resume.Send {
			found = append(found, r)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d records of sends", len(found))
	}
	return found[0]
}

func TestWhatWasSentIsSkipped(t *testing.T) {
	service, journal := &desk{}, &resume.Memory{}
	first := once(service, journal).Send(t.Context(), job("a.zip", "content"))
	if first.Err != nil || first.Skipped || first.Attempts != 1 {
		t.Fatalf("%+v", first)
	}
	service.log()
	again := once(service, journal).Send(t.Context(), job("a.zip", "content"))
	if again.Err != nil || !again.Skipped || again.Attempts != 0 || again.Reference != first.Reference || again.SHA256 != first.SHA256 || again.Bytes != first.Bytes {
		t.Errorf("%+v", again)
	}
	if !strings.HasPrefix(again.Note, "sent before, 2") {
		t.Errorf("note %q", again.Note)
	}
	if steps := service.log(); len(steps) > 0 {
		t.Errorf("it called %v", steps)
	}
	if r := onlySend(t, journal); r.State != resume.Sent || r.ReceiptID != first.Receipt.ID || r.Problem != "" || r.SHA256 != first.SHA256 {
		t.Errorf("record %+v", r)
	}
}

// What makes another job, and what does not.
func TestTheKeyIsContentAndIntent(t *testing.T) {
	with := func(change func(*transfer.Job)) transfer.Job {
		j := job("a.zip", "content")
		j.Manifest.Recipients = []broker.Party{"910077473", "910075918"}
		change(&j)
		return j
	}
	for name, test := range map[string]struct {
		job  transfer.Job
		same bool
	}{
		"the same":             {with(func(*transfer.Job) {}), true},
		"recipients in order":  {with(func(j *transfer.Job) { slices.Reverse(j.Manifest.Recipients) }), true},
		"known by another key": {with(func(j *transfer.Job) { j.Key, j.Path = "other", "/elsewhere/a.zip" }), true},
		"other content":        {with(func(j *transfer.Job) { j.Source = job("a.zip", "contents").Source }), false},
		"other name":           {with(func(j *transfer.Job) { j.FileName = "b.zip" }), false},
		"other recipients":     {with(func(j *transfer.Job) { j.Manifest.Recipients = j.Manifest.Recipients[:1] }), false},
		"other sender":         {with(func(j *transfer.Job) { j.Manifest.Sender = "910000000" }), false},
		"other service":        {with(func(j *transfer.Job) { j.Manifest.ServiceCode = "4193" }), false},
		"other edition":        {with(func(j *transfer.Job) { j.Manifest.EditionCode = 1 }), false},
		"a reference":          {with(func(j *transfer.Job) { j.Manifest.SendersReference = "mine" }), false},
		"again":                {with(func(j *transfer.Job) { j.Again = true }), false},
	} {
		t.Run(name, func(t *testing.T) {
			service, journal := &desk{}, &resume.Memory{}
			manager := once(service, journal)
			if r := manager.Send(t.Context(), with(func(*transfer.Job) {})); r.Err != nil {
				t.Fatal(r.Err)
			}
			if r := manager.Send(t.Context(), test.job); r.Err != nil || r.Skipped != test.same {
				t.Errorf("%+v", r)
			}
		})
	}
}

func TestTheSendersReferenceIsMadeOfTheKey(t *testing.T) {
	service, journal := &desk{}, &resume.Memory{}
	manager := once(service, journal)
	j := job("a.zip", "content")
	for generation, want := range []string{"", "-1", "-2"} {
		j.Again = generation > 0
		r := manager.Send(t.Context(), j)
		record := onlySend(t, journal)
		want = "at-" + record.Key[:32] + want
		if got := service.announced[r.Reference].SendersReference; got != want || record.SendersReference != want || record.Generation != generation {
			t.Errorf("announced %q, recorded %q of generation %d, not %q", got, record.SendersReference, record.Generation, want)
		}
	}
	j.Again, j.Manifest.SendersReference = false, "my own"
	if r := manager.Send(t.Context(), j); service.announced[r.Reference].SendersReference != "my own" {
		t.Error("the sender's own reference is not used")
	}
}

// One run after the other against one service, each met by some trouble, and what is known after each.
func TestRunsAfterTrouble(t *testing.T) {
	type run struct {
		before, after func(step string, n int) error
		again         bool
		forget        bool // the service forgets its references first
		state         resume.State
		kind          failure.Kind // of the error; 0: there is none
		steps         string
	}
	on := func(step string, err error) func(string, int) error {
		return func(s string, _ int) error {
			if s == step {
				return err
			}
			return nil
		}
	}
	refused := &failure.Error{Kind: failure.Forbidden}
	for name, runs := range map[string][]run{
		"the announcement fails": {
			{before: on("initiate", cut()), state: resume.Planned, kind: failure.Network, steps: "initiate"},
			{state: resume.Sent, steps: "initiate upload"},
		},
		"the answer to the announcement is lost": {
			{after: on("initiate", lost()), state: resume.Planned, kind: failure.Network, steps: "initiate"},
			{state: resume.Sent, steps: "initiate upload"},
		},
		"the upload is cut": {
			{before: on("upload", cut()), state: resume.Initiated, kind: failure.Network, steps: "initiate upload"},
			{state: resume.Sent, steps: "upload"},
		},
		"the upload is refused": {
			{before: on("upload", refused), state: resume.Initiated, kind: failure.Forbidden, steps: "initiate upload"},
			{state: resume.Sent, steps: "upload"},
		},
		"the upload stands and its answer is lost": {
			{after: on("upload", lost()), state: resume.Uncertain, kind: failure.Network, steps: "initiate upload"},
			{state: resume.Sent, steps: "upload"},
			{state: resume.Sent, steps: ""},
		},
		"the upload does not stand and its answer is lost": {
			{before: on("upload", lost()), state: resume.Uncertain, kind: failure.Network, steps: "initiate upload"},
			{state: resume.Sent, steps: "upload"},
		},
		"uncertain, and then cut": {
			{after: on("upload", lost()), state: resume.Uncertain, kind: failure.Network, steps: "initiate upload"},
			{before: on("upload", cut()), state: resume.Uncertain, kind: failure.Network, steps: "upload"},
			{state: resume.Sent, steps: "upload"},
		},
		"the reference expired and nothing had gone out": {
			{before: on("upload", cut()), state: resume.Initiated, kind: failure.Network, steps: "initiate upload"},
			{forget: true, state: resume.Sent, steps: "upload initiate upload"},
		},
		"the reference expired and the file may be delivered": {
			{after: on("upload", lost()), state: resume.Uncertain, kind: failure.Network, steps: "initiate upload"},
			{forget: true, state: resume.Uncertain, kind: failure.NotFound, steps: "upload"},
			{state: resume.Uncertain, kind: failure.NotFound, steps: "upload"},
			{again: true, state: resume.Sent, steps: "upload initiate upload"},
		},
		"the service has a file that nobody sent": {
			{before: on("upload", cut()), state: resume.Initiated, kind: failure.Network, steps: "initiate upload"},
			{before: on("upload", &failure.Error{Kind: failure.AlreadyUploaded}), state: resume.Initiated, kind: failure.AlreadyUploaded, steps: "upload"},
		},
		"again, of what is not done": {
			{after: on("upload", lost()), state: resume.Uncertain, kind: failure.Network, steps: "initiate upload"},
			{again: true, state: resume.Sent, steps: "upload"},
			{again: true, state: resume.Sent, steps: "initiate upload"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			service, journal := &desk{}, &resume.Memory{}
			for i, run := range runs {
				if run.forget {
					service.forget()
				}
				service.before, service.after = run.before, run.after
				j := job("a.zip", "content")
				j.Again = run.again
				result := once(service, journal).Send(t.Context(), j)
				if run.kind == 0 && result.Err != nil || run.kind != 0 && !errors.Is(result.Err, run.kind) {
					t.Errorf("run %d: %v", i+1, result.Err)
				}
				if got := strings.Join(service.log(), " "); got != run.steps {
					t.Errorf("run %d: steps %q, not %q", i+1, got, run.steps)
				}
				record := onlySend(t, journal)
				if record.State != run.state || record.Problem == "" != (result.Err == nil) {
					t.Errorf("run %d: record is %s, with problem %q", i+1, record.State, record.Problem)
				}
				if result.Err == nil && (result.SHA256 == "" || result.Bytes != int64(len(zipHead+"content")) || record.SHA256 != result.SHA256) {
					t.Errorf("run %d: %d bytes, %s", i+1, result.Bytes, result.SHA256)
				}
			}
		})
	}
}

func TestAFileThatStandsFromALostAnswerIsNoted(t *testing.T) {
	service, journal := &desk{}, &resume.Memory{}
	service.after = func(step string, n int) error {
		if step == "upload" && n == 1 {
			return lost()
		}
		return nil
	}
	result := transfer.New(service, transfer.Options{Journal: journal, Retry: transfer.Retry{Base: 1}}).Send(t.Context(), job("a.zip", "content"))
	if result.Err != nil || result.Attempts != 2 || service.uploads() != 1 || !strings.Contains(result.Note, "answer was lost") {
		t.Errorf("%+v", result)
	}
	if r := onlySend(t, journal); r.Note != result.Note || r.Attempts != 2 {
		t.Errorf("record %+v", r)
	}
}

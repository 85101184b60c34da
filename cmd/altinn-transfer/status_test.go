package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/altinn-transfer/altinn-transfer/resume"
)

func runStatus(t *testing.T, args ...string) (code int, out, errs string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	a := &app{in: strings.NewReader(""), out: &stdout, err: &stderr, env: func(string) string { return "" }}
	code = a.run(t.Context(), append([]string{"status"}, args...))
	return code, stdout.String(), stderr.String()
}

func openTestJournal(t *testing.T, records ...resume.Record) (string, *resume.File) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.journal")
	journal, err := resume.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { journal.Close() })
	for _, r := range records {
		if err := journal.Put(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	return path, journal
}

// A journal that a process has is read beside it, and says who that is. It cannot be pruned.
func TestStatusOfAJournalInUse(t *testing.T) {
	t.Parallel()
	path, journal := openTestJournal(t,
		resume.Record{Key: "a", Direction: resume.Send, State: resume.Sending, Name: "a.zip", Size: 5, Attempts: 1},
		resume.Record{Key: "b", Direction: resume.Send, State: resume.Sent, Name: "b.zip"},
	)
	code, out, errs := runStatus(t, "--journal", path)
	if code != exitDone || !strings.HasPrefix(out, fmt.Sprintf("%s, in use by process %d\n", path, os.Getpid())) {
		t.Errorf("%d: %s%s", code, out, errs)
	}
	if !strings.Contains(out, adviceInUse) || strings.Contains(out, "send it again") {
		t.Errorf("it says to do a second time what is being done: %s", out)
	}
	if _, out, _ = runStatus(t, "--journal", path, "--json"); !strings.Contains(out, fmt.Sprintf(`"in_use":true,"pid":%d,`, os.Getpid())) {
		t.Errorf("the event does not say it: %s", out)
	}
	if code, _, errs := runStatus(t, "--journal", path, "--prune", "1ms"); code != exitLocked {
		t.Errorf("it is pruned under a process: %d: %s", code, errs)
	}
	if err := journal.Put(t.Context(), resume.Record{Key: "a", Direction: resume.Send, State: resume.Sent}); err != nil {
		t.Errorf("the process cannot go on: %v", err)
	}
	journal.Close()
	if code, out, _ := runStatus(t, "--journal", path); code != exitDone || !strings.HasPrefix(out, path+"\n") {
		t.Errorf("it is closed, and: %s", out)
	}
}

// Damage costs what it hit. Looking does not repair: the next run does.
func TestStatusOfADamagedJournal(t *testing.T) {
	path, journal := openTestJournal(t,
		resume.Record{Key: "a", Direction: resume.Send, State: resume.Uncertain, Name: "first.zip"},
		resume.Record{Key: "b", Direction: resume.Send, State: resume.Uncertain, Name: "second.zip"},
	)
	journal.Close()
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	damaged := bytes.Replace(whole, []byte("first.zip"), []byte("fXrst.zip"), 1)
	if err := os.WriteFile(path, damaged, 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, errs := runStatus(t, "--journal", path)
	if code != exitDone || !strings.Contains(out, "second.zip") || strings.Contains(out, "fXrst") {
		t.Errorf("%d: %s%s", code, out, errs)
	}
	if after, _ := os.ReadFile(path); !bytes.Equal(after, damaged) {
		t.Error("looking changed the file")
	}
}

func TestStatusOfAnEmptyJournal(t *testing.T) {
	path, journal := openTestJournal(t)
	journal.Close()
	if code, out, errs := runStatus(t, "--journal", path); code != exitDone || out != path+"\n  not done: none\n  done: none\n" {
		t.Errorf("%d: %q%s", code, out, errs)
	}
}

// However many are not done, those are shown that matter most, and all are counted.
func TestStatusShowsWhatMattersMost(t *testing.T) {
	k := &knowledge{states: map[resume.State]int{}}
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range 3 * maxShown {
		state := resume.Initiated
		if i == 7 {
			state = resume.Uncertain
		}
		k.add(resume.Record{Key: fmt.Sprint(i), Direction: resume.Send, State: state, Name: fmt.Sprint(i), Updated: at.Add(time.Duration(i) * time.Second)})
	}
	k.add(resume.Record{Key: "s", Direction: resume.Source})
	shown := k.sorted()
	if len(shown) != maxShown || shown[0].Name != "7" || shown[1].Name != fmt.Sprint(3*maxShown-1) {
		t.Errorf("%d, first %s and %s", len(shown), shown[0].Name, shown[1].Name)
	}
	text := &statusText{now: at}
	text.jobs(k)
	if k.open != 3*maxShown || !strings.Contains(text.text.String(), fmt.Sprintf("and %d more; --json tells of all", 2*maxShown)) {
		t.Errorf("%d are not done: %s", k.open, text.text.String())
	}
}

// No line is longer than the terminal, whatever the names are, and advice is whole.
func TestStatusFitsATerminal(t *testing.T) {
	k := &knowledge{path: "/" + strings.Repeat("p", 150), states: map[resume.State]int{}}
	for _, state := range jobStates {
		k.add(resume.Record{
			Key: string(state), Direction: resume.Send, State: state, Name: strings.Repeat("nø", 90) + "\x1b[31m", Party: "910075918",
			Recipients: []string{"910077473"}, Problem: strings.Repeat("why ", 60), Updated: time.Now(),
		})
	}
	for _, columns := range []int{40, 80, 120} {
		text := &statusText{columns: columns, now: time.Now()}
		text.jobs(k)
		text.totals(k)
		text.advice(k)
		for line := range strings.Lines(text.text.String()) {
			if n := len([]rune(strings.TrimSuffix(line, "\n"))); n >= columns {
				t.Errorf("%d columns: %d in %q", columns, n, line)
			}
		}
		if said := strings.Join(strings.Fields(text.text.String()), " "); !strings.Contains(said, advice(resume.Uncertain)) || strings.Contains(said, "\x1b") {
			t.Errorf("%d columns: %s", columns, said)
		}
	}
}

func TestAges(t *testing.T) {
	for text, want := range map[string]time.Duration{"90d": 90 * 24 * time.Hour, "2w": 14 * 24 * time.Hour, "12h": 12 * time.Hour, "1h30m": 90 * time.Minute} {
		var a ageFlag
		if err := a.Set(text); err != nil || time.Duration(a) != want {
			t.Errorf("%s is %v, %v", text, time.Duration(a), err)
		}
	}
	for _, text := range []string{"", "0d", "0s", "-1h", "1x", "d", "999999d", "1.5d"} {
		var a ageFlag
		if a.Set(text) == nil {
			t.Errorf("%q is %v", text, time.Duration(a))
		}
	}
}

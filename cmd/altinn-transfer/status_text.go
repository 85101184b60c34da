package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/altinn-transfer/altinn-transfer/resume"
)

// tell writes what a journal says for a person.
func (s *statusCommand) tell(k *knowledge) error {
	t := &statusText{columns: columnsOf(s.app.out), now: time.Now()}
	t.write(s.heading(k))
	if k.pruned > 0 {
		t.write("  forgot " + count(k.pruned, "record"))
	}
	t.jobs(k)
	if !s.open {
		t.totals(k)
	}
	t.advice(k)
	_, err := fmt.Fprint(s.app.out, t.text.String())
	return err
}

func (s *statusCommand) heading(k *knowledge) string {
	switch {
	case k.inUse && k.pid != 0:
		return fmt.Sprintf("%s, in use by process %d", k.path, k.pid)
	case k.inUse:
		return k.path + ", in use by another process"
	}
	return k.path
}

// statusText is lines that fit a terminal.
type statusText struct {
	text    strings.Builder
	columns int // 0: no terminal
	now     time.Time
}

func (t *statusText) write(line string) {
	line = visible(line)
	if t.columns > 0 {
		line = clip(line, t.columns-1)
	}
	t.text.WriteString(line + "\n")
}

// wrap writes words below one another where a line has no room for them.
func (t *statusText) wrap(indent, line string) {
	columns := t.columns - 1
	if columns <= 0 {
		columns = helpColumns
	}
	room := indent
	for _, word := range strings.Fields(visible(line)) {
		if len([]rune(room))+len([]rune(word)) >= columns && room != indent {
			t.text.WriteString(room + "\n")
			room = indent + "  "
		}
		if strings.TrimSpace(room) != "" {
			room += " "
		}
		room += word
	}
	t.text.WriteString(room + "\n")
}

// jobs writes two lines for each, since a reference and a problem would leave no room for a name.
func (t *statusText) jobs(k *knowledge) {
	if k.open == 0 {
		return
	}
	t.write(fmt.Sprintf("  %-9s  %4s  %5s  %-11s  %s", "STATE", "AGE", "TRIES", "PARTY", "NAME"))
	for _, r := range k.sorted() {
		t.write(fmt.Sprintf("  %-9s  %4s  %5d  %-11s  %s", r.State, t.age(r.Updated), r.Attempts, r.Party, r.Name))
		if about := aboutJob(r); about != "" {
			t.write("             " + about)
		}
	}
	if more := k.open - len(k.shown); more > 0 {
		t.write(fmt.Sprintf("  and %d more; --json tells of all", more))
	}
}

func aboutJob(r resume.Record) string {
	var parts []string
	if len(r.Recipients) > 0 {
		parts = append(parts, "to "+strings.Join(r.Recipients, " "))
	}
	if r.Reference != "" {
		parts = append(parts, r.Reference)
	}
	if r.Problem != "" {
		parts = append(parts, r.Problem)
	}
	return strings.Join(parts, ", ")
}

func (t *statusText) age(at time.Time) string {
	if at.IsZero() {
		return "-"
	}
	return formatAge(t.now.Sub(at))
}

// totals counts what is done and what is not, by state.
func (t *statusText) totals(k *knowledge) {
	line := "  not done: " + byState(k, false)
	if k.open == 0 {
		line = "  not done: none"
	}
	t.write(line)
	if k.done == 0 {
		t.write("  done: none")
		return
	}
	t.write(fmt.Sprintf("  done: %s, the last %s ago (%s)", byState(k, true), t.age(k.lastDone), k.lastDone.Local().Format("2006-01-02 15:04")))
}

func byState(k *knowledge, done bool) string {
	var parts []string
	for _, state := range jobStates {
		if n := k.states[state]; n > 0 && state.Done() == done {
			parts = append(parts, fmt.Sprintf("%d %s", n, state))
		}
	}
	return strings.Join(parts, ", ")
}

// advice says once for each state what to do.
func (t *statusText) advice(k *knowledge) {
	if k.inUse && k.open > 0 {
		t.wrap("  ", adviceInUse)
		return
	}
	for _, state := range jobStates {
		if k.states[state] > 0 && !state.Done() {
			t.wrap("  ", string(state)+": "+advice(state))
		}
	}
}

package main

import (
	"bytes"
	"context"
	"maps"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/altinn-transfer/altinn-transfer/server"
)

// toldRuns runs commands against a far side, and checks every line that they write as events.
type toldRuns struct {
	dir  string
	env  map[string]string
	seen map[string]int // how often each event was there
}

func newToldRuns(t *testing.T, troubles ...server.Trouble) *toldRuns {
	t.Helper()
	dir := t.TempDir()
	service, err := server.New(server.Options{Dir: filepath.Join(dir, "store"), Users: server.DemoUsers(), Troubles: troubles})
	if err != nil {
		t.Fatal(err)
	}
	far := httptest.NewServer(service)
	t.Cleanup(func() {
		far.CloseClientConnections()
		far.Close()
		service.Close()
	})
	return &toldRuns{dir: dir, seen: map[string]int{}, env: map[string]string{
		"ALTINN_TRANSFER_ENDPOINT": far.URL, "SENDING": "avsender-demo", "RECEIVING": "mottaker-demo", "XDG_STATE_HOME": dir,
	}}
}

func (r *toldRuns) file(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(r.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// run runs a command to its end.
func (r *toldRuns) run(t *testing.T, code int, args []string) {
	t.Helper()
	r.runOn(t.Context(), t, code, args, nil)
}

// runUntil interrupts a command when the event stop comes.
func (r *toldRuns) runUntil(t *testing.T, stop string, args []string, on map[string]func()) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	all := map[string]func(){stop: cancel}
	maps.Copy(all, on)
	r.runOn(ctx, t, exitInterrupted, args, all)
}

// runOn calls a function of on when its event comes.
func (r *toldRuns) runOn(ctx context.Context, t *testing.T, code int, args []string, on map[string]func()) {
	t.Helper()
	var errs bytes.Buffer
	out := &eventTap{on: on}
	a := &app{in: strings.NewReader(""), out: out, err: &errs, env: func(name string) string { return r.env[name] }}
	if got := a.run(ctx, with(args, "--json")); got != code {
		t.Errorf("%q ends with %d, not %d: %s", args, got, code, errs.String())
	}
	for event, n := range checkEvents(t, out.kept.String()) {
		r.seen[event] += n
	}
}

func (r *toldRuns) check(t *testing.T, events ...string) {
	t.Helper()
	for _, event := range events {
		if r.seen[event] == 0 {
			t.Errorf("no run tells of %s", event)
		}
	}
}

// eventTap keeps what is written to it.
type eventTap struct {
	kept bytes.Buffer
	on   map[string]func()
}

func (e *eventTap) Write(p []byte) (int, error) {
	for event, do := range e.on {
		if bytes.Contains(p, []byte(`"event":"`+event+`"`)) {
			do()
		}
	}
	return e.kept.Write(p)
}

func with(args []string, more ...string) []string { return append(slices.Clone(args), more...) }

var (
	sending   = []string{"--party", "910075918", "--to", "910077473", "--service", "4192", "--edition", "1", "--user", "avsender", "--password-env", "SENDING"}
	receiving = []string{"--party", "910077473", "--user", "mottaker", "--password-env", "RECEIVING"}
)

// TestWhatRunsTellFitsTheSchema runs commands that end in all kinds of ways.
func TestWhatRunsTellFitsTheSchema(t *testing.T) {
	t.Parallel()
	r := newToldRuns(t,
		server.Trouble{Kind: server.Busy, Operation: "UploadFileStreamed", Times: 1},
		server.Trouble{Kind: server.Fault, Operation: "UploadFileStreamed", Skip: 1, Times: 1, Code: 40209},
	)
	file := r.file(t, "a.txt", "hello")
	sent, received := filepath.Join(r.dir, "sent.journal"), filepath.Join(r.dir, "received.journal")
	send := with([]string{"send", "--journal", sent}, sending...)
	receive := with([]string{"receive", "--out", r.dir, "--journal", received}, receiving...)
	for _, run := range []struct {
		code int
		args []string
	}{
		{exitDone, with(send, "--dry-run", file)},
		{exitDone, with(send, file)},
		{exitDone, with(send, file)},
		{exitRefusedContent, with(send, "--again", file)},
		{exitUnauthenticated, with(send, "--again", "--user", "nobody", file)},
		{exitUsage, with(send, "--no-such-flag")},
		{exitUsage, []string{"no-such-command"}},
		{exitDone, with([]string{"list"}, receiving...)},
		{exitDone, with(receive, "--dry-run")},
		{exitDone, receive},
		{exitDone, []string{"status", "--journal", sent}},
		{exitDone, []string{"status", "--journal", received, "--prune", "90d"}},
		{exitUsage, []string{"status", "--journal", filepath.Join(r.dir, "missing")}},
		{exitDone, with([]string{"doctor", "--out", r.dir}, receiving...)},
		{exitUsage, []string{"doctor", "--no-login", "--profile", "missing"}},
		{exitDone, with([]string{"config", "show"}, receiving...)},
		{exitDone, []string{"demo", "--files", "1", "--size", "1KiB"}},
	} {
		r.run(t, run.code, run.args)
	}
	r.check(t, "start", "retry", "done", "skipped", "error", "plan", "summary", "exit_error", "file", "record", "journal", "diagnosis",
		"setting", "compared", "demo")
}

// TestWhatLastingRunsTellFitsTheSchema runs the commands that go on until they are told to stop.
func TestWhatLastingRunsTellFitsTheSchema(t *testing.T) {
	t.Parallel()
	r := newToldRuns(t,
		server.Trouble{Kind: server.Busy, Operation: "InitiateBrokerService", Times: 1},
		server.Trouble{Kind: server.Fault, Operation: "CheckIfAvailableFiles", Skip: 1, Times: 1, Code: 1},
	)
	drop := filepath.Dir(r.file(t, "drop/a.txt", "hello"))
	r.file(t, "drop/empty.txt", "")
	watch := with([]string{"watch", drop, "--attempts", "1", "--settle", "20ms", "--interval", "50ms"}, sending...)
	r.run(t, exitNothingDone, with(watch, "--once"))
	r.check(t, "watching", "moved", "postponed", "error")
	r.runUntil(t, "moved", watch, nil)
	r.runUntil(t, "folder", watch, map[string]func(){"watching": func() { os.RemoveAll(drop) }})
	poll := with([]string{"poll", "--out", r.dir}, receiving...)
	r.runUntil(t, "done", poll, nil)
	r.runUntil(t, "check", poll, nil)
	r.check(t, "folder", "check", "done")
}

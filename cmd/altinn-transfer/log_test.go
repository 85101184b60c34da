package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/endpoint"
	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/transfer"
)

func TestALogThatIsMovedAwayIsMadeAnew(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("an open file cannot be moved there")
	}
	path := filepath.Join(t.TempDir(), "a.log")
	l, err := openLogFile(path)
	if err != nil {
		t.Fatal(err)
	}
	write := func(line string, after time.Duration) {
		l.looked = time.Now().Add(-after)
		if _, err := l.Write([]byte(line + "\n")); err != nil {
			t.Fatal(err)
		}
	}
	write("one", lookEvery)
	if err := os.Rename(path, path+".1"); err != nil {
		t.Fatal(err)
	}
	write("two", 0) // within the second, it may go to the old file
	write("three", lookEvery)
	if err := os.Rename(path, path+".2"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("made by logrotate\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	write("four", lookEvery)
	if err := os.Truncate(path, 0); err != nil { // copytruncate
		t.Fatal(err)
	}
	write("five", lookEvery)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{".1": "one\ntwo\n", ".2": "three\n", "": "five\n"} {
		if got, err := os.ReadFile(path + name); err != nil || string(got) != want {
			t.Errorf("a.log%s holds %q, %v", name, got, err)
		}
	}
}

func TestLinesForPeopleBecomeRecords(t *testing.T) {
	var out bytes.Buffer
	s := newScreen(&out)
	s.speakThrough(newLogger(&out, logJSON, slog.LevelInfo))
	s.Write([]byte("listening\n    a \"word\"\u202e\n\n"))
	s.Write([]byte("half a line"))
	var said []string
	for line := range strings.Lines(out.String()) {
		var record struct{ Level, Msg string }
		if err := json.Unmarshal([]byte(line), &record); err != nil || record.Level != "INFO" {
			t.Errorf("%q: %v", line, err)
		}
		said = append(said, record.Msg)
	}
	if want := []string{"listening", "a \"word\"\u202e", "half a line"}; !slices.Equal(said, want) {
		t.Errorf("%q, not %q", said, want)
	}
	if strings.ContainsRune(out.String(), '\u202e') {
		t.Errorf("a terminal could obey it: %q", out.String())
	}
}

// TestEveryAttributeIsDocumented logs all that is logged of jobs and calls, and looks whether the help has the names. What a
// server logs is looked at where it is run.
func TestEveryAttributeIsDocumented(t *testing.T) {
	var out bytes.Buffer
	log := newLogger(&out, logJSON, slog.LevelDebug)
	v := newLogView(log)
	cut := &failure.Error{Kind: failure.Network, Err: errors.New("cut")}
	v.Started("a", 5)
	v.Retrying("a", 1, 1500*time.Millisecond, cut)
	v.Ended(transfer.Result{Key: "a", Name: "a", Path: "a", Reference: "r", SHA256: "00", Note: "n", Receipt: &broker.Receipt{ID: 1}})
	v.Ended(transfer.Result{Key: "a", Err: cut})
	v.Ended(transfer.Result{Key: "a", Skipped: true})
	logCall(log, "Test", time.Now(), cut, "reference", broker.Reference("r"), "binding", endpoint.WS)
	(&app{log: log}).logEnd(cut, []string{"again"})
	if n := len(checkAttributes(t, out.String())); n < 15 {
		t.Errorf("only %d attributes", n)
	}
	for _, want := range []string{`"wait":1.5`, `"binding":"WS"`, `"error":"connection failed: cut`, `"repeat":["again"]`, `"reference":"r"`} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("it does not say %s:\n%s", want, out.String())
		}
	}
}

// checkAttributes gives the names in lines of JSON, each of which the help must have.
func checkAttributes(t *testing.T, lines string) map[string]bool {
	t.Helper()
	words := strings.FieldsFunc(logHelp, func(r rune) bool { return r != '_' && (r < 'a' || r > 'z') && (r < '0' || r > '9') })
	names := map[string]bool{}
	for line := range strings.Lines(lines) {
		var record map[string]any
		if err := json.Unmarshal([]byte(line), &record); err != nil {
			t.Errorf("%q: %v", line, err)
		}
		for name := range record {
			if names[name] = true; !slices.Contains(words, name) {
				t.Errorf("the help does not tell of %s", name)
			}
		}
	}
	return names
}

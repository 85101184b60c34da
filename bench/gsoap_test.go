package bench

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func needGSOAP(t *testing.T) {
	t.Helper()
	if missing := gsoapMissing(t.Context()); missing != "" {
		t.Skipf("%s is not installed", missing)
	}
}

// gSOAP's programs are made, carry the payload over whole, and cost something; other bytes are no figure.
func TestGSOAPIsARow(t *testing.T) {
	needGSOAP(t)
	b := &bench{Options: quick(t).withDefaults(), dir: t.TempDir(), report: &Report{Idle: new(Pair)}}
	file, err := b.payload("payload.zip", 3<<20+1)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := b.gsoap(t.Context(), file)
	if err != nil || len(rows) != len(gsoapLanes) {
		t.Fatalf("%d rows, %v, %q", len(rows), err, b.report.Notes)
	}
	for _, row := range rows {
		if err := row.check(t.Context()); err != nil {
			t.Errorf("%s: %v", row.name(), err)
		}
		round, _, err := row.run(t.Context())
		if err != nil || round.Seconds <= 0 || round.CPU <= 0 || round.Pair.Far == nil || round.Pair.peak() == 0 {
			t.Errorf("%s: %v: %+v", row.name(), err, round)
		}
	}
	foreign := order{program: filepath.Join(b.dir, "gsoap", "peer"), Dir: b.dir}
	file.sum = strings.Repeat("0", 64)
	for _, row := range b.lanes(gsoapLanes, file, 1, foreign, foreign) {
		if err := row.check(t.Context()); err == nil || !strings.Contains(err.Error(), "digest") {
			t.Errorf("%s: %v", row.name(), err)
		}
	}
	foreign.Do = "nothing such"
	if _, _, _, _, err := b.both(t.Context(), foreign, order{}); err == nil {
		t.Error("a program that fails is no error")
	}
	gone(t, t.TempDir())
}

// Also when it is told to stop while they are made, no process and no file stays.
func TestStoppedMakingLeavesNothing(t *testing.T) {
	needGSOAP(t)
	for _, after := range []time.Duration{400 * time.Millisecond, 900 * time.Millisecond} {
		why := errors.New("that is enough")
		ctx, cancel := context.WithTimeoutCause(t.Context(), after, why)
		defer cancel()
		o := quick(t, "path")
		if _, err := Run(ctx, o); !errors.Is(err, why) {
			t.Errorf("%v", err)
		}
		gone(t, o.Dir)
	}
}

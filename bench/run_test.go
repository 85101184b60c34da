package bench

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func quick(t *testing.T, parts ...string) Options {
	t.Helper()
	return Options{Parts: parts, Peer: []string{os.Args[0]}, PeerEnv: []string{asPeer}, Quick: true, Dir: t.TempDir()}
}

// Every row runs, with the bytes that it was to move, and the processes have a cost.
func TestRowsOfThePathRun(t *testing.T) {
	o := quick(t, "path")
	report, err := Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	want := len(lanes) + len(encrypted) + 3*len(bySize)
	if gsoapMissing(t.Context()) == "" {
		want += len(gsoapLanes)
	}
	if len(report.Rows) != want {
		t.Errorf("%d rows, not %d", len(report.Rows), want)
	}
	for _, row := range report.Rows {
		if len(row.Rounds) != 1 || row.Bytes < o.withDefaults().Size || row.Seconds().Median <= 0 || row.Rounds[0].Pair.Far == nil {
			t.Errorf("%s: %+v", row.name(), row)
		}
	}
	gone(t, o.Dir)
}

// A row that brings other bytes than it was given is an error, not a figure.
func TestWrongBytesAreNoFigure(t *testing.T) {
	o := quick(t).withDefaults()
	b := &bench{Options: o, dir: t.TempDir(), report: new(Report)}
	if err := b.measureIdle(t.Context()); err != nil {
		t.Fatal(err)
	}
	file, err := b.payload("payload.zip", 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	file.sum = strings.Repeat("0", 64)
	for _, row := range b.lanes(lanes, file, 1, order{}, order{}) {
		if err := row.check(t.Context()); err == nil || !strings.Contains(err.Error(), "digest") {
			t.Errorf("%s: %v", row.name(), err)
		}
	}
	for _, name := range []string{"random", "text", "near-delimiter"} {
		for _, row := range slices.Concat(decoders, encoders) {
			if err := row.check(contents()[name], 100_000); err != nil {
				t.Errorf("%s: %s: %v", name, row.who, err)
			}
		}
	}
}

// When it is told to stop in the middle of its rounds, no process and no file stays.
func TestStoppedRunLeavesNothing(t *testing.T) {
	for _, part := range []string{"codec", "path", "bulk", "zip"} {
		t.Run(part, func(t *testing.T) {
			why := errors.New("that is enough")
			ctx, cancel := context.WithCancelCause(t.Context())
			defer cancel(nil)
			o := quick(t, part)
			o.Quick, o.Rounds, o.Size, o.Files = false, 100_000, 4<<20, 8
			o.Row = func(string, string, string) { time.AfterFunc(300*time.Millisecond, func() { cancel(why) }) }
			if _, err := Run(ctx, o); !errors.Is(err, why) {
				t.Errorf("%v", err)
			}
			gone(t, o.Dir)
		})
	}
}

// gone looks for what a run could leave: files, and children of this process.
func gone(t *testing.T, dir string) {
	t.Helper()
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("%v: %v", left, err)
	}
	tasks, _ := filepath.Glob("/proc/self/task/*/children") // none where there is no /proc
	for _, task := range tasks {
		if children, err := os.ReadFile(task); err == nil && len(children) > 0 {
			t.Errorf("there are still the processes %s", children)
		}
	}
}

func TestUnknownPeerSaysSo(t *testing.T) {
	b := &bench{Options: quick(t)}
	_, _, _, _, err := b.both(t.Context(), order{Do: "nothing such"}, order{})
	if err == nil || !strings.Contains(err.Error(), `no peer "nothing such"`) {
		t.Error(err)
	}
	_, _, _, _, err = b.both(t.Context(), order{Do: "get"}, order{Do: "nothing such"})
	if err == nil {
		t.Error("a far side that does not listen is no error")
	}
	gone(t, t.TempDir())
}

// A peer's command line that begins the bench again would go on without end.
func TestNoBenchWithinABench(t *testing.T) {
	t.Setenv(peerMark, "1")
	if _, err := Run(t.Context(), quick(t, "codec")); err == nil {
		t.Error("it ran")
	}
}

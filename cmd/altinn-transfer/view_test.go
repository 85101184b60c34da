package main

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/transfer"
	"go.uber.org/goleak"
)

func TestARunThatNobodyWatchesSaysHowFarItIs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		v := views{newLineView(&out, "sent"), newTickingView(&out, lineInterval)}
		v.expect(2, 100<<20)
		v.Started("a.zip", 60<<20)
		time.Sleep(500 * time.Millisecond) // out of step with the ticks
		for second := range int64(45) {
			time.Sleep(time.Second)
			v.Progress("a.zip", 1, (second+1)<<20)
		}
		v.Ended(transfer.Result{Key: "a.zip", Name: "a.zip", Bytes: 60 << 20, Elapsed: 45 * time.Second})
		v.close()
		lines := strings.Split(strings.TrimSpace(out.String()), "\n")
		if len(lines) != 2 || !regexp.MustCompile(`^0 of 2 files, 29\.0 MiB of 100\.0 MiB, 1\.0 MiB/s, 1m11s left$`).MatchString(lines[0]) ||
			lines[1] != "sent a.zip: 60.0 MiB in 45s" {
			t.Errorf("it said %q", lines)
		}
	})
}

func TestLinesOfFailures(t *testing.T) {
	refused := &failure.Error{Kind: failure.Unauthenticated}
	for name, test := range map[string]struct {
		files int
		err   error
		want  string
	}{
		"one of many":      {2, errors.New("disk\x1b[2J gone"), "failed a.zip: disk\\x1b[2J gone\n"},
		"the only one":     {1, errors.New("disk gone"), ""},
		"a refused login":  {2, fmt.Errorf("step: %w", refused), ""},
		"stopped by hand":  {2, &failure.Error{Kind: failure.Interrupted}, ""},
		"one that is done": {1, nil, "sent a.zip: 0 B in 0s\n"},
	} {
		var out bytes.Buffer
		l := newLineView(&out, "sent")
		l.expect(test.files, -1)
		l.Ended(transfer.Result{Key: "a.zip", Name: "a.zip", Err: test.err})
		if out.String() != test.want {
			t.Errorf("%s: %q, not %q", name, out.String(), test.want)
		}
	}
}

// What is listed at the end is told in few words when it happens; beyond the list's bound this is its only line.
func TestAFailureThatIsListedAtTheEndIsToldInBrief(t *testing.T) {
	var out bytes.Buffer
	l := newLineView(&out, "sent")
	l.listed = 1
	l.expect(2, -1)
	for _, key := range []string{"a\nb.zip", "c.zip"} {
		l.Ended(transfer.Result{Key: key, Err: &failure.Error{Op: "Upload", Kind: failure.Empty}})
	}
	want := "failed a\\nb.zip (the file is empty), more at the end\nfailed c.zip: Upload: the file is empty; send a file that holds something\n"
	if out.String() != want {
		t.Errorf("%q, not %q", out.String(), want)
	}
}

func TestMeterAddsUp(t *testing.T) {
	start := time.Now()
	m := &meter{}
	m.Started("a", 100)
	m.Started("b", -1)
	m.Progress("a", 1, 30)
	m.Progress("b", 1, 5)
	m.Progress("nobody", 1, 7)
	if r := m.read(start); r.bytes != 35 || r.total != -1 || r.files != 2 || r.ended != 0 || len(r.running) != 2 {
		t.Errorf("%+v", r)
	}
	m.expect(3, 200)
	m.Ended(transfer.Result{Key: "a", Bytes: 30, Err: errors.New("cut")})
	m.Ended(transfer.Result{Key: "nobody"})
	if r := m.read(start); r.bytes != 105 || r.total != 200 || r.files != 3 || r.ended != 1 {
		t.Errorf("a failed job is not settled: %+v", r)
	}
	m.Progress("b", 1, 500)
	if r := m.read(start); r.total != 600 {
		t.Errorf("more came than was expected: %+v", r)
	}
}

// A file that is read beforehand is seen, in a row of its own while it has no job, and counts for nothing.
func TestMeterShowsWhatIsReadBeforehand(t *testing.T) {
	m := &meter{}
	m.expect(2, -1)
	m.Reading("big.bin", 30, 200)
	m.Started("a.zip", 100)
	m.Reading("a.zip", 40, 100)
	r := m.read(time.Now())
	if r.row(0) != fmt.Sprintf("%-22s a.zip", "  read 40% of 100 B") || r.row(1) != fmt.Sprintf("%-22s big.bin", "  read 15% of 200 B") {
		t.Errorf("%q, %q", r.row(0), r.row(1))
	}
	if want := "0 of 2 files, 0 B, 0 B/s, reading a.zip: 40% of 100 B"; r.String() != want {
		t.Errorf("%q, not %q", r, want)
	}
	m.ReadingEnded("a.zip")
	if want := "0 of 2 files, 0 B, 0 B/s, reading big.bin: 15% of 200 B"; m.read(time.Now()).String() != want {
		t.Errorf("%q, not %q", m.read(time.Now()), want)
	}
	m.ReadingEnded("big.bin")
	if r := m.read(time.Now()); len(r.running) != 1 || r.String() != "0 of 2 files, 0 B, 0 B/s" {
		t.Errorf("%q, %d rows", r, len(r.running))
	}
}

func TestReadingEventsAreRationed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		all := views{newEventView(&eventWriter{w: &out}), newLineView(&out, "sent")}
		for i := range int64(50) {
			all.Reading("a", i, 50)
			time.Sleep(100 * time.Millisecond)
		}
		all.ReadingEnded("a")
		if n := strings.Count(out.String(), `"event":"reading"`); n != 5 {
			t.Errorf("%d events in 5 seconds: %s", n, &out)
		}
	})
}

func TestTheTimeLeftFollowsTheLastSecondsAndIsNeverNegative(t *testing.T) {
	m := &meter{}
	m.expect(1, 10_000)
	m.Started("a", 10_000)
	now := time.Now()
	read := func(done int64) reading {
		m.Progress("a", 1, done)
		now = now.Add(time.Second)
		return m.read(now)
	}
	for range 60 {
		read(0) // a minute of nothing counts for no more than the window
	}
	var last reading
	for i := range int64(sampleCount) {
		last = read((i + 1) * 100)
	}
	if left, ok := last.left(); !ok || left != 90*time.Second {
		t.Errorf("%v left, %v, at %v bytes/s", left, ok, last.rate)
	}
	for _, done := range []int64{9_999, 10_000, 20_000} {
		if left, ok := read(done).left(); !ok || left < 0 {
			t.Errorf("at %d: %v left, %v", done, left, ok)
		}
	}
	for range sampleCount {
		last = read(20_000)
	}
	if left, ok := last.left(); ok {
		t.Errorf("nothing moves, and %v are left", left)
	}
}

// TestThePictureFitsTheTerminal draws for terminals of several widths: no line may wrap, and the cursor goes back up by as
// many lines as were written.
func TestThePictureFitsTheTerminal(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	for _, columns := range []int{20, 40, 80, 100, 200} {
		for _, size := range []int64{-1, 0, 5 << 30} {
			var out bytes.Buffer
			s := &screen{w: &out, columns: func() int { return columns }}
			b := &barView{screen: s, rows: 3}
			for i := range 5 {
				b.Started(fmt.Sprintf("a rather long name of a file, number %d\x1b[2J.zip", i), size)
			}
			now := time.Now()
			for i := range 3 {
				b.Progress("a rather long name of a file, number 1\x1b[2J.zip", 1, int64(i+1)<<30)
				now = now.Add(time.Second)
				b.draw(now)
			}
			checkPicture(t, out.String(), columns, b.rows)
		}
	}
}

var cursorUp = regexp.MustCompile(`\x1b\[(\d+)F`)

func checkPicture(t *testing.T, out string, columns, rows int) {
	t.Helper()
	pictures := strings.Split(out, eraseDown)
	last := pictures[len(pictures)-1]
	for _, up := range cursorUp.FindAllStringSubmatch(last, -1) {
		if up[1] != fmt.Sprint(rows+1) {
			t.Errorf("the cursor goes up %s lines, not %d", up[1], rows+1)
		}
	}
	plain := regexp.MustCompile(`\x1b\[(\d*)[FK]`).ReplaceAllString(last, "")
	if strings.Contains(plain, "\x1b") {
		t.Errorf("a name moves the cursor: %q", plain)
	}
	for _, line := range regexp.MustCompile(`[\r\n]`).Split(plain, -1) {
		if n := utf8.RuneCountInString(line); n > columns {
			t.Errorf("a line has %d columns on a terminal of %d: %q", n, columns, line)
		}
	}
	if columns >= 80 && !strings.Contains(last, `number 1\x1b[2J.zip`) {
		t.Errorf("the file is not shown: %q", last)
	}
}

func TestLinesAndPictureDoNotTearEachOther(t *testing.T) {
	var out bytes.Buffer
	s := &screen{w: &out, columns: func() int { return 80 }}
	s.draw([]byte("\rbar"))
	fmt.Fprintln(s, "a line")
	fmt.Fprintln(s, "another")
	s.draw([]byte("\rbar"))
	s.clear()
	if want := "\rbar" + eraseDown + "a line\nanother\n\rbar" + eraseDown; out.String() != want {
		t.Errorf("written %q, not %q", out.String(), want)
	}
}

func TestWithoutATerminalThereIsNoPicture(t *testing.T) {
	a := &app{err: &bytes.Buffer{}, env: func(string) string { return "" }}
	for mode, want := range map[string]string{"auto": "plain", "bar": "plain", "plain": "plain", "none": "none"} {
		if got := a.pickProgress(mode); got != want {
			t.Errorf("%s becomes %s, not %s", mode, got, want)
		}
	}
	a.json = true
	if got := a.pickProgress("auto"); got != "none" {
		t.Errorf("with --json, auto becomes %s", got)
	}
}

func TestProgressEventsAreRationed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		e := newEventView(&eventWriter{w: &out})
		e.Started("a", 10)
		for range 50 {
			time.Sleep(100 * time.Millisecond)
			e.Progress("a", 1, 1)
		}
		e.Ended(transfer.Result{Key: "a"})
		if n := strings.Count(out.String(), `"event":"progress"`); n != 5 {
			t.Errorf("%d events in 5 seconds", n)
		}
		if len(e.told) > 0 {
			t.Error("a job that ended is remembered")
		}
	})
}

// What waits for something is skipped at every check, and told of when it is new.
func TestALastingCommandTellsOfASkippedFileOnce(t *testing.T) {
	var out bytes.Buffer
	l := &lastingLines{lineView: newLineView(&out, "received")}
	for _, missing := range []string{"3 of 4 are missing", "3 of 4 are missing", "2 of 4 are missing"} {
		l.Ended(transfer.Result{Key: "a.001.zip", Skipped: true, Note: missing})
	}
	if out.String() != "skipped a.001.zip: 3 of 4 are missing\nskipped a.001.zip: 2 of 4 are missing\n" {
		t.Errorf("it said %q", out.String())
	}
}

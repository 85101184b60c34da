package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/resume"
	"github.com/altinn-transfer/altinn-transfer/transfer"
)

func TestEveryKindHasAnExitCodeThatTheHelpExplains(t *testing.T) {
	for _, kind := range failure.Kinds() {
		code, ok := kindCodes[kind]
		if !ok || code == exitDone {
			t.Errorf("%s has exit code %d", kind.Name(), code)
		}
		if !strings.Contains(exitCodesHelp, fmt.Sprintf("\n%5d  ", code)) {
			t.Errorf("the help does not explain %d", code)
		}
	}
	if len(kindCodes) != len(failure.Kinds()) {
		t.Error("there are codes for kinds that do not exist")
	}
}

func TestExitCodeOfAnError(t *testing.T) {
	for _, test := range []struct {
		err  error
		want int
	}{
		{nil, 0},
		{errors.New("plain"), exitNothingDone},
		{fmt.Errorf("step: %w", &failure.Error{Kind: failure.Forbidden}), exitForbidden},
		{&exitError{code: 7, err: &failure.Error{Kind: failure.Forbidden}}, 7},
		{fmt.Errorf("step: %w", context.Canceled), exitInterrupted},
		{fmt.Errorf("step: %w", &signalError{os.Interrupt}), exitInterrupted},
		{&failure.Error{Kind: failure.Interrupted, Err: &signalError{syscall.SIGTERM}}, 143},
		{&failure.Error{Kind: failure.Disk, Err: &signalError{syscall.SIGTERM}}, exitDisk},
		{unopened(&resume.LockedError{PID: 7}), exitLocked},
	} {
		if got := exitCode(test.err); got != test.want {
			t.Errorf("%v: %d, not %d", test.err, got, test.want)
		}
	}
}

func TestExitCodeOfABatch(t *testing.T) {
	const done, skipped = failure.Kind(200), failure.Kind(201)
	hup, term := &signalError{syscall.SIGHUP}, &signalError{syscall.SIGTERM}
	for name, test := range map[string]struct {
		ended []failure.Kind
		cause error
		want  int
	}{
		"one of two failed":             {[]failure.Kind{done, failure.Forbidden}, nil, exitSomeFailed},
		"all but what was done before":  {[]failure.Kind{skipped, failure.Forbidden}, nil, exitSomeFailed},
		"all failed alike":              {[]failure.Kind{failure.Network, failure.Stalled}, nil, exitUnreachable},
		"all failed, each its way":      {[]failure.Kind{failure.Network, failure.Infected}, nil, exitNothingDone},
		"a refused login among all":     {[]failure.Kind{done, failure.Network, failure.Unauthenticated}, nil, exitUnauthenticated},
		"a signal, though some went":    {[]failure.Kind{done, failure.Interrupted}, &signalError{os.Interrupt}, exitInterrupted},
		"a signal after another woe":    {[]failure.Kind{failure.Unauthenticated}, term, 143},
		"a signal before the first":     {nil, hup, 129},
		"stopped, and by no signal":     {nil, context.Canceled, exitInterrupted},
		"one alone, its own code":       {[]failure.Kind{failure.Disk}, nil, exitDisk},
		"nothing but what is unknown":   {[]failure.Kind{failure.Unknown}, nil, exitNothingDone},
		"more failures than are kept":   {slices.Repeat([]failure.Kind{failure.Network}, 2*maxKept), nil, exitUnreachable},
		"the last of many is different": {append(slices.Repeat([]failure.Kind{failure.Network}, 2*maxKept), failure.Disk), nil, exitNothingDone},
	} {
		b := batch{}
		for _, kind := range test.ended {
			r := transfer.Result{Key: "f", Skipped: kind == skipped}
			if kind != done && kind != skipped {
				r.Err = &failure.Error{Kind: kind}
			}
			b.add(r)
		}
		if got := b.exitCode(test.cause); got != test.want {
			t.Errorf("%s: %d, not %d", name, got, test.want)
		}
		if len(b.kept) > maxKept || b.jobs() != len(test.ended) {
			t.Errorf("%s: %d failures are kept, %d jobs counted", name, len(b.kept), b.jobs())
		}
	}
}

func TestAListThatBreaksOffIsNoSuccess(t *testing.T) {
	b := batch{app: &app{}, word: "received"}
	b.add(transfer.Result{Key: "a"})
	b.add(transfer.Result{Err: &failure.Error{Op: "list", Kind: failure.Network}})
	err := b.end(t.Context(), 0, nil)
	if exitCode(err) != exitSomeFailed || !strings.HasPrefix(fmt.Sprint(err), "1 file received, and then: list: connection failed") {
		t.Errorf("exit code %d: %v", exitCode(err), err)
	}
}

func TestWorkThatWasNotBegunIsNoSuccess(t *testing.T) {
	b := batch{app: &app{}, word: "sent"}
	b.add(transfer.Result{Key: "a"})
	if err := b.end(t.Context(), 2, nil); exitCode(err) != exitRemains || err.Error() != "2 files not begun" {
		t.Errorf("exit code %d: %v", exitCode(err), err)
	}
}

// What was not begun is no part of what failed, and is counted.
func TestARefusedLoginTellsWhatWasNotBegun(t *testing.T) {
	b := batch{app: &app{screen: newScreen(io.Discard)}, word: "sent"}
	for range 2 {
		b.add(transfer.Result{Key: "a", Err: &failure.Error{Kind: failure.Unauthenticated}})
	}
	err := b.end(t.Context(), 3, nil)
	if exitCode(err) != exitUnauthenticated || !strings.HasPrefix(err.Error(), "2 of 5 files failed, 3 not begun: login refused") {
		t.Errorf("exit code %d: %v", exitCode(err), err)
	}
}

func TestAnInterruptionTellsWhatMayHaveArrived(t *testing.T) {
	b := batch{word: "sent"}
	b.add(transfer.Result{Key: "a", Err: &failure.Error{Kind: failure.Interrupted, Ambiguous: true}})
	b.add(transfer.Result{Key: "b", Err: &failure.Error{Kind: failure.Interrupted}})
	want := "stopped before it was done, 0 of 3 files sent (and 1 perhaps; the same command finds out): told to stop by a signal (interrupt)"
	if got := b.failure(&signalError{os.Interrupt}, 1).Error(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// Failures are listed at the end, up to a bound; what was done before is told in one line.
func TestTheEndOfABatchIsBounded(t *testing.T) {
	var out bytes.Buffer
	b := batch{app: &app{screen: newScreen(&out)}, word: "sent", start: time.Now()}
	for n := range maxKept + 5 {
		b.add(transfer.Result{Key: fmt.Sprintf("f%d", n), Err: &failure.Error{Kind: failure.TooLarge}})
	}
	for range 3 {
		b.add(transfer.Result{Key: "s", Skipped: true})
	}
	err := b.end(t.Context(), 0, []string{"once more"})
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != maxKept+2 || lines[0] != "sent 0 files, skipped 3 that were sent before, failed 1005" ||
		!strings.HasPrefix(lines[1], "failed f0: the file is too large") || lines[maxKept+1] != "failed 5 more" {
		t.Errorf("%d lines: %q ... %q", len(lines), lines[:2], lines[len(lines)-1])
	}
	if exitCode(err) != exitSomeFailed || err.Error() != "1005 of 1008 files failed" {
		t.Errorf("exit code %d: %v", exitCode(err), err)
	}
}

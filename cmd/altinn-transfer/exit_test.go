package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/failure"
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
		{fmt.Errorf("step: %w", &signalError{}), exitInterrupted},
	} {
		if got := exitCode(test.err); got != test.want {
			t.Errorf("%v: %d, not %d", test.err, got, test.want)
		}
	}
}

func TestExitCodeOfABatch(t *testing.T) {
	failed := func(kinds ...failure.Kind) (results []transfer.Result) {
		for _, kind := range kinds {
			results = append(results, transfer.Result{Key: "f", Err: &failure.Error{Kind: kind}})
		}
		return results
	}
	one := []transfer.Result{{Key: "f"}}
	for name, test := range map[string]struct {
		batch       batch
		interrupted bool
		want        int
	}{
		"one of two failed":           {batch{succeeded: one, failed: failed(failure.Forbidden)}, false, exitSomeFailed},
		"all failed alike":            {batch{failed: failed(failure.Network, failure.Stalled)}, false, exitUnreachable},
		"all failed, each its way":    {batch{failed: failed(failure.Network, failure.Infected)}, false, exitNothingDone},
		"a refused login among all":   {batch{succeeded: one, failed: failed(failure.Network, failure.Unauthenticated)}, false, exitUnauthenticated},
		"a signal, though some went":  {batch{succeeded: one, failed: failed(failure.Interrupted)}, true, exitInterrupted},
		"a signal after another woe":  {batch{failed: failed(failure.Unauthenticated)}, true, exitInterrupted},
		"a signal before the first":   {batch{}, true, exitInterrupted},
		"one alone, its own code":     {batch{failed: failed(failure.Disk)}, false, exitDisk},
		"nothing but what is unknown": {batch{failed: failed(failure.Unknown)}, false, exitNothingDone},
	} {
		if got := test.batch.exitCode(test.interrupted); got != test.want {
			t.Errorf("%s: %d, not %d", name, got, test.want)
		}
	}
}

func TestAListThatBreaksOffIsNoSuccess(t *testing.T) {
	b := batch{app: &app{}, done: "received", succeeded: []transfer.Result{{Key: "a"}}, list: &failure.Error{Op: "list", Kind: failure.Network}}
	err := b.end(t.Context(), 0, nil)
	if exitCode(err) != exitSomeFailed || !strings.HasPrefix(fmt.Sprint(err), "1 file received, and then: list: connection failed") {
		t.Errorf("exit code %d: %v", exitCode(err), err)
	}
}

func TestAnInterruptionTellsWhatMayHaveArrived(t *testing.T) {
	b := batch{done: "sent", failed: []transfer.Result{
		{Key: "a", Err: &failure.Error{Kind: failure.Interrupted, Ambiguous: true}},
		{Key: "b", Err: &failure.Error{Kind: failure.Interrupted}},
	}}
	want := "stopped before it was done, 0 of 3 files sent (and 1 perhaps; look before it is sent again): told to stop by a signal (interrupt)"
	if got := b.failure(&signalError{os.Interrupt}, 1).Error(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

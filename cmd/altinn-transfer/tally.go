package main

import (
	"errors"
	"sync"

	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/transfer"
)

// maxKept bounds the failures that are kept with their words; the others are counted. So a tally does not grow with the number
// of files.
const maxKept = 1000

// tally is what became of the jobs of a batch, in numbers. It is safe for concurrent use.
type tally struct {
	mu      sync.Mutex
	done    int
	skipped int // were done before, or wait
	waits   int // are left at the service
	bytes   int64
	failed  int
	joined  int // shipments, less one for each file that was joined of them
	perhaps int // failed, and may stand at the service all the same
	kept    []transfer.Result
	codes   map[int]int // failed jobs by exit code
	kinds   map[failure.Kind]int
	refused error // of the first job whose login was refused
	list    error // the jobs themselves could not be had
	over    bool  // the time is over, and jobs were left
}

// add counts one job.
func (t *tally) add(r transfer.Result) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.joined += max(r.Segments-1, 0)
	switch {
	case r.Err == nil && r.Skipped:
		t.skipped++
		if r.Waits {
			t.waits++
		}
	case r.Err == nil:
		t.done++
		t.bytes += r.Bytes
	case r.Key == "" && errors.Is(r.Err, failure.Incomplete):
		t.over = true
	case r.Key == "":
		t.list = r.Err
	default:
		t.addFailed(r)
	}
}

func (t *tally) addFailed(r transfer.Result) {
	if t.codes == nil {
		t.codes, t.kinds = make(map[int]int), make(map[failure.Kind]int)
	}
	t.failed++
	t.codes[exitCode(r.Err)]++
	t.kinds[kindOf(r.Err)]++
	if e, ok := errors.AsType[*failure.Error](r.Err); ok && e.Ambiguous {
		t.perhaps++
	}
	if t.refused == nil && errors.Is(r.Err, failure.Unauthenticated) {
		t.refused = r.Err
	}
	if len(t.kept) < maxKept {
		t.kept = append(t.kept, r)
	}
}

// jobs counts those that ended, however they did.
func (t *tally) jobs() int { return t.done + t.skipped + t.failed }

// shipments counts those of the jobs that ended.
func (t *tally) shipments() int { return t.jobs() + t.joined }

// common is the error that the failures have in common: the refused login where there was one, else the first where all are of
// its kind, else nil.
func (t *tally) common() error {
	if t.refused != nil {
		return t.refused
	}
	if len(t.kinds) != 1 {
		return nil
	}
	return t.kept[0].Err
}

// exitCode is that of the failures where they agree and nothing was done. An interruption and a refused login come first,
// because they say whether to run it again.
func (t *tally) exitCode(cause error) int {
	switch {
	case cause != nil:
		return signalCode(cause)
	case t.refused != nil:
		return exitUnauthenticated
	case t.done+t.skipped > 0:
		return exitSomeFailed
	case len(t.codes) > 1:
		return exitNothingDone
	}
	return exitCode(t.kept[0].Err)
}

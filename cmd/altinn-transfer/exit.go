package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/altinn-transfer/altinn-transfer/failure"
)

// Exit codes. They stand in the root command's help, and do not change between versions.
const (
	exitDone            = 0
	exitSomeFailed      = 1
	exitUsage           = 2
	exitNothingDone     = 3
	exitRemains         = 4
	exitNotFound        = 5
	exitNothingToDo     = 9
	exitUnreachable     = 10
	exitLocked          = 11
	exitUnauthenticated = 12
	exitForbidden       = 13
	exitRefusedContent  = 14
	exitIntegrity       = 15
	exitDisk            = 16
	exitInterrupted     = 130 // the number of the signal and 128, as shells have it
)

const exitCodesHelp = `Exit codes; take one that is not listed for a failure:
    0  all done; also when there was nothing to do
    1  some files failed, the others are done
    2  usage or configuration
    3  nothing was done, for a reason that has no code of its own
    4  nothing failed, and some work remains: run it again
    5  not found, or not ready yet
    9  there was nothing to do; only with --error-on-nothing
   10  the endpoint cannot be reached or is not available: run it again later
   11  the journal is in use by another process
   12  login refused or locked out: do not let a machine run it again
   13  no right to do this
   14  the content is refused: too large, empty, no ZIP, infected
   15  what arrived is not whole, or not what was announced
   16  the local disk or a local file refuses
  129  stopped by a signal, SIGHUP
  130  the same, SIGINT (Ctrl-C)
  143  the same, SIGTERM`

// kindCodes has a code for every kind of failure.
var kindCodes = map[failure.Kind]int{
	failure.Unknown:         exitNothingDone,
	failure.Usage:           exitUsage,
	failure.Network:         exitUnreachable,
	failure.Stalled:         exitUnreachable,
	failure.Unavailable:     exitUnreachable,
	failure.Unauthenticated: exitUnauthenticated,
	failure.SessionExpired:  exitUnreachable,
	failure.Forbidden:       exitForbidden,
	failure.NotFound:        exitNotFound,
	failure.Refused:         exitNothingDone,
	failure.TooLarge:        exitRefusedContent,
	failure.Empty:           exitRefusedContent,
	failure.NotZip:          exitRefusedContent,
	failure.Infected:        exitRefusedContent,
	failure.AlreadyUploaded: exitNothingDone,
	failure.Integrity:       exitIntegrity,
	failure.Protocol:        exitNothingDone,
	failure.Source:          exitDisk,
	failure.BadName:         exitNothingDone,
	failure.Disk:            exitDisk,
	failure.Interrupted:     exitInterrupted,
	failure.Incomplete:      exitRemains,
	failure.InUse:           exitLocked,
}

// exitError is an error with an exit code of its own, where the kind alone does not say it.
type exitError struct {
	code   int
	err    error
	advice []string // command lines that do again what was not done
}

func (e *exitError) Error() string { return e.err.Error() }
func (e *exitError) Unwrap() error { return e.err }

// usageError is what the person who wrote the command line can mend.
func usageError(format string, args ...any) error {
	return &failure.Error{Kind: failure.Usage, Err: fmt.Errorf(format, args...)}
}

func exitCode(err error) int {
	if err == nil {
		return exitDone
	}
	if e, ok := errors.AsType[*exitError](err); ok {
		return e.code
	}
	if code := kindCodes[kindOf(err)]; code != exitInterrupted {
		return code
	}
	return signalCode(err)
}

// signalCode is the exit code of what was stopped: by a signal, or by something else.
func signalCode(err error) int {
	if e, ok := errors.AsType[*signalError](err); ok {
		return e.exitCode()
	}
	return exitInterrupted
}

// kindOf is the kind of an error, also of one that comes from the context alone.
func kindOf(err error) failure.Kind {
	kind := failure.KindOf(err)
	if _, signalled := errors.AsType[*signalError](err); kind == failure.Unknown && (signalled || errors.Is(err, context.Canceled)) {
		return failure.Interrupted
	}
	return kind
}

// Command altinn-transfer sends and receives files through Altinn's broker and attachment services, as streams.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
)

func main() { os.Exit(program(os.Stdout)) }

// program is the whole of it, and gives the exit code.
func program(out io.Writer) int {
	// Or a reader of standard output that goes away would end the program with a half file on disk.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	// net/http tells of an answer that goes on behind its end, and repeats a piece of it, in which the password may stand.
	log.SetOutput(io.Discard)
	ignoreAsking()
	collectLess()
	a := &app{in: os.Stdin, out: out, err: os.Stderr, env: os.Getenv}
	return a.run(untilSignal(context.Background()), os.Args[1:])
}

// garbagePercent is how much garbage may lie, in percent of what is in use, until it is collected. What is in use is a few MiB,
// whatever is transferred; at Go's 100, small files by the thousand had a tenth of the processor's time go into collecting.
const garbagePercent = 200

// collectLess sets garbagePercent, unless the user has set GOGC.
func collectLess() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbagePercent)
	}
}

// untilSignal gives a context that the first signal ends. The second one ends the program at once.
func untilSignal(ctx context.Context) context.Context {
	ctx, cancel := context.WithCancelCause(ctx)
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	if !signal.Ignored(syscall.SIGHUP) { // by nohup
		signal.Notify(signals, syscall.SIGHUP)
	}
	go func() {
		cancel(&signalError{<-signals})
		second := signalError{<-signals}
		os.Exit(second.exitCode())
	}()
	return ctx
}

// signalError is the cause of a context that a signal ended.
type signalError struct{ signal os.Signal }

// exitCode is 128 and the signal's number.
func (e *signalError) exitCode() int {
	if n, ok := e.signal.(syscall.Signal); ok {
		return 128 + int(n)
	}
	return exitInterrupted
}

func (e *signalError) Error() string { return fmt.Sprintf("told to stop by a signal (%v)", e.signal) }

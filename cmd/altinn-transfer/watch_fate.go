package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/internal/dropfolder"
	"github.com/altinn-transfer/altinn-transfer/transfer"
)

// fate is what becomes of a file of a drop folder.
type fate int

const (
	fateStays  fate = iota // and is tried again
	fateSent               // moves to the folder of what was sent
	fateFailed             // moves to the folder of what was refused
)

// refusals are the kinds of failure that another try of the same file would meet again. All others may pass by themselves, or
// by what somebody does who is not the file's owner: it stays.
var refusals = map[failure.Kind]bool{
	failure.Usage: true, failure.Forbidden: true, failure.Refused: true, failure.TooLarge: true, failure.Empty: true,
	failure.NotZip: true, failure.Infected: true, failure.AlreadyUploaded: true, failure.BadName: true,
}

// fateOf decides by how a job ended. A reference that the service has forgotten, while nobody knows whether the file went out
// on it, is for a person to look into.
func fateOf(err error) fate {
	e, _ := errors.AsType[*failure.Error](err)
	switch {
	case err == nil:
		return fateSent
	case refusals[kindOf(err)], e != nil && e.Kind == failure.NotFound && e.Ambiguous:
		return fateFailed
	}
	return fateStays
}

// retryAfter is what the service asked for, as far as the engine obeys it.
func retryAfter(err error) time.Duration {
	if e, ok := errors.AsType[*failure.Error](err); ok {
		return min(e.RetryAfter, 5*time.Minute)
	}
	return 0
}

// reasonSuffix makes the name of the text beside a refused file.
const reasonSuffix = ".reason.txt"

// reasonText says what happened to a file and what to do.
func reasonText(file dropfolder.File, r transfer.Result, now time.Time) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s was not sent.\n\n", visible(file.Name))
	fmt.Fprintf(&b, "When:      %s\n", now.UTC().Format("2006-01-02 15:04:05 UTC"))
	fmt.Fprintf(&b, "Why:       %s\n", visible(r.Err.Error()))
	if r.Reference != "" {
		fmt.Fprintf(&b, "Reference: %s\n", visible(string(r.Reference)))
	}
	fmt.Fprintf(&b, "\nWhen that is put right, move the file back to be sent:\n    %s\n", visible(file.Path))
	return b.String()
}

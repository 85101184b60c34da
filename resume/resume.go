// Package resume is the journal of jobs: what is known to have happened to each, on disk before anything that stands on it.
//
// A job has no number. Its [Key] is made of what is to happen to which content, so the same command run again finds what it
// did before.
package resume

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"iter"
	"time"
)

// Direction is which way a job's file goes.
type Direction string

// The directions. A Source record belongs to no job: it remembers the digest of a source, so that it need not be read again.
const (
	Send    Direction = "send"
	Receive Direction = "receive"
	Source  Direction = "source"
)

// State is the last step of a job that is known to have happened.
type State string

// The states, in the order in which a job takes them.
//
//	send:     planned → initiated → sending → sent
//	                                   ↘ uncertain ↗
//	receive:  fetching → stored → confirmed
const (
	Planned   State = "planned"   // to be sent; the service may have been asked for a reference, which expires unused
	Initiated State = "initiated" // the service gave a reference; no byte has gone out on it
	Sending   State = "sending"   // bytes go out on the reference, or went when the process ended
	Uncertain State = "uncertain" // everything went out and no answer came: the upload may stand
	Sent      State = "sent"      // the service gave a receipt, or said later that it has the file

	Fetching  State = "fetching"  // bytes come into the part file
	Stored    State = "stored"    // whole, synced, under its final name; the service is not told
	Confirmed State = "confirmed" // the service was told

	Digested State = "digested" // of a Source record
)

// Done reports whether nothing is left to do in a state. See [Record.Done] for Stored, which can be either.
func (s State) Done() bool { return s == Sent || s == Confirmed || s == Digested }

// known reports whether this program knows a state. A record may have none.
func (s State) known() bool {
	switch s {
	case "", Planned, Initiated, Sending, Uncertain, Sent, Fetching, Stored, Confirmed, Digested:
		return true
	}
	return false
}

// Record is all that is known of one job. No member may hold a secret.
type Record struct {
	Key        string    `json:"key"`                  // of [Key]
	Direction  Direction `json:"direction"`            // which way the file goes
	State      State     `json:"state"`                // the last step that is known to have happened
	Generation int       `json:"generation,omitempty"` // how often the job was begun anew on purpose after it was done
	Name       string    `json:"name,omitempty"`       // the file's name, as the service knows it
	Path       string    `json:"path,omitempty"`       // absolute: of what is sent, or of what is stored
	Part       string    `json:"part,omitempty"`       // of the part file of a download, in the directory of Path
	Party      string    `json:"party,omitempty"`      // who sends, or receives
	Recipients []string  `json:"recipients,omitempty"` // of what is sent

	SendersReference string `json:"senders_reference,omitempty"` // that the service was given
	Reference        string `json:"reference,omitempty"`         // that the service gave
	Size             int64  `json:"size"`                        // bytes; -1: unknown
	SHA256           string `json:"sha256,omitempty"`            // of the payload, hex
	ReceiptID        int    `json:"receipt_id,omitempty"`        // of an upload; 0: none, or not known
	Attempts         int    `json:"attempts,omitempty"`          // of all runs
	Problem          string `json:"problem,omitempty"`           // why the last attempt failed, in words
	Note             string `json:"note,omitempty"`              // what a reader should know about how it ended
	Kept             bool   `json:"kept,omitempty"`              // Stored, and left at the service on purpose

	Updated time.Time `json:"updated"` // set by the journal
}

// Done reports whether nothing is left to do: what is stored and was left at the service on purpose is done as well.
func (r Record) Done() bool { return r.State.Done() || r.State == Stored && r.Kept }

// Unconfirmed reports whether a file is stored of which the service was still to be told, as a process leaves it that ends
// between the two, or between telling the service and writing that down.
func (r Record) Unconfirmed() bool { return r.Direction == Receive && r.State == Stored && !r.Kept }

// Journal keeps records. It is safe for concurrent use.
type Journal interface {
	// Get gives the record of a key, and whether there is one.
	Get(ctx context.Context, key string) (Record, bool, error)
	// Put keeps records in place of those with the same keys, all or none, and returns when they are on disk.
	Put(ctx context.Context, records ...Record) error
	// All gives every record, in no order. A non-nil error is the last element.
	All(ctx context.Context) iter.Seq2[Record, error]
	// Close ends it; it is the last call.
	Close() error
}

// ErrLocked is wrapped by a [LockedError].
var ErrLocked = errors.New("the journal is in use by another process")

// LockedError says who has the journal.
type LockedError struct {
	Path string // of the journal, absolute
	PID  int    // of the process; 0: not known
}

// Error names the process.
func (e *LockedError) Error() string {
	if e.PID == 0 {
		return fmt.Sprintf("%s: %v", e.Path, ErrLocked)
	}
	return fmt.Sprintf("%s: %v, %d", e.Path, ErrLocked, e.PID)
}

// Unwrap is [ErrLocked].
func (e *LockedError) Unwrap() error { return ErrLocked }

// Key is the SHA-256, in hex, of what a job is: each part with its length before it, so that no two lists run together.
func Key(parts ...string) string {
	h := sha256.New()
	for _, part := range parts {
		writePart(h, part)
	}
	return hex.EncodeToString(h.Sum(nil))
}

func writePart(h hash.Hash, part string) {
	fmt.Fprintf(h, "%d:", len(part))
	io.WriteString(h, part)
}

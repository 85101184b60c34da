// Package transfer is one whole job, start to receipt, and many of them at once: order, progress, and what is kept on disk.
//
// Sending is announce, then upload. Receiving is download into a temporary file, check, sync, rename, and only then confirm,
// because a confirm by the last recipient deletes the file at the service.
package transfer

import (
	"context"
	"iter"
	"time"

	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/stream"
)

// Backend carries out the steps of a job, each once. [*broker.Client] is one.
type Backend interface {
	Initiate(context.Context, broker.Manifest) (broker.Reference, error)
	Upload(context.Context, broker.Reference, broker.Party, stream.Source, *broker.UploadOptions) (*broker.Receipt, error)
	Available(context.Context, broker.Query) iter.Seq2[broker.AvailableFile, error]
	Download(context.Context, broker.Reference, broker.Party) (*broker.Download, error)
	Confirm(context.Context, broker.Reference, broker.Party) error
}

// Options of a [Manager]; the zero value is good.
type Options struct {
	Concurrency int      // files at once; 0: 4
	Observer    Observer // nil: nobody
	NoConfirm   bool     // receive without the last step, so that the file stays at the service
}

// Job is one file to be sent.
type Job struct {
	Key      string // what observer and result know it by; "": the file's name
	Source   stream.Source
	FileName string // what the recipient is told; "": the source's name
	// Manifest says who sends to whom. An empty SendersReference gets a new one, an empty file list the file's name.
	Manifest broker.Manifest
}

// Result is how one job ended.
type Result struct {
	Key       string           // what the observer knew it by
	Name      string           // the file's name as the service knows it
	Path      string           // where a received file is; "" when it is not
	Reference broker.Reference // "" when there was none yet
	Bytes     int64            // of payload, whole when Err is nil
	SHA256    string           // of the payload, hex; "" unless it was sent or stored whole
	Elapsed   time.Duration
	Receipt   *broker.Receipt // of an upload; nil unless it was accepted
	Confirmed bool            // a received file was confirmed
	Err       error           // nil: done
}

// Manager carries jobs out. It is safe for concurrent use.
type Manager struct {
	backend Backend
	options Options
	login   *gate
	keys    claims // of jobs under way
	targets claims // paths that are being written
}

// New makes a manager; it does no I/O.
func New(b Backend, o Options) *Manager {
	if o.Concurrency <= 0 {
		o.Concurrency = 4
	}
	if o.Observer == nil {
		o.Observer = nobody{}
	}
	return &Manager{backend: b, options: o, login: newGate()}
}

// usage is an error of the caller, found before anything was sent.
func usage(op string, err error) error {
	return &failure.Error{Op: op, Kind: failure.Usage, Err: err}
}

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
	"github.com/altinn-transfer/altinn-transfer/resume"
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

// RangeBackend is a [Backend] that can begin a download at an offset, so that a part file is continued and not compared.
type RangeBackend interface {
	Backend
	DownloadFrom(ctx context.Context, r broker.Reference, recipient broker.Party, offset int64) (*broker.Download, error)
}

// Options of a [Manager]; the zero value is good.
type Options struct {
	// Journal remembers across runs what has happened. nil: nothing outlives the manager, no file is digested beforehand, and
	// a part file is removed when its download fails.
	Journal resume.Journal
	// Scope is the service and the user, so that one journal can serve several: it is a part of each job's key.
	Scope       string
	Concurrency int                // files at once; 0: 4
	BytesPerSec int64              // of payload, all files together, each direction; 0: no limit
	SizeLimit   int64              // bytes above which a file is refused before it is announced; 0: none
	Retry       Retry              // what is tried again, and how patiently
	Observer    Observer           // nil: nobody
	OnFailure   func(Result) error // hears of each failed job; an error ends the batch. nil: it goes on
	NoConfirm   bool               // receive without the last step, so that the file stays at the service
}

// Retry says how often and how patiently a job is tried; the zero value is good.
type Retry struct {
	Attempts int           // tries of a job, the first included; 0: 5, 1: no second try
	Base     time.Duration // the wait before the second try is up to this long, and doubles from try to try; 0: 0.5 s
	Max      time.Duration // longest wait, save that a service asks for a longer one; 0: 30 s
	Budget   time.Duration // of a job's waits together; 0: none
}

// Job is one file to be sent.
type Job struct {
	Key      string // what observer and result know it by; "": the file's name
	Source   stream.Source
	FileName string // what the recipient is told; "": the source's name
	// Path is where the source is, for the journal's reader. "": it has no place.
	Path string
	// Stamp names the content without reading it, as path, size and time of change do. With one, a journal remembers the
	// content's digest, and the source is not read again for it. "": it is read.
	Stamp string
	// Again sends what was sent before, as a shipment of its own.
	Again bool
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
	Skipped   bool            // it was done before, says the journal; nothing was sent or fetched
	Attempts  int             // tries of this run; 0 when Skipped
	Note      string          // what one should know about how it ended; "" mostly
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

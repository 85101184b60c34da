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

// Backend carries out the steps of a job, each once, and is safe for concurrent use. [*broker.Client] is one.
//
// Its errors are [*failure.Error]: the kind says whether another attempt can help, Ambiguous that the service may have carried
// out what it did not answer. Any other error ends the job at once.
type Backend interface {
	// Initiate announces a file, and gives the reference to send it on.
	Initiate(context.Context, broker.Manifest) (broker.Reference, error)
	// Upload sends the file of a reference, as a party. A reference that has its file already is [failure.AlreadyUploaded].
	Upload(context.Context, broker.Reference, broker.Party, stream.Source, *broker.UploadOptions) (*broker.Receipt, error)
	// Available gives what waits for a recipient, oldest first. A non-nil error is the last element.
	Available(context.Context, broker.Query) iter.Seq2[broker.AvailableFile, error]
	// Download opens the file of a reference for a recipient, as often as it is asked for. The caller closes it. A download that
	// ends before the file does must end in an error, and not in [io.EOF].
	Download(context.Context, broker.Reference, broker.Party) (*broker.Download, error)
	// Confirm says that a recipient has stored the file. It may be said twice.
	Confirm(context.Context, broker.Reference, broker.Party) error
}

// RangeBackend is a [Backend] that can begin a download at an offset, so that a part file is continued and not compared.
type RangeBackend interface {
	Backend
	// DownloadFrom is Download without the first offset bytes; the size of what it gives is that of the rest.
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
	OnFailure   func(Result) error // hears of each failed job, one at a time; an error stops the others and ends the batch. nil: it goes on
	Until       time.Time          // no job of a batch is begun after it; what is left is an error of [failure.Incomplete]. Zero: for ever
	NoConfirm   bool               // receive without the last step, so that the file stays at the service
	// IgnoreExisting leaves a file at the service, unconfirmed, when its name exists in the directory and the journal does not
	// say that it was this file; its result is Skipped. Else such a file is stored with its reference in the name.
	IgnoreExisting bool
	// NoJoin receives segments of a large file as the shipments that they are.
	NoJoin bool
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
	Key      string        // what observer and result know it by; "": the file's name
	Source   stream.Source // opened anew for each attempt, and to be digested
	FileName string        // what the recipient is told; "": the source's name
	// Path is where the source is, for the journal's reader. "": it has no place.
	Path string
	// Stamp names the content without reading it, as path, size and time of change do. With one, a journal remembers the
	// content's digest, and the source is not read again for it. "": it is read.
	Stamp string
	// Again sends what was sent before, as a shipment of its own. What was begun before, and may be delivered or not, is
	// brought to its end first.
	Again bool
	// Identity is what stands for the content's digest in the job's key. nil: the source's own, where it has a method of that
	// name, as one of [Package] has; else the SHA-256 of what the source gives, read once before anything is sent.
	Identity func(context.Context) (string, error)
	// Manifest says who sends to whom. An empty SendersReference gets one made of the job's key, an empty file list the file's
	// name.
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
	Elapsed   time.Duration    // from begin to end, waits included
	Receipt   *broker.Receipt  // of an upload; nil unless it was accepted
	Confirmed bool             // a received file was confirmed
	Skipped   bool             // it was done before, says the journal, or Waits; nothing was sent or fetched
	Waits     bool             // it is left at the service, unconfirmed, for what Note says
	Attempts  int              // tries of this run; 0 when Skipped
	Segments  int              // shipments that a received file was joined of; 0: it came in one
	Note      string           // what one should know about how it ended; "" mostly
	Err       error            // has a [*failure.Error] within, but for one that ends a batch; nil: done
}

// Manager carries jobs out. It is safe for concurrent use.
type Manager struct {
	backend Backend
	options Options
	login   *gate
	keys    claims // of jobs under way
	targets claims // paths that are being written, and keys of what is being received
	sends   flights
	out, in *pace // of what is sent, and of what is received
	slots   chan struct{}
	space   *space
	stepped func(step string) // hears of steps on disk, for tests; nil: nobody
	checks  spaced            // of [Manager.Poll]
}

// New makes a manager; it does no I/O.
func New(b Backend, o Options) *Manager {
	if o.Concurrency <= 0 {
		o.Concurrency = 4
	}
	if o.Observer == nil {
		o.Observer = nobody{}
	}
	o.Retry = o.Retry.withDefaults()
	return &Manager{
		backend: b, options: o, login: newGate(), slots: make(chan struct{}, o.Concurrency), space: newSpace(),
		out: newPace(o.BytesPerSec, o.Concurrency), in: newPace(o.BytesPerSec, o.Concurrency),
	}
}

// usage is an error of the caller, found before anything was sent.
func usage(op string, err error) error {
	return &failure.Error{Op: op, Kind: failure.Usage, Err: err}
}

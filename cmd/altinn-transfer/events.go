package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
	"unicode/utf16"

	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/transfer"
)

// eventVersion is the version of the schema below. New members may come without a new version; none changes or goes.
const eventVersion = 1

// eventHead begins every event. One event is one line of JSON.
type eventHead struct {
	Version int    `json:"version"`
	Event   string `json:"event"` // one of those in events.schema.json
	Time    string `json:"time"`  // UTC
}

// timeFormat is RFC 3339 in UTC, with milliseconds.
const timeFormat = "2006-01-02T15:04:05.000Z"

func head(name string) eventHead {
	return eventHead{Version: eventVersion, Event: name, Time: time.Now().UTC().Format(timeFormat)}
}

// startEvent says that a job begins.
type startEvent struct {
	eventHead
	Key  string `json:"key"`            // ties the events of one job together
	Size *int64 `json:"size,omitempty"` // bytes; not there when unknown
}

// progressEvent says how far a job has come.
type progressEvent struct {
	eventHead
	Key     string `json:"key"`
	Attempt int    `json:"attempt"` // from 1; bytes begin anew with each
	Bytes   int64  `json:"bytes"`
}

// readingEvent says how much of a file was read for its digest, before anything of it is sent.
type readingEvent struct {
	eventHead
	Key   string `json:"key"`
	Bytes int64  `json:"bytes"`
	Size  int64  `json:"size"`
}

// retryEvent says that an attempt failed, and that another follows.
type retryEvent struct {
	eventHead
	Key         string  `json:"key"`
	Attempt     int     `json:"attempt"` // that failed
	WaitSeconds float64 `json:"wait_seconds"`
	problem
}

// doneEvent says that a job ended well.
type doneEvent struct {
	eventHead
	Key            string        `json:"key"`
	Name           string        `json:"name"`
	Path           string        `json:"path,omitempty"` // where a received file is
	Reference      string        `json:"reference,omitempty"`
	Bytes          int64         `json:"bytes"`
	SHA256         string        `json:"sha256,omitempty"`
	ElapsedSeconds float64       `json:"elapsed_seconds"`
	Receipt        *eventReceipt `json:"receipt,omitempty"` // of what was sent
	Confirmed      bool          `json:"confirmed"`         // of what was received
	Attempts       int           `json:"attempts"`          // of this run, from 1
	Note           string        `json:"note,omitempty"`    // what one should know about how it ended
}

// skippedEvent says that a job had been done before, as the journal says, and nothing was moved.
type skippedEvent struct {
	eventHead
	Key       string        `json:"key"`
	Name      string        `json:"name"`
	Path      string        `json:"path,omitempty"` // where a received file is, or was put
	Reference string        `json:"reference,omitempty"`
	SHA256    string        `json:"sha256,omitempty"`
	Receipt   *eventReceipt `json:"receipt,omitempty"` // that it got then
	Confirmed bool          `json:"confirmed"`         // of what was received
	Note      string        `json:"note,omitempty"`
}

type eventReceipt struct {
	ID     int    `json:"id"`
	Status string `json:"status,omitempty"`
	Text   string `json:"text,omitempty"`
}

// errorEvent says that a job failed.
type errorEvent struct {
	eventHead
	Key            string  `json:"key,omitempty"`
	Name           string  `json:"name,omitempty"`
	Path           string  `json:"path,omitempty"` // of a file that is stored and could not be confirmed
	Bytes          int64   `json:"bytes"`
	ElapsedSeconds float64 `json:"elapsed_seconds"`
	Attempts       int     `json:"attempts"` // of this run; 0: it was refused before the first
	Note           string  `json:"note,omitempty"`
	problem
}

// problem is an error, for a machine.
type problem struct {
	Kind       string `json:"kind"`
	Message    string `json:"message"`
	Hint       string `json:"hint,omitempty"`
	FaultCode  *int   `json:"fault_code,omitempty"` // the service's own number
	GUID       string `json:"guid,omitempty"`       // the service's id of this error
	HTTPStatus int    `json:"http_status,omitempty"`
	Reference  string `json:"reference,omitempty"`
	Ambiguous  bool   `json:"ambiguous"` // it may have been carried out all the same
	Temporary  bool   `json:"temporary"` // the same again may succeed
}

func newProblem(err error) problem {
	kind := kindOf(err)
	p := problem{Kind: kind.Name(), Message: err.Error()}
	e, ok := errors.AsType[*failure.Error](err)
	if !ok {
		e = &failure.Error{Kind: kind}
	}
	p.Hint, p.GUID, p.HTTPStatus, p.Reference = e.Hint(), e.GUID, e.HTTPStatus, e.Reference
	p.Ambiguous, p.Temporary = e.Ambiguous, e.Temporary()
	if e.HasCode {
		p.FaultCode = &e.Code
	}
	return p
}

// planEvent says what a run would do with a file, and does not.
type planEvent struct {
	eventHead
	Key       string   `json:"key"`
	Name      string   `json:"name,omitempty"`
	Action    string   `json:"action"`          // send, receive, confirm, skip (nothing), or fail
	State     string   `json:"state,omitempty"` // what the journal has of it; not there when it has nothing
	Size      *int64   `json:"size,omitempty"`  // bytes; not there when unknown
	Reference string   `json:"reference,omitempty"`
	Problem   *problem `json:"problem,omitempty"` // why it would fail
}

// summaryEvent ends a batch, or a plan: then what would be done is left.
type summaryEvent struct {
	eventHead
	Done           int      `json:"done"`
	Skipped        int      `json:"skipped"` // were done before
	Failed         int      `json:"failed"`
	Left           int      `json:"left"` // were not begun
	Bytes          int64    `json:"bytes"`
	ElapsedSeconds float64  `json:"elapsed_seconds"`
	Repeat         []string `json:"repeat,omitempty"` // command lines that do again what failed
}

// exitErrorEvent is the last line of a run that did not end with exit code 0.
type exitErrorEvent struct {
	eventHead
	ExitCode int `json:"exit_code"`
	problem
}

func newExitErrorEvent(err error) exitErrorEvent {
	return exitErrorEvent{eventHead: head("exit_error"), ExitCode: exitCode(err), problem: newProblem(err)}
}

// fileEvent is a file that list found.
type fileEvent struct {
	eventHead
	Reference        string `json:"reference"`
	Name             string `json:"name"`           // as the sender wrote it: never a path to be trusted
	Size             int64  `json:"size,omitempty"` // bytes; not there when the service does not tell
	Status           string `json:"status"`
	Service          string `json:"service"`
	Edition          int    `json:"edition"`
	Sender           string `json:"sender"`
	SendersReference string `json:"senders_reference,omitempty"`
	Sent             string `json:"sent,omitempty"` // UTC
	ReceiptID        int    `json:"receipt_id,omitempty"`
	SFTPOnly         bool   `json:"sftp_only"`
}

func newFileEvent(f broker.AvailableFile) fileEvent {
	event := fileEvent{
		eventHead: head("file"), Reference: string(f.Reference), Name: f.Name, Size: f.Size, Status: string(f.Status),
		Service: f.ServiceCode, Edition: f.EditionCode, Sender: string(f.Sender), SendersReference: f.SendersReference,
		ReceiptID: f.ReceiptID, SFTPOnly: f.SFTPOnly,
	}
	if !f.Sent.IsZero() {
		event.Sent = f.Sent.UTC().Format(timeFormat)
	}
	return event
}

// endEvent is a job's last event.
func endEvent(r transfer.Result) any {
	if r.Err != nil {
		e := errorEvent{
			eventHead: head("error"), Key: r.Key, Name: r.Name, Path: r.Path, Bytes: r.Bytes,
			ElapsedSeconds: r.Elapsed.Seconds(), Attempts: r.Attempts, Note: r.Note, problem: newProblem(r.Err),
		}
		if e.Reference == "" {
			e.Reference = string(r.Reference)
		}
		return e
	}
	if r.Skipped {
		return skippedEvent{
			eventHead: head("skipped"), Key: r.Key, Name: r.Name, Path: r.Path, Reference: string(r.Reference), SHA256: r.SHA256,
			Receipt: newEventReceipt(r.Receipt), Confirmed: r.Confirmed, Note: r.Note,
		}
	}
	return doneEvent{
		eventHead: head("done"), Key: r.Key, Name: r.Name, Path: r.Path, Reference: string(r.Reference), Bytes: r.Bytes,
		SHA256: r.SHA256, ElapsedSeconds: r.Elapsed.Seconds(), Receipt: newEventReceipt(r.Receipt), Confirmed: r.Confirmed,
		Attempts: max(r.Attempts, 1), Note: r.Note,
	}
}

func newEventReceipt(r *broker.Receipt) *eventReceipt {
	if r == nil {
		return nil
	}
	return &eventReceipt{ID: r.ID, Status: r.Status, Text: r.Text}
}

// eventWriter writes events as lines, from any goroutine.
type eventWriter struct {
	mu  sync.Mutex
	w   io.Writer
	err error // the first, which the run ends with
}

func (e *eventWriter) write(event any) error {
	var line bytes.Buffer
	encoder := json.NewEncoder(&line)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(event); err != nil {
		return fmt.Errorf("write event: %w", err)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if _, err := io.WriteString(e.w, escapeHidden(line.String())); err != nil && e.err == nil {
		e.err = unwritten(err)
	}
	return e.err
}

// failed is the error of the first event that could not be written.
func (e *eventWriter) failed() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.err
}

// unwritten is the error of standard output.
func unwritten(err error) error {
	return &failure.Error{Op: "write to standard output", Kind: failure.Disk, Err: err}
}

// escapeHidden writes what a terminal could obey, or a reader could not see, as JSON's own escapes. encoding/json leaves
// all above U+001F as it is.
func escapeHidden(line string) string {
	var b strings.Builder
	for _, r := range line {
		switch {
		case r == '\n' || !hidden(r):
			b.WriteRune(r)
		case r > 0xFFFF:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/resume"
	"github.com/altinn-transfer/altinn-transfer/transfer"
)

// reportRow is one job that ended. The names are the columns of a CSV, and the members of a line of JSON; they do not change.
type reportRow struct {
	Time      string  `json:"time"`      // of its end, UTC
	Direction string  `json:"direction"` // send or receive
	Result    string  `json:"result"`    // sent, received, skipped or failed
	Job       string  `json:"job"`       // what events, log and screen call it
	File      string  `json:"file"`      // the name that the service knows
	Path      string  `json:"path"`      // where a received file is
	Reference string  `json:"reference"`
	Bytes     int64   `json:"bytes"`
	SHA256    string  `json:"sha256"`
	Attempts  int     `json:"attempts"`
	Seconds   float64 `json:"seconds"`
	Receipt   int     `json:"receipt"` // 0: none
	Note      string  `json:"note"`
	Kind      string  `json:"kind"`    // of a failure
	Message   string  `json:"message"` // of a failure
}

func newReportRow(now time.Time, d resume.Direction, r transfer.Result) reportRow {
	row := reportRow{
		Time: now.UTC().Format(timeFormat), Direction: string(d), Job: r.Key, File: r.Name, Path: r.Path, Reference: string(r.Reference),
		Bytes: r.Bytes, SHA256: r.SHA256, Attempts: r.Attempts, Seconds: r.Elapsed.Seconds(), Note: r.Note,
	}
	if r.Receipt != nil {
		row.Receipt = r.Receipt.ID
	}
	switch {
	case r.Err != nil:
		row.Result, row.Kind, row.Message = "failed", kindOf(r.Err).Name(), r.Err.Error()
	case r.Skipped:
		row.Result = "skipped"
	case d == resume.Send:
		row.Result = "sent"
	default:
		row.Result = "received"
	}
	return row
}

// reportColumns are the names of what cells gives.
var reportColumns = []string{
	"time", "direction", "result", "job", "file", "path", "reference", "bytes", "sha256", "attempts", "seconds", "receipt", "note",
	"kind", "message",
}

func (r reportRow) cells() []string {
	receipt := ""
	if r.Receipt != 0 {
		receipt = strconv.Itoa(r.Receipt)
	}
	cells := []string{
		r.Time, r.Direction, r.Result, r.Job, r.File, r.Path, r.Reference, strconv.FormatInt(r.Bytes, 10), r.SHA256,
		strconv.Itoa(r.Attempts), strconv.FormatFloat(r.Seconds, 'f', 3, 64), receipt, r.Note, r.Kind, r.Message,
	}
	for i, cell := range cells {
		cells[i] = harmless(visible(cell))
	}
	return cells
}

// harmless keeps a spreadsheet from taking a name that a sender chose for a formula.
func harmless(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

// report is a file that gets a row for each job as it ends.
type report struct {
	path      string
	direction resume.Direction
	log       *slog.Logger
	encode    func(reportRow) ([]byte, error)

	mu   sync.Mutex
	file *os.File
	err  error // of the first row that could not be written
}

// openReport opens a report at its end, or makes it.
func openReport(path string, d resume.Direction, log *slog.Logger) (*report, error) {
	r := &report{path: path, direction: d, log: log}
	begin := []byte(nil)
	switch strings.ToLower(filepath.Ext(path)) {
	case ".csv":
		r.encode = func(row reportRow) ([]byte, error) { return csvLine(row.cells()) }
		begin, _ = csvLine(reportColumns)
	case ".json", ".ndjson", ".jsonl":
		r.encode = jsonLine
	default:
		return nil, usageError("--report: %q ends neither in .csv nor in .json, .ndjson or .jsonl", path)
	}
	var err error
	if r.file, err = os.OpenFile(path, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600); err != nil {
		return nil, r.refused(err)
	}
	if err := r.begin(begin); err != nil {
		r.file.Close()
		return nil, err
	}
	return r, nil
}

// begin looks at what is there already: a file of another form is not added to. A row that a crash has cut short is ended first.
func (r *report) begin(head []byte) error {
	info, err := r.file.Stat()
	switch {
	case err != nil:
		return r.refused(err)
	case !info.Mode().IsRegular() || info.Size() == 0:
		return r.append(head)
	}
	there := make([]byte, len(head))
	if _, err := r.file.ReadAt(there, 0); err != nil && err != io.EOF {
		return r.refused(err)
	}
	if !bytes.Equal(there, head) {
		return usageError("--report: %s is there and has other columns; take another name", r.path)
	}
	last := make([]byte, 1)
	if _, err := r.file.ReadAt(last, info.Size()-1); err != nil {
		return r.refused(err)
	}
	if last[0] != '\n' {
		return r.append([]byte("\n"))
	}
	return nil
}

func (r *report) append(text []byte) error {
	if len(text) == 0 {
		return nil
	}
	_, err := r.file.Write(text)
	return r.refused(err)
}

func (r *report) refused(err error) error {
	if err == nil {
		return nil
	}
	return &failure.Error{Op: "write the report", Kind: failure.Disk, Err: err}
}

// Ended writes the job's row at once, so that a run that is killed has told of what it did.
func (r *report) Ended(result transfer.Result) {
	row, err := r.encode(newReportRow(time.Now(), r.direction, result))
	r.mu.Lock()
	defer r.mu.Unlock()
	if err == nil {
		_, err = r.file.Write(row)
	}
	if err != nil && r.err == nil {
		r.err = err
		r.log.Warn("a row of the report cannot be written", "path", r.path, "job", result.Key, "error", err)
	}
}

// Started is for [transfer.Observer], as are the others.
func (*report) Started(string, int64) {}

func (*report) Progress(string, int, int64) {}

func (*report) Retrying(string, int, time.Duration, error) {}

// Close gives the first error of all.
func (r *report) Close() error {
	err := r.file.Close()
	if r.err != nil {
		err = fmt.Errorf("it is not whole: %w", r.err)
	}
	return r.refused(err)
}

func csvLine(cells []string) ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.Write(cells)
	w.Flush()
	return b.Bytes(), w.Error()
}

func jsonLine(row reportRow) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(row)
	return []byte(escapeHidden(b.String())), err
}

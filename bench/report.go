package bench

import (
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// Report is what one run of the bench found. Its JSON is what [Compare] reads.
type Report struct {
	Made     time.Time `json:"made"`
	Machine  Machine   `json:"machine"`
	Settings Settings  `json:"settings"`
	// Idle is what client and far side cost that carry no byte: begun and ended. The processor time of rows is without it.
	Idle  *Pair    `json:"idle,omitempty"`
	Rows  []Row    `json:"rows"`
	Notes []string `json:"notes,omitempty"` // what could not be measured here, and why
}

// Settings are what the figures depend on, beside the machine.
type Settings struct {
	Rounds int   `json:"rounds"` // counted ones, of each row
	Size   int64 `json:"size"`   // bytes of a large file
	Files  int   `json:"files"`  // small ones
	Quick  bool  `json:"quick,omitempty"`
}

// Row is one way to carry out a task, run several times. Rows of one task are compared with each other.
type Row struct {
	Part   string    `json:"part"` // codec, path, bulk or zip
	Task   string    `json:"task"` // "upload"
	Who    string    `json:"who"`  // "altinn-transfer", "net/http"
	Ours   bool      `json:"ours,omitempty"`
	Base   bool      `json:"base,omitempty"`  // the one that the others of the task are told as a ratio of
	Bytes  int64     `json:"bytes"`           // of payload, each run
	Files  int       `json:"files,omitempty"` // each run; 0: what is counted are bytes
	Sized  int64     `json:"sized,omitempty"` // bytes of a file, where throughput by size is what the row is for
	Note   string    `json:"note,omitempty"`
	Rounds []Round   `json:"rounds"`
	Held   []Reading `json:"held,omitempty"` // memory over the time of the last run
}

// Round is one counted run of a row.
type Round struct {
	Seconds float64   `json:"seconds"` // by the clock, without the start of processes
	Pair    *Pair     `json:"pair,omitempty"`
	CPU     float64   `json:"cpu,omitempty"`     // seconds of both processes, without those of the idle pair
	Latency []float64 `json:"latency,omitempty"` // of single files, in seconds: the quantiles of [Quantiles]
	Packed  int64     `json:"packed,omitempty"`  // bytes of a ZIP
}

// Pair is the cost of the two processes of a run. A row without a far side has the client alone.
type Pair struct {
	Client Usage  `json:"client"`
	Far    *Usage `json:"far,omitempty"`
}

// Usage is what a process took from its beginning to its end.
type Usage struct {
	User   float64 `json:"user"`   // seconds
	System float64 `json:"system"` // seconds
	Peak   int64   `json:"peak"`   // bytes resident at most; 0: not known on this system
}

// Reading is the resident memory of both processes at a time after the start of the run.
type Reading struct {
	Seconds float64 `json:"seconds"`
	Client  int64   `json:"client"` // bytes; 0: not running, or not known
	Far     int64   `json:"far,omitempty"`
}

func (u Usage) cpu() float64 { return u.User + u.System }

func (p *Pair) cpu() float64 {
	if p == nil {
		return 0
	}
	if p.Far == nil {
		return p.Client.cpu()
	}
	return p.Client.cpu() + p.Far.cpu()
}

// peak is that of the larger side.
func (p *Pair) peak() int64 {
	if p == nil {
		return 0
	}
	if p.Far == nil {
		return p.Client.Peak
	}
	return max(p.Client.Peak, p.Far.Peak)
}

// WriteJSON writes the report for [ReadReport].
func (r *Report) WriteJSON(w io.Writer) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "\t")
	return encoder.Encode(r)
}

// ReadReport reads what [Report.WriteJSON] wrote.
func ReadReport(r io.Reader) (*Report, error) {
	report := new(Report)
	if err := json.NewDecoder(r).Decode(report); err != nil {
		return nil, fmt.Errorf("read results: %w", err)
	}
	return report, nil
}

package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"text/tabwriter"
	"time"

	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/stream"
	"github.com/altinn-transfer/altinn-transfer/transfer"
)

// phase is one half of the demo, done.
type phase struct {
	elapsed time.Duration
	bytes   int64
	results map[broker.Reference]transfer.Result
	byKey   map[string]transfer.Result
}

func newPhase() *phase {
	return &phase{results: make(map[broker.Reference]transfer.Result), byKey: make(map[string]transfer.Result)}
}

// add takes a job's result, if it ended well.
func (p *phase) add(r transfer.Result) {
	if r.Err == nil {
		p.results[r.Reference], p.byKey[r.Key] = r, r
	}
}

// end ends a batch that must have gone well as a whole. expected is the number of its jobs; 0: not known.
func (p *phase) end(ctx context.Context, b *batch, expected int) (*phase, error) {
	p.elapsed, p.bytes = time.Since(b.start), b.bytes
	return p, b.end(ctx, max(expected-b.jobs(), 0), nil)
}

func (p *phase) String() string {
	return fmt.Sprintf("%s, %s in %s (%s)", count(len(p.results), "file"), formatSize(p.bytes), formatElapsed(p.elapsed), formatRate(p.bytes, p.elapsed))
}

// demoReport compares what came with what was sent.
type demoReport struct {
	parcels        []parcel
	sent, received *phase
}

// demoEvent is one file of the report, for a machine.
type demoEvent struct {
	eventHead
	Key            string  `json:"key"`
	Name           string  `json:"name"`
	Bytes          int64   `json:"bytes"`
	SendSeconds    float64 `json:"send_seconds"`
	ReceiveSeconds float64 `json:"receive_seconds"`
	SHA256         string  `json:"sha256"`
	Equal          bool    `json:"equal"`
}

// demoSummaryEvent ends the report.
type demoSummaryEvent struct {
	eventHead
	Files           int     `json:"files"`
	Equal           int     `json:"equal"`
	Bytes           int64   `json:"bytes"`
	SendSeconds     float64 `json:"send_seconds"`
	ReceiveSeconds  float64 `json:"receive_seconds"`
	PeakMemoryBytes int64   `json:"peak_memory_bytes"` // of client and server together
}

// tell prints the report. That a file is not equal is an error.
func (r *demoReport) tell(a *app) error {
	table := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	if !a.json {
		fmt.Fprintln(table, "FILE\tSIZE\tSENT AT\tRECEIVED AT\tSHA-256")
	}
	equal := 0
	for _, p := range r.parcels {
		sent := r.sent.byKey[p.key()]
		received := r.received.results[sent.Reference]
		same := isEqual(sent, received)
		if same {
			equal++
		}
		if a.json {
			a.events.write(demoEvent{head("compared"), sent.Key, sent.Name, sent.Bytes, sent.Elapsed.Seconds(), received.Elapsed.Seconds(), sent.SHA256, same})
			continue
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", visible(sent.Name), formatSize(sent.Bytes),
			formatRate(sent.Bytes, sent.Elapsed), formatRate(received.Bytes, received.Elapsed), verdict(same, sent))
	}
	if err := cmp.Or(table.Flush(), r.sum(a, equal)); err != nil {
		return unwritten(err)
	}
	if equal < len(r.parcels) {
		return &exitError{code: exitIntegrity, err: fmt.Errorf("%s of %d did not come as they were sent", count(len(r.parcels)-equal, "file"), len(r.parcels))}
	}
	return nil
}

func verdict(same bool, sent transfer.Result) string {
	if !same {
		return "NOT EQUAL"
	}
	return "equal, " + sent.SHA256[:16] + "…"
}

func (r *demoReport) sum(a *app, equal int) error {
	peak := peakMemory()
	if a.json {
		a.events.write(demoSummaryEvent{head("demo"), len(r.parcels), equal, r.sent.bytes, r.sent.elapsed.Seconds(), r.received.elapsed.Seconds(), peak})
		return nil
	}
	_, err := fmt.Fprintf(a.out, "\nsent      %s\nreceived  %s\nequal     %d of %d\nmemory    %s at most, client and server together\n",
		r.sent, r.received, equal, len(r.parcels), formatSize(peak))
	return err
}

// isEqual compares the digest of what was sent with that of the file on disk, which is read once more for it.
func isEqual(sent, received transfer.Result) bool {
	sum, err := fileDigest(received.Path)
	return err == nil && sum == sent.SHA256 && received.SHA256 == sent.SHA256 && received.Confirmed
}

func fileDigest(path string) (string, error) {
	if path == "" {
		return "", errors.New("it was not received")
	}
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	digest := stream.NewDigest(file)
	if _, err := stream.Copy(io.Discard, digest); err != nil {
		return "", err
	}
	return digest.Sum(), nil
}

// formatRate writes bytes per second for a person.
func formatRate(bytes int64, elapsed time.Duration) string {
	if elapsed <= 0 {
		return "-"
	}
	return formatSize(int64(float64(bytes)/elapsed.Seconds())) + "/s"
}

package metrics

import (
	"errors"
	"sync"
	"time"

	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/resume"
	"github.com/altinn-transfer/altinn-transfer/transfer"
	"github.com/prometheus/client_golang/prometheus"
)

// The outcomes of a job beside the names of the kinds of failure.
const (
	outcomeDone    = "done"
	outcomeSkipped = "skipped"
)

// jobMetrics are those of jobs in every direction.
type jobMetrics struct {
	started, ended, retries, attempts, bytes, uncertain *prometheus.CounterVec
	inFlight, success                                   *prometheus.GaugeVec
	duration, size                                      *prometheus.HistogramVec
}

func newJobMetrics() jobMetrics {
	return jobMetrics{
		started:   counters("jobs_started_total", "Jobs that were begun.", "direction"),
		ended:     counters("jobs_ended_total", "Jobs that ended: done, skipped because they were done before, or by kind of failure.", "direction", "outcome"),
		attempts:  counters("job_attempts_total", "Attempts of the jobs that ended, the first ones included.", "direction"),
		retries:   counters("job_retries_total", "Attempts that failed and were followed by another, by kind of failure.", "direction", "kind"),
		bytes:     counters("payload_bytes_total", "Bytes of payload that went over the line, those of attempts that failed included.", "direction"),
		uncertain: counters("uncertain_uploads_total", "Jobs that ended without an answer to an upload that may stand all the same.", "direction"),
		inFlight:  gauges("jobs_in_flight", "Jobs under way.", "direction"),
		success:   gauges(lastSuccess, "When a job last ended well, in seconds since 1970; 0 when none has.", "direction"),
		duration:  histograms("job_duration_seconds", "How long the jobs took that were done.", durations, "direction"),
		size:      histograms("job_size_bytes", "Payload of the jobs that were done.", sizes, "direction"),
	}
}

const lastSuccess = "last_success_timestamp_seconds"

func (j *jobMetrics) all() []prometheus.Collector {
	return []prometheus.Collector{j.started, j.ended, j.attempts, j.retries, j.bytes, j.inFlight, j.success, j.duration, j.size}
}

// Jobs is an observer that counts the jobs in one direction. From then on each of its metrics is there, at 0, so that the first
// failure can be seen as a rise.
func (m *Metrics) Jobs(d resume.Direction) transfer.Observer {
	own := prometheus.Labels{"direction": string(d)}
	j := &jobs{
		direction: d,
		started:   m.jobs.started.With(own), attempts: m.jobs.attempts.With(own), bytes: m.jobs.bytes.With(own),
		ended: m.jobs.ended.MustCurryWith(own), retries: m.jobs.retries.MustCurryWith(own),
		inFlight: m.jobs.inFlight.With(own), success: m.jobs.success.With(own),
		duration: m.jobs.duration.With(own), size: m.jobs.size.With(own),
		running: make(map[string]way),
	}
	collectors := m.jobs.all()
	if d == resume.Send {
		j.uncertain = m.jobs.uncertain.With(own)
		collectors = append(collectors, m.jobs.uncertain)
	}
	for _, outcome := range outcomes() {
		j.ended.WithLabelValues(outcome)
	}
	for _, one := range collectors {
		_ = m.registry.Register(one) // for the second direction, it is there
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.observers = append(m.observers, j)
	return j
}

func outcomes() []string {
	all := []string{outcomeDone, outcomeSkipped}
	for _, kind := range failure.Kinds() {
		all = append(all, kind.Name())
	}
	return all
}

// jobs counts in one direction.
type jobs struct {
	direction resume.Direction

	started, attempts, bytes, uncertain prometheus.Counter // uncertain nil: nothing is uploaded
	ended, retries                      *prometheus.CounterVec
	inFlight, success                   prometheus.Gauge
	duration, size                      prometheus.Observer

	mu      sync.Mutex
	running map[string]way
	last    float64 // when a job ended well
}

// way is how far a job has come.
type way struct {
	attempt int
	done    int64
}

// Started is for [transfer.Observer], as are the others.
func (j *jobs) Started(key string, _ int64) {
	j.mu.Lock()
	j.running[key] = way{}
	j.mu.Unlock()
	j.started.Inc()
	j.inFlight.Inc()
}

// Progress counts what came since it was last told.
func (j *jobs) Progress(key string, attempt int, done int64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	last, running := j.running[key]
	if !running {
		return
	}
	if attempt != last.attempt || done < last.done {
		last.done = 0
	}
	j.bytes.Add(float64(done - last.done))
	j.running[key] = way{attempt, done}
}

func (j *jobs) Retrying(_ string, _ int, _ time.Duration, err error) {
	j.retries.WithLabelValues(failure.KindOf(err).Name()).Inc()
}

func (j *jobs) Ended(r transfer.Result) {
	j.mu.Lock()
	delete(j.running, r.Key)
	j.mu.Unlock()
	j.inFlight.Dec()
	j.attempts.Add(float64(r.Attempts))
	j.ended.WithLabelValues(outcome(r)).Inc()
	if r.Err == nil && !r.Skipped {
		j.succeeded(seconds(time.Now()))
		j.duration.Observe(r.Elapsed.Seconds())
		j.size.Observe(float64(r.Bytes))
	}
	if e, ok := errors.AsType[*failure.Error](r.Err); ok && e.Ambiguous && j.uncertain != nil {
		j.uncertain.Inc()
	}
}

// succeeded notes when a job ended well, unless a later one has.
func (j *jobs) succeeded(at float64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if at > j.last {
		j.last = at
		j.success.Set(at)
	}
}

func outcome(r transfer.Result) string {
	switch {
	case r.Err != nil:
		return failure.KindOf(r.Err).Name()
	case r.Skipped:
		return outcomeSkipped
	}
	return outcomeDone
}

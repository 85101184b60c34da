// Package metrics counts jobs of [transfer] and requests of a server for Prometheus.
//
// Labels have few values, all of them known beforehand: directions, kinds of failure, operations and bindings. Names of files,
// references and parties are never among them.
package metrics

import (
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// namespace begins the name of every metric but those of the process.
const namespace = "altinn_transfer"

// Metrics is one set of metrics in a registry of its own. It is safe for concurrent use.
type Metrics struct {
	registry *prometheus.Registry
	process  *prometheus.Registry
	jobs     jobMetrics
	requests requestMetrics
	runEnd   prometheus.Gauge
	runCode  prometheus.Gauge

	mu        sync.Mutex
	observers []*jobs
}

// New makes metrics of which nothing has happened.
func New() *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(), process: prometheus.NewRegistry(),
		jobs: newJobMetrics(), requests: newRequestMetrics(),
		runEnd:  gauge("run_end_timestamp_seconds", "When the run ended, in seconds since 1970."),
		runCode: gauge("run_exit_code", "The exit code of the run; 0 is success."),
	}
	m.process.MustRegister(collectors.NewGoCollector(), collectors.NewBuildInfoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Handler answers a scrape with all that was counted, and with the state of the Go runtime and of the process.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(prometheus.Gatherers{m.registry, m.process}, promhttp.HandlerOpts{})
}

// RunEnded notes how the run of a command ended, for [Metrics.WriteTextfile].
func (m *Metrics) RunEnded(at time.Time, exitCode int) {
	m.runEnd.Set(seconds(at))
	m.runCode.Set(float64(exitCode))
	for _, one := range []prometheus.Gauge{m.runEnd, m.runCode} {
		_ = m.registry.Register(one) // the second time, it is there
	}
}

func seconds(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }

func gauge(name, help string) prometheus.Gauge {
	return prometheus.NewGauge(prometheus.GaugeOpts{Namespace: namespace, Name: name, Help: help})
}

func gauges(name, help string, labels ...string) *prometheus.GaugeVec {
	return prometheus.NewGaugeVec(prometheus.GaugeOpts{Namespace: namespace, Name: name, Help: help}, labels)
}

func counters(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: namespace, Name: name, Help: help}, labels)
}

func histograms(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
	return prometheus.NewHistogramVec(prometheus.HistogramOpts{Namespace: namespace, Name: name, Help: help, Buckets: buckets}, labels)
}

// durations and sizes are the upper ends of the buckets, in seconds and bytes: coarse, because each is a series for every label.
var (
	durations = []float64{0.1, 0.5, 2, 10, 60, 300, 1800, 7200}
	sizes     = []float64{16 << 10, 256 << 10, 4 << 20, 64 << 20, 512 << 20, 2 << 30, 16 << 30}
)

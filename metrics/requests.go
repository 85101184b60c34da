package metrics

import (
	"cmp"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// requestMetrics are those of what a server was asked.
type requestMetrics struct {
	requests, bytes *prometheus.CounterVec
	duration        *prometheus.HistogramVec
	inFlight        prometheus.Gauge
}

func newRequestMetrics() requestMetrics {
	return requestMetrics{
		requests: counters("server_requests_total", "Requests that were answered or broke off.", "operation", "binding", "outcome"),
		bytes:    counters("server_bytes_total", "Bytes of the bodies of requests (in) and answers (out).", "operation", "way"),
		duration: histograms("server_request_duration_seconds", "How long requests took.", durations, "operation"),
		inFlight: gauge("server_requests_in_flight", "Requests under way."),
	}
}

// Request is one request of a server, and what became of it.
type Request struct {
	Operation string        // base name; "": it did not become clear
	Binding   string        // "": it did not become clear
	Outcome   string        // a word of few
	In, Out   int64         // bytes of the bodies
	Elapsed   time.Duration // from the head of the request to the end of the answer
}

// Requests counts the requests of a server.
type Requests struct{ metrics *requestMetrics }

// Requests makes the metrics of a server part of what is told.
func (m *Metrics) Requests() *Requests {
	for _, one := range []prometheus.Collector{m.requests.requests, m.requests.bytes, m.requests.duration, m.requests.inFlight} {
		_ = m.registry.Register(one) // the second time, it is there
	}
	return &Requests{&m.requests}
}

// Began counts a request as one under way until the function is called, which must be once.
func (r *Requests) Began() (ended func(Request)) {
	r.metrics.inFlight.Inc()
	return func(q Request) {
		r.metrics.inFlight.Dec()
		operation, binding := cmp.Or(q.Operation, "unknown"), cmp.Or(q.Binding, "unknown")
		r.metrics.requests.WithLabelValues(operation, binding, q.Outcome).Inc()
		r.metrics.bytes.WithLabelValues(operation, "in").Add(float64(q.In))
		r.metrics.bytes.WithLabelValues(operation, "out").Add(float64(q.Out))
		r.metrics.duration.WithLabelValues(operation).Observe(q.Elapsed.Seconds())
	}
}

package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/altinn-transfer/altinn-transfer/metrics"
	"github.com/altinn-transfer/altinn-transfer/server"
	"github.com/spf13/pflag"
)

// metricsFlags are for a command that goes on until it is stopped: Prometheus asks it how it is.
type metricsFlags struct {
	app  *app
	addr string
}

func (a *app) addMetricsFlags(flags *pflag.FlagSet) *metricsFlags {
	m := &metricsFlags{app: a}
	flags.StringVar(&m.addr, "metrics-addr", "", "`host:port` where Prometheus finds /metrics, as 127.0.0.1:9464; without a password and unencrypted")
	return m
}

// start answers scrapes of m until stop is called, which waits for the end. Without an address, nobody is answered.
func (f *metricsFlags) start(m *metrics.Metrics) (stop func(), err error) {
	if f.addr == "" {
		return func() {}, nil
	}
	addr, err := net.ResolveTCPAddr("tcp", f.addr)
	if err != nil {
		return nil, usageError("--metrics-addr: %w", err)
	}
	listener, err := net.ListenTCP("tcp", addr)
	if err != nil {
		return nil, usageError("--metrics-addr: %w", err)
	}
	if !addr.IP.IsLoopback() {
		f.app.log.Warn("anybody who reaches the address can read the metrics", "addr", listener.Addr())
	}
	f.app.log.Info("metrics are served", "addr", listener.Addr())
	return serveMetrics(listener, m), nil
}

// Times of a scrape, beyond which nobody is waited for.
const (
	scrapeTime = 10 * time.Second
	scrapeStop = time.Second
)

func serveMetrics(l net.Listener, m *metrics.Metrics) (stop func()) {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", m.Handler())
	web := &http.Server{Handler: mux, ReadHeaderTimeout: scrapeTime, ReadTimeout: scrapeTime, WriteTimeout: scrapeTime, IdleTimeout: 2 * time.Minute}
	var over sync.WaitGroup
	over.Go(func() { web.Serve(l) })
	return func() {
		ctx, cancel := context.WithTimeout(context.Background(), scrapeStop)
		defer cancel()
		if err := web.Shutdown(ctx); errors.Is(err, context.DeadlineExceeded) {
			web.Close()
		}
		over.Wait()
	}
}

// requestCounter tells metrics of a server's requests.
type requestCounter struct{ requests *metrics.Requests }

func (c requestCounter) Began() func(server.Request) {
	ended := c.requests.Began()
	return func(q server.Request) { ended(metrics.Request(q)) }
}

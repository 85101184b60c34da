package main

import (
	"cmp"
	"path/filepath"
	"time"

	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/metrics"
	"github.com/altinn-transfer/altinn-transfer/resume"
	"github.com/spf13/pflag"
)

// recordFlags say what a run leaves behind for those who were not there: a row for each job, and metrics.
type recordFlags struct {
	app       *app
	direction resume.Direction
	report    string
	textfile  string
	scraped   *metricsFlags // nil: of a command that ends by itself
}

// addReportFlag is for a command that carries out jobs.
func (a *app) addReportFlag(flags *pflag.FlagSet, d resume.Direction) *recordFlags {
	r := &recordFlags{app: a, direction: d}
	flags.StringVar(&r.report, "report", "", "`file` that gets a row for each job that ends: .csv, or .json for lines of JSON; one that is there is added to")
	return r
}

// addRecordFlags is for a command that carries out jobs and then ends.
func (a *app) addRecordFlags(flags *pflag.FlagSet, d resume.Direction) *recordFlags {
	r := a.addReportFlag(flags, d)
	flags.StringVar(&r.textfile, "metrics-textfile", "", "`file` that gets metrics of the run, however it ended, for node_exporter (.prom)")
	return r
}

// addLastingRecordFlags is for a command that carries out jobs until it is told to stop.
func (a *app) addLastingRecordFlags(flags *pflag.FlagSet, d resume.Direction) *recordFlags {
	r := a.addReportFlag(flags, d)
	r.scraped = a.addMetricsFlags(flags)
	return r
}

// recorders are the views that leave something behind, whatever is shown.
func (a *app) recorders() views {
	var all views
	if a.logJobs {
		all = append(all, heard{newLogView(a.log)})
	}
	for _, o := range a.observers {
		all = append(all, heard{o})
	}
	return all
}

// around runs a command with what it is to leave behind. What cannot be opened stops it before it begins. What cannot be written
// later does not, but the run ends as one that the disk refused.
func (r *recordFlags) around(run func() error) error {
	reported := func() error { return r.withReport(run) }
	if r.scraped != nil {
		return r.whileScraped(reported)
	}
	return r.withMetrics(reported)
}

// whileScraped serves metrics for as long as the command goes on.
func (r *recordFlags) whileScraped(run func() error) error {
	m := metrics.New()
	stop, err := r.scraped.start(m)
	if err != nil {
		return err
	}
	defer stop()
	r.app.observers = append(r.app.observers, m.Jobs(r.direction))
	return run()
}

func (r *recordFlags) withReport(run func() error) error {
	if r.report == "" {
		return run()
	}
	report, err := openReport(r.report, r.direction, r.app.log)
	if err != nil {
		return err
	}
	r.app.observers = append(r.app.observers, report)
	err = run()
	return cmp.Or(err, report.Close())
}

// withMetrics writes them also for a run that failed before it began, which is what an operator must hear of.
func (r *recordFlags) withMetrics(run func() error) error {
	if r.textfile == "" {
		return run()
	}
	if filepath.Ext(r.textfile) != ".prom" {
		return usageError("--metrics-textfile: %q does not end in .prom, and node_exporter looks at no other files", r.textfile)
	}
	m := metrics.New()
	r.app.observers = append(r.app.observers, m.Jobs(r.direction))
	err := run()
	m.RunEnded(time.Now(), exitCode(err))
	return cmp.Or(err, r.write(m))
}

func (r *recordFlags) write(m *metrics.Metrics) error {
	if err := m.WriteTextfile(r.textfile); err != nil {
		r.app.log.Warn("metrics are not written", "path", r.textfile, "error", err)
		return &failure.Error{Op: "write metrics", Kind: failure.Disk, Err: err}
	}
	return nil
}

package metrics_test

import (
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/metrics"
	"github.com/altinn-transfer/altinn-transfer/resume"
	"github.com/altinn-transfer/altinn-transfer/transfer"
)

// scrape gives every sample as Prometheus reads it, by name and labels.
func scrape(t *testing.T, m *metrics.Metrics) map[string]string {
	t.Helper()
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	if w.Code != 200 {
		t.Fatalf("HTTP %d: %s", w.Code, w.Body)
	}
	return samples(w.Body.String())
}

func samples(text string) map[string]string {
	all := map[string]string{}
	for line := range strings.Lines(text) {
		if at := strings.LastIndexByte(line, ' '); at > 0 && line[0] != '#' {
			all[line[:at]] = strings.TrimSpace(line[at:])
		}
	}
	return all
}

func compare(t *testing.T, got map[string]string, want map[string]string) {
	t.Helper()
	for name, value := range want {
		if got["altinn_transfer_"+name] != value {
			t.Errorf("%s is %q, not %q", name, got["altinn_transfer_"+name], value)
		}
	}
}

func TestJobsAreCountedByDirectionAndOutcome(t *testing.T) {
	m := metrics.New()
	sent, received := m.Jobs(resume.Send), m.Jobs(resume.Receive)
	compare(t, scrape(t, m), map[string]string{
		`jobs_started_total{direction="send"}`:                         "0",
		`jobs_ended_total{direction="receive",outcome="stalled"}`:      "0",
		`last_success_timestamp_seconds{direction="send"}`:             "0",
		`uncertain_uploads_total{direction="send"}`:                    "0",
		`uncertain_uploads_total{direction="receive"}`:                 "",
		`job_duration_seconds_bucket{direction="receive",le="+Inf"}`:   "0",
		`jobs_ended_total{direction="receive",outcome="disk"}`:         "0",
		`job_retries_total{direction="send",kind="network"}`:           "",
		`jobs_ended_total{direction="send",outcome="unauthenticated"}`: "0",
	})
	cut := &failure.Error{Kind: failure.Network, Ambiguous: true}
	for _, key := range []string{"a", "b", "c", "d"} {
		sent.Started(key, 1000)
	}
	sent.Progress("a", 1, 400)
	sent.Retrying("a", 1, time.Second, cut)
	sent.Progress("a", 2, 100)
	sent.Progress("a", 2, 1000)
	sent.Progress("nobody", 1, 1000)
	sent.Ended(transfer.Result{Key: "a", Bytes: 1000, Attempts: 2, Elapsed: time.Second})
	sent.Ended(transfer.Result{Key: "b", Skipped: true, Bytes: 1000})
	sent.Ended(transfer.Result{Key: "c", Attempts: 5, Err: fmt.Errorf("upload: %w", cut)})
	received.Started("a", -1)
	received.Ended(transfer.Result{Key: "a", Attempts: 1, Err: errors.New("whatever")})
	compare(t, scrape(t, m), map[string]string{
		`jobs_started_total{direction="send"}`:                      "4",
		`jobs_in_flight{direction="send"}`:                          "1",
		`jobs_ended_total{direction="send",outcome="done"}`:         "1",
		`jobs_ended_total{direction="send",outcome="skipped"}`:      "1",
		`jobs_ended_total{direction="send",outcome="network"}`:      "1",
		`jobs_ended_total{direction="receive",outcome="unknown"}`:   "1",
		`job_retries_total{direction="send",kind="network"}`:        "1",
		`job_attempts_total{direction="send"}`:                      "7",
		`payload_bytes_total{direction="send"}`:                     "1400",
		`uncertain_uploads_total{direction="send"}`:                 "1",
		`job_size_bytes_sum{direction="send"}`:                      "1000",
		`job_size_bytes_count{direction="send"}`:                    "1",
		`job_duration_seconds_bucket{direction="send",le="0.5"}`:    "0",
		`job_duration_seconds_bucket{direction="send",le="2"}`:      "1",
		`last_success_timestamp_seconds{direction="receive"}`:       "0",
		`jobs_in_flight{direction="receive"}`:                       "0",
		`job_duration_seconds_bucket{direction="receive",le="0.5"}`: "0",
	})
	if at := scrape(t, m)[`altinn_transfer_last_success_timestamp_seconds{direction="send"}`]; !strings.HasPrefix(at, "1.") && !strings.HasPrefix(at, "2.") {
		t.Errorf("the last success was at %q", at)
	}
}

// What a sender wrote must not become a label, or a scrape grows with the number of files.
func TestNamesAreNoLabels(t *testing.T) {
	m := metrics.New()
	sent := m.Jobs(resume.Send)
	for i := range 100 {
		key := fmt.Sprintf("secret-%d.zip", i)
		sent.Started(key, 1)
		sent.Retrying(key, 1, 0, fmt.Errorf("%s: broken", key))
		sent.Ended(transfer.Result{Key: key, Name: key, Path: key, Err: fmt.Errorf("%s: broken", key)})
	}
	all := scrape(t, m)
	if n := len(all); n > 200 {
		t.Errorf("%d samples", n)
	}
	for name := range all {
		if strings.Contains(name, "secret") {
			t.Errorf("a label holds a name: %s", name)
		}
	}
}

func TestRequestsAreCountedByOperation(t *testing.T) {
	m := metrics.New()
	requests := m.Requests()
	ended := requests.Began()
	compare(t, scrape(t, m), map[string]string{"server_requests_in_flight": "1"})
	ended(metrics.Request{Operation: "UploadFileStreamed", Binding: "Basic", Outcome: "ok", In: 1000, Out: 10, Elapsed: time.Second})
	requests.Began()(metrics.Request{Outcome: "refused", In: 5})
	compare(t, scrape(t, m), map[string]string{
		"server_requests_in_flight": "0",
		`server_requests_total{binding="Basic",operation="UploadFileStreamed",outcome="ok"}`: "1",
		`server_requests_total{binding="unknown",operation="unknown",outcome="refused"}`:     "1",
		`server_bytes_total{operation="UploadFileStreamed",way="in"}`:                        "1000",
		`server_bytes_total{operation="UploadFileStreamed",way="out"}`:                       "10",
		`server_request_duration_seconds_count{operation="unknown"}`:                         "1",
	})
}

func TestAScrapeTellsOfTheProcessAndATextfileDoesNot(t *testing.T) {
	m := metrics.New()
	m.Jobs(resume.Send)
	if all := scrape(t, m); all["go_goroutines"] == "" {
		t.Error("a scrape says nothing of the runtime")
	}
	for name := range written(t, m, filepath.Join(t.TempDir(), "sent.prom")) {
		if !strings.HasPrefix(name, "altinn_transfer_") {
			t.Errorf("node_exporter would be told %s twice", name)
		}
	}
}

func written(t *testing.T, m *metrics.Metrics, path string) map[string]string {
	t.Helper()
	if err := m.WriteTextfile(path); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return samples(string(text))
}

// A rule such as time() - last_success > 1d must see the last success also when runs since have failed.
func TestARunThatFailedKeepsTheLastSuccess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sent.prom")
	const success = `altinn_transfer_last_success_timestamp_seconds{direction="send"}`
	if err := os.WriteFile(path, []byte("# TYPE altinn_transfer_last_success_timestamp_seconds gauge\n"+success+" 1.7e+09\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(result transfer.Result, code int) map[string]string {
		m := metrics.New()
		jobs := m.Jobs(resume.Send)
		jobs.Started("a", 1)
		result.Key = "a"
		jobs.Ended(result)
		m.RunEnded(time.Unix(1_800_000_000, 0), code)
		m.RunEnded(time.Unix(1_800_000_000, 0), code)
		return written(t, m, path)
	}
	failed := run(transfer.Result{Err: errors.New("broken")}, 3)
	if failed[success] != "1.7e+09" || failed["altinn_transfer_run_exit_code"] != "3" || failed["altinn_transfer_run_end_timestamp_seconds"] != "1.8e+09" {
		t.Errorf("%v", failed)
	}
	if done := run(transfer.Result{}, 0); done[success] == "1.7e+09" || done[success] == "0" || done["altinn_transfer_run_exit_code"] != "0" {
		t.Errorf("%v", done)
	}
	if err := os.WriteFile(path, []byte("no metrics {{{\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if failed := run(transfer.Result{Err: errors.New("broken")}, 3); failed[success] != "0" {
		t.Errorf("%v", failed)
	}
}

func TestATextfileIsWholeOrNotThere(t *testing.T) {
	dir := t.TempDir()
	m := metrics.New()
	m.Jobs(resume.Send)
	if err := m.WriteTextfile(filepath.Join(dir, "missing", "a.prom")); err == nil {
		t.Error("a directory that is not there takes it")
	}
	written(t, m, filepath.Join(dir, "a.prom"))
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("%v, %v", entries, err)
	}
	if mode, err := os.Stat(filepath.Join(dir, "a.prom")); err != nil || mode.Mode().Perm()&0o044 != 0o044 && filepath.Separator == '/' {
		t.Errorf("node_exporter is another user and may not read it: %v, %v", mode.Mode(), err)
	}
}

// Prometheus and its linter want lower case, and _total at the end of what only grows.
func TestNamesAreAsPrometheusWantsThem(t *testing.T) {
	m := metrics.New()
	m.Jobs(resume.Send)
	m.Requests()
	m.RunEnded(time.Now(), 0)
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	kinds := regexp.MustCompile(`(?m)^# TYPE (altinn_transfer_\S+) (\S+)$`).FindAllStringSubmatch(w.Body.String(), -1)
	if len(kinds) < 10 {
		t.Fatalf("%d families", len(kinds))
	}
	for _, kind := range kinds {
		if (kind[2] == "counter") != strings.HasSuffix(kind[1], "_total") {
			t.Errorf("%s is a %s", kind[1], kind[2])
		}
	}
}

//go:build unix

package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/altinn-transfer/altinn-transfer/metrics"
	"go.uber.org/goleak"
)

func get(t *testing.T, url string) (int, string) {
	t.Helper()
	answer, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

func TestServeTellsPrometheusOfItsRequests(t *testing.T) {
	t.Parallel()
	s := serve(t, "", "--metrics-addr", "127.0.0.1:0", "--log-format", "json", "--log-level", "debug")
	if err := os.WriteFile(filepath.Join(s.dir, "a.txt"), []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`"msg":"metrics are served","addr":"(127\.0\.0\.1:\d+)"`).FindStringSubmatch(s.before)
	if found == nil {
		t.Fatalf("it does not say where: %s", s.before)
	}
	defer http.DefaultClient.CloseIdleConnections()
	for args, code := range map[string]int{"avsender": 0, "nobody": 12} {
		if r := s.client(t, append([]string{"send", "a.txt"}, append(toRecipient, "--user", args)...)...); r.code != code {
			t.Fatalf("%+v", r)
		}
	}
	_, text := get(t, "http://"+found[1]+"/metrics")
	for _, want := range []string{
		`altinn_transfer_server_requests_total{binding="Basic",operation="UploadFileStreamed",outcome="ok"} 1`,
		`altinn_transfer_server_requests_total{binding="Basic",operation="InitiateBrokerService",outcome="refused"} 1`,
		`altinn_transfer_server_request_duration_seconds_count{operation="UploadFileStreamed"} 1`,
		"altinn_transfer_server_requests_in_flight 0", "go_goroutines ", "process_resident_memory_bytes ",
	} {
		if !strings.Contains(text, "\n"+want) {
			t.Errorf("it does not tell %s", want)
		}
	}
	if strings.Contains(text, "a.txt") || strings.Contains(text, "910075918") {
		t.Error("a label holds a name")
	}
	if code, _ := get(t, "http://"+found[1]+"/"); code != http.StatusNotFound {
		t.Errorf("beside the metrics there is something else: %d", code)
	}
	if r := s.client(t, "serve", "--addr", "127.0.0.1:0", "--metrics-addr", found[1]); r.code != exitUsage || !strings.Contains(r.err, "--metrics-addr: ") {
		t.Errorf("another one takes the same address: %+v", r)
	}
	checkAttributes(t, s.before+"\n"+s.end(t))
	if _, err := http.Get("http://" + found[1] + "/metrics"); err == nil {
		t.Error("it has ended, and still answers")
	}
}

func TestMetricsEndWithTheCommand(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	var out bytes.Buffer
	a := &app{screen: newScreen(&out)}
	a.log = newLogger(a.screen, logText, 0)
	f := &metricsFlags{app: a, addr: "0.0.0.0:0"}
	stop, err := f.start(metrics.New())
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`level=INFO msg="metrics are served" addr=\S*:(\d+)`).FindStringSubmatch(out.String())
	if found == nil || !strings.Contains(out.String(), "level=WARN msg=\"anybody who reaches") {
		t.Fatalf("it said %q", out.String())
	}
	get(t, "http://127.0.0.1:"+found[1]+"/metrics")
	// One that connects and says nothing must not hold the end up.
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	silent, err := (&net.Dialer{}).DialContext(ctx, "tcp", "127.0.0.1:"+found[1])
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	begin := time.Now()
	stop()
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("it took %v to end", took)
	}
	http.DefaultClient.CloseIdleConnections()

	f.addr = ""
	if stop, err = f.start(metrics.New()); err != nil {
		t.Fatal(err)
	}
	stop()
}

package metrics_test

import (
	"context"
	"fmt"
	"log"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"

	"github.com/altinn-transfer/altinn-transfer/binding"
	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/metrics"
	"github.com/altinn-transfer/altinn-transfer/resume"
	"github.com/altinn-transfer/altinn-transfer/server"
	"github.com/altinn-transfer/altinn-transfer/stream"
	"github.com/altinn-transfer/altinn-transfer/transfer"
)

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// Metrics observe a manager. A program that goes on serves them to Prometheus (Handler); one that ends leaves them in a file.
func Example() {
	dir, err := os.MkdirTemp("", "example")
	must(err)
	defer os.RemoveAll(dir)
	service, err := server.New(server.Options{Dir: filepath.Join(dir, "store"), Users: server.DemoUsers()})
	must(err)
	defer service.Close()
	far := httptest.NewServer(service)
	defer far.Close()
	client, err := broker.New(far.URL, binding.Basic{SystemUser: "avsender", Password: binding.Literal("avsender-demo")}, nil)
	must(err)
	defer client.Close()

	m := metrics.New()
	manager := transfer.New(client, transfer.Options{Observer: m.Jobs(resume.Send)})
	sent := manager.Send(context.Background(), transfer.Job{
		Source: stream.Bytes("report.zip", []byte("PK\x03\x04 and so on")),
		Manifest: broker.Manifest{
			ServiceCode: "4192", EditionCode: 270815, Sender: "910075918", Recipients: []broker.Party{"910077473"},
		},
	})
	must(sent.Err)

	path := filepath.Join(dir, "altinn.prom")
	must(m.WriteTextfile(path))
	text, err := os.ReadFile(path)
	must(err)
	for line := range strings.Lines(string(text)) {
		if strings.Contains(line, "payload_bytes_total{") || strings.Contains(line, `outcome="done"`) {
			fmt.Print(line)
		}
	}
	// Output:
	// altinn_transfer_jobs_ended_total{direction="send",outcome="done"} 1
	// altinn_transfer_payload_bytes_total{direction="send"} 14
}

package main

import (
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/archive"
	"github.com/altinn-transfer/altinn-transfer/binding"
	"github.com/altinn-transfer/altinn-transfer/server"
	"github.com/altinn-transfer/altinn-transfer/stream"
)

// TestGettingAnAttachmentTakesTheMemoryOfASmallOne runs the command as a process of its own, once for an attachment of a few
// bytes, then for the largest that comes within the answer, and for one that is streamed.
func TestGettingAnAttachmentTakesTheMemoryOfASmallOne(t *testing.T) {
	const leeway = 16 << 20 // buffers, and what the Go runtime does not give back at once
	sizes := []int64{10, 30 << 20, 40 << 20}
	address, ids := archived(t, sizes)
	least := int64(0)
	for i, id := range ids {
		path := filepath.Join(t.TempDir(), "attachment")
		peak := peakOf(t, "attachment", "get", strconv.Itoa(id), "-o", path, "--endpoint", address, "--user", "avsender", "--password-env", "SENDING")
		t.Logf("an attachment of %d bytes: %d KiB at most", sizes[i], peak>>10)
		if info, err := os.Stat(path); err != nil || info.Size() != sizes[i] {
			t.Errorf("it was not stored: %v, %v", info, err)
		}
		if i == 0 {
			least = peak
		} else if peak > least+leeway {
			t.Errorf("an attachment of %d bytes takes %d KiB, a small one %d KiB", sizes[i], peak>>10, least>>10)
		}
	}
}

// archived is a far side with one archived form task, and the ids of attachments of those sizes.
func archived(t *testing.T, sizes []int64) (address string, ids []int) {
	t.Helper()
	service, err := server.New(server.Options{Dir: t.TempDir(), Users: server.DemoUsers()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { service.Close() })
	far := httptest.NewServer(service)
	t.Cleanup(far.Close)
	client, err := archive.New(far.URL, binding.Basic{SystemUser: "avsender", Password: binding.Literal("avsender-demo")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	receipt, err := client.SubmitFormTask(t.Context(), archive.Shipment{
		Reportee: "910075918", ServiceCode: "4711", Edition: 1, Forms: []archive.Form{{DataFormat: "5120", Version: 1, Data: "<melding/>"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	element := receipt.ReporteeElement()
	for i, size := range sizes {
		attachment := archive.Attachment{ReporteeElement: element, FileName: fmt.Sprintf("%d.bin", i)}
		if _, err := client.SubmitAttachment(t.Context(), attachment, pattern(t, size), nil); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := client.CompleteAndSignShipment(t.Context(), archive.Completion{ReporteeElement: element}); err != nil {
		t.Fatal(err)
	}
	task, err := client.GetArchivedFormTask(t.Context(), element)
	if err != nil {
		t.Fatal(err)
	}
	for _, attachment := range task.Attachments {
		ids = append(ids, attachment.ID)
	}
	return far.URL, ids
}

// pattern is a file of that size.
func pattern(t *testing.T, size int64) stream.Source {
	t.Helper()
	path := filepath.Join(t.TempDir(), "pattern")
	if err := writePattern(path, size); err != nil {
		t.Fatal(err)
	}
	source, err := stream.File(path)
	if err != nil {
		t.Fatal(err)
	}
	return source
}

// peakOf is the most memory that a run of the command had at once, in bytes; or that this process had when it began the command,
// where that is more.
func peakOf(t *testing.T, args ...string) int64 {
	t.Helper()
	command := exec.Command("altinn-transfer", args...)
	command.Env = append(os.Environ(), "SENDING=avsender-demo")
	if output, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	return command.ProcessState.SysUsage().(*syscall.Rusage).Maxrss << 10
}

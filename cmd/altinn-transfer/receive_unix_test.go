//go:build unix

package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/binding"
	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/resume"
	"github.com/altinn-transfer/altinn-transfer/stream"
)

// sendNamed sends a file under a name that the command would refuse.
func sendNamed(t *testing.T, url, name string) {
	t.Helper()
	client, err := broker.New(url, binding.Basic{SystemUser: "avsender", Password: binding.Literal("avsender-demo")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	reference, err := client.Initiate(t.Context(), broker.Manifest{
		ServiceCode: "4192", EditionCode: 270815, Sender: "910075918", Recipients: []broker.Party{"910077473"}, SendersReference: "r",
	})
	if err != nil {
		t.Fatal(err)
	}
	file := stream.Bytes("a.zip", []byte("PK\x05\x06"+strings.Repeat("\x00", 18)))
	if _, err := client.Upload(t.Context(), reference, "910075918", file, &broker.UploadOptions{FileName: name}); err != nil {
		t.Fatal(err)
	}
}

// A name that cannot be used here is told with the command that fetches the file all the same, and holds up no other.
func TestAHostileNameIsToldWithAWayOut(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"../x.zip", "a\nb.zip", strings.Repeat("n", 300), "/etc/x.zip", `..\x.zip`} {
		t.Run(name, func(t *testing.T) {
			url, dir := far(t), t.TempDir()
			sendNamed(t, url, name)
			sendNamed(t, url, "good.zip")
			cmd := process(t, url, append([]string{"receive", "--out", dir}, asRecipient...)...)
			cmd.Run()
			told := cmd.Stderr.(*bytes.Buffer).String()
			if code := cmd.ProcessState.ExitCode(); code != exitSomeFailed || !strings.Contains(told, "the file's name cannot be used here") {
				t.Errorf("exit code %d: %s", code, told)
			}
			if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 || entries[0].Name() != "good.zip" {
				t.Errorf("stored: %v, %v", entries, err)
			}
			advice := regexp.MustCompile(`\n    altinn-transfer (download .*) FILE\n$`).FindStringSubmatch(told)
			if advice == nil {
				t.Fatalf("no way out: %q", told)
			}
			cmd = process(t, url, append(strings.Fields(advice[1]), dir+"/mine.zip")...)
			if err := cmd.Run(); err != nil {
				t.Errorf("%s: %v, %s", advice[1], err, cmd.Stderr)
			}
		})
	}
}

// What a process leaves that ends between the confirm and the record of it is told by a plan, and ended by the same command,
// though the service lists nothing any more.
func TestAConfirmThatWasNotWrittenDownIsMadeUpFor(t *testing.T) {
	url, dir := far(t), t.TempDir()
	journal := filepath.Join(t.TempDir(), "journal")
	receive := append([]string{"receive", "--out", dir, "--journal", journal}, asRecipient...)
	sendNamed(t, url, "a.zip")
	ends(t, exitDone, process(t, url, receive...))
	forget(t, journal)
	plan := process(t, url, append(receive, "--dry-run")...)
	var planned bytes.Buffer
	plan.Stdout = &planned
	told := ends(t, exitDone, plan)
	if !strings.HasPrefix(planned.String(), "confirm ") || !strings.Contains(told, "would receive 1 file") {
		t.Errorf("the plan is %q, %q", planned.String(), told)
	}
	told = ends(t, exitDone, process(t, url, receive...))
	if !strings.Contains(told, "a.zip") || !strings.Contains(told, "it was stored before") {
		t.Errorf("it said %q", told)
	}
	if found := states(t, journal); found[resume.Confirmed] != 1 || len(found) != 1 {
		t.Errorf("the journal has %v", found)
	}
}

// forget makes every record of a journal one of a file whose confirm is not known of.
func forget(t *testing.T, path string) {
	t.Helper()
	journal, err := resume.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer journal.Close()
	for record, err := range journal.All(t.Context()) {
		record.State = resume.Stored
		if err = errors.Join(err, journal.Put(t.Context(), record)); err != nil {
			t.Fatal(err)
		}
	}
}

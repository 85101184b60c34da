package transfer_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/altinn-transfer/altinn-transfer/binding"
	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/transfer"
)

// What the parent tells a process that receives and dies, beside what it tells one that sends.
const (
	envReceiverDiesAt = "TRANSFER_TEST_RECEIVER_DIES_AT" // the step, from 1; 0: it lives
	envInto           = "TRANSFER_TEST_INTO"
)

// Download has a step at each piece that is read.
func (b mortalBackend) Download(ctx context.Context, r broker.Reference, p broker.Party) (*broker.Download, error) {
	b.step("before download")
	d, err := b.Backend.Download(ctx, r, p)
	if err != nil {
		return nil, err
	}
	return &broker.Download{Body: mortalReader{d.Body, b.mortal}, Size: d.Size}, nil
}

func (b mortalBackend) Confirm(ctx context.Context, r broker.Reference, p broker.Party) error {
	b.step("before confirm")
	defer b.step("after confirm")
	return b.Backend.Confirm(ctx, r, p)
}

// TestReceiveThatDies is what the process of [TestReceiveSurvivesAKillAtEveryStep] runs. It is nothing by itself.
func TestReceiveThatDies(t *testing.T) {
	if os.Getenv(envReceiverDiesAt) == "" {
		return
	}
	m := &mortal{}
	var err error
	if m.diesAt, err = strconv.Atoi(os.Getenv(envReceiverDiesAt)); err != nil {
		t.Fatal(err)
	}
	for _, r := range receiveInFull(t, m, os.Getenv(envAddress), os.Getenv(envJournal), os.Getenv(envInto)) {
		if r.Err != nil {
			t.Fatal(r.Err)
		}
	}
	fmt.Println("lived", m.passed)
}

// receiveInFull is one run of a recipient: a journal of its own, a client of its own.
func receiveInFull(t *testing.T, m *mortal, address, journal, dir string) (results []transfer.Result) {
	t.Helper()
	file := openJournal(t, journal)
	defer file.Close()
	client := recipientAt(t, address)
	defer client.Close()
	manager := transfer.New(mortalBackend{client, m}, transfer.Options{
		Journal: mortalJournal{file, m}, Scope: address, Concurrency: 1, Retry: transfer.Retry{Base: 10 * time.Millisecond},
	})
	manager.SetStepped(func(step string) { m.step("on disk: " + step) })
	for r := range manager.ReceiveAll(t.Context(), broker.Query{Recipient: "910077473"}, dir) {
		results = append(results, r)
	}
	return results
}

func recipientAt(t *testing.T, address string) *broker.Client {
	t.Helper()
	client, err := broker.New(address, binding.Basic{SystemUser: "mottaker", Password: binding.Literal("mottaker-demo")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// inbox is where a process receives a file, which dies on the way.
type inbox struct{ address, journal, dir string }

// newInbox has a service of its own, at which a file waits, whole or in segments.
func newInbox(t *testing.T, content []byte, segments int64) inbox {
	t.Helper()
	dir := t.TempDir()
	box := inbox{startService(t), filepath.Join(dir, "journal"), filepath.Join(dir, "in")}
	source := filepath.Join(dir, "a.zip")
	if err := errors.Join(os.Mkdir(box.dir, 0o700), os.WriteFile(source, content, 0o600)); err != nil {
		t.Fatal(err)
	}
	for _, r := range sendInFull(t, &mortal{}, box.address, filepath.Join(dir, "sent"), source, segments) {
		if r.Err != nil {
			t.Fatal(r.Err)
		}
	}
	return box
}

// run gives what the process said last.
func (b inbox) run(t *testing.T, diesAt int) string {
	t.Helper()
	word, rest := lastWords(t, "TestReceiveThatDies", envReceiverDiesAt+"="+strconv.Itoa(diesAt), envJournal+"="+b.journal,
		envAddress+"="+b.address, envInto+"="+b.dir)
	if word == "died" && diesAt == 0 {
		t.Fatalf("it died %s", rest)
	}
	if diesAt > 0 && word == "lived" { // a piece may have come as two the other time
		return "nowhere"
	}
	return rest
}

// waits is how many shipments were not confirmed.
func (b inbox) waits(t *testing.T) (n int) {
	t.Helper()
	client := recipientAt(t, b.address)
	defer client.Close()
	for _, err := range client.Available(t.Context(), broker.Query{Recipient: "910077473"}) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	return n
}

// A process that receives is killed at every step there is: before and behind each writing of the journal, before and behind
// each call, at each piece of the file, at each step on disk. Nothing but the whole file ever has its name, what is confirmed is
// there, and the same command again ends it: the file once, nothing beside it, nothing that waits.
func TestReceiveSurvivesAKillAtEveryStep(t *testing.T) {
	content := append([]byte(zipHead), numbered(110_000)...)
	for name, test := range map[string]struct{ segments int64 }{"whole": {0}, "in segments": {80_000}} {
		t.Run(name, func(t *testing.T) {
			steps, err := strconv.Atoi(newInbox(t, content, test.segments).run(t, 0))
			if err != nil || steps < 10 {
				t.Fatalf("%d steps, %v", steps, err)
			}
			for k := 1; k <= steps; k++ {
				t.Run(strconv.Itoa(k), func(t *testing.T) {
					t.Parallel()
					box := newInbox(t, content, test.segments)
					died := box.run(t, k)
					checkInbox(t, box, content, died)
				})
			}
		})
	}
}

func checkInbox(t *testing.T, box inbox, content []byte, died string) {
	t.Helper()
	named := filepath.Join(box.dir, "a.zip")
	got, err := os.ReadFile(named)
	if err == nil && !bytes.Equal(got, content) {
		t.Errorf("died %s: a part of it has its name", died)
	}
	if err != nil && box.waits(t) == 0 {
		t.Errorf("died %s: it is confirmed, and not there", died)
	}
	for range 2 {
		for _, r := range receiveInFull(t, &mortal{}, box.address, box.journal, box.dir) {
			if r.Err != nil {
				t.Errorf("died %s: %v", died, r.Err)
			}
		}
	}
	if got, err := os.ReadFile(named); err != nil || !bytes.Equal(got, content) {
		t.Errorf("died %s: %d bytes, %v", died, len(got), err)
	}
	if in := entries(t, box.dir); len(in) != 1 || box.waits(t) != 0 {
		t.Errorf("died %s: %q is there, %d wait", died, in, box.waits(t))
	}
	journal := openJournal(t, box.journal)
	defer journal.Close()
	for r, err := range journal.All(t.Context()) {
		if err != nil || !r.State.Done() {
			t.Errorf("died %s: the journal has %s as %s, %v", died, r.Name, r.State, err)
		}
	}
}

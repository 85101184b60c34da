package server

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/altinn-transfer/altinn-transfer/soap"
)

// A shipment whose time is up while its file is on the way must not be acknowledged, nor its record come back.
func TestAnUploadThatEndsBehindItsExpiry(t *testing.T) {
	dir := t.TempDir()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	s, err := openShipments(root, new(atomic.Int64), Options{Keep: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	reference, err := s.add(shipment{Sender: "910075918", Recipients: []recipient{{Party: "910077473"}}})
	if err != nil {
		t.Fatal(err)
	}
	e := s.find(reference)
	file, err := s.create(reference)
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(file, "PK")
	expired := *e.record.Load()
	expired.Initiated = expired.Initiated.Add(-2 * time.Hour)
	e.record.Store(&expired)
	if err := s.removeExpired(); err != nil {
		t.Fatal(err)
	}
	_, err = s.accept(e, file, upload{FileName: "a.zip", Size: 2})
	if fault, ok := err.(*soap.Fault); !ok || fault.Altinn.ErrorID != soap.CodeNotBroker {
		t.Errorf("accepted with %v", err)
	}
	file.Discard()
	if left, err := os.ReadDir(filepath.Join(dir, "broker")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// What a crash or a full disk leaves of a line is passed over; what cannot be read besides is no such thing.
func TestTheLineOfARecordThatCounts(t *testing.T) {
	const zeros = "\x00\x00\x00"
	for name, c := range map[string]struct {
		text, line string
		whole      bool
	}{
		"one":                    {"{1}\n", "{1}", true},
		"two":                    {"{1}\n{2}\n", "{2}", true},
		"a piece":                {"{1}\n{2}\n{", "{2}", false},
		"a line without its end": {"{1}\n{2}", "{1}", false},
		"zeros":                  {"{1}\n" + zeros, "{1}", false},
		"zeros within a line":    {"{1}\n{2}\n{" + zeros + "}\n", "{2}", false},
		"of an older server":     {"{1}", "{1}", false},
		"damage":                 {"{1}\n{x\n", "{x", true},
		"damage to all there is": {zeros + "\n", zeros, true},
		"nothing":                {"", "", false},
	} {
		if line, whole := lastLine([]byte(c.text)); string(line) != c.line || whole != c.whole {
			t.Errorf("%s: %q, %v", name, line, whole)
		}
	}
}

// A record goes on behind whatever the last server has left of it, and its file does not grow without end.
func TestARecordThatIsGoneOnWith(t *testing.T) {
	dir := t.TempDir()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	path := filepath.Join(dir, "broker", "r.json")
	if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	line := func(words string) string {
		return fmt.Sprintf(`{"Reference":"r","Initiated":%q,"Upload":{"Words":{"Text":%q}}}`, time.Now().Format(time.RFC3339), words)
	}
	for name, c := range map[string]struct {
		text  string
		lines int
	}{
		"whole":              {line("old") + "\n", 2},
		"a piece":            {line("old") + "\n" + `{"Refer`, 1},
		"of an older server": {line("old"), 1},
		"long":               {strings.Repeat(line("old")+"\n", 1000), 1},
	} {
		if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, now := range []string{"new", "newer"} {
			s, err := openShipments(root, new(atomic.Int64), Options{Keep: time.Hour})
			if err != nil {
				t.Fatal(name, err)
			}
			e := s.find("r")
			if now == "newer" && e.record.Load().Upload.Words.Text != "new" {
				t.Errorf("%s: %+v", name, e.record.Load().Upload)
			}
			if _, err := s.change(e, func(record *shipment) error { record.Upload.Words.Text = now; return nil }); err != nil {
				t.Error(name, err)
			}
			text, err := os.ReadFile(path)
			if err != nil || bytes.Count(text, []byte("\n")) != c.lines || !bytes.HasSuffix(text, []byte("\n")) {
				t.Errorf("%s: %v\n%.2000s", name, err, text)
			}
			c.lines++
			s.close()
		}
	}
}

func TestARequestHasATimeToSayWhatItWants(t *testing.T) {
	now := time.Now()
	soon, late := now.Add(time.Second), now.Add(time.Hour)
	for name, c := range map[string]struct {
		stall       time.Duration
		until       time.Time
		least, most time.Time
	}{
		"both, the stall first": {time.Minute, late, now.Add(time.Minute), now.Add(2 * time.Minute)},
		"both, the end first":   {time.Minute, soon, soon, soon},
		"no stall":              {-1, soon, soon, soon},
		"no end":                {time.Minute, time.Time{}, now.Add(time.Minute), now.Add(2 * time.Minute)},
		"neither":               {-1, time.Time{}, time.Time{}, time.Time{}},
	} {
		b := requestBody{stall: c.stall, until: c.until}
		if got := b.deadline(); got.Before(c.least) || got.After(c.most) {
			t.Errorf("%s: %v, want %v to %v", name, got, c.least, c.most)
		}
	}
}

// Attachments were taken before there were form tasks, to whatever element a client named. A form task that gets its number is
// another one.
func TestAnOldAttachmentIsNoNewFormTasks(t *testing.T) {
	dir := t.TempDir()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	if err := os.Mkdir(filepath.Join(dir, "attachments"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"1.json": `{"ID":1,"Element":2,"User":"mottaker","FileName":"a.pdf","Size":1}`, "1.bin": "x"} {
		if err := os.WriteFile(filepath.Join(dir, "attachments", name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ids := new(atomic.Int64)
	a, err := openAttachments(root, ids)
	if err != nil {
		t.Fatal(err)
	}
	defer a.close()
	tasks, err := openFormTasks(root, ids, a)
	if err != nil {
		t.Fatal(err)
	}
	defer tasks.close()
	task, _, err := tasks.add(formTask{User: "avsender", Party: "910075918", Forms: []form{{}}}, []string{"<a/>"}, nil)
	if err != nil || task.ID != 2 {
		t.Fatalf("form task %v, %v", task, err)
	}
	if got := task.attached(); len(got) > 0 {
		t.Errorf("it has the attachments %v", got)
	}
	record, file, err := a.open(1)
	if err != nil || record.Element == task.ID {
		t.Fatalf("%v, %v", record, err)
	}
	file.Close()
}

func TestAListOfReceiptsIsBounded(t *testing.T) {
	of := func(n, below int) []receiptView {
		views := make([]receiptView, n)
		for i := range views {
			views[i].subs = make([]receiptView, below)
		}
		return views
	}
	for _, c := range []struct{ n, below, want int }{
		{0, 0, 0}, {1000, 0, 1000}, {1001, 0, 1000}, {1001, 1, 1000}, {20, 1000, 20}, {21, 1000, 20}, {7, 3000, 6}, {1, 1000, 1},
	} {
		if got := len(bounded(of(c.n, c.below))); got != c.want {
			t.Errorf("%d with %d below each: %d, want %d", c.n, c.below, got, c.want)
		}
	}
}

package server

import (
	"io"
	"os"
	"path/filepath"
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
	s, err := openShipments(root, new(atomic.Int64), Options{Keep: 50 * time.Millisecond})
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
	time.Sleep(60 * time.Millisecond)
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

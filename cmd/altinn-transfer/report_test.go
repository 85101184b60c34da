package main

import (
	"encoding/csv"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/resume"
	"github.com/altinn-transfer/altinn-transfer/transfer"
)

// rows writes results into a report at path, and reads it.
func rows(t *testing.T, path string, results ...transfer.Result) [][]string {
	t.Helper()
	r, err := openReport(path, resume.Receive, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	for _, result := range results {
		r.Ended(result)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	all, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestAReportHarmsNoSpreadsheet(t *testing.T) {
	path := filepath.Join(t.TempDir(), "r.csv")
	all := rows(t, path,
		transfer.Result{Key: "=1+1.zip", Name: "+1.zip", Path: "@a", Note: "-b", Bytes: -1},
		transfer.Result{Key: "a\n\"b\",c\u202e", Err: &failure.Error{Kind: failure.Network, Err: errors.New("\t=cut")}},
	)
	if len(all) != 3 || !slices.Equal(all[0], reportColumns) {
		t.Fatalf("%q", all)
	}
	for _, cell := range all[1] {
		if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
			t.Errorf("a formula: %q", cell)
		}
	}
	if all[1][3] != "'=1+1.zip" || all[2][3] != `a\n"b",c\u202e` || all[2][2] != "failed" || all[2][13] != "network" {
		t.Errorf("%q", all)
	}
}

func TestAReportIsAddedTo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "r.csv")
	rows(t, path, transfer.Result{Key: "a"})
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text[:len(text)-1], 0o600); err != nil { // a run that was killed in the middle
		t.Fatal(err)
	}
	if all := rows(t, path, transfer.Result{Key: "b", Skipped: true}); len(all) != 3 || all[1][3] != "a" || all[2][3] != "b" || all[2][2] != "skipped" {
		t.Errorf("%q", all)
	}
	other := filepath.Join(t.TempDir(), "other.csv")
	for _, there := range []string{"time\n", "something else", "\n"} {
		if err := os.WriteFile(other, []byte(there), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := openReport(other, resume.Send, slog.New(slog.DiscardHandler)); !errors.Is(err, failure.Usage) {
			t.Errorf("%q is added to: %v", there, err)
		}
		if now, err := os.ReadFile(other); err != nil || string(now) != there {
			t.Errorf("%q is %q now", there, now)
		}
	}
}

func TestTheColumnsAreTheMembers(t *testing.T) {
	var members []string
	for field := range reflect.TypeFor[reportRow]().Fields() {
		members = append(members, field.Tag.Get("json"))
	}
	if !slices.Equal(members, reportColumns) || len(reportRow{}.cells()) != len(reportColumns) {
		t.Errorf("%v and %v", members, reportColumns)
	}
	words := strings.FieldsFunc(reportHelp, func(r rune) bool { return strings.ContainsRune(" ,;\n", r) })
	for _, column := range reportColumns {
		if !slices.Contains(words, column) {
			t.Errorf("the help does not tell of %s", column)
		}
	}
}

func TestARowThatCannotBeWrittenIsTold(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("this system has no full device")
	}
	link := filepath.Join(t.TempDir(), "r.json")
	if err := os.Symlink("/dev/full", link); err != nil {
		t.Skip(err)
	}
	var said strings.Builder
	r, err := openReport(link, resume.Send, slog.New(slog.NewTextHandler(&said, nil)))
	if err != nil {
		t.Fatal(err)
	}
	r.Ended(transfer.Result{Key: "a"})
	r.Ended(transfer.Result{Key: "b"})
	if err := r.Close(); exitCode(err) != exitDisk {
		t.Errorf("it ends with %v", err)
	}
	if strings.Count(said.String(), "level=WARN") != 1 || !strings.Contains(said.String(), "job=a") {
		t.Errorf("it said %q", said.String())
	}
}

package main

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"strings"
	"testing"
	"unicode"

	"github.com/altinn-transfer/altinn-transfer/broker"
)

// hostile are names that a sender may write to fool whoever reads them.
var hostile = map[string]string{
	"a.zip":                 "a.zip",
	"årsmelding 2026 🌲.zip": "årsmelding 2026 🌲.zip",
	`back\slash "quoted"`:   `back\slash "quoted"`,
	"\x1b[2Ja.zip":          `\x1b[2Ja.zip`,
	"a\nb\rc\td":            `a\nb\rc\td`,
	"a\u009b31mb":           `a\u009b31mb`,
	"a\u202egpj.exe":        `a\u202egpj.exe`,
	"a\u200bb\ufeffc\u00a0": `a\u200bb\ufeffc\u00a0`,
	"\x7f\x00":              `\x7f\x00`,
	"\xff\xfe":              `\xff\xfe`,
	"tag \U000e0041":        `tag \U000e0041`,
	"":                      "",
}

func TestHostileTextIsShownAsEscapes(t *testing.T) {
	for text, want := range hostile {
		if got := visible(text); got != want {
			t.Errorf("visible(%q) = %s, not %s", text, got, want)
		}
	}
}

func TestHostileNamesInTableAndEvents(t *testing.T) {
	var files []broker.AvailableFile
	for name := range hostile {
		files = append(files, broker.AvailableFile{Reference: "r", Name: name})
	}
	var table, events bytes.Buffer
	a := &app{out: &table, events: &eventWriter{w: &events}}
	if err := a.writeFileTable(files); err != nil {
		t.Fatal(err)
	}
	if err := a.writeFileEvents(files); err != nil {
		t.Fatal(err)
	}
	for name, output := range map[string]string{"table": table.String(), "events": events.String()} {
		unsafe := func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }
		if strings.ContainsFunc(output, unsafe) || strings.Contains(output, "\uFFFD") && name == "table" {
			t.Errorf("the %s is not safe: %q", name, output)
		}
	}
	lines := strings.Split(strings.TrimSpace(events.String()), "\n")
	for i, line := range lines {
		var event fileEvent
		if err := json.Unmarshal([]byte(line), &event); err != nil || event.Name != strings.ToValidUTF8(files[i].Name, "\uFFFD") && files[i].Name != "\xff\xfe" {
			t.Errorf("%s: %v, %q, not %q", line, err, event.Name, files[i].Name)
		}
	}
	if len(lines) != len(files) || strings.Count(table.String(), "\n") != len(files)+1 {
		t.Errorf("%d events and %d table lines for %d files", len(lines), strings.Count(table.String(), "\n"), len(files))
	}
}

func TestShellLineIsReadBackByAShell(t *testing.T) {
	words := []string{"printf", `%s\n`, "plain", "two words", "it's", `"$HOME" \ *`, "a\nb", "", "-x", "~", "ø"}
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("there is no sh")
	}
	out, err := exec.Command("sh", "-c", shellLine(words)).Output()
	if err != nil {
		t.Fatal(err)
	}
	if got, want := string(out), strings.Join(words[2:], "\n")+"\n"; got != want {
		t.Errorf("a shell reads %q, not %q", got, want)
	}
}

func TestAgainKeepsWhatWasGiven(t *testing.T) {
	cmd := newSendCommand(&app{})
	err := cmd.ParseFlags([]string{"--to", "1,2", "--manifest", "--to=3", "-j2", "--allow-plain-http=false", "--name", "my file.zip", "x"})
	if err != nil {
		t.Fatal(err)
	}
	all := func(string) bool { return true }
	got := again("altinn-transfer send", cmd.Flags(), all, "-dash.zip", "b c.zip")
	want := "altinn-transfer send --allow-plain-http=false --jobs 2 --manifest --name 'my file.zip' --to 1 --to 2 --to 3 -- -dash.zip 'b c.zip'"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestSizes(t *testing.T) {
	for text, want := range map[string]int64{
		"0": 0, "1": 1, "4096": 4096, "817 B": 817, "2GiB": 2 << 30, "2gib": 2 << 30, "1.5 MiB": 3 << 19, "1 kB": 1000, "64MB": 64e6, "7TiB": 7 << 40,
	} {
		if got, err := parseSize(text); err != nil || got != want {
			t.Errorf("parseSize(%q) = %d, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "B", "-1", "x", "1 XB", "1e30", "NaN", "Inf", "9000000 TiB", "1 2"} {
		if got, err := parseSize(text); err == nil {
			t.Errorf("parseSize(%q) = %d", text, got)
		}
	}
	for n, want := range map[int64]string{0: "0 B", 1023: "1023 B", 1024: "1.0 KiB", 1<<20 - 1: "1024.0 KiB", 3 << 19: "1.5 MiB", 5 << 30: "5.0 GiB", 3 << 40: "3.0 TiB"} {
		if got := formatSize(n); got != want {
			t.Errorf("formatSize(%d) = %s, not %s", n, got, want)
		}
	}
}

func TestClipNeverExceedsTheColumns(t *testing.T) {
	for columns, want := range map[int]string{-1: "", 0: "", 1: "…", 3: "ab…", 5: "abcde", 9: "abcde"} {
		if got := clip("abcde", columns); got != want {
			t.Errorf("clip to %d = %q, not %q", columns, got, want)
		}
	}
}

func TestPackageNames(t *testing.T) {
	for _, test := range []struct {
		name  string
		paths []string
		want  string
	}{
		{"", []string{"dir/report.pdf"}, "report.zip"},
		{"", []string{"out"}, "out.zip"},
		{"", []string{"out/"}, "out.zip"},
		{"", []string{".hidden"}, ".hidden.zip"},
		{"", []string{"."}, "package.zip"},
		{"", []string{".."}, "package.zip"},
		{"", []string{"a.txt", "b.txt"}, "package.zip"},
		{"mine.zip", []string{"a.txt", "b.txt"}, "mine.zip"},
	} {
		if got := packageName(test.name, test.paths); got != test.want {
			t.Errorf("packageName(%q, %q) = %s, not %s", test.name, test.paths, got, test.want)
		}
	}
}

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// What a shell asks for is answered from this machine alone: there is no endpoint, and no password.
func TestCompletionOfValues(t *testing.T) {
	dir := t.TempDir()
	config, journal := filepath.Join(dir, "config.toml"), filepath.Join(dir, "altinn-transfer", "send-1-a.journal")
	if err := os.Mkdir(filepath.Dir(journal), 0o700); err != nil {
		t.Fatal(err)
	}
	writeFile(t, journal, "")
	writeFile(t, config, profiles)
	for _, test := range []struct {
		line string
		want []string
	}{
		{"send --config " + config + " --profile ", []string{"avsender", "mottaker"}},
		{"poll --config " + config + " --profile ", []string{"avsender", "mottaker"}},
		{"send --config " + config + " --service ", []string{"4192"}},
		{"watch --config " + config + " --edition ", []string{"270815"}},
		{"send --config " + config + "x --profile ", nil},
		{"receive --binding ", []string{"basic", "ws", "ec2"}},
		{"endpoints --binding ", []string{"basic", "ws", "ec2"}},
		{"send --journal ", []string{journal}},
		{"call GetReceiptV2 ", nil},
	} {
		if got := completed(t, dir, test.line); !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, not %q", test.line, got, test.want)
		}
	}
	if got := completed(t, dir, "call GetReceipt"); !slices.Contains(got, "GetReceiptV2") {
		t.Errorf("operations: %q", got)
	}
}

// completed are the values that a shell is offered for the last word of a line.
func completed(t *testing.T, state, line string) []string {
	t.Helper()
	var out, errs bytes.Buffer
	a := &app{in: strings.NewReader(""), out: &out, err: &errs, env: func(name string) string {
		return map[string]string{"XDG_STATE_HOME": state}[name]
	}}
	if code := a.run(t.Context(), append([]string{"__complete"}, strings.Split(line, " ")...)); code != exitDone {
		t.Fatalf("%s: exit code %d: %s", line, code, errs.String())
	}
	var values []string
	for row := range strings.Lines(out.String()) {
		if value, _, _ := strings.Cut(strings.TrimSpace(row), "\t"); value != "" && value[0] != ':' {
			values = append(values, value)
		}
	}
	return values
}

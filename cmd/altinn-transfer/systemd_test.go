package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// unit is a file of packaging/systemd: the values of each key, in order.
type unit map[string][]string

// instanceOf puts in what systemd does for the instance avsender.
var instanceOf = strings.NewReplacer("%i", "avsender", "%d", "/run/credentials/x", "%S", "/var/lib")

func systemdUnits(t *testing.T) map[string]unit {
	t.Helper()
	paths, err := filepath.Glob("../../packaging/systemd/*.service")
	if err != nil || len(paths) != 2 {
		t.Fatalf("units: %q, %v", paths, err)
	}
	all := map[string]unit{}
	for _, path := range paths {
		u := unit{}
		for line := range strings.Lines(strings.ReplaceAll(fileContent(t, path), "\\\n", " ")) {
			if key, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok && !strings.HasPrefix(line, "#") {
				u[key] = append(u[key], instanceOf.Replace(value))
			}
		}
		all[path] = u
	}
	return all
}

// The command lines of the units are understood, so that a flag cannot go and leave them behind.
func TestUnitsAreUnderstood(t *testing.T) {
	for path, u := range systemdUnits(t) {
		root := newRootCommand(&app{env: func(string) string { return "" }})
		words := strings.Fields(strings.Join(u["ExecStart"], " "))
		if len(words) < 2 || words[0] != "/usr/bin/altinn-transfer" {
			t.Fatalf("%s: it starts %q", path, words)
		}
		cmd, rest, err := root.Find(words[1:])
		if err == nil && cmd == root {
			err = fmt.Errorf("there is no command %q", words[1])
		}
		if err == nil {
			err = cmd.ParseFlags(rest)
		}
		if err == nil {
			err = cmd.ValidateArgs(cmd.Flags().Args())
		}
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		if profile := cmd.Flags().Lookup("profile").Value.String(); profile != "avsender" {
			t.Errorf("%s: the profile is %q", path, profile)
		}
	}
}

// What systemd does after an exit is what the exit codes mean.
func TestUnitsKnowTheExitCodes(t *testing.T) {
	never := fmt.Sprint(exitUsage, exitLocked, exitUnauthenticated, exitForbidden)
	for path, u := range systemdUnits(t) {
		if got := u["RestartPreventExitStatus"]; !slices.Equal(got, []string{never}) {
			t.Errorf("%s: no restart after %q, not %s", path, got, never)
		}
		if got := u["SuccessExitStatus"]; !slices.Equal(got, []string{"143"}) || !slices.Equal(u["KillSignal"], []string{"SIGTERM"}) {
			t.Errorf("%s: %q is a good end after %q", path, got, u["KillSignal"])
		}
	}
}

// systemd understands the units, too. It wants to see the program, so copies name the one that runs here.
func TestUnitsPassSystemd(t *testing.T) {
	verify, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("there is no systemd-analyze")
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir, there := t.TempDir(), regexp.MustCompile(`(?m)^ExecStart=\S+`)
	args := []string{"verify", "--man=no", "--recursive-errors=no"}
	for path := range systemdUnits(t) {
		copied := filepath.Join(dir, strings.Replace(filepath.Base(path), "@", "@avsender", 1))
		text := there.ReplaceAllString(fileContent(t, path), "ExecStart="+program)
		if err := os.WriteFile(copied, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, copied)
	}
	out, err := exec.CommandContext(t.Context(), verify, args...).CombinedOutput()
	if err != nil || len(out) > 0 {
		t.Errorf("systemd-analyze verify: %v\n%s", err, out)
	}
}

func fileContent(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

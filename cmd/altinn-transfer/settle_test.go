package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// clientFlag is a flag, and a command that has it.
type clientFlag struct {
	*pflag.Flag
	of *cobra.Command
}

// clientFlags are the flags of all commands that take a profile, each once.
func clientFlags(cmd *cobra.Command) map[string]clientFlag {
	all := map[string]clientFlag{}
	if cmd.LocalFlags().Lookup("profile") != nil {
		add := func(flag *pflag.Flag) { all[flag.Name] = clientFlag{flag, cmd} }
		cmd.LocalFlags().VisitAll(add)
		cmd.InheritedFlags().VisitAll(add)
	}
	for _, below := range cmd.Commands() {
		for name, flag := range clientFlags(below) {
			if all[name].Flag == nil || flag.Annotations[ownMeaning] == nil {
				all[name] = flag
			}
		}
	}
	return all
}

// sampleOf is a value that a flag takes, and that is not its default; "": none was found. What a flag with few words takes
// is looked up where a shell does it.
func sampleOf(flag clientFlag) string {
	values := []string{"the " + flag.Name, "17B", "17", "plain"}
	switch flag.Value.Type() {
	case "bool":
		return fmt.Sprint(flag.DefValue != "true")
	case "int":
		return "27"
	case "duration":
		return "1m37s"
	}
	if complete, ok := flag.of.GetFlagCompletionFunc(flag.Name); ok {
		if words, how := complete(flag.of, nil, ""); how&cobra.ShellCompDirectiveNoFileComp != 0 && len(words) > 0 {
			values = nil
			for _, word := range words {
				word, _, _ = strings.Cut(word, "\t")
				values = append(values, word)
			}
		}
	}
	for _, value := range values {
		if value != flag.DefValue && flag.Value.Set(value) == nil {
			return value
		}
	}
	return ""
}

// shown runs "config show" and gives its events by flag.
func shown(t *testing.T, env map[string]string, args ...string) map[string]settingEvent {
	t.Helper()
	var out, told bytes.Buffer
	a := &app{in: strings.NewReader(""), out: &out, err: &told, env: func(name string) string { return env[name] }}
	if code := a.run(t.Context(), append([]string{"config", "show", "--json"}, args...)); code != exitDone {
		t.Fatalf("config show %q ended with %d: %s", args, code, told.String())
	}
	events := map[string]settingEvent{}
	for line := range strings.Lines(out.String()) {
		var e settingEvent
		if err := json.Unmarshal([]byte(line), &e); err != nil || e.Event != "setting" {
			t.Fatalf("%s: %v", line, err)
		}
		events[e.Flag] = e
	}
	return events
}

func (e settingEvent) text() string { return e.Value + strings.Join(e.List, ",") }

func config(t *testing.T, lines ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.toml")
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// One of the twelve rules: every flag has a variable and a place in a profile. What is left out is listed here, with a reason.
func TestEveryFlagHasAVariableAndAPlaceInAProfile(t *testing.T) {
	alone := []string{
		"help", "json", "config", "profile", // they choose, or are looked for before
		"person", "person-password-file", "person-password-env", "person-password-command", "person-password-keyring", // a profile is a system's
		"pin-file", "pin-env", "pin-command", "pin-keyring", "pin-method", // and a code is good once
		"operation", "path", "notes", "check", // of endpoints: filters
		"origin", "no-login", // of what only looks
	}
	t.Chdir(t.TempDir()) // a log is begun where --log-file says
	lines, env := []string{"[profile.mine]"}, map[string]string{}
	want := map[string]string{}
	for name, flag := range clientFlags(newRootCommand(&app{env: func(string) string { return "" }})) {
		if slices.Contains(alone, name) {
			continue
		}
		value := sampleOf(flag)
		if value == "" {
			t.Errorf("no value was found for --%s", name)
		}
		if isPasswordWay(name) && !strings.HasSuffix(name, "-command") {
			continue // one at a time is good
		}
		want[name] = value
		env[envName(name)] = value
		lines = append(lines, fmt.Sprintf("%s = %q", name, value))
	}
	if len(want) < 20 {
		t.Fatalf("only %d flags were found", len(want))
	}
	path := config(t, lines...)
	for in, events := range map[givenIn]map[string]settingEvent{
		variable:  shown(t, env, "--config", config(t, "[profile.default]")),
		inProfile: shown(t, nil, "--config", path, "--profile", "mine"),
	} {
		for name, value := range want {
			e := events[name]
			if e.From != string(in) || e.text() != value {
				t.Errorf("--%s in a %s: it is %q from a %s, not %q", name, in, e.text(), e.From, value)
			}
			if in == variable && e.Name != envName(name) {
				t.Errorf("--%s is from %s", name, e.Name)
			}
			if in == inProfile && (e.Name != "mine" || e.Path != path || lines[e.Line-1] != fmt.Sprintf("%s = %q", name, value)) {
				t.Errorf("--%s is from %s in %s:%d", name, e.Name, e.Path, e.Line)
			}
		}
	}
}

func TestWhereAValueIsFrom(t *testing.T) {
	path := config(t, `[profile.default]`, `endpoint = "https://far.example"`, `jobs = 3`, `edition = 0`, `to = ["910075918", "910077473"]`, `user = ""`,
		`password-command = "pass show altinn"`, `allow-plain-http = false`)
	env := map[string]string{"ALTINN_TRANSFER_CONFIG": path, "ALTINN_TRANSFER_JOBS": "5", "ALTINN_TRANSFER_STALL_TIMEOUT": "90s"}
	events := shown(t, env, "--stall-timeout", "2m", "--password-file", "secret.txt")
	for flag, want := range map[string][2]string{
		"endpoint":         {"https://far.example", "profile"},
		"jobs":             {"5", "variable"},
		"stall-timeout":    {"2m0s", "flag"},
		"edition":          {"0", "profile"},
		"user":             {"", "default"},
		"to":               {"910075918,910077473", "profile"},
		"allow-plain-http": {"false", "profile"},
		"binding":          {"basic", "default"},
		"password-file":    {"secret.txt", "flag"},
		"password-command": {"", "default"},
	} {
		if e := events[flag]; e.text() != want[0] || e.From != want[1] {
			t.Errorf("%s is %q from %s, not %q", flag, e.text(), e.From, want)
		}
	}
	if e := events["password-file"]; e.Holds != "file" {
		t.Errorf("password-file says where a secret is: %q", e.Holds)
	}
}

// A mistake is told with the place where it stands, whatever place that is.
func TestAMistakeIsToldWithItsPlace(t *testing.T) {
	good := config(t, "[profile.default]")
	for says, test := range map[string]struct {
		env  map[string]string
		file string
		args []string
	}{
		"ALTINN_TRANSFER_JOBS: ":                      {env: map[string]string{"ALTINN_TRANSFER_JOBS": "many"}},
		":3: jobs: ":                                  {file: "[profile.default]\n\njobs = \"many\""},
		":2: user: it takes one value":                {file: "[profile.default]\nuser = [\"a\"]"},
		":2: user is neither text":                    {file: "[profile.default]\nuser = 1979-05-27"},
		":2: to holds what is neither":                {file: "[profile.default]\nto = [[\"a\"]]"},
		":4: unknown key profile.default.operation.X": {file: "[profile.default]\n[profile.default.operation.X]\nname = \"Y\"\nnam = \"Z\""},
		":1: unknown key jobs":                        {file: "jobs = 3"},
		":1: unknown key profile.default.person":      {file: "profile.default.person = \"01018012345\""},
		"--password-file and --password-keyring are":  {args: []string{"--password-file", "a", "--password-keyring", "b"}},
		"ALTINN_TRANSFER_PASSWORD_FILE and ALTINN":    {env: map[string]string{"ALTINN_TRANSFER_PASSWORD_FILE": "a", "ALTINN_TRANSFER_PASSWORD_ENV": "b"}},
		":3: password-env are given":                  {file: "[profile.default]\npassword-file = \"a\"\npassword-env = \"b\""},
		"no command \"sned\"":                         {args: []string{"sned"}},
	} {
		path := good
		if test.file != "" {
			path = config(t, test.file)
		}
		var told bytes.Buffer
		a := &app{in: strings.NewReader(""), out: &told, err: &told, env: func(name string) string { return test.env[name] }}
		code := a.run(t.Context(), append([]string{"config", "show", "--config", path}, test.args...))
		if code != exitUsage || !strings.Contains(told.String(), says) {
			t.Errorf("exit code %d, want %q: %s", code, says, told.String())
		}
	}
}

// What is shown is a profile that says the same.
func TestWhatIsShownIsAProfile(t *testing.T) {
	path := config(t, `[profile.default]`, `endpoint = "https://far.example/'quoted'"`, `jobs = 3`, `to = ["910075918", "910077473"]`, `stall-timeout = "90s"`)
	for _, args := range [][]string{{}, {"--origin"}} {
		first := runApp(t, "", append([]string{"config", "show", "--config", path}, args...)...)
		if first.code != exitDone {
			t.Fatal(first)
		}
		again := config(t, "[profile.again]", first.out)
		second := runApp(t, "", append([]string{"config", "show", "--config", again, "--profile", "again"}, args...)...)
		values := func(out string) (lines []string) {
			for line := range strings.Lines(out) {
				line, _, _ = strings.Cut(line, "#")
				lines = append(lines, strings.TrimSpace(line))
			}
			return lines
		}
		if got, want := values(second.out), values(first.out); !slices.Equal(got, want) {
			t.Errorf("%q, not %q: %s", got, want, second.err)
		}
	}
}

func TestAnAddressIsShownWithoutThePasswordInIt(t *testing.T) {
	for value, want := range map[string]string{
		"https://far.example/a":               "https://far.example/a",
		"https://user:hunter2@far.example/a":  "https://...@far.example/a",
		"https://user:hunter2@far example:%%": "...",
		"user:hunter2@far.example":            "...",
	} {
		events := shown(t, map[string]string{"ALTINN_TRANSFER_ENDPOINT": value})
		if got := events["endpoint"].Value; got != want {
			t.Errorf("%q is shown as %q, not %q", value, got, want)
		}
	}
}

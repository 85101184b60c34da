package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/altinn-transfer/altinn-transfer/internal/iofault"
	"github.com/altinn-transfer/altinn-transfer/server"
	"github.com/rogpeppe/go-internal/testscript"
)

// Most tests wait, for a process, a disk or a service that is slow on purpose; so more of them go on at once than there are
// processors. -parallel on the command line outweighs it.
func TestMain(m *testing.M) {
	flag.Set("test.parallel", "8")
	testscript.Main(m, map[string]func(){"altinn-transfer": checkedProgram})
}

// checkedProgram is the program, but for the exit code of one that tells of something in another way than the schema has it.
func checkedProgram() {
	if !slices.Contains(os.Args, "--json") {
		main()
	}
	var told bytes.Buffer
	code := program(io.MultiWriter(os.Stdout, &told))
	if !strings.HasPrefix(told.String(), `{"version":1,"event":`) { // a document
		os.Exit(code)
	}
	if _, problems := eventProblems(told.String()); len(problems) > 0 {
		fmt.Fprintln(os.Stderr, strings.Join(problems, "\n"))
		code = 99
	}
	os.Exit(code)
}

// profiles are the two demo users as the scripts know them.
const profiles = `
[profile.avsender]
user = "avsender"
password-env = "SENDING"
party = "910075918"
service = "4192"
edition = 270815

[profile.mottaker]
user = "mottaker"
password-env = "RECEIVING"
party = "910077473"
`

// TestScripts runs testdata/script: the command as a process of its own, against a real far side on this machine. Beside the
// commands of testscript there are
//
//	farside [KIND[:OPERATION] [skip=N] [times=N] [after=N] [delay=D] [code=N]]...   a new far side, with troubles
//	farside persons                                                                  one that knows a person, and logs her codes
//	farside fixtures                                                                 one that answers from the directory fixtures
//	secured [client]                                                                 a new far side over TLS, with certificates
//	exits CODE COMMAND...                                                            runs it, and compares the exit code
//	reference FILE, receipt FILE                                                     sets REF or RECEIPT from the events in a file
//	found NAME FILE PATTERN                                                          sets NAME to what the pattern finds last
//	aged FILE...                                                                     gives the files times, the first the oldest
//	large FILE                                                                       writes a file that is too large for an answer
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:      filepath.Join("testdata", "script"),
		Deadline: time.Now().Add(5 * time.Minute), // a command that should end and does not
		Setup: func(e *testscript.Env) error {
			e.Setenv("SENDING", "avsender-demo")
			e.Setenv("RECEIVING", "mottaker-demo")
			e.Setenv("GORACE", os.Getenv("GORACE"))
			e.Setenv("XDG_STATE_HOME", filepath.Join(e.WorkDir, ".state"))
			e.Setenv("ALTINN_TRANSFER_CONFIG", filepath.Join(e.WorkDir, "config.toml"))
			return os.WriteFile(filepath.Join(e.WorkDir, "config.toml"), []byte(profiles), 0o600)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"farside": farSide, "secured": secured, "exits": exits, "reference": reference, "receipt": receipt, "found": found, "large": large, "aged": aged},
	})
}

func farSide(ts *testscript.TestScript, _ bool, args []string) {
	dir, err := os.MkdirTemp(ts.Getenv("WORK"), ".farside-")
	ts.Check(err)
	options := server.Options{Dir: dir, Users: server.DemoUsers()}
	for _, arg := range args {
		if arg == "persons" {
			addPerson(ts, &options)
			continue
		}
		if arg == "fixtures" {
			options.Fixtures = os.DirFS(ts.MkAbs("fixtures"))
			continue
		}
		if name, value, ok := strings.Cut(arg, "="); ok {
			ts.Check(set(&options.Troubles[len(options.Troubles)-1], name, value))
			continue
		}
		kind, operation, _ := strings.Cut(arg, ":")
		options.Troubles = append(options.Troubles, server.Trouble{Kind: server.TroubleKind(kind), Operation: operation})
	}
	service, err := server.New(options)
	ts.Check(err)
	far := httptest.NewServer(service)
	ts.Defer(func() {
		far.CloseClientConnections()
		far.Close()
		service.Close()
	})
	ts.Setenv("ALTINN_TRANSFER_ENDPOINT", far.URL)
}

// addPerson makes a far side know the person with the number 01018012345 and the password kari-demo, and log to farside.log.
func addPerson(ts *testscript.TestScript, options *server.Options) {
	hash, err := server.HashPassword("kari-demo")
	ts.Check(err)
	options.Persons = []server.Person{{
		SSN: "01018012345", PasswordHash: hash, Rights: []server.Right{{Party: "910075918", Send: true, Receive: true}},
	}}
	file, err := os.Create(filepath.Join(ts.Getenv("WORK"), "farside.log"))
	ts.Check(err)
	ts.Defer(func() { file.Close() })
	options.ShowPINs, options.Log = true, slog.New(slog.NewTextHandler(file, nil))
}

func set(trouble *server.Trouble, name, value string) (err error) {
	var n int
	if name == "delay" {
		trouble.Delay, err = time.ParseDuration(value)
		return err
	}
	n, err = strconv.Atoi(value)
	switch name {
	case "skip":
		trouble.Skip = n
	case "times":
		trouble.Times = n
	case "after":
		trouble.After = int64(n)
	case "code":
		trouble.Code = n
	default:
		return fmt.Errorf("a trouble has no %s", name)
	}
	return err
}

func exits(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	err = ts.Exec(args[1], args[2:]...)
	if e, ok := errors.AsType[*exec.ExitError](err); ok {
		got, err = e.ExitCode(), nil
	}
	ts.Check(err)
	if got != want {
		ts.Fatalf("it ended with exit code %d, not %d", got, want)
	}
}

func reference(ts *testscript.TestScript, _ bool, args []string) {
	ts.Setenv("REF", find(ts, args[0], `"reference":"([^"]+)"`))
}

func receipt(ts *testscript.TestScript, _ bool, args []string) {
	ts.Setenv("RECEIPT", find(ts, args[0], `"receipt":\{"id":(\d+)`))
}

func found(ts *testscript.TestScript, _ bool, args []string) {
	all := regexp.MustCompile(args[2]).FindAllStringSubmatch(ts.ReadFile(args[1]), -1)
	if len(all) == 0 {
		ts.Fatalf("%s has no %s", args[1], args[2])
	}
	ts.Setenv(args[0], all[len(all)-1][1])
}

// large writes 40 MiB that do not compress; an answer holds 30 MiB of an attachment at most.
func large(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(writePattern(ts.MkAbs(args[0]), 40<<20))
}

func aged(ts *testscript.TestScript, _ bool, args []string) {
	for i, name := range args {
		at := time.Date(2026, 1, 1+i, 0, 0, 0, 0, time.UTC)
		ts.Check(os.Chtimes(ts.MkAbs(name), at, at))
	}
}

func writePattern(path string, size int64) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	_, err = io.Copy(file, iofault.NewPattern(iofault.Random, size, 1))
	return errors.Join(err, file.Close())
}

func find(ts *testscript.TestScript, file, pattern string) string {
	found := regexp.MustCompile(pattern).FindStringSubmatch(ts.ReadFile(file))
	if found == nil {
		ts.Fatalf("%s has no %s", file, pattern)
	}
	return found[1]
}

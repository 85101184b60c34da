package main

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/altinn-transfer/altinn-transfer/server"
)

// patient is a server that doctor looks at, and counts what may carry a login.
type patient struct {
	*httptest.Server
	calls atomic.Int32
}

// newPatient is the real server behind answer, which may write a header first or answer itself (true). Without a certificate
// it speaks plain http.
func newPatient(t *testing.T, certificate *tls.Certificate, answer func(http.ResponseWriter) bool) *patient {
	t.Helper()
	service, err := server.New(server.Options{Dir: t.TempDir(), Users: server.DemoUsers()})
	if err != nil {
		t.Fatal(err)
	}
	f := &patient{}
	f.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			f.calls.Add(1)
		}
		if answer == nil || !answer(w) {
			service.ServeHTTP(w, r)
		}
	}))
	f.Config.ErrorLog = log.New(io.Discard, "", 0)
	if certificate == nil {
		f.Start()
	} else {
		f.TLS = &tls.Config{Certificates: []tls.Certificate{*certificate}}
		f.StartTLS()
	}
	t.Cleanup(func() {
		f.CloseClientConnections()
		f.Close()
		service.Close()
	})
	return f
}

// examined is what doctor said: its diagnoses by check, and all of what it wrote.
type examined struct {
	code int
	by   map[string][]diagnosisEvent
	all  string
}

// is the worst outcome of a check; "": it was not told of.
func (e examined) is(check string) outcome {
	said := e.by[check]
	for _, worst := range []outcome{isFailed, isWarning, isSkipped, isOK} {
		if slices.ContainsFunc(said, func(d diagnosisEvent) bool { return d.Status == worst }) {
			return worst
		}
	}
	return ""
}

// says is all that was said of a check, with the advice.
func (e examined) says(check string) string {
	var b strings.Builder
	for _, d := range e.by[check] {
		b.WriteString(d.Text + "; do: " + d.Advice + "\n")
	}
	return b.String()
}

func examine(t *testing.T, env map[string]string, args ...string) examined {
	t.Helper()
	var out, told bytes.Buffer
	a := &app{in: strings.NewReader(""), out: &out, err: &told, env: func(name string) string { return env[name] }}
	journal := filepath.Join(t.TempDir(), "a.journal")
	args = append([]string{"doctor", "--json", "--config", config(t, "[profile.default]"), "--journal", journal, "--connect-timeout", "2s"}, args...)
	e := examined{code: a.run(t.Context(), args), by: map[string][]diagnosisEvent{}}
	e.all = out.String() + told.String()
	for line := range strings.Lines(out.String()) {
		var d diagnosisEvent
		if err := json.Unmarshal([]byte(line), &d); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if d.Event == "diagnosis" {
			e.by[d.Check] = append(e.by[d.Check], d)
		}
	}
	return e
}

// secretFile is a file with a password that only this user can read.
func secretFile(t *testing.T, password string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "password.txt")
	if err := os.WriteFile(path, []byte(password+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func asUser(t *testing.T, url, user, password, party string) []string {
	return []string{"--endpoint", url, "--user", user, "--password-file", secretFile(t, password), "--party", party}
}

func TestDoctorFindsNothingWhereAllIsWell(t *testing.T) {
	out := t.TempDir()
	f := newPatient(t, nil, nil)
	e := examine(t, nil, append(asUser(t, f.URL, "mottaker", "mottaker-demo", "910077473"), "--out", out)...)
	if e.code != exitDone || f.calls.Load() != 1 {
		t.Errorf("exit code %d after %d calls: %s", e.code, f.calls.Load(), e.all)
	}
	for _, c := range checks {
		if is := e.is(c.name); is != isOK && is != isSkipped {
			t.Errorf("%s is %q: %s", c.name, is, e.says(c.name))
		}
	}
	for _, check := range []string{"password", "clock", "service", "journal", "out", "login", "rights"} {
		if e.is(check) != isOK {
			t.Errorf("%s is %q", check, e.is(check))
		}
	}
	if left, err := os.ReadDir(out); err != nil || len(left) > 0 {
		t.Errorf("it left %v in the directory (%v)", left, err)
	}
	if strings.Contains(e.all, "mottaker-demo") {
		t.Error("it shows the password")
	}
}

// A few refused logins lock a user out, so there is one, and none where something before it failed.
func TestDoctorMakesOneLoginAtMost(t *testing.T) {
	t.Parallel()
	locked := func(w http.ResponseWriter) bool {
		w.Header().Set("Date", time.Now().Add(-time.Hour).UTC().Format(http.TimeFormat))
		return false
	}
	for name, test := range map[string]struct {
		password string
		answer   func(http.ResponseWriter) bool
		more     []string
		calls    int32
		code     int
		login    outcome
	}{
		"wrong password":       {"wrong-one", nil, nil, 1, exitUnauthenticated, isFailed},
		"a clock that is off":  {"mottaker-demo", locked, nil, 0, exitUsage, isSkipped},
		"none is asked for":    {"mottaker-demo", nil, []string{"--no-login"}, 0, exitDone, isSkipped},
		"a disk alone is full": {"mottaker-demo", nil, []string{"--out", "/no/such/directory"}, 1, exitDisk, isOK},
	} {
		t.Run(name, func(t *testing.T) {
			f := newPatient(t, nil, test.answer)
			e := examine(t, nil, append(asUser(t, f.URL, "mottaker", test.password, "910077473"), test.more...)...)
			if e.code != test.code || f.calls.Load() != test.calls || e.is("login") != test.login {
				t.Errorf("exit code %d, %d calls, login %q: %s", e.code, f.calls.Load(), e.is("login"), e.all)
			}
			if strings.Contains(e.all, test.password) {
				t.Error("it shows the password")
			}
		})
	}
}

func TestDoctorComparesTheClocks(t *testing.T) {
	for off, want := range map[time.Duration]struct {
		is   outcome
		says string
	}{
		0:                {isOK, ""},
		2 * time.Minute:  {isWarning, "behind the service's"},
		-2 * time.Minute: {isWarning, "ahead of the service's"},
		time.Hour:        {isFailed, "behind the service's; messages more than 5m0s off are refused"},
	} {
		f := newPatient(t, nil, func(w http.ResponseWriter) bool {
			w.Header().Set("Date", time.Now().Add(off).UTC().Format(http.TimeFormat))
			return false
		})
		e := examine(t, nil, append(asUser(t, f.URL, "mottaker", "mottaker-demo", "910077473"), "--no-login")...)
		if e.is("clock") != want.is || !strings.Contains(e.says("clock"), want.says) {
			t.Errorf("%v: clock is %q: %s", off, e.is("clock"), e.says("clock"))
		}
	}
}

// A failed check is no mistake in the command line.
func TestDoctorDoesNotCallAFailedCheckAMistakeOfTheCommandLine(t *testing.T) {
	r := runApp(t, "", "doctor", "--config", config(t, "[profile.default]"), "--journal", filepath.Join(t.TempDir(), "a.journal"),
		"--endpoint", "https://127.0.0.1:1", "--user", "x", "--password-file", secretFile(t, "y"), "--party", "910075918")
	if r.code != exitUnreachable || r.err != "altinn-transfer: 1 check failed: connection\n" {
		t.Errorf("%+v", r)
	}
}

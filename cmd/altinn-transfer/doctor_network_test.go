package main

import (
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// What is between here and the service: each is told by the check that it belongs to, and what needs it is not looked at.
func TestDoctorTellsWhereTheWayEnds(t *testing.T) {
	refusing := func() string {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer listener.Close()
		return listener.Addr().String()
	}()
	plain := newPatient(t, nil, nil)
	for name, test := range map[string]struct {
		endpoint    string
		check, says string
		code        int
		skipped     []string
	}{
		"no such name": {"https://no-such-host.invalid", "name", "no-such-host.invalid has no address", exitUnreachable, []string{"connection", "tls", "login"}},
		"refused":      {"https://" + refusing, "connection", "check host and port", exitUnreachable, []string{"tls", "clock", "service", "login"}},
		"no TLS":       {strings.Replace(plain.URL, "http:", "https:", 1), "tls", "what answers does not speak TLS", exitUnreachable, []string{"service", "login"}},
		"unencrypted":  {"http://no-such-host.invalid", "address", "the password would travel unencrypted", exitUsage, []string{"login"}},
		"no address":   {"far.example", "configuration", "the endpoint is not an http or https address", exitUsage, []string{"name", "login"}},
	} {
		t.Run(name, func(t *testing.T) {
			e := examine(t, nil, asUser(t, test.endpoint, "mottaker", "mottaker-demo", "910077473")...)
			if e.is(test.check) != isFailed || !strings.Contains(e.says(test.check), test.says) || e.code != test.code {
				t.Errorf("%s is %q, exit code %d: %s", test.check, e.is(test.check), e.code, e.all)
			}
			for _, check := range test.skipped {
				if e.is(check) != isSkipped {
					t.Errorf("%s is %q", check, e.is(check))
				}
			}
		})
	}
	if n := plain.calls.Load(); n != 0 {
		t.Errorf("%d calls were made", n)
	}
}

func TestDoctorLooksWhetherItIsTheService(t *testing.T) {
	for name, test := range map[string]struct {
		answer func(http.ResponseWriter) bool
		is     outcome
		says   string
	}{
		"it points elsewhere": {func(w http.ResponseWriter) bool {
			w.Header().Set("Location", "https://user:hunter2@other.example/login?token=hunter2")
			w.WriteHeader(http.StatusFound)
			return true
		}, isFailed, "it points to https://other.example"},
		"down":           {func(w http.ResponseWriter) bool { w.WriteHeader(http.StatusServiceUnavailable); return true }, isFailed, "HTTP 503"},
		"something else": {func(w http.ResponseWriter) bool { w.Write([]byte("<html>hello</html>")); return true }, isWarning, "not with the contract"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newPatient(t, nil, test.answer)
			e := examine(t, nil, append(asUser(t, f.URL, "mottaker", "mottaker-demo", "910077473"), "--no-login")...)
			if e.is("service") != test.is || !strings.Contains(e.says("service"), test.says) {
				t.Errorf("service is %q: %s", e.is("service"), e.says("service"))
			}
			if strings.Contains(e.all, "hunter2") {
				t.Error("it shows what stands in the address")
			}
		})
	}
}

func TestDoctorTriesTheDisk(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	targets := map[string]int{filepath.Join(dir, "missing"): exitDisk, file: exitDisk, dir: exitDone}
	if locked := filepath.Join(dir, "locked"); runtime.GOOS != "windows" && os.Getuid() != 0 {
		if err := os.Mkdir(locked, 0o500); err != nil {
			t.Fatal(err)
		}
		targets[locked] = exitDisk
	}
	f := newPatient(t, nil, nil)
	for out, code := range targets {
		e := examine(t, nil, append(asUser(t, f.URL, "mottaker", "mottaker-demo", "910077473"), "--no-login", "--out", out)...)
		if e.code != code || (e.is("out") == isFailed) != (code == exitDisk) {
			t.Errorf("%s: exit code %d, out is %q: %s", out, e.code, e.is("out"), e.says("out"))
		}
	}
}

// Who has no right to the files of a party is answered as if there were none, so doctor does not call that a right.
func TestDoctorDoesNotTakeSilenceForARight(t *testing.T) {
	f := newPatient(t, nil, nil)
	e := examine(t, nil, asUser(t, f.URL, "mottaker", "mottaker-demo", "910075918")...)
	if e.code != exitDone || e.is("rights") != isOK || !strings.Contains(e.says("rights"), "the service says the same to who has no right") {
		t.Errorf("exit code %d, rights is %q: %s", e.code, e.is("rights"), e.says("rights"))
	}
}

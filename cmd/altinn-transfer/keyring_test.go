package main

import (
	"errors"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/server"
	"github.com/zalando/go-keyring"
)

// mockKeyring is a keyring that lives as long as the test.
func mockKeyring(t *testing.T) {
	t.Helper()
	keyring.MockInit()
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
}

func TestAPasswordFromTheKeyring(t *testing.T) {
	mockKeyring(t)
	service, err := server.New(server.Options{Dir: t.TempDir(), Users: server.DemoUsers()})
	if err != nil {
		t.Fatal(err)
	}
	defer service.Close()
	far := httptest.NewServer(service)
	defer far.Close()
	list := []string{"list", "--endpoint", far.URL, "--user", "mottaker", "--party", "910077473", "--password-keyring", "nightly job"}

	r := runApp(t, "", list...)
	if r.code != exitUsage || !strings.Contains(r.err, "altinn-transfer secret set 'nightly job' puts one there") {
		t.Errorf("without an item: %+v", r)
	}
	if r := runApp(t, "mottaker-demo\n", "secret", "set", "nightly job"); r.code != exitDone || strings.Contains(r.err+r.out, "demo") {
		t.Errorf("secret set: %+v", r)
	}
	if r := runApp(t, "", list...); r.code != exitDone {
		t.Errorf("with the item: %+v", r)
	}
	if r := runApp(t, "", "secret", "delete", "nightly job"); r.code != exitDone {
		t.Errorf("secret delete: %+v", r)
	}
	if r := runApp(t, "", "secret", "delete", "nightly job"); r.code != exitUsage || !strings.Contains(r.err, "holds no password") {
		t.Errorf("once more: %+v", r)
	}
}

func TestACertificatesPasswordFromTheKeyring(t *testing.T) {
	mockKeyring(t)
	file := filepath.Join(t.TempDir(), "mine.p12")
	if err := keyring.Set(keyringService, "p12", "nøkkel"); err != nil {
		t.Fatal(err)
	}
	r := runApp(t, "", "serve", "make-certificate", file, "--party", "910075918", "--certificate-password-keyring", "p12")
	if r.code != exitDone {
		t.Fatalf("%+v", r)
	}
	c := certificateFile{path: file}
	c.password.keyring = "p12"
	if _, err := c.read(t.Context(), &app{in: strings.NewReader("")}); err != nil {
		t.Error(err)
	}
}

func TestWhatIsNoPasswordIsNotKept(t *testing.T) {
	mockKeyring(t)
	for in, args := range map[string][]string{
		"":          {"secret", "set", "a"},
		"two\nones": {"secret", "set", "a"},
		"good":      {"secret", "set", ""},
		"well":      {"secret", "set", "a\x1b[2J"},
		"password":  {"secret", "set", "a", "password"},
	} {
		if r := runApp(t, in, args...); r.code != exitUsage {
			t.Errorf("%q %q: %+v", args, in, r)
		}
	}
	if _, err := keyring.Get(keyringService, "a"); !errors.Is(err, keyring.ErrNotFound) {
		t.Errorf("something was kept: %v", err)
	}
}

// A server has no keyring. It is not waited for there, nothing is started for it, and the error names the other ways.
func TestNoKeyring(t *testing.T) {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		t.Skip("there is always one")
	}
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "")
	if hasKeyring() {
		t.Skip("somebody sits here")
	}
	bin := t.TempDir()
	if err := os.WriteFile(filepath.Join(bin, "dbus-launch"), []byte("#!/bin/sh\ntouch '"+bin+"/started'\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	for _, args := range [][]string{
		{"secret", "set", "a"},
		{"secret", "delete", "a"},
		{"list", "--endpoint", "http://127.0.0.1:1", "--user", "a", "--party", "910077473", "--password-keyring", "a"},
	} {
		r := runApp(t, "hunter2", args...)
		if r.code != exitUsage || !strings.Contains(r.err, "use the keyring: there is none") || !strings.Contains(r.err, "--password-file, --password-env or --password-command") {
			t.Errorf("%q: %+v", args, r)
		}
	}
	if _, err := os.Stat(filepath.Join(bin, "started")); err == nil {
		t.Error("a session bus was started")
	}
}

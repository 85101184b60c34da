package main

import (
	"strings"
	"syscall"
	"testing"
)

func TestDoctorFindsADiskThatRefuses(t *testing.T) {
	full, readOnly := disk(t), disk(t) // 64 KiB, and doctor writes more
	if err := syscall.Mount("", readOnly, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	f := newPatient(t, nil, nil)
	for out, says := range map[string]string{full: "no space left on device", readOnly: "read-only file system"} {
		e := examine(t, nil, append(asUser(t, f.URL, "mottaker", "mottaker-demo", "910077473"), "--no-login", "--out", out)...)
		if e.code != exitDisk || !strings.Contains(e.says("out"), says) {
			t.Errorf("exit code %d: %s", e.code, e.says("out"))
		}
	}
}

// What a proxy is comes from the variables of the process, which are read once.
func TestDoctorTellsOfTheProxyWithoutItsPassword(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		proxy, says string
		code        int
	}{
		"named, and refusing":    {"http://user:hunter2@127.0.0.1:1", "http://127.0.0.1:1 from HTTPS_PROXY, with a login", exitUnreachable},
		"no address of a proxy":  {"http://user:hunter2@%zz", "HTTPS_PROXY is no address of a proxy", exitUsage},
		"without a login, alone": {"http://127.0.0.1:1", "http://127.0.0.1:1 from HTTPS_PROXY", exitUnreachable},
	} {
		t.Run(name, func(t *testing.T) {
			cmd := process(t, "https://far.invalid", append([]string{"doctor", "--connect-timeout", "2s"}, asRecipient...)...)
			cmd.Env = append(cmd.Env, "HTTPS_PROXY="+test.proxy, "NO_PROXY=", "no_proxy=", "https_proxy=")
			said := allOutput(cmd)
			if !strings.Contains(said, test.says) || strings.Contains(said, "hunter2") {
				t.Errorf("%s", said)
			}
			if code := cmd.ProcessState.ExitCode(); code != test.code {
				t.Errorf("exit code %d, not %d", code, test.code)
			}
		})
	}
}

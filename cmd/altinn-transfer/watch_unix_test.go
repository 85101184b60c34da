//go:build unix

package main

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/altinn-transfer/altinn-transfer/server"
)

func watching(t *testing.T, url, dir string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := process(t, url, slices.Concat([]string{"watch", dir, "--settle", "300ms", "--json"}, toRecipient, args)...)
	cmd.Stdout = &bytes.Buffer{}
	return cmd
}

func started(t *testing.T, cmd *exec.Cmd) *exec.Cmd {
	t.Helper()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill() })
	return cmd
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	var all []string
	for _, entry := range entries {
		if entry.Type().IsRegular() {
			all = append(all, entry.Name())
		}
	}
	return all
}

// dropped is a drop folder of a test.
type dropped struct {
	t   *testing.T
	dir string
}

func (d dropped) put(name, content string) {
	d.t.Helper()
	if err := os.WriteFile(filepath.Join(d.dir, name), []byte(content), 0o600); err != nil {
		d.t.Fatal(err)
	}
}

func (d dropped) in(folder string) []string { return names(d.t, filepath.Join(d.dir, folder)) }

// received gives the contents of all files that were sent, by name.
func (f *countingFar) received(t *testing.T) map[string]string {
	t.Helper()
	dir := t.TempDir()
	if cmd := process(t, f.http.URL, slices.Concat([]string{"receive", "--out", dir}, asRecipient)...); cmd.Run() != nil {
		t.Fatalf("not received: %s", cmd.Stderr)
	}
	all := make(map[string]string)
	for _, name := range names(t, dir) {
		content, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		all[name] = string(content)
	}
	return all
}

// Files that come while it runs, one after the other, one that is refused, one that grows, one that is renamed in: each ends
// where it belongs, and a kill -9 in the middle makes none be sent twice.
func TestWatchOutlivesAKill(t *testing.T) {
	t.Parallel()
	far := newTroubledFar(t, t.TempDir(), 20*time.Millisecond, server.Trouble{Kind: server.Fault, Operation: "UploadFileStreamed", Times: 1, Code: 40209})
	d := dropped{t, t.TempDir()}
	const many = 18
	for i := range many {
		d.put(fmt.Sprintf("f%02d.zip", i), fmt.Sprintf("PK\x03\x04 file %d", i))
	}
	d.put("moved.zip.part", "PK\x03\x04 renamed in")
	growing := []byte("PK\x03\x04")
	file, err := os.Create(filepath.Join(d.dir, "growing.zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	grow := func() {
		t.Helper()
		if _, err := file.Write(growing); err != nil {
			t.Fatal(err)
		}
	}
	grow()

	first := started(t, watching(t, far.http.URL, d.dir, "-j", "2"))
	until(t, "some are sent", func() bool { grow(); return len(d.in("sent")) >= 4 })
	first.Process.Signal(syscall.SIGKILL)
	first.Wait()
	if slices.Contains(d.in("sent"), "growing.zip") {
		t.Error("a file was sent while it grew")
	}
	if len(d.in("sent")) == many {
		t.Error("the kill came too late to show anything")
	}

	second := started(t, watching(t, far.http.URL, d.dir, "-j", "2"))
	if err := os.Rename(filepath.Join(d.dir, "moved.zip.part"), filepath.Join(d.dir, "moved.zip")); err != nil {
		t.Fatal(err)
	}
	until(t, "the folder is empty", func() bool { return len(d.in("")) == 0 })
	took, code := stopped(t, second, syscall.SIGTERM)
	if code != 143 || took > 5*time.Second {
		t.Errorf("exit code %d after %v: %s", code, took, second.Stderr)
	}
	if failed := d.in("failed"); len(failed) != 2 || failed[1] != failed[0]+".reason.txt" {
		t.Errorf("refused: %q", failed)
	}
	if sent := d.in("sent"); len(sent) != many+1 {
		t.Errorf("sent: %q", sent)
	}
	received := far.received(t)
	if len(received) != many+1 || received["moved.zip"] != "PK\x03\x04 renamed in" || received["growing.zip"] != fileContent(t, filepath.Join(d.dir, "sent", "growing.zip")) {
		t.Errorf("received %d files: %q", len(received), slices.Sorted(maps.Keys(received)))
	}
}

// A machine does not go on trying with a wrong password: one request, exit code 12, and all files in their place.
func TestAWrongPasswordEndsWatchAndPoll(t *testing.T) {
	t.Setenv("WRONG", "wrong")
	d := dropped{t, t.TempDir()}
	for i := range 20 {
		d.put(fmt.Sprintf("%d.txt", i), "1")
	}
	for name, args := range map[string][]string{
		"watch": slices.Concat([]string{"watch", d.dir, "--settle", "50ms", "--interval", "100ms"}, toRecipient),
		"poll":  slices.Concat([]string{"poll", "--out", t.TempDir(), "--interval", "100ms"}, asRecipient),
	} {
		far := newCountingFar(t, t.TempDir(), 0)
		for i := range args {
			if args[i] == "PASSWORD_OF_SENDER" || args[i] == "PASSWORD_OF_RECIPIENT" {
				args[i] = "WRONG"
			}
		}
		cmd := started(t, process(t, far.http.URL, args...))
		late := time.AfterFunc(20*time.Second, func() { cmd.Process.Kill() })
		cmd.Wait()
		late.Stop()
		if cmd.ProcessState.ExitCode() != exitUnauthenticated {
			t.Errorf("%s: exit code %d: %s", name, cmd.ProcessState.ExitCode(), cmd.Stderr)
		}
		if far.all() != 1 {
			t.Errorf("%s: %v", name, far.asked)
		}
		if told := fmt.Sprint(cmd.Stderr); strings.Count(told, "login refused") != 1 {
			t.Errorf("%s said %s", name, told)
		}
	}
	if len(d.in("")) != 20 || d.in("sent") != nil || d.in("failed") != nil {
		t.Errorf("in place %q, sent %q, failed %q", d.in(""), d.in("sent"), d.in("failed"))
	}
}

// A service that is down is no reason to end. When it is there again, so is the command.
func TestWatchWaitsForTheService(t *testing.T) {
	t.Parallel()
	far := newTroubledFar(t, t.TempDir(), 0, server.Trouble{Kind: server.Busy, Operation: "InitiateBrokerService", Times: 2})
	d := dropped{t, t.TempDir()}
	d.put("a.txt", "1")
	cmd := started(t, watching(t, far.http.URL, d.dir, "--attempts", "1", "--interval", "200ms"))
	until(t, "it is sent", func() bool { return len(d.in("sent")) == 1 })
	if _, code := stopped(t, cmd, os.Interrupt); code != exitInterrupted {
		t.Errorf("exit code %d: %s", code, cmd.Stderr)
	}
	if told := fmt.Sprint(cmd.Stdout); strings.Count(told, `"event":"postponed"`) != 2 || strings.Count(told, `"event":"moved"`) != 1 {
		t.Errorf("it said %s", told)
	}
}

// A folder that goes away, for whatever reason, is missed in one line and one event, and watched on when it, or another one, is
// there. What comes then is sent, and finds its place.
func TestWatchOutlivesItsFolder(t *testing.T) {
	t.Parallel()
	far := newCountingFar(t, t.TempDir(), 0)
	d := dropped{t, filepath.Join(t.TempDir(), "out")}
	if err := os.Mkdir(d.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	cmd := started(t, process(t, far.http.URL, slices.Concat([]string{"watch", d.dir, "--settle", "100ms", "--interval", "1h"}, toRecipient)...))
	d.put("a.txt", "1")
	until(t, "the first is sent", func() bool { return len(d.in("sent")) == 1 })
	for i, back := range []func() error{
		func() error { return os.Rename(d.dir+".away", d.dir) },
		func() error { return os.Mkdir(d.dir, 0o700) },
	} {
		if err := os.Rename(d.dir, d.dir+".away"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second) // several looks
		if err := back(); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{fmt.Sprintf("back%d.txt", i), fmt.Sprintf("later%d.txt", i)} {
			d.put(name, name)
			until(t, name+" is sent", func() bool { return slices.Contains(d.in("sent"), name) })
		}
	}
	if took, code := stopped(t, cmd, syscall.SIGTERM); code != 143 || took > 5*time.Second {
		t.Errorf("exit code %d after %v: %s", code, took, cmd.Stderr)
	}
	told := fmt.Sprint(cmd.Stderr)
	if strings.Count(told, "look into the folder: ") != 2 || strings.Count(told, "is there again\n") != 2 || strings.Contains(told, "failed") {
		t.Errorf("it said %s", told)
	}
}

// A signal in the middle of some uploads ends it within 5 seconds; the next run sends the files, each once, on its reference.
func TestASignalStopsAWatch(t *testing.T) {
	t.Parallel()
	const many = 4
	far := newTroubledFar(t, t.TempDir(), 0, server.Trouble{Kind: server.Delay, Operation: "UploadFileStreamed", Delay: time.Hour, Times: many})
	d := dropped{t, t.TempDir()}
	for i := range many {
		d.put(fmt.Sprintf("%d.txt", i), fmt.Sprint(i))
	}
	cmd := started(t, watching(t, far.http.URL, d.dir, "-j", fmt.Sprint(many)))
	until(t, "the uploads are under way", func() bool { return far.count("UploadFileStreamed") == many })
	if took, code := stopped(t, cmd, syscall.SIGTERM); code != 143 || took > 5*time.Second {
		t.Errorf("exit code %d after %v: %s", code, took, cmd.Stderr)
	}
	if in := d.in(""); len(in) != many || d.in("sent") != nil || d.in("failed") != nil {
		t.Errorf("%q is left", in)
	}
	again := watching(t, far.http.URL, d.dir, "--once")
	if err := again.Run(); err != nil {
		t.Fatalf("%v: %s", err, again.Stderr)
	}
	if received := far.received(t); len(received) != many || len(d.in("sent")) != many || far.count("InitiateBrokerService") != many {
		t.Errorf("received %d, sent %q, %v", len(received), d.in("sent"), far.asked)
	}
}

// What comes later is received then, and what the interval says is not said below the floor.
func TestPollReceivesWhatComesLater(t *testing.T) {
	t.Parallel()
	far := newCountingFar(t, t.TempDir(), 0)
	in, out := t.TempDir(), dropped{t, t.TempDir()}
	cmd := started(t, process(t, far.http.URL, slices.Concat([]string{"poll", "--out", in, "--interval", "1ms"}, asRecipient)...))
	until(t, "it has checked", func() bool { return far.count("CheckIfAvailableFiles") == 1 })
	begun := time.Now()
	out.put("late.txt", "later")
	if send := watching(t, far.http.URL, out.dir, "--once"); send.Run() != nil {
		t.Fatalf("not sent: %s", send.Stderr)
	}
	until(t, "it is received", func() bool { return len(names(t, in)) == 1 })
	if took := time.Since(begun); took < 4*time.Second {
		t.Errorf("two checks within %v", took)
	}
	until(t, "it is confirmed", func() bool { return far.count("ConfirmDownloaded") == 1 })
	took, code := stopped(t, cmd, syscall.SIGTERM)
	if code != 143 || took > 5*time.Second {
		t.Errorf("exit code %d after %v: %s", code, took, cmd.Stderr)
	}
	if told := fmt.Sprint(cmd.Stderr); !strings.HasPrefix(told, "received late.zip: ") || !strings.Contains(told, "\nreceived 1 file; ") {
		t.Errorf("it said %s", told)
	}
	if far.count("GetAvailableFiles") != 1 || far.count("CheckIfAvailableFiles") > 3 {
		t.Errorf("%v", far.asked)
	}
}

// What goes on tells Prometheus how it goes, and leaves a row for each job.
func TestWatchAndPollTellPrometheus(t *testing.T) {
	t.Parallel()
	far := newCountingFar(t, t.TempDir(), 0)
	d, in := dropped{t, t.TempDir()}, t.TempDir()
	d.put("a.txt", "1")
	for _, test := range []struct {
		direction string
		args      []string
	}{
		{"send", slices.Concat([]string{"watch", d.dir, "--settle", "10ms"}, toRecipient)},
		{"receive", slices.Concat([]string{"poll", "--out", in}, asRecipient)},
	} {
		direction, dir := test.direction, t.TempDir()
		log, report := filepath.Join(dir, "log"), filepath.Join(dir, "report.csv")
		cmd := started(t, process(t, far.http.URL, append(test.args, "--metrics-addr", "127.0.0.1:0", "--report", report,
			"--log-file", log, "--log-format", "json", "--log-level", "info")...))
		var at []string
		until(t, direction+" says where its metrics are", func() bool {
			text, _ := os.ReadFile(log)
			at = regexp.MustCompile(`"msg":"metrics are served","addr":"(127\.0\.0\.1:\d+)"`).FindStringSubmatch(string(text))
			return at != nil
		})
		done := fmt.Sprintf("\naltinn_transfer_jobs_ended_total{direction=%q,outcome=\"done\"} 1\n", direction)
		until(t, direction+" tells of its job", func() bool {
			_, text := get(t, "http://"+at[1]+"/metrics")
			return strings.Contains(text, done)
		})
		if _, code := stopped(t, cmd, syscall.SIGTERM); code != 143 {
			t.Errorf("%s: exit code %d: %s", direction, code, cmd.Stderr)
		}
		if rows, err := os.ReadFile(report); err != nil || strings.Count(string(rows), "\n") != 2 {
			t.Errorf("%s: the report is %q, %v", direction, rows, err)
		}
	}
}

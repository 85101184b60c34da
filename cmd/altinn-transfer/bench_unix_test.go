//go:build unix

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A signal in the middle of a bench, to it alone or as a terminal sends it to its children as well, leaves no file, and no
// process that could go on.
func TestASignalStopsABench(t *testing.T) {
	for name, of := range map[string]func(pid int) int{
		"to it alone": func(pid int) int { return pid },
		"to all":      func(pid int) int { return -pid },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			cmd := benching(t, dir)
			group := cmd.Process.Pid
			begun := time.Now()
			if err := syscall.Kill(of(group), syscall.SIGINT); err != nil {
				t.Fatal(err)
			}
			cmd.Wait()
			if code, took := cmd.ProcessState.ExitCode(), time.Since(begun); code != exitInterrupted || took > 5*time.Second {
				t.Errorf("exit code %d after %v: %s", code, took, cmd.Stderr)
			}
			if told := fmt.Sprint(cmd.Stderr); !strings.Contains(told, "told to stop by a signal") {
				t.Errorf("it said %s", told)
			}
			until(t, "its processes have ended", func() bool { return !anyAlive(group) })
			if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
				t.Errorf("%v: %v", left, err)
			}
		})
	}
}

// When the bench is killed, its far sides end by themselves.
func TestAKilledBenchLeavesNoProcess(t *testing.T) {
	dir := t.TempDir()
	cmd := benching(t, dir)
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	cmd.Wait()
	until(t, "its processes have ended", func() bool { return !anyAlive(cmd.Process.Pid) })
}

// anyAlive reports whether a process of a group goes on. Where /proc tells, one that has ended and that nobody has asked about is
// none: its parent is gone, and who took its place may never ask.
func anyAlive(group int) bool {
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, stat := range stats {
		text, _ := os.ReadFile(stat)
		_, behindName, _ := strings.Cut(string(text), ") ")
		if fields := strings.Fields(behindName); len(fields) > 2 && fields[2] == strconv.Itoa(group) && fields[0] != "Z" {
			return true
		}
	}
	return len(stats) == 0 && syscall.Kill(-group, 0) != syscall.ESRCH
}

// benching begins a bench that goes on for hours, in a process group of its own, and waits until it is in its rows.
func benching(t *testing.T, dir string) *exec.Cmd {
	t.Helper()
	cmd := process(t, "", "bench", "path", "--size", "16MiB", "--rounds", "100000")
	cmd.Env = append(cmd.Env, "TMPDIR="+dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }) // of a test that has failed
	until(t, "a payload is there", func() bool {
		made, _ := filepath.Glob(filepath.Join(dir, "altinn-transfer-bench-*", "payload.zip"))
		return len(made) == 1
	})
	time.Sleep(300 * time.Millisecond) // into the rows, wherever that is
	return cmd
}

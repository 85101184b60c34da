package resume

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// A second process is told within a second who has the journal, and when that one is killed nobody has to unlock it.
func TestSecondProcessIsTold(t *testing.T) {
	path := journalPath(t)
	first := process(t, "hold", path)
	started(t, first)

	start := time.Now()
	_, err := Open(path)
	if locked, ok := errors.AsType[*LockedError](err); !ok || locked.PID != first.Process.Pid || locked.Path != path {
		t.Errorf("error %v, and the process is %d", err, first.Process.Pid)
	}
	if took := time.Since(start); took > time.Second {
		t.Errorf("it took %v", took)
	}
	if pid, held := Holder(path); pid != first.Process.Pid || !held {
		t.Errorf("Holder gives %d, %v", pid, held)
	}
	for _, err := range Read(path) {
		t.Error(err)
	}

	must(t, first.Process.Kill())
	first.Wait()
	if pid, held := Holder(path); pid != 0 || held {
		t.Errorf("Holder gives %d, %v of a process that was killed", pid, held)
	}
	open(t, path)
	if pid, held := Holder(path); pid != os.Getpid() || !held {
		t.Errorf("Holder gives %d, %v", pid, held)
	}
}

// A process that the holder has started does not keep the journal when the holder is gone.
func TestChildDoesNotKeepTheLock(t *testing.T) {
	path := journalPath(t)
	parent := process(t, "parent", path)
	if _, err := exec.LookPath("sleep"); err != nil {
		t.Skip(err)
	}
	_, said := started(t, parent)
	pid, err := strconv.Atoi(said)
	must(t, err)
	child, err := os.FindProcess(pid)
	must(t, err)
	defer child.Kill()
	must(t, parent.Process.Kill())
	parent.Wait()
	if err := child.Signal(syscall.Signal(0)); err != nil {
		t.Fatalf("the child is gone: %v", err)
	}
	open(t, path)
}

// The same file by another way is the same journal.
func TestLockByAnotherWay(t *testing.T) {
	dir := t.TempDir()
	must(t, os.Mkdir(filepath.Join(dir, "state"), 0o700))
	if err := os.Symlink(filepath.Join(dir, "state"), filepath.Join(dir, "link")); err != nil {
		t.Skip(err)
	}
	f := open(t, filepath.Join(dir, "state", "a.journal"))
	other := filepath.Join(dir, "link", "a.journal")
	if _, err := Open(other); !errors.Is(err, ErrLocked) {
		t.Errorf("error %v", err)
	}
	must(t, f.Put(t.Context(), record("a", Planned)))
	must(t, f.Close())
	if _, ok := get(t, open(t, other), "a"); !ok {
		t.Error("it is another journal")
	}
}

// Who asks for the holder does not keep anybody from becoming it, though it takes the lock of a dead one for a moment.
func TestAskingForTheHolderDisturbsNobody(t *testing.T) {
	path := journalPath(t)
	must(t, open(t, path).Close())
	for range count(10, 100) {
		must(t, os.WriteFile(path+lockSuffix, []byte("999999\n"), 0o600))
		held, err := lockFile(path + lockSuffix) // as Holder does, and slower
		must(t, err)
		var w sync.WaitGroup
		w.Go(func() {
			time.Sleep(2 * time.Millisecond)
			giveBack(held)
		})
		f, err := Open(path)
		w.Wait()
		if err != nil {
			t.Fatal(err)
		}
		must(t, f.Close())
	}
}

// Of many processes at once, one has the journal, and none of their records is lost.
func TestOneWriterAmongMany(t *testing.T) {
	path := journalPath(t)
	processes, rounds := count(3, 10), count(4, 50)
	var all []*exec.Cmd
	for range processes {
		cmd := process(t, "contend", path, roundsOf+"="+fmt.Sprint(rounds))
		must(t, cmd.Start())
		all = append(all, cmd)
	}
	for _, cmd := range all {
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	}
	n := 0
	for _, err := range Read(path) {
		must(t, err)
		n++
	}
	if n != processes*rounds {
		t.Errorf("%d records, and %d were put", n, processes*rounds)
	}
}

// What a process had been told is on disk is there after it was killed, also while the file was written anew.
func TestPutsOutliveAKill(t *testing.T) {
	path := journalPath(t)
	told := map[string]int{}
	for round := range count(3, 100) {
		cmd := process(t, "put", path)
		output, _ := started(t, cmd)
		time.AfterFunc(time.Duration(20+37*round%150)*time.Millisecond, func() { cmd.Process.Kill() })
		for {
			text, err := output.ReadString('\n')
			if err != nil {
				break
			}
			key, generation, _ := strings.Cut(strings.TrimSpace(text), " ")
			n, err := strconv.Atoi(generation)
			must(t, err)
			told[key] = max(told[key], n)
		}
		cmd.Wait()
		f := open(t, path)
		if f.Damage() != 0 {
			t.Errorf("damage %d", f.Damage())
		}
		for key, n := range told {
			if r, ok := get(t, f, key); !ok || r.Generation < n {
				t.Fatalf("%s was put %d times, and is %+v", key, n+1, r)
			}
		}
		must(t, f.Close())
	}
	if len(told) < 10 {
		t.Errorf("only %d records were put", len(told))
	}
}

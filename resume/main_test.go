package resume

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// roleOf tells a copy of this test program what to do with the journal that the second variable names.
const (
	roleOf    = "ALTINN_TRANSFER_TEST_ROLE"
	journalOf = "ALTINN_TRANSFER_TEST_JOURNAL"
	roundsOf  = "ALTINN_TRANSFER_TEST_ROUNDS"
)

func TestMain(m *testing.M) {
	roles := map[string]func(path string) error{"hold": hold, "parent": holdAndStart, "put": putUntilKilled, "fill": putUntilFull, "contend": contend}
	role, ok := roles[os.Getenv(roleOf)]
	if !ok {
		goleak.VerifyTestMain(m)
		return
	}
	if err := role(os.Getenv(journalOf)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// process is a copy of this program in a role, ready to start.
func process(t *testing.T, role, path string, env ...string) *exec.Cmd {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program)
	cmd.Env = append(append(os.Environ(), roleOf+"="+role, journalOf+"="+path), env...)
	cmd.Stderr = os.Stderr
	return cmd
}

// started is a process of which somebody wants to hear, and the first line that it says. It is killed with the test.
func started(t *testing.T, cmd *exec.Cmd) (output *bufio.Reader, first string) {
	t.Helper()
	pipe, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	output = bufio.NewReader(pipe)
	first, err = output.ReadString('\n')
	must(t, err)
	return output, strings.TrimSpace(first)
}

// count is how often something is done: less often unless there is time.
func count(short, long int) int {
	if os.Getenv("ALTINN_TRANSFER_LONG") != "" {
		return long
	}
	return short
}

// hold opens the journal and keeps it until it is killed.
func hold(path string) error {
	if _, err := Open(path); err != nil {
		return err
	}
	fmt.Println("open")
	time.Sleep(time.Minute)
	return errors.New("nobody has killed this process")
}

// holdAndStart is hold in a process that starts another one, and says its number.
func holdAndStart(path string) error {
	if _, err := Open(path); err != nil {
		return err
	}
	child := exec.Command("sleep", "60")
	if err := child.Start(); err != nil {
		return err
	}
	fmt.Println(child.Process.Pid)
	time.Sleep(time.Minute)
	return errors.New("nobody has killed this process")
}

// putUntilKilled says of each record that it was put when it was, and writes the journal anew every now and then.
func putUntilKilled(path string) error {
	f, err := Open(path)
	if err != nil {
		return err
	}
	fmt.Println("open")
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			for n := 0; ; n++ {
				r := record(fmt.Sprintf("%d-%d-%d", os.Getpid(), i, n/3), Sent)
				r.Generation = n % 3
				if err := f.Put(context.Background(), r); err != nil {
					fmt.Fprintln(os.Stderr, err)
					os.Exit(1)
				}
				fmt.Printf("%s %d\n", r.Key, r.Generation)
				if i == 0 && n%20 == 19 {
					if _, err := f.Prune(context.Background(), time.Time{}); err != nil {
						fmt.Fprintln(os.Stderr, err)
						os.Exit(1)
					}
				}
			}
		})
	}
	all.Wait()
	return nil
}

// putUntilFull says of each record that it was put, until one cannot be; then none can.
func putUntilFull(path string) error {
	f, err := Open(path)
	if err != nil {
		return err
	}
	for n := 0; err == nil; n++ {
		if err = f.Put(context.Background(), record(fmt.Sprint(n), Sent), record("half", Planned)); err == nil {
			fmt.Println(n)
		}
	}
	if again := f.Put(context.Background(), Record{Key: "small"}); again == nil || again.Error() != err.Error() {
		return fmt.Errorf("after %w: %w", err, again)
	}
	return nil
}

// contend has the journal for a moment, many times over, and makes sure that nobody else has it then.
func contend(path string) error {
	var rounds int
	fmt.Sscan(os.Getenv(roundsOf), &rounds)
	for round := 0; round < rounds; {
		f, err := Open(path)
		if errors.Is(err, ErrLocked) {
			time.Sleep(time.Millisecond)
			continue
		}
		if err != nil {
			return err
		}
		mark, err := os.OpenFile(path+".mark", os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return fmt.Errorf("two processes have the journal: %w", err)
		}
		if err := f.Put(context.Background(), record(fmt.Sprintf("%d-%d", os.Getpid(), round), Planned)); err != nil {
			return err
		}
		mark.Close()
		if err := os.Remove(path + ".mark"); err != nil {
			return err
		}
		if err := f.Close(); err != nil {
			return err
		}
		round++
	}
	return nil
}

// record is one with something in every member.
func record(key string, s State) Record {
	return Record{
		Key: key, Direction: Send, State: s, Name: "faktura \"ø\" <1>.zip", Path: "/srv/ut/faktura.zip", Party: "910000001",
		Recipients: []string{"910000002", "910000003"}, SendersReference: "at-" + key, Reference: "ref-" + key, Size: 1 << 40,
		SHA256: Key(key), Attempts: 3, Problem: "a line\nand a quotation mark \"",
	}
}

func open(t testing.TB, path string) *File {
	t.Helper()
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func journalPath(t testing.TB) string { return filepath.Join(t.TempDir(), "a.journal") }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func get(t testing.TB, j Journal, key string) (Record, bool) {
	t.Helper()
	r, ok, err := j.Get(t.Context(), key)
	must(t, err)
	return r, ok
}

// all gives the records of a journal, and fails when a key comes twice.
func all(t testing.TB, records func(func(Record, error) bool)) map[string]Record {
	t.Helper()
	found := map[string]Record{}
	for r, err := range records {
		must(t, err)
		if _, twice := found[r.Key]; twice {
			t.Errorf("%s comes twice", r.Key)
		}
		found[r.Key] = r
	}
	return found
}

func content(t testing.TB, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	must(t, err)
	return text
}

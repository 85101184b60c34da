//go:build unix

package server_test

import (
	"bufio"
	"fmt"
	"maps"
	"math/rand/v2"
	"net"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/altinn-transfer/altinn-transfer/server"
)

// storeToServe names the store that a copy of this test program serves until it is killed.
const storeToServe = "ALTINN_TRANSFER_TEST_STORE"

func TestServedUntilKilled(t *testing.T) {
	dir := os.Getenv(storeToServe)
	if dir == "" {
		t.Skip("this is the far side of TestWhatWasAnsweredSurvivesAKill")
	}
	s, err := server.New(server.Options{Dir: dir, Users: server.DemoUsers()})
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("http://%s\n", l.Addr())
	t.Fatal(s.Serve(t.Context(), l))
}

// killable runs a server in a process of its own.
func killable(t *testing.T, dir string) (address string, kill func()) {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "-test.run=^TestServedUntilKilled$")
	cmd.Env = append(os.Environ(), storeToServe+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	address, err = bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(address), func() {
		cmd.Process.Kill()
		cmd.Wait()
	}
}

// outcome is what a client knows of a reference when the server has died.
type outcome struct {
	content    string
	receipt    bool
	confirming bool // a confirmation was sent
	answered   bool // and answered
}

// A server is killed at random moments under eight clients. Whatever it has answered is so after each restart.
// ALTINN_TRANSFER_SEED gives the moments of a run again.
func TestWhatWasAnsweredSurvivesAKill(t *testing.T) {
	rounds := 6
	if os.Getenv("ALTINN_TRANSFER_LONG") != "" {
		rounds = 100
	}
	seed := rand.Uint64()
	if again, err := strconv.ParseUint(os.Getenv("ALTINN_TRANSFER_SEED"), 10, 64); err == nil {
		seed = again
	}
	t.Logf("ALTINN_TRANSFER_SEED=%d", seed)
	moments := rand.New(rand.NewPCG(seed, 0))
	for done := 0; done < rounds; done += roundsOfStore {
		killAgainAndAgain(t, moments, min(roundsOfStore, rounds-done))
	}
}

// roundsOfStore are made with the same store, which grows by that.
const roundsOfStore = 20

func killAgainAndAgain(t *testing.T, moments *rand.Rand, rounds int) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "store")
	stands := map[string]*outcome{} // of all rounds: it had a receipt, and nobody confirmed it
	for round := range rounds {
		address, kill := killable(t, dir)
		known := exchangeUntilKilled(t, address, kill, time.Duration(5+moments.IntN(150))*time.Millisecond)
		checkAfterKill(t, dir, round, known)
		maps.Copy(stands, known)
		maps.DeleteFunc(stands, func(_ string, o *outcome) bool { return !o.receipt || o.confirming })
	}
	checkAfterKill(t, dir, rounds, stands)
}

// exchangeUntilKilled sends and confirms files from several clients, until the server dies under them.
func exchangeUntilKilled(t *testing.T, address string, kill func(), after time.Duration) map[string]*outcome {
	f := &far{t: t, web: &httptest.Server{URL: address}}
	known := map[string]*outcome{}
	var mu sync.Mutex
	var clients sync.WaitGroup
	for client := range 8 {
		clients.Go(func() {
			for i := 0; ; i++ {
				a, err := f.try(brokerPath, brokerAction+"InitiateBrokerServiceBasic", "text/xml", strings.NewReader(operation(asSender,
					"InitiateBrokerServiceBasic", initiation("4192", "270815", sender, "ref", recipient))))
				if err != nil {
					return
				}
				reference := a.between(t, "<InitiateBrokerServiceBasicResult>", "</")
				o := &outcome{content: emptyZIP + strings.Repeat(fmt.Sprint(client, i), 5000)}
				mu.Lock()
				known[reference] = o
				mu.Unlock()
				a, err = f.try(streamedPath, streamedAction+"UploadFileStreamedBasic", related,
					strings.NewReader(message(uploadRoot(asSender, reference, sender, "file.zip", inPart), o.content)))
				if err != nil {
					return
				}
				o.receipt = a.status == 200
				if i%2 == 0 {
					continue
				}
				o.confirming = true
				a, err = f.try(brokerPath, brokerAction+"ConfirmDownloadedBasic", "text/xml", strings.NewReader(operation(asRecipient,
					"ConfirmDownloadedBasic", references(reference, recipient))))
				o.answered = err == nil && a.status == 200
			}
		})
	}
	time.Sleep(after)
	kill()
	clients.Wait()
	return known
}

func checkAfterKill(t *testing.T, dir string, round int, known map[string]*outcome) {
	t.Helper()
	f := &far{t: t, options: server.Options{Dir: dir, Users: server.DemoUsers()}}
	f.open()
	defer f.close()
	receipts := 0
	for reference, o := range known {
		waits := f.waits(reference)
		switch {
		case o.answered && waits:
			t.Errorf("round %d: %s was confirmed, and waits again", round, reference)
		case o.receipt && !o.confirming && !waits:
			t.Errorf("round %d: %s had a receipt, and is lost", round, reference)
		case !o.receipt && !waits:
			if a := f.upload(reference, o.content); a.status != 200 {
				t.Errorf("round %d: %s was initiated, and is lost: %s", round, reference, a.body)
			}
		case waits && f.download(asRecipient, reference, recipient).payload(t) != o.content:
			t.Errorf("round %d: %s is not what was sent", round, reference)
		}
		if o.receipt {
			receipts++
			if a := f.upload(reference, o.content); a.fault() != 40208 {
				t.Errorf("round %d: %s had a receipt, and takes a file: %s", round, reference, a.body)
			}
		}
	}
	t.Logf("round %d: %d references, %d receipts", round, len(known), receipts)
}

//go:build unix

package main

import (
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/altinn-transfer/altinn-transfer/internal/atomicfile"
)

// Of a bulk that is killed again and again.
const (
	bulkMost  = 64 << 10 // bytes of the largest
	bulkJobs  = 8
	bulkPause = 4 * time.Millisecond // so that the run is long enough to be killed at many moments
)

// killing is a command that is run again after each kill, until it ends by itself.
type killing struct {
	moments  *rand.Rand
	files    int
	kills    int
	again    int                      // calls of the service that were made more than once
	progress [10]int                  // kills by how much was done then, in tenths
	done     func(f *countingFar) int // files that are done
}

// newKilling says what the moments come from. The same seed gives the same ones, as parts of how long the whole takes.
func newKilling(t *testing.T, files int, done func(f *countingFar) int) *killing {
	t.Helper()
	return &killing{moments: seeded(t), files: files, done: done}
}

// bulk runs the command on a fresh far side, killed at random moments up to the last, so that they are spread over all that it
// does. It stops killing after so many.
func (k *killing) bulk(t *testing.T, f *countingFar, last time.Duration, most int, args []string, check func()) {
	t.Helper()
	state := t.TempDir()
	for {
		moment := time.Duration(k.moments.Int64N(int64(last)))
		if k.kills == most {
			moment = time.Hour
		}
		if killed(t, worker(t, f, state, args...), moment) {
			break
		}
		k.kills++
		k.progress[min(9, 10*k.done(f)/k.files)]++
		check()
	}
	before := f.changes()
	finished(t, worker(t, f, state, args...))
	if f.changes() != before {
		t.Errorf("a run after the last asked the service for something")
	}
}

// changes counts what the service was asked that is not a question.
func (f *countingFar) changes() int {
	return f.count("InitiateBrokerService") + f.count("UploadFileStreamed") + f.count("ConfirmDownloaded")
}

// A bulk that is killed at any moment, and run again until it ends, is sent once.
func TestKilledSend(t *testing.T) {
	t.Parallel()
	files, bulkFiles := t.TempDir(), scaled(50, 200)
	want := makeBulk(t, files, bulkFiles, bulkMost)
	args := append([]string{"send", files, "--jobs", "8", "--progress", "none"}, toRecipient...)
	whole := finished(t, worker(t, newCountingFar(t, t.TempDir(), bulkPause), t.TempDir(), args...))
	k := newKilling(t, bulkFiles, func(f *countingFar) int { return len(uploadsIn(t, f.store)) })
	bulks, kills := 0, scaled(10, 200)
	for ; k.kills < kills; bulks++ {
		f := newCountingFar(t, t.TempDir(), bulkPause)
		before := k.kills
		k.bulk(t, f, lastMoment(whole), kills, args, func() { checkUploads(t, f.store, want) })
		f.close()
		checkUploads(t, f.store, want)
		if sent := len(uploadsIn(t, f.store)); sent != bulkFiles {
			t.Errorf("%d of %d files were sent", sent, bulkFiles)
		}
		again := f.count("UploadFileStreamed") - bulkFiles
		if most := (k.kills - before) * bulkJobs; again > most {
			t.Errorf("%d uploads more than files, and %d can have been under way when it was killed", again, most)
		}
		k.again += again
		if t.Failed() {
			break
		}
	}
	t.Logf("%d kills in %d bulks of %v, by what was done then: %v; %d uploads more than files", k.kills, bulks, whole, k.progress, k.again)
}

// uploadsIn are the uploads that stand.
func uploadsIn(t *testing.T, store string) []shipmentOnDisk {
	t.Helper()
	var all []shipmentOnDisk
	for _, s := range shipmentsIn(t, store) {
		if s.Upload != nil {
			all = append(all, s)
		}
	}
	return all
}

// checkUploads makes sure that no file stands twice, and that each is what was sent.
func checkUploads(t *testing.T, store string, want digests) {
	t.Helper()
	seen := map[string]bool{}
	for _, s := range uploadsIn(t, store) {
		name := s.Upload.FileName
		if seen[name] {
			t.Errorf("%s was accepted twice", name)
		}
		seen[name] = true
		digest, err := digestIn(filepath.Join(store, "broker", s.Reference+".zip"))
		if err != nil || digest != want[name] || s.Upload.SHA256 != digest {
			t.Errorf("%s is not what was sent: %s, %v", name, digest, err)
		}
	}
}

// lastMoment is a part of how long a bulk takes: what is done stays done, so that the kills come ever later in it.
func lastMoment(whole time.Duration) time.Duration { return whole / time.Duration(scaled(2, 4)) }

// A bulk that waits is received once, whenever the command is killed and run again. No name ever holds less than its whole
// file, and nothing is confirmed that is not there.
func TestKilledReceive(t *testing.T) {
	t.Parallel()
	files, bulkFiles := t.TempDir(), scaled(50, 200)
	r := receives{want: makeBulk(t, files, bulkFiles, bulkMost), shipments: bulkFiles, again: bulkJobs, last: lastMoment}
	r.args = []string{"--jobs", "8"}
	r.done = func(f *countingFar) int { return confirmedIn(t, f.store) }
	r.run(t, scaled(10, 200), "send", files, "--jobs", "8")
}

// A file in segments, and one beside it, are received once, whenever the command is killed. Segments that have come are looked
// at again after each kill, so that the moments are spread over a whole run and a little more, and each can cost all of them.
func TestKilledJoin(t *testing.T) {
	t.Parallel()
	const segments = 9
	files := t.TempDir()
	r := receives{want: makeBulk(t, files, 2, 8<<20), shipments: 1 + segments, again: 1 + segments}
	r.args = []string{"--jobs", "4", "--limit", "8MiB"} // so that bodies are under way for most of the time
	r.last = func(whole time.Duration) time.Duration { return whole * 5 / 4 }
	r.done = func(f *countingFar) int { return f.count("DownloadFileStreamed") % (1 + segments) }
	r.run(t, scaled(3, 60), "send", files, "--segment", "512KiB")
}

// receives are receives of the same shipments that are killed.
type receives struct {
	want      digests // of the files that the shipments make up
	shipments int
	args      []string
	again     int                               // shipments that a kill can cost another download
	last      func(time.Duration) time.Duration // the last moment of a kill, by how long the whole takes
	done      func(f *countingFar) int          // of the shipments, for the log
}

// run sends once, and receives until a command was killed so often.
func (r receives) run(t *testing.T, kills int, send ...string) {
	t.Helper()
	waiting := t.TempDir()
	f := newCountingFar(t, waiting, 0)
	finished(t, worker(t, f, t.TempDir(), append(append(send, "--progress", "none"), toRecipient...)...))
	f.close()
	f = newCountingFar(t, copyStore(t, waiting), bulkPause)
	whole := finished(t, worker(t, f, t.TempDir(), r.into(t.TempDir())...))
	k := newKilling(t, r.shipments, r.done)
	bulks := 0
	for ; k.kills < kills && !t.Failed(); bulks++ {
		r.bulk(t, k, kills, whole, newCountingFar(t, copyStore(t, waiting), bulkPause))
	}
	t.Logf("%d kills in %d bulks of %v, by what was done then: %v; %d downloads more than shipments", k.kills, bulks, whole, k.progress, k.again)
}

// bulk receives all of it once.
func (r receives) bulk(t *testing.T, k *killing, kills int, whole time.Duration, f *countingFar) {
	t.Helper()
	out := t.TempDir()
	watched := watch(out, r.want)
	before := k.kills
	k.bulk(t, f, r.last(whole), kills, r.into(out), func() { checkStored(t, out, f.store, r.want) })
	f.close()
	for _, problem := range watched() {
		t.Error(problem)
	}
	checkStored(t, out, f.store, r.want)
	if left, err := os.ReadDir(out); err != nil || len(left) != len(r.want) {
		t.Errorf("%d files for %d, %v", len(left), len(r.want), err)
	}
	if confirmed := confirmedIn(t, f.store); confirmed != r.shipments {
		t.Errorf("%d of %d shipments were confirmed", confirmed, r.shipments)
	}
	again := f.count("DownloadFileStreamed") - r.shipments
	if most := (k.kills - before) * r.again; again > most {
		t.Errorf("%d downloads more than shipments, and %d can have been under way when it was killed", again, most)
	}
	k.again += again
}

func (r receives) into(dir string) []string {
	args := append([]string{"receive", "--out", dir, "--progress", "none"}, r.args...)
	return append(args, asRecipient...)
}

// copyStore gives another store with the same in it. The payloads are the same ones, since a store never writes into one that has
// its name.
func copyStore(t *testing.T, store string) string {
	t.Helper()
	other := t.TempDir()
	err := filepath.WalkDir(store, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		to := filepath.Join(other, path[len(store):])
		switch {
		case entry.IsDir():
			return os.MkdirAll(to, 0o700)
		case entry.Name() == "lock":
			return nil
		case filepath.Ext(to) == ".json": // to which a server adds
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			return os.WriteFile(to, text, 0o600)
		}
		return os.Link(path, to)
	})
	if err != nil {
		t.Fatal(err)
	}
	return other
}

func confirmedIn(t *testing.T, store string) int {
	t.Helper()
	n := 0
	for _, s := range shipmentsIn(t, store) {
		if s.confirmed() {
			n++
		}
	}
	return n
}

// checkStored makes sure that each name holds its whole file, and that each file that was confirmed is there.
func checkStored(t *testing.T, out, store string, want digests) {
	t.Helper()
	there := map[string]bool{}
	entries, err := os.ReadDir(out)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		name := entry.Name()
		if atomicfile.IsTemp(name) {
			continue
		}
		there[name] = true
		if digest, err := digestIn(filepath.Join(out, name)); err != nil || digest != want[name] {
			t.Errorf("%s is not what was sent: %s, %v", name, digest, err)
		}
	}
	for _, s := range shipmentsIn(t, store) {
		if s.confirmed() && !there[fileOf(s.Upload.FileName)] {
			t.Errorf("%s was confirmed, and is not there", s.Upload.FileName)
		}
	}
}

// fileOf is the file that a shipment belongs to: its own, or the one that was cut.
func fileOf(shipment string) string { return segmentEnding.ReplaceAllString(shipment, "") }

var segmentEnding = regexp.MustCompile(`\.[0-9]{3}\.zip$`)

// watch looks at a directory all the time until it is asked for what it has found: names that hold other than their whole file.
func watch(dir string, want digests) (found func() []string) {
	stop, problems := make(chan struct{}), make(chan []string)
	go func() {
		seen := map[string]bool{}
		var wrong []string
		for {
			select {
			case <-stop:
				problems <- wrong
				return
			case <-time.After(time.Millisecond):
			}
			entries, _ := os.ReadDir(dir)
			for _, entry := range entries {
				name := entry.Name()
				if seen[name] || atomicfile.IsTemp(name) {
					continue
				}
				seen[name] = true
				digest, err := digestIn(filepath.Join(dir, name))
				if digest != want[name] && !errors.Is(err, fs.ErrNotExist) {
					wrong = append(wrong, name+" did not hold its whole file when it appeared")
				}
			}
		}
	}()
	return func() []string {
		close(stop)
		return <-problems
	}
}

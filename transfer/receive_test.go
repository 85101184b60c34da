package transfer_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/internal/iofault"
	"github.com/altinn-transfer/altinn-transfer/transfer"
)

const me = broker.Party("910077473")

func waiting(content string, files ...broker.AvailableFile) *fake {
	f := &fake{files: map[broker.Reference][]byte{}, list: files}
	for _, file := range files {
		f.files[file.Reference] = []byte(content)
	}
	return f
}

func available(name string, size int64) broker.AvailableFile {
	return broker.AvailableFile{Reference: "0e1dc0de", Name: name, Size: size}
}

func TestReceiveStoresThenConfirms(t *testing.T) {
	dir := t.TempDir()
	backend := waiting("PK content", available("a.zip", 10))
	backend.during = func(step string) {
		if _, err := os.Stat(filepath.Join(dir, "a.zip")); step == "confirm" && err != nil {
			t.Error("confirmed before the file was there:", err)
		}
	}
	result := transfer.New(backend, transfer.Options{}).Receive(t.Context(), backend.list[0], me, dir)
	if result.Err != nil || !result.Confirmed {
		t.Fatalf("result %+v", result)
	}
	if got := content(t, result.Path); got != "PK content" || result.Path != filepath.Join(dir, "a.zip") {
		t.Errorf("%s holds %q", result.Path, got)
	}
	if want := fmt.Sprintf("%x", sha256.Sum256([]byte("PK content"))); result.SHA256 != want || result.Bytes != 10 {
		t.Errorf("%d bytes with %s", result.Bytes, result.SHA256)
	}
	if got := backend.steps(); !slices.Equal(got, []string{"download", "confirm"}) {
		t.Errorf("steps %v", got)
	}
}

func TestReceiveKeepsNothingOfABrokenDownload(t *testing.T) {
	for name, test := range map[string]struct {
		body func([]byte) io.Reader
		size int64
		kind failure.Kind
	}{
		"error in the middle": {func(b []byte) io.Reader {
			return iofault.ErrAt(bytes.NewReader(b), 4, &failure.Error{Kind: failure.Integrity})
		}, 10, failure.Integrity},
		"too short": {func(b []byte) io.Reader { return bytes.NewReader(b[:9]) }, 10, failure.Integrity},
		"too long":  {func(b []byte) io.Reader { return io.MultiReader(bytes.NewReader(b), strings.NewReader("x")) }, 10, failure.Integrity},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			backend := waiting("PK content", available("a.zip", test.size))
			backend.body = test.body
			result := transfer.New(backend, transfer.Options{Retry: quick}).Receive(t.Context(), backend.list[0], me, dir)
			if !errors.Is(result.Err, test.kind) {
				t.Errorf("got %v", result.Err)
			}
			if left := entries(t, dir); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
			if got := backend.steps(); slices.Contains(got, "confirm") {
				t.Error("confirmed")
			}
		})
	}
}

func TestASizeThatNobodyKnowsIsNotChecked(t *testing.T) {
	backend := waiting("PK content", available("a.zip", 0))
	if result := transfer.New(backend, transfer.Options{}).Receive(t.Context(), backend.list[0], me, t.TempDir()); result.Err != nil {
		t.Error(result.Err)
	}
}

func TestHostileNamesAreRefusedAndLoseNothing(t *testing.T) {
	for _, name := range []string{"../evil.zip", "/etc/x", "a\nb.zip", strings.Repeat("n", 300), `..\x`, "..", "", "a\x1b[31m.zip"} {
		outer := t.TempDir()
		dir := filepath.Join(outer, "in")
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		backend := waiting("PK content", available(name, 10))
		result := transfer.New(backend, transfer.Options{}).Receive(t.Context(), backend.list[0], me, dir)
		if !errors.Is(result.Err, failure.BadName) || !strings.Contains(result.Err.Error(), "its reference is 0e1dc0de") {
			t.Errorf("%q: got %v", name, result.Err)
		}
		if strings.ContainsAny(result.Err.Error(), "\n\x1b") {
			t.Errorf("%q: the error repeats control characters: %q", name, result.Err)
		}
		if left := append(entries(t, dir), entries(t, outer)...); !slices.Equal(left, []string{"in"}) {
			t.Errorf("%q: left behind %v", name, left)
		}
		if steps := backend.steps(); len(steps) > 0 {
			t.Errorf("%q: it called %v", name, steps)
		}
	}
}

func TestNothingIsOverwritten(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.zip"), []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	backend := waiting("PK content", available("a.zip", 10))
	result := transfer.New(backend, transfer.Options{}).Receive(t.Context(), backend.list[0], me, dir)
	if result.Err != nil || result.Path != filepath.Join(dir, "a-0e1dc0de.zip") {
		t.Fatalf("result %+v", result)
	}
	if content(t, filepath.Join(dir, "a.zip")) != "mine" || content(t, result.Path) != "PK content" {
		t.Error("a file was overwritten")
	}
	again := transfer.New(backend, transfer.Options{}).Receive(t.Context(), backend.list[0], me, dir)
	if !errors.Is(again.Err, failure.Disk) {
		t.Errorf("a third file of that name: %v", again.Err)
	}
}

func TestSameNamesAtOnceAreKeptApart(t *testing.T) {
	dir := t.TempDir()
	var files []broker.AvailableFile
	for i := range 8 {
		files = append(files, broker.AvailableFile{Reference: broker.Reference(fmt.Sprintf("ref-%d", i)), Name: "same.zip", Size: 10})
	}
	backend := waiting("PK content", files...)
	for result := range transfer.New(backend, transfer.Options{Concurrency: 8}).ReceiveAll(t.Context(), broker.Query{Recipient: me}, dir) {
		if result.Err != nil {
			t.Error(result.Err)
		}
	}
	if got := entries(t, dir); len(got) != 8 {
		t.Errorf("%d files: %v", len(got), got)
	}
}

func TestATargetThatRefusesLosesNothing(t *testing.T) {
	backend := waiting("PK content", available("a.zip", 10))
	result := transfer.New(backend, transfer.Options{}).Receive(t.Context(), backend.list[0], me, filepath.Join(t.TempDir(), "missing"))
	if !errors.Is(result.Err, failure.Disk) || len(backend.steps()) > 0 {
		t.Errorf("got %v after %v", result.Err, backend.steps())
	}
}

func TestAConfirmThatIsRefusedTheLoginStopsTheBatch(t *testing.T) {
	files := []broker.AvailableFile{{Reference: "r1", Name: "a.zip"}, {Reference: "r2", Name: "b.zip"}, {Reference: "r3", Name: "c.zip"}}
	backend := waiting("PK content", files...)
	backend.confirm = &failure.Error{Kind: failure.Unauthenticated}
	manager := transfer.New(backend, transfer.Options{Concurrency: 1})
	for result := range manager.ReceiveAll(t.Context(), broker.Query{Recipient: me}, t.TempDir()) {
		if !errors.Is(result.Err, failure.Unauthenticated) {
			t.Errorf("%s: %v", result.Name, result.Err)
		}
	}
	if got := backend.steps(); !slices.Equal(got, []string{"list", "download", "confirm"}) {
		t.Errorf("steps %v", got)
	}
}

// A link that lies at a file's name is as good as a file: not followed, and not replaced.
func TestWhatLiesAtAFilesNameIsNotFollowed(t *testing.T) {
	dir, outside := t.TempDir(), filepath.Join(t.TempDir(), "outside")
	if err := os.Symlink(outside, filepath.Join(dir, "a.zip")); err != nil {
		t.Skip(err)
	}
	backend := waiting("PK content", available("a.zip", 10))
	result := transfer.New(backend, transfer.Options{}).Receive(t.Context(), backend.list[0], me, dir)
	if result.Err != nil || result.Path != filepath.Join(dir, "a-0e1dc0de.zip") {
		t.Errorf("result %+v", result)
	}
	if _, err := os.Lstat(outside); !errors.Is(err, fs.ErrNotExist) {
		t.Error("the link was followed")
	}
}

func TestANameThatCannotBeLookedForIsNotCalledTaken(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.zip"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	file := broker.AvailableFile{Reference: broker.Reference(strings.Repeat("r", 300)), Name: "a.zip"}
	result := transfer.New(waiting("PK content", file), transfer.Options{}).Receive(t.Context(), file, me, dir)
	if !errors.Is(result.Err, failure.Disk) || errors.Is(result.Err, fs.ErrExist) {
		t.Errorf("got %v", result.Err)
	}
}

func TestStoredButNotConfirmedSaysBoth(t *testing.T) {
	dir := t.TempDir()
	backend := waiting("PK content", available("a.zip", 10))
	backend.confirm = &failure.Error{Kind: failure.Network}
	result := transfer.New(backend, transfer.Options{Retry: quick}).Receive(t.Context(), backend.list[0], me, dir)
	if !errors.Is(result.Err, failure.Network) || result.Confirmed || content(t, result.Path) != "PK content" {
		t.Errorf("result %+v", result)
	}
}

func TestAFileThatIsStoredIsConfirmedAfterTheSignal(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	backend := waiting("PK content", available("a.zip", 10))
	backend.during = func(step string) {
		if step == "confirm" {
			cancel()
		}
	}
	if result := transfer.New(backend, transfer.Options{}).Receive(ctx, backend.list[0], me, t.TempDir()); result.Err != nil || !result.Confirmed {
		t.Errorf("result %+v", result)
	}
}

func TestAConfirmThatHangsEndsSoonAfterTheSignalAndNotBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		backend := waiting("PK content", available("a.zip", 10))
		backend.hangs = true
		start := time.Now()
		time.AfterFunc(time.Hour, cancel)
		result := transfer.New(backend, transfer.Options{}).Receive(ctx, backend.list[0], me, t.TempDir())
		if took := time.Since(start) - time.Hour; result.Err == nil || result.Path == "" || took < time.Second || took >= 5*time.Second {
			t.Errorf("%v after the signal: %+v", took, result)
		}
	})
}

func TestNoConfirmLeavesTheFileAtTheService(t *testing.T) {
	backend := waiting("PK content", available("a.zip", 10))
	result := transfer.New(backend, transfer.Options{NoConfirm: true}).Receive(t.Context(), backend.list[0], me, t.TempDir())
	if result.Err != nil || result.Confirmed || slices.Contains(backend.steps(), "confirm") {
		t.Errorf("result %+v after %v", result, backend.steps())
	}
}

func TestAListThatFailsIsTheLastResult(t *testing.T) {
	backend := waiting("PK content", available("a.zip", 10))
	backend.available = errBoom
	var results []transfer.Result
	for result := range transfer.New(backend, transfer.Options{}).ReceiveAll(t.Context(), broker.Query{Recipient: me}, t.TempDir()) {
		results = append(results, result)
	}
	if len(results) != 2 || results[0].Err != nil || !errors.Is(results[1].Err, errBoom) {
		t.Errorf("results %+v", results)
	}
}

func TestStoreRefusesToOverwrite(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.zip")
	stored, err := transfer.Store(path, strings.NewReader("one"), nil)
	if err != nil || stored.Path != path || stored.Bytes != 3 {
		t.Fatalf("%+v, %v", stored, err)
	}
	if _, err := transfer.Store(path, strings.NewReader("two"), nil); !errors.Is(err, failure.Disk) {
		t.Errorf("got %v", err)
	}
	if got := content(t, path); got != "one" {
		t.Errorf("it holds %q", got)
	}
}

func content(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func entries(t *testing.T, dir string) []string {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range list {
		names = append(names, entry.Name())
	}
	return names
}

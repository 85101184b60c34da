package stream

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestFileRefusesWhatIsNoFile(t *testing.T) {
	dir := t.TempDir()
	refused := map[string]string{dir: "a directory"}
	if runtime.GOOS != "windows" {
		refused[os.DevNull] = "a device"
		refused[listenUnix(t)] = "a socket"
		refused[makePipe(t, dir)] = "a named pipe"
	}
	for path, kind := range refused {
		if _, err := File(path); err == nil || !strings.Contains(err.Error(), path+" is "+kind) {
			t.Errorf("%s: error %v", kind, err)
		}
	}
	if _, err := File(filepath.Join(dir, "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing: error %v", err)
	}
}

func listenUnix(t *testing.T) string {
	t.Helper()
	// Not in t.TempDir, whose length a socket address may not have room for.
	dir, err := os.MkdirTemp("", "s")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	path := filepath.Join(dir, "s")
	listener, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	return path
}

func TestFileGoneBeforeOpen(t *testing.T) {
	path := writeFile(t, "a", hello)
	source := mustFile(t, path)
	os.Remove(path)
	if _, err := source.Open(t.Context()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v", err)
	}
}

// content is longer than one buffer of any copy, so that a change can fall between two reads.
var content = strings.Repeat("0123456789abcdef", 64<<10)

var changes = map[string]func(t *testing.T, path string){
	"appended":  func(t *testing.T, path string) { change(t, path, int64(len(content)), "more") },
	"rewritten": func(t *testing.T, path string) { change(t, path, 7, "X") },
	"truncated": func(t *testing.T, path string) { must(t, os.Truncate(path, 100_000)) },
	"emptied":   func(t *testing.T, path string) { must(t, os.Truncate(path, 0)) },
	"grown within a tick of the clock": func(t *testing.T, path string) {
		info, err := os.Stat(path)
		must(t, err)
		change(t, path, int64(len(content)), "more")
		must(t, os.Chtimes(path, time.Time{}, info.ModTime()))
	},
	"touched": func(t *testing.T, path string) { must(t, os.Chtimes(path, time.Time{}, time.Now().Add(time.Second))) },
}

func change(t *testing.T, path string, at int64, data string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	must(t, err)
	_, err = f.WriteAt([]byte(data), at)
	must(t, err)
	must(t, f.Close())
	// The clock of a file system may be too coarse to tell two changes so close together.
	must(t, os.Chtimes(path, time.Time{}, time.Now().Add(time.Second)))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestFileChangedBeforeOpen(t *testing.T) {
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			path := writeFile(t, "a", content)
			source := mustFile(t, path)
			change(t, path)
			if _, err := source.Open(t.Context()); !errors.Is(err, ErrChanged) || !strings.Contains(err.Error(), path) {
				t.Errorf("error %v", err)
			}
		})
	}
}

func TestFileReplacedByDirectory(t *testing.T) {
	path := writeFile(t, "a", content)
	source := mustFile(t, path)
	must(t, os.Remove(path))
	must(t, os.Mkdir(path, 0o700))
	if _, err := source.Open(t.Context()); err == nil || !strings.Contains(err.Error(), "a directory") {
		t.Errorf("error %v", err)
	}
}

func TestFileChangedWhileRead(t *testing.T) {
	ways := map[string]func(io.Reader) (int64, error){
		"Read":    func(r io.Reader) (int64, error) { return io.Copy(io.Discard, struct{ io.Reader }{r}) },
		"WriteTo": func(r io.Reader) (int64, error) { return r.(io.WriterTo).WriteTo(io.Discard) },
	}
	for name, change := range changes {
		for way, rest := range ways {
			t.Run(name+"/"+way, func(t *testing.T) {
				path := writeFile(t, "a", content)
				r := mustOpen(t, mustFile(t, path))
				defer r.Close()
				first := make([]byte, 1000)
				_, err := io.ReadFull(r, first)
				must(t, err)
				change(t, path)
				n, err := rest(r)
				if !errors.Is(err, ErrChanged) {
					t.Errorf("error %v", err)
				}
				if n > int64(len(content)-len(first)) {
					t.Errorf("%d bytes too many", n-int64(len(content)-len(first)))
				}
				if n, again := r.Read(first); n != 0 || !errors.Is(again, ErrChanged) {
					t.Errorf("then %d bytes, error %v", n, again)
				}
			})
		}
	}
}

// Files made up by the kernel say that they are empty. Sending nothing in their name would be a lie.
func TestFileThatLiesAboutItsSize(t *testing.T) {
	const path = "/proc/self/status"
	if _, err := os.Stat(path); err != nil {
		t.Skip("no " + path)
	}
	r := mustOpen(t, mustFile(t, path))
	defer r.Close()
	if n, err := io.Copy(io.Discard, r); n > 0 || !errors.Is(err, ErrChanged) {
		t.Errorf("%d bytes, error %v", n, err)
	}
}

func TestFileEmpty(t *testing.T) {
	for _, buffer := range []int{0, 1, 10} {
		r := mustOpen(t, mustFile(t, writeFile(t, "a", "")))
		n, err := r.Read(make([]byte, buffer))
		if n != 0 || (buffer > 0) != (err == io.EOF) {
			t.Errorf("buffer of %d: %d bytes, error %v", buffer, n, err)
		}
		r.Close()
	}
}

// kernelWriter stands for a TCP connection, which passes a file to the kernel when it sees one.
type kernelWriter struct {
	bytes.Buffer
	sawFile bool
}

func (k *kernelWriter) ReadFrom(r io.Reader) (int64, error) {
	limited, ok := r.(*io.LimitedReader)
	if ok {
		_, ok = limited.R.(*os.File)
	}
	k.sawFile = k.sawFile || ok
	return k.Buffer.ReadFrom(r)
}

func TestFileStaysVisibleToSendfile(t *testing.T) {
	r := mustOpen(t, mustFile(t, writeFile(t, "a", content)))
	defer r.Close()
	var w kernelWriter
	n, err := io.Copy(&w, r)
	if err != nil || n != int64(len(content)) || w.String() != content {
		t.Errorf("%d bytes, error %v", n, err)
	}
	if !w.sawFile {
		t.Error("the writer has not seen the file")
	}
}

func TestFileReadAfterClose(t *testing.T) {
	r := mustOpen(t, mustFile(t, writeFile(t, "a", content)))
	must(t, r.Close())
	if _, err := io.Copy(io.Discard, r); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("error %v", err)
	}
}

// eofWriter refuses as a closed pipe does.
type eofWriter struct{}

func (eofWriter) Write([]byte) (int, error) { return 0, io.EOF }

func TestAWriterThatEndsIsNoEndOfTheFile(t *testing.T) {
	r, err := mustFile(t, writeFile(t, "a", hello)).Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if n, err := r.(io.WriterTo).WriteTo(eofWriter{}); n != 0 || !errors.Is(err, io.EOF) {
		t.Errorf("%d bytes, error %v", n, err)
	}
}

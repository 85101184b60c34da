package bench

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
)

const (
	smallSize = 16 << 10 // bytes of a small file
	smallJobs = 8        // small files at once
)

// bulk sends and receives many small files, and then one large one, with journal and store on disk.
func (b *bench) bulk(ctx context.Context) error {
	small, err := b.bunch("small", b.Files, smallSize)
	if err != nil {
		return err
	}
	if err := b.inTurn(ctx, b.thereAndBack("small files", small, smallJobs)); err != nil {
		return err
	}
	large, err := b.bunch("large", 1, b.Size)
	if err != nil {
		return err
	}
	return b.inTurn(ctx, b.thereAndBack("a large file, to disk", large, 1))
}

// bunch is a directory of files of which no two are alike.
type bunch struct {
	dir   string
	files int
	bytes int64
	sums  []string // SHA-256 of each, in order
}

func (b *bench) bunch(name string, files int, size int64) (bunch, error) {
	made := bunch{dir: filepath.Join(b.dir, name), files: files, bytes: int64(files) * size}
	if err := os.Mkdir(made.dir, 0o700); err != nil {
		return made, err
	}
	for i := range files {
		sum, err := writeFile(filepath.Join(made.dir, fmt.Sprintf("file-%05d.zip", i)), content(size, uint64(i)))
		if err != nil {
			return made, err
		}
		made.sums = append(made.sums, sum)
	}
	slices.Sort(made.sums)
	return made, nil
}

// trip is one side that sends a bunch and receives it again.
type trip struct {
	bench *bench
	bunch bunch
	jobs  int
	name  string // of its directory, which a send begins anew
	far   string
}

func (b *bench) thereAndBack(task string, all bunch, jobs int) []measured {
	us := &trip{b, all, jobs, "ours", "store"}
	bare := &trip{b, all, jobs, "bare", "bare-store"}
	return []measured{
		us.row("send "+task, ours, false, us.send("engine-send")),
		bare.row("send "+task, "net/http, the same steps", true, bare.send("bare-send")),
		us.row("receive "+task, ours, false, us.receive("engine-receive")),
		bare.row("receive "+task, "net/http, the same steps", true, bare.receive("bare-receive")),
	}
}

func (t *trip) row(task, who string, base bool, run func(context.Context) (Round, []Reading, error)) measured {
	row := Row{Part: "bulk", Task: task, Who: who, Ours: !base, Base: base, Bytes: t.bunch.bytes}
	if t.bunch.files > 1 {
		row.Files = t.bunch.files
	}
	return measured{Row: row, run: run}
}

func (t *trip) path(name string) string { return filepath.Join(t.bench.dir, t.name, name) }

func (t *trip) send(client string) func(context.Context) (Round, []Reading, error) {
	return func(ctx context.Context) (Round, []Reading, error) {
		err := errors.Join(os.RemoveAll(t.path("")), os.MkdirAll(t.path("store"), 0o700), os.Mkdir(t.path("in"), 0o700))
		if err != nil {
			return Round{}, nil, err
		}
		return t.carry(ctx, order{Do: client, File: t.bunch.dir})
	}
}

func (t *trip) receive(client string) func(context.Context) (Round, []Reading, error) {
	return func(ctx context.Context) (Round, []Reading, error) {
		run, held, err := t.carry(ctx, order{Do: client})
		if err == nil {
			err = t.bunch.same(t.path("in"))
		}
		return run, held, errors.Join(err, os.RemoveAll(t.path("")))
	}
}

func (t *trip) carry(ctx context.Context, client order) (Round, []Reading, error) {
	client.Dir, client.Jobs = t.path("in"), t.jobs
	said, _, p, held, err := t.bench.both(ctx, client, order{Do: t.far, Dir: t.path("store")})
	if err != nil {
		return Round{}, nil, err
	}
	return Round{Seconds: said.Seconds, Pair: p, CPU: t.bench.busy(p), Latency: said.Latency}, held, nil
}

// same compares what was received with what was sent, outside the time.
func (a bunch) same(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	var sums []string
	for _, entry := range entries {
		sum, err := digestOf(filepath.Join(dir, entry.Name()))
		if err != nil {
			return err
		}
		sums = append(sums, sum)
	}
	slices.Sort(sums)
	if !slices.Equal(sums, a.sums) {
		return fmt.Errorf("of %d files, what was received is not what was sent", a.files)
	}
	return nil
}

func digestOf(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	digest := sha256.New()
	_, err = io.Copy(digest, file)
	return hex.EncodeToString(digest.Sum(nil)), err
}

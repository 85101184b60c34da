package bench

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/altinn-transfer/altinn-transfer/internal/iofault"
)

// zipFiles is of how many files a package is.
const zipFiles = 8

// zip packs files that compress and files that do not, beside archive/zip with its defaults.
func (b *bench) zip(ctx context.Context) error {
	size := min(max(b.Size/4, 1<<20), 128<<20) / zipFiles
	var rows []measured
	for _, kind := range []iofault.Kind{iofault.Text, iofault.Random} {
		name := kind.String()
		sums, err := b.folder(name, kind, size)
		if err != nil {
			return err
		}
		rows = append(rows, b.packing(name, ours, "zip", size, sums), b.packing(name, "archive/zip", "archive/zip", size, sums))
	}
	return b.inTurn(ctx, rows)
}

func (b *bench) folder(name string, kind iofault.Kind, size int64) (sums []string, err error) {
	dir := filepath.Join(b.dir, name)
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, err
	}
	for i := range zipFiles {
		sum, err := writeFile(filepath.Join(dir, fmt.Sprintf("file-%d.bin", i)), iofault.NewPattern(kind, size, uint64(i)))
		if err != nil {
			return nil, err
		}
		sums = append(sums, sum)
	}
	slices.Sort(sums)
	return sums, nil
}

func (b *bench) packing(name, who, client string, size int64, sums []string) measured {
	o := order{Do: client, File: filepath.Join(b.dir, name)}
	row := Row{Part: "zip", Task: "pack " + name, Who: who, Ours: who == ours, Base: who != ours, Bytes: size * zipFiles}
	return measured{
		Row: row,
		check: func(ctx context.Context) error {
			o := o
			o.Check, o.Dir = true, filepath.Join(b.dir, "checked.zip")
			if _, _, _, _, err := b.both(ctx, o, order{}); err != nil {
				return err
			}
			return holds(o.Dir, sums)
		},
		run: func(ctx context.Context) (Round, []Reading, error) {
			said, _, p, held, err := b.both(ctx, o, order{})
			if err != nil {
				return Round{}, nil, err
			}
			return Round{Seconds: said.Seconds, Pair: p, CPU: b.busy(p), Packed: said.Packed}, held, nil
		},
	}
}

// holds unpacks a ZIP and compares the digests of what is in it.
func holds(path string, want []string) error {
	archive, err := zip.OpenReader(path)
	if err != nil {
		return err
	}
	defer archive.Close()
	var sums []string
	for _, entry := range archive.File {
		if entry.FileInfo().IsDir() {
			continue
		}
		sum, err := digestEntry(entry)
		if err != nil {
			return err
		}
		sums = append(sums, sum)
	}
	slices.Sort(sums)
	if !slices.Equal(sums, want) {
		return errors.New("what is in the ZIP is not what was packed")
	}
	return os.Remove(path)
}

func digestEntry(entry *zip.File) (string, error) {
	content, err := entry.Open()
	if err != nil {
		return "", err
	}
	defer content.Close()
	digest := sha256.New()
	_, err = io.Copy(digest, content)
	return hex.EncodeToString(digest.Sum(nil)), err
}

package bench

import (
	"archive/zip"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/altinn-transfer/altinn-transfer/transfer"
)

// Packing a directory into a ZIP, to nowhere or, outside the measured runs, into a file that is read afterwards.

func packOurs(ctx context.Context, o order) (word, error) {
	return o.pack(func(w io.Writer) error {
		source, err := transfer.Package("bench.zip", []string{o.File}, transfer.PackageOptions{})
		if err != nil {
			return err
		}
		content, err := source.Open(ctx)
		if err != nil {
			return err
		}
		_, err = io.Copy(w, content)
		return errors.Join(err, content.Close())
	})
}

func packStandard(ctx context.Context, o order) (word, error) {
	return o.pack(func(w io.Writer) error {
		archive := zip.NewWriter(w)
		err := filepath.WalkDir(o.File, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return errors.Join(err, context.Cause(ctx))
			}
			return packFile(archive, path)
		})
		return errors.Join(err, archive.Close())
	})
}

func packFile(archive *zip.Writer, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	to, err := archive.Create(filepath.Base(path))
	if err != nil {
		return err
	}
	_, err = io.Copy(to, file)
	return err
}

func (o order) pack(pack func(io.Writer) error) (word, error) {
	var got arrived
	to := got.sink(false)
	var w io.Writer = to
	if o.Check {
		file, err := os.Create(o.Dir)
		if err != nil {
			return word{}, err
		}
		defer file.Close()
		w = io.MultiWriter(file, to)
	}
	begun := time.Now()
	err := pack(w)
	return word{Seconds: time.Since(begun).Seconds(), Packed: to.n}, err
}

package main

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"github.com/altinn-transfer/altinn-transfer/internal/iofault"
	"github.com/altinn-transfer/altinn-transfer/stream"
)

// generated is a ZIP that is made of nothing while it is read: one file in it, stored as it is. Its size is known, and it can
// be opened again.
type generated struct {
	name       string
	content    func() io.Reader
	size       int64 // of content
	head, tail []byte
}

// newGenerated makes a source of about size bytes. Another seed gives other bytes.
func newGenerated(name string, kind iofault.Kind, size int64, seed uint64) (stream.Source, error) {
	g := &generated{name: name, size: size, content: func() io.Reader { return iofault.NewPattern(kind, size, seed) }}
	sum := crc32.NewIEEE()
	if _, err := stream.Copy(sum, g.content()); err != nil {
		return nil, err
	}
	return g, g.wrap(sum.Sum32())
}

// wrap lets the library write the ZIP around a hole.
func (g *generated) wrap(sum uint32) error {
	var around bytes.Buffer
	hole := &holeWriter{w: &around}
	archive := zip.NewWriter(hole)
	member, err := archive.CreateRaw(&zip.FileHeader{
		Name: g.name + ".bin", CRC32: sum, CompressedSize64: uint64(g.size), UncompressedSize64: uint64(g.size),
	})
	if err != nil {
		return err
	}
	if err := archive.Flush(); err != nil {
		return err
	}
	headSize := around.Len()
	hole.open = true
	_, err = io.CopyN(member, zeros{}, g.size)
	if err == nil {
		err = archive.Flush()
	}
	hole.open = false
	if err = errors.Join(err, archive.Close()); err != nil {
		return err
	}
	g.head, g.tail = around.Bytes()[:headSize], around.Bytes()[headSize:]
	return nil
}

// holeWriter takes what is written while it is open for written.
type holeWriter struct {
	w    io.Writer
	open bool
}

func (h *holeWriter) Write(p []byte) (int, error) {
	if h.open {
		return len(p), nil
	}
	return h.w.Write(p)
}

// zeros gives whatever is in the reader's buffer already.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

// Name is the ZIP's name.
func (g *generated) Name() string { return g.name }

// Size is the ZIP's size.
func (g *generated) Size() int64 { return int64(len(g.head)) + g.size + int64(len(g.tail)) }

// Open starts the ZIP anew.
func (g *generated) Open(context.Context) (io.ReadCloser, error) {
	return io.NopCloser(io.MultiReader(bytes.NewReader(g.head), g.content(), bytes.NewReader(g.tail))), nil
}

// generate makes files of mixed sizes, each two thirds of the one before, that have about size bytes together: by turns
// content that does not compress, and text.
func generate(files int, size int64) ([]parcel, error) {
	shares := make([]float64, files)
	sum := 0.0
	for i := range shares {
		shares[i] = 1
		if i > 0 {
			shares[i] = shares[i-1] * 2 / 3
		}
		sum += shares[i]
	}
	var all []parcel
	for i, share := range shares {
		kind := []iofault.Kind{iofault.Random, iofault.Text}[i%2]
		name := fmt.Sprintf("demo-%02d.zip", i+1)
		source, err := newGenerated(name, kind, int64(share/sum*float64(size)), uint64(i))
		if err != nil {
			return nil, fmt.Errorf("generate %s: %w", name, err)
		}
		all = append(all, parcel{source, []string{name}})
	}
	return all, nil
}

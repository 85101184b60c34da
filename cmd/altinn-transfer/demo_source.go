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
)

// generated is a ZIP that is made of nothing while it is read: one file in it, stored as it is. Its size is known, and it can
// be opened again.
type generated struct {
	name    string
	content func() io.Reader
	size    int64 // of content
	around  int64 // what the ZIP has in addition
}

// newGenerated makes a source with size bytes in its ZIP. Another seed gives other bytes.
func newGenerated(name string, kind iofault.Kind, size int64, seed uint64) (*generated, error) {
	g := &generated{name: name, size: size, content: func() io.Reader { return iofault.NewPattern(kind, size, seed) }}
	head, tail, err := g.frame(0)
	g.around = int64(len(head) + len(tail))
	return g, err
}

// frame lets the library write the ZIP around a hole. The checksum stands behind the hole, where it is known by then.
func (g *generated) frame(sum uint32) (head, tail []byte, err error) {
	var around bytes.Buffer
	hole := &holeWriter{w: &around}
	archive := zip.NewWriter(hole)
	const checksumBehind = 1 << 3
	member, err := archive.CreateRaw(&zip.FileHeader{
		Name: g.name + ".bin", Flags: checksumBehind, CRC32: sum, CompressedSize64: uint64(g.size), UncompressedSize64: uint64(g.size),
	})
	err = errors.Join(err, archive.Flush())
	if err != nil {
		return nil, nil, err
	}
	headSize := around.Len()
	hole.open = true
	_, err = io.CopyBuffer(member, io.LimitReader(anything{}, g.size), make([]byte, 1<<20))
	err = errors.Join(err, archive.Flush())
	hole.open = false
	err = errors.Join(err, archive.Close())
	return around.Bytes()[:headSize], around.Bytes()[headSize:], err
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

// anything gives whatever is in the reader's buffer already.
type anything struct{}

func (anything) Read(p []byte) (int, error) { return len(p), nil }

// Name is the ZIP's name.
func (g *generated) Name() string { return g.name }

// Size is the ZIP's size.
func (g *generated) Size() int64 { return g.size + g.around }

// Open starts the ZIP anew.
func (g *generated) Open(context.Context) (io.ReadCloser, error) {
	head, _, err := g.frame(0)
	if err != nil {
		return nil, err
	}
	sum := crc32.NewIEEE()
	behind := &lateReader{open: func() (io.Reader, error) {
		_, tail, err := g.frame(sum.Sum32())
		return bytes.NewReader(tail), err
	}}
	return io.NopCloser(io.MultiReader(bytes.NewReader(head), io.TeeReader(g.content(), sum), behind)), nil
}

// lateReader is opened when it is read.
type lateReader struct {
	open func() (io.Reader, error)
	r    io.Reader
}

func (l *lateReader) Read(p []byte) (n int, err error) {
	if l.r == nil {
		if l.r, err = l.open(); err != nil {
			return 0, err
		}
	}
	return l.r.Read(p)
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

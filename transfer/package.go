package transfer

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"sync/atomic"
	"time"

	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/internal/zipstream"
	"github.com/altinn-transfer/altinn-transfer/resume"
	"github.com/altinn-transfer/altinn-transfer/stream"
)

// PackageOptions of [Package]; the zero value packs nothing but the files.
type PackageOptions struct {
	// Manifest, where not nil, goes into the package as manifest.xml and recipients.xml. An empty file list gets the names of
	// what is packed.
	Manifest *broker.Manifest
	// Skip leaves out what it reports in a directory; below is the path from the directory that was named, with '/'. A directory
	// that is left out is not walked. nil packs all.
	Skip func(below string, d fs.DirEntry) bool
}

// Package is the ZIP of a shipment, packed while it is sent: little is held in memory and nothing written to disk, so its
// size is not known beforehand. name is the ZIP's own name, paths are files and directories. Where there is no file in them,
// the error is [failure.Empty].
func Package(name string, paths []string, o PackageOptions) (stream.Source, error) {
	entries, err := zipstream.WalkWithout(o.Skip, paths...)
	if err != nil {
		return nil, &failure.Error{Op: "pack " + name, Kind: failure.Source, Err: err}
	}
	if len(entries) == 0 {
		return nil, &failure.Error{Op: "pack " + name, Kind: failure.Empty}
	}
	if o.Manifest != nil {
		described, err := describe(*o.Manifest, entries)
		if err != nil {
			return nil, usage("pack "+name, err)
		}
		entries = slices.Concat(described, entries)
	}
	if err := zipstream.Check(entries); err != nil {
		return nil, usage("pack "+name, err)
	}
	return &packageSource{name: name, entries: entries}, nil
}

// describe makes the entries that describe the others.
func describe(m broker.Manifest, entries []zipstream.Entry) ([]zipstream.Entry, error) {
	if len(m.Files) == 0 {
		for _, entry := range entries {
			m.Files = append(m.Files, broker.File{Name: entry.Name})
		}
	}
	manifest, err := m.ManifestXML()
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", broker.ManifestFile, err)
	}
	recipients, err := m.RecipientsXML()
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", broker.RecipientsFile, err)
	}
	at := newest(entries)
	return []zipstream.Entry{held(broker.ManifestFile, manifest, at), held(broker.RecipientsFile, recipients, at)}, nil
}

// newest is the time of the last change in a package. What is made for it has that time too, so that the same files make the
// same package at any hour.
func newest(entries []zipstream.Entry) (at time.Time) {
	for _, entry := range entries {
		if entry.Modified.After(at) {
			at = entry.Modified
		}
	}
	return at
}

func held(name string, content []byte, at time.Time) zipstream.Entry {
	return zipstream.Entry{
		Name: name, Size: int64(len(content)), Modified: at,
		Open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil },
	}
}

// packageSource packs anew each time it is opened.
type packageSource struct {
	name    string
	entries []zipstream.Entry
	sums    atomic.Pointer[[]string] // SHA-256 of the entries; nil: they were not read yet
}

func (p *packageSource) Name() string { return p.name }
func (p *packageSource) Size() int64  { return -1 }

func (p *packageSource) Open(ctx context.Context) (io.ReadCloser, error) {
	entries := p.entries
	if sums := p.sums.Load(); sums != nil {
		entries = slices.Clone(entries)
		for i, sum := range *sums {
			entries[i].Open = verified(entries[i], sum)
		}
	}
	return zipstream.Reader(ctx, entries), nil
}

// verified opens an entry that must be what it was when it was digested.
func verified(entry zipstream.Entry, sum string) func(context.Context) (io.ReadCloser, error) {
	return func(ctx context.Context) (io.ReadCloser, error) {
		content, err := entry.Open(ctx)
		if err != nil {
			return nil, err
		}
		return closing{stream.Verify(content, entry.Size, sum), content}, nil
	}
}

// Identity is made of the names and the contents of what is packed, which are read once for it. It is not the digest of the
// package, which would have to be packed twice then; nor do times of change count.
func (p *packageSource) Identity(ctx context.Context) (string, error) {
	parts, sums := []string{"package"}, make([]string, len(p.entries))
	for i, entry := range p.entries {
		sum, _, err := digest(ctx, entrySource{entry}, func(int64) {})
		if err != nil {
			return "", fmt.Errorf("read %s: %w", entry.Name, err)
		}
		parts, sums[i] = append(parts, entry.Name, sum), sum
	}
	p.sums.Store(&sums)
	return resume.Key(parts...), nil
}

// entrySource is an entry of a package, by itself.
type entrySource struct{ entry zipstream.Entry }

func (e entrySource) Name() string                                    { return e.entry.Name }
func (e entrySource) Size() int64                                     { return e.entry.Size }
func (e entrySource) Open(ctx context.Context) (io.ReadCloser, error) { return e.entry.Open(ctx) }

// IsZIP reports whether the file at path begins as a ZIP does, which is all that a service looks at.
func IsZIP(path string) (bool, error) {
	file, err := os.Open(path)
	if err != nil {
		return false, &failure.Error{Op: "look at the file", Kind: failure.Source, Err: err}
	}
	defer file.Close()
	is, err := beginsAsZIP(file)
	if err != nil {
		return false, &failure.Error{Op: "look at the file", Kind: failure.Source, Err: err}
	}
	return is, nil
}

package transfer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/internal/zipstream"
	"github.com/altinn-transfer/altinn-transfer/stream"
)

// PackageOptions of [Package]; the zero value packs nothing but the files.
type PackageOptions struct {
	// Manifest, where not nil, goes into the package as manifest.xml and recipients.xml. An empty file list gets the names of
	// what is packed.
	Manifest *broker.Manifest
}

// Package is the ZIP of a shipment, packed while it is sent: nothing is held in memory and nothing written to disk, so its
// size is not known beforehand. name is the ZIP's own name, paths are files and directories.
func Package(name string, paths []string, o PackageOptions) (stream.Source, error) {
	entries, err := zipstream.Walk(paths...)
	if err != nil {
		return nil, &failure.Error{Op: "pack " + name, Kind: failure.Source, Err: err}
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
	return []zipstream.Entry{held(broker.ManifestFile, manifest), held(broker.RecipientsFile, recipients)}, nil
}

func held(name string, content []byte) zipstream.Entry {
	return zipstream.Entry{
		Name: name, Size: int64(len(content)), Modified: time.Now(),
		Open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil },
	}
}

// packageSource packs anew each time it is opened.
type packageSource struct {
	name    string
	entries []zipstream.Entry
}

func (p *packageSource) Name() string { return p.name }
func (p *packageSource) Size() int64  { return -1 }

func (p *packageSource) Open(ctx context.Context) (io.ReadCloser, error) {
	return zipstream.Reader(ctx, p.entries), nil
}

// IsZIP reports whether the file at path begins as a ZIP does, which is all that a service looks at.
func IsZIP(path string) (bool, error) {
	file, err := os.Open(path)
	if err != nil {
		return false, &failure.Error{Op: "look at the file", Kind: failure.Source, Err: err}
	}
	defer file.Close()
	var signature [4]byte
	if _, err := io.ReadFull(file, signature[:]); errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return false, nil
	} else if err != nil {
		return false, &failure.Error{Op: "look at the file", Kind: failure.Source, Err: err}
	}
	switch string(signature[:]) {
	case "PK\x03\x04", "PK\x05\x06", "PK\x07\x08":
		return true, nil
	}
	return false, nil
}

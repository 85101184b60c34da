package main

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/altinn-transfer/altinn-transfer/broker"
	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/stream"
	"github.com/altinn-transfer/altinn-transfer/transfer"
)

// parcel is one ZIP to be sent, and the arguments that it comes from.
type parcel struct {
	source stream.Source
	paths  []string
}

// key is what the parcel is called while it is under way.
func (p parcel) key() string {
	if len(p.paths) == 1 && p.paths[0] != stdin {
		return p.paths[0]
	}
	return p.source.Name()
}

// parcels makes ZIPs of what is to be sent. A ZIP goes as it is, each by itself; all other files and directories go into one
// ZIP, packed while it is sent. manifest, where not nil, goes into that one.
func parcels(paths []string, in io.Reader, name string, manifest *broker.Manifest) ([]parcel, error) {
	if slices.Contains(paths, stdin) {
		return stdinParcel(paths, in, name)
	}
	var all []parcel
	var loose []string
	for i, path := range paths {
		same := func(other string) bool { return filepath.Clean(other) == filepath.Clean(path) }
		if slices.ContainsFunc(paths[:i], same) {
			return nil, usageError("%s is given twice", path)
		}
		whole, err := asIs(path)
		if err != nil {
			return nil, err
		}
		if whole == nil {
			loose = append(loose, path)
			continue
		}
		all = append(all, parcel{whole, []string{path}})
	}
	if len(loose) == 0 {
		return all, nil
	}
	packed, err := transfer.Package(packageName(name, loose), loose, transfer.PackageOptions{Manifest: manifest})
	if err != nil {
		return nil, err
	}
	return append(all, parcel{packed, loose}), nil
}

// parcelOf is the ZIP of one file: itself when it is one, else one that it is packed into. A link is followed.
func parcelOf(path, name string, o transfer.PackageOptions) (parcel, error) {
	whole, err := asIs(path)
	if err != nil || whole != nil {
		return parcel{whole, []string{path}}, err
	}
	target, err := filepath.EvalSymlinks(path)
	if err != nil {
		return parcel{}, unreadable(err)
	}
	packed, err := transfer.Package(packageName(name, []string{path}), []string{target}, o)
	return parcel{packed, []string{path}}, err
}

func stdinParcel(paths []string, in io.Reader, name string) ([]parcel, error) {
	switch {
	case len(paths) > 1:
		return nil, usageError("standard input (-) is sent by itself")
	case name == "":
		return nil, usageError("what comes from standard input needs a --name")
	}
	return []parcel{{fromStdin(name, in), paths}}, nil
}

// asIs is the source of a file that is a ZIP already, nil for what must be packed.
func asIs(path string) (stream.Source, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, unreadable(err)
	}
	if info.IsDir() {
		return nil, nil
	}
	if info.Mode().IsRegular() && info.Size() == 0 {
		return nil, &failure.Error{Op: "look at " + path, Kind: failure.Empty}
	}
	file, err := stream.File(path)
	if err != nil {
		return nil, unreadable(err)
	}
	zip, err := transfer.IsZIP(path)
	if err != nil || !zip {
		return nil, err
	}
	return file, nil
}

func unreadable(err error) error {
	return &failure.Error{Op: "look at the file", Kind: failure.Source, Err: err}
}

// packageName is the name of the ZIP that files are packed into: that of the one file with another ending, or one that says
// little.
func packageName(name string, paths []string) string {
	if name != "" {
		return name
	}
	base := filepath.Base(paths[0])
	if len(paths) > 1 || strings.Trim(base, "."+string(filepath.Separator)) == "" {
		return "package.zip"
	}
	if stem := strings.TrimSuffix(base, filepath.Ext(base)); stem != "" {
		base = stem
	}
	return base + ".zip"
}

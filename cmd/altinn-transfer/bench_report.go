package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/altinn-transfer/altinn-transfer/bench"
	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/altinn-transfer/altinn-transfer/internal/atomicfile"
)

// older reads what --compare names, before anything is measured; nil when it names nothing.
func (b *benchCommand) older() (*bench.Report, error) {
	if b.compare == "" {
		return nil, nil
	}
	file, err := os.Open(b.compare)
	if err != nil {
		return nil, &failure.Error{Op: "read what is compared with", Kind: failure.Source, Err: err}
	}
	defer file.Close()
	report, err := bench.ReadReport(file)
	if err != nil {
		return nil, usageError("--compare %s: %w; it takes a results.json that --report wrote", b.compare, err)
	}
	return report, nil
}

// write puts the report into its directory.
func (b *benchCommand) write(report, older *bench.Report) error {
	if b.report == "" {
		return nil
	}
	if err := makeDir(b.report); err != nil {
		return err
	}
	root, err := os.OpenRoot(b.report)
	if err != nil {
		return unreported(err)
	}
	defer root.Close()
	for _, page := range []struct {
		name  string
		write func(io.Writer) error
	}{
		{"results.json", report.WriteJSON},
		{"RESULTS.md", report.WriteMarkdown},
		{"report.html", func(w io.Writer) error { return report.WriteHTML(w, older) }},
	} {
		if err := writePage(root, page.name, page.write); err != nil {
			return unreported(err)
		}
	}
	fmt.Fprintf(b.app.screen, "report    %s\n", visible(filepath.Join(b.report, "report.html")))
	return nil
}

// writePage puts a file in place of an older one, whole or not at all.
func writePage(root *os.Root, name string, write func(io.Writer) error) error {
	file, err := atomicfile.Create(root, name)
	if err != nil {
		return err
	}
	defer file.Discard()
	if err := write(file); err != nil {
		return err
	}
	return file.Commit()
}

func unreported(err error) error {
	return &failure.Error{Op: "write the report", Kind: failure.Disk, Err: err}
}

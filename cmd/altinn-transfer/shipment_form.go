package main

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"

	"github.com/altinn-transfer/altinn-transfer/archive"
)

// maxForm bounds a form, in bytes: it is held in memory, and travels in the envelope. Services take less.
const maxForm = 30 << 20

// formWithFormat is FILE:DATAFORMAT:VERSION. A drive letter is no file.
var formWithFormat = regexp.MustCompile(`^(.+):([^:/\\]+):([0-9]{1,9})$`)

// readForm reads a form of the command line.
func readForm(text string) (archive.Form, error) {
	path, format, version := text, "", 0
	if found := formWithFormat.FindStringSubmatch(text); found != nil {
		path, format = found[1], found[2]
		version, _ = strconv.Atoi(found[3]) // nine digits at most
	}
	document, err := readDocument(path)
	if err != nil {
		return archive.Form{}, err
	}
	form, err := describeForm(document)
	if err != nil {
		return form, usageError("read form %s: %w", path, err)
	}
	if format != "" {
		form.DataFormat, form.Version = format, version
	}
	if form.DataFormat == "" {
		return form, usageError("form %s does not name its data format; give it as %s:DATAFORMAT:VERSION", path, path)
	}
	return form, nil
}

func readDocument(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", unreadable(err)
	}
	defer file.Close()
	content, err := io.ReadAll(io.LimitReader(file, maxForm+1))
	if err != nil {
		return "", unreadable(err)
	}
	if len(content) > maxForm {
		return "", usageError("read form %s: it is larger than %s", path, formatSize(maxForm))
	}
	return strings.TrimPrefix(string(content), "\uFEFF"), nil
}

// describeForm checks that the document is one that arrives as it is, and reads the data format from its root element.
func describeForm(document string) (archive.Form, error) {
	form := archive.Form{Data: document}
	decoder := xml.NewDecoder(strings.NewReader(document))
	decoder.CharsetReader = func(charset string, _ io.Reader) (io.Reader, error) {
		return nil, fmt.Errorf("it is in %.20q, and only UTF-8 is sent", charset)
	}
	for root := true; ; {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) && !root {
			return form, nil
		}
		if err != nil {
			return form, fmt.Errorf("it is not XML: %w", err)
		}
		if start, ok := token.(xml.StartElement); ok && root {
			root = false
			form.DataFormat, form.Version = dataFormat(start)
		}
	}
}

// dataFormat is what a form made from a SERES model says of itself.
func dataFormat(root xml.StartElement) (id string, version int) {
	for _, a := range root.Attr {
		switch a.Name {
		case xml.Name{Local: "dataFormatId"}:
			id = a.Value
		case xml.Name{Local: "dataFormatVersion"}:
			version, _ = strconv.Atoi(a.Value) // one that is no number is no version
		}
	}
	return id, version
}

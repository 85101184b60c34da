package transfer

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxName is the longest file name, in bytes, that common file systems take.
const maxName = 255

// CheckName reports whether a file name can be sent, and stored on this machine: one name and no path, without characters to
// which Altinn ('\', ':'), a terminal (control characters) or an eye (those that turn the direction of writing, and so can
// hide an extension) gives another meaning.
func CheckName(name string) error {
	switch {
	case name == "":
		return errors.New("the file has no name")
	case len(name) > maxName:
		return fmt.Errorf("the file name has %d bytes, more than %d", len(name), maxName)
	case !utf8.ValidString(name):
		return fmt.Errorf("the file name %q is not UTF-8", name)
	case strings.ContainsAny(name, `/\:`):
		return fmt.Errorf(`the file name %q holds '/', '\' or ':'`, name)
	case strings.ContainsFunc(name, unicode.IsControl):
		return fmt.Errorf("the file name %q holds a control character", name)
	case strings.ContainsFunc(name, func(r rune) bool { return unicode.Is(unicode.Bidi_Control, r) }):
		return fmt.Errorf("the file name %q turns the direction of writing", name)
	case name == "." || name == ".." || !filepath.IsLocal(name):
		return fmt.Errorf("%q is not a file name", name)
	}
	return nil
}

// shorten cuts a name to at most max bytes, between characters.
func shorten(name string, max int) string {
	if len(name) <= max {
		return name
	}
	if max <= 0 {
		return ""
	}
	for max > 0 && !utf8.RuneStart(name[max]) {
		max--
	}
	return name[:max]
}

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

// CheckName reports whether a file name can be used on every system that a recipient may have: one name and no path, without
// characters that Altinn ('\', ':') or a terminal (control characters) gives another meaning.
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

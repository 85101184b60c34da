package zipstream

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Check looks for names that make a ZIP useless or dangerous to somebody: those that are not UTF-8, lead out of the place
// where it is unpacked, hold ':', '\' or a control character (which Windows or Altinn refuse), are longer than a ZIP can
// say, or come twice.
func Check(entries []Entry) error {
	seen := make(map[string]bool, len(entries))
	for _, e := range entries {
		if err := checkName(e.Name); err != nil {
			return fmt.Errorf("pack %q: %w", e.Name, err)
		}
		if seen[e.Name] {
			return fmt.Errorf("pack %q: the ZIP has two files of that name", e.Name)
		}
		seen[e.Name] = true
	}
	return nil
}

// maxName is what two bytes can count.
const maxName = 1<<16 - 1

func checkName(name string) error {
	switch {
	case !utf8.ValidString(name):
		return errors.New("its name is not UTF-8")
	case strings.ContainsAny(name, `:\`) || strings.ContainsFunc(name, unicode.IsControl):
		return errors.New(`its name has a ':', a '\' or a control character`)
	case len(name) > maxName:
		return errors.New("its name is too long for a ZIP")
	case !fs.ValidPath(name) || name == ".":
		return errors.New("its name does not say a place inside the ZIP")
	}
	return nil
}

package resume

import (
	"bytes"
	"errors"
	"os"
)

// Holder gives the process that has the journal at path open, and whether there is one; 0 when its number is not known. What a
// process that was killed has left in the file with the lock is taken away.
func Holder(path string) (pid int, held bool) {
	name := path + lockSuffix
	text, err := os.ReadFile(name)
	if err != nil || len(bytes.TrimSpace(text)) == 0 { // the lock is looked at only then, since to look is to take it for a moment
		return 0, false
	}
	file, err := lockFile(name)
	if errors.Is(err, errHeld) {
		return holder(name), true
	}
	if err == nil {
		giveBack(file)
	}
	return 0, false
}

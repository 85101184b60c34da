package dropfolder

import (
	"slices"
	"strings"
)

// unfinished are the endings that programs give to files they are still writing.
var unfinished = []string{".part", ".partial", ".tmp", ".filepart", ".crdownload", "~"}

// leftAlone reports whether a name stands for a hidden file, an unfinished one, or the lock of an open document. The case of
// letters makes no difference.
func leftAlone(name string) bool {
	lower := strings.ToLower(name)
	return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "~$") ||
		slices.ContainsFunc(unfinished, func(ending string) bool { return strings.HasSuffix(lower, ending) })
}

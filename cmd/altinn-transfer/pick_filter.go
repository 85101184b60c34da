package main

import (
	"context"
	"io/fs"
	"log/slog"
	"path"
	"strings"

	"github.com/altinn-transfer/altinn-transfer/internal/atomicfile"
)

// filter decides which of the files in a directory are meant, and tells the log of those that are not.
type filter struct {
	*globs
	log *slog.Logger
}

// skip reports whether what a walk came upon is left out: name is its path below the directory that was named, with '/'. A
// directory that is left out is not walked.
func (f filter) skip(name string, entry fs.DirEntry) bool {
	if entry.IsDir() && f.leavesOut(name) || !entry.IsDir() && !f.wants(name) {
		return true
	}
	level, why := leftOut(entry)
	if why == "" {
		return false
	}
	f.log.Log(context.Background(), level, "left out: "+why, "path", visible(name))
	return true
}

// leftOut says why something is not sent unless it is named itself; "" when it is.
func leftOut(entry fs.DirEntry) (slog.Level, string) {
	switch mode := entry.Type(); {
	case atomicfile.IsTemp(entry.Name()):
		return slog.LevelInfo, "a file that is being written"
	case strings.HasPrefix(path.Base(entry.Name()), "."):
		return slog.LevelInfo, "hidden"
	case mode.IsRegular(), mode.IsDir():
		return 0, ""
	case mode&fs.ModeSymlink != 0:
		return slog.LevelWarn, "a symbolic link, which is followed only when it is named"
	case mode&fs.ModeNamedPipe != 0:
		return slog.LevelWarn, "a named pipe"
	case mode&fs.ModeSocket != 0:
		return slog.LevelWarn, "a socket"
	}
	return slog.LevelWarn, "no regular file"
}

package main

import (
	"errors"
	"os"
	"sync"
	"time"

	"github.com/altinn-transfer/altinn-transfer/failure"
)

// logFile is a log that grows at its end. Where its file is moved away or deleted, as logrotate does, it is made anew at the
// old path, so nobody has to be told of it.
type logFile struct {
	path string

	mu     sync.Mutex
	file   *os.File
	looked time.Time // when it was seen to be at its path
	err    error     // of the first line that could not be written
}

// lookEvery is how often the path is looked at. Lines of that time may still go to the file that was moved away.
const lookEvery = time.Second

func openLogFile(path string) (*logFile, error) {
	l := &logFile{path: path}
	var err error
	if l.file, err = l.open(); err != nil {
		return nil, &failure.Error{Op: "open the log file", Kind: failure.Disk, Err: err}
	}
	l.looked = time.Now()
	return l, nil
}

// open lets only the owner read it: it tells who sends what to whom.
func (l *logFile) open() (*os.File, error) {
	return os.OpenFile(l.path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
}

// Write writes whole lines.
func (l *logFile) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.follow(time.Now())
	n, err := l.file.Write(p)
	if l.err == nil {
		l.err = err
	}
	return n, err
}

// follow goes back to the path where the file is no longer there. Where that cannot be, the old file goes on.
func (l *logFile) follow(now time.Time) {
	if now.Sub(l.looked) < lookEvery {
		return
	}
	l.looked = now
	there, err := os.Stat(l.path)
	if err == nil {
		if mine, err := l.file.Stat(); err != nil || os.SameFile(there, mine) {
			return
		}
	} else if !errors.Is(err, os.ErrNotExist) {
		return
	}
	file, err := l.open()
	if err != nil {
		return
	}
	l.file.Close()
	l.file = file
}

// Close gives the first error of all.
func (l *logFile) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return errors.Join(l.err, l.file.Close())
}

package main

import (
	"io"
	"log/slog"
	"os"
	"sync"

	"golang.org/x/term"
)

// screen is standard error. Lines for people, the log and the bar all go through it, so that none tears another.
type screen struct {
	w       io.Writer
	columns func() int // of the terminal; 0 when it is none

	mu    sync.Mutex
	drawn bool // a picture stands where the cursor is
}

func newScreen(w io.Writer) *screen {
	return &screen{w: w, columns: func() int { return columnsOf(w) }}
}

// speakThrough makes a record of a log of each line, and shows no picture.
func (s *screen) speakThrough(log *slog.Logger) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.w, s.columns = lineLog{log}, func() int { return 0 }
}

// eraseDown takes away everything from the cursor's line on.
const eraseDown = "\r\x1b[J"

// Write writes lines, in place of the picture; the next draw brings it back.
func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.erase()
	return s.w.Write(p)
}

// draw puts a picture in place of the last one. The picture leaves the cursor in its first line.
func (s *screen) draw(picture []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.erase()
	s.w.Write(picture)
	s.drawn = true
}

// clear takes the picture away.
func (s *screen) clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.erase()
}

func (s *screen) erase() {
	if s.drawn {
		io.WriteString(s.w, eraseDown)
		s.drawn = false
	}
}

func columnsOf(w io.Writer) int {
	file, ok := w.(*os.File)
	if !ok {
		return 0
	}
	columns, _, err := term.GetSize(int(file.Fd()))
	if err != nil {
		return 0
	}
	return columns
}

// isTerminal reports whether a person sits behind w or r.
func isTerminal(stream any) bool {
	file, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

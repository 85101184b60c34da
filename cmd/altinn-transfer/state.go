package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

// stateView says how far a run is whenever the process gets the signal that asks for it, in every mode of --progress.
type stateView struct {
	meter
	asked chan os.Signal
	over  sync.WaitGroup
}

func newStateView(w io.Writer) *stateView {
	s := &stateView{asked: make(chan os.Signal, 1)}
	listenForAsking(s.asked)
	s.over.Go(func() { s.answer(w) })
	return s
}

// answer looks at the meter all the time, so that it knows the speed when it is asked.
func (s *stateView) answer(w io.Writer) {
	ticker := time.NewTicker(sampleEvery)
	defer ticker.Stop()
	for {
		select {
		case now := <-ticker.C:
			s.read(now)
		case _, open := <-s.asked:
			if !open {
				return
			}
			s.tell(w, time.Now())
		}
	}
}

// tell writes the whole on one line, and each job under way on one of its own.
func (s *stateView) tell(w io.Writer, now time.Time) {
	r := s.read(now)
	fmt.Fprintln(w, r)
	for i := range r.running {
		fmt.Fprintln(w, r.row(i))
	}
}

func (s *stateView) close() {
	stopAsking(s.asked)
	close(s.asked)
	s.over.Wait()
}

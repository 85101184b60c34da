package main

import (
	"sync"
	"time"

	"github.com/altinn-transfer/altinn-transfer/transfer"
)

// view shows how a batch goes. It is told about every job as a [transfer.Observer] is.
type view interface {
	transfer.Observer
	// expect says what is to come: bytes is -1 when that is not known. It may be called again.
	expect(files int, bytes int64)
	// close takes away what does not stay. It is called once, when the last job has ended.
	close()
}

// The modes of --progress.
const (
	progressAuto  = "auto"
	progressBar   = "bar"
	progressPlain = "plain"
	progressNone  = "none"
)

// newView makes the views that a mode asks for: done is the word for a finished job ("sent"), rows how many jobs can be under
// way at once. With --json the events come in addition, and "auto" means no other view.
func (a *app) newView(mode, done string, rows int) view {
	all := append(views{newStateView(a.screen)}, a.recorders()...)
	if a.json {
		all = append(all, newEventView(a.events))
	}
	lines := newLineView(a.screen, done)
	lines.listed = maxKept
	switch a.pickProgress(mode) {
	case progressBar:
		all = append(all, lines, newBarView(a.screen, rows))
	case progressPlain:
		all = append(all, lines, newTickingView(a.screen, lineInterval))
	}
	return all
}

// pickProgress decides what auto means, and keeps a bar out of files and pipes.
func (a *app) pickProgress(mode string) string {
	canDraw := isTerminal(a.err) && a.env("TERM") != "dumb" && !a.jsonLines
	switch {
	case mode == progressAuto && (a.json || a.jsonLines):
		return progressNone
	case mode == progressAuto && canDraw:
		return progressBar
	case mode == progressAuto, mode == progressBar && !canDraw:
		return progressPlain
	}
	return mode
}

// heard is an observer among views.
type heard struct{ transfer.Observer }

func (heard) expect(int, int64) {}
func (heard) close()            {}

// views are several views of the same.
type views []view

func (v views) Started(key string, size int64) {
	for _, one := range v {
		one.Started(key, size)
	}
}

func (v views) Progress(key string, attempt int, done int64) {
	for _, one := range v {
		one.Progress(key, attempt, done)
	}
}

// Reading is for [transfer.ReadingObserver], as is ReadingEnded. Not every view shows it.
func (v views) Reading(key string, done, size int64) {
	for _, one := range v {
		if shows, ok := one.(transfer.ReadingObserver); ok {
			shows.Reading(key, done, size)
		}
	}
}

func (v views) ReadingEnded(key string) {
	for _, one := range v {
		if shows, ok := one.(transfer.ReadingObserver); ok {
			shows.ReadingEnded(key)
		}
	}
}

func (v views) Retrying(key string, attempt int, wait time.Duration, err error) {
	for _, one := range v {
		one.Retrying(key, attempt, wait, err)
	}
}

func (v views) Ended(r transfer.Result) {
	for _, one := range v {
		one.Ended(r)
	}
}

func (v views) expect(files int, bytes int64) {
	for _, one := range v {
		one.expect(files, bytes)
	}
}

func (v views) close() {
	for _, one := range v {
		one.close()
	}
}

// ticking calls show at an interval until it is stopped.
type ticking struct {
	stop chan struct{}
	over sync.WaitGroup
}

func startTicking(interval time.Duration, show func(time.Time)) *ticking {
	t := &ticking{stop: make(chan struct{})}
	t.over.Go(func() {
		ticker := time.NewTicker(interval)
		defer ticker.Stop()
		for {
			select {
			case now := <-ticker.C:
				show(now)
			case <-t.stop:
				return
			}
		}
	})
	return t
}

func (t *ticking) close() {
	close(t.stop)
	t.over.Wait()
}

package main

import (
	"bytes"
	"fmt"
	"time"

	"github.com/schollz/progressbar/v3"
)

const (
	barInterval = 100 * time.Millisecond
	barScale    = 1000 // the bar counts in thousandths, so that it can shrink when more is expected
	barFrame    = 11   // columns of its line beside bar and description
	maxRows     = 8    // jobs that are shown at once
)

// barView draws one bar for the whole, and a row for each of the jobs under way.
type barView struct {
	meter
	*ticking
	screen *screen
	rows   int
	frame  bytes.Buffer
	bar    *progressbar.ProgressBar
	shape  barShape
}

// barShape is what a bar cannot change once it is made.
type barShape struct {
	known bool // it has an end
	width int
}

// shapeFor makes room for the words first.
func shapeFor(known bool, columns int) barShape {
	if columns < 100 {
		return barShape{known, 8}
	}
	return barShape{known, 24}
}

// newBarView draws on a terminal; that it is one is for the caller to know, because the bar does not look.
func newBarView(s *screen, rows int) *barView {
	b := &barView{screen: s, rows: min(rows, maxRows)}
	b.ticking = startTicking(barInterval, b.draw)
	return b
}

// close takes the bar away.
func (b *barView) close() {
	b.ticking.close()
	b.screen.clear()
}

func (b *barView) draw(now time.Time) {
	width := b.screen.columns()
	if width <= 0 {
		return
	}
	r := b.read(now)
	if shape := shapeFor(r.total >= 0 || r.files > 1, width); b.bar == nil || b.shape != shape {
		b.shape = shape
		b.bar = newBar(&b.frame, shape, b.rows)
	}
	if r.total < 0 && r.files > 1 {
		b.bar.Set64(min(int64(r.ended)*barScale/int64(r.files), barScale-1))
	} else if r.total > 0 {
		b.bar.Set64(min(int64(float64(r.bytes)/float64(r.total)*barScale), barScale-1))
	} else {
		b.bar.Add64(1)
	}
	b.frame.Reset()
	b.bar.Describe(clip(r.String(), width-b.shape.width-barFrame))
	for row := range b.rows {
		b.bar.AddDetail(clip(r.row(row), width-1))
	}
	b.screen.draw(b.frame.Bytes())
}

// newBar makes a bar that writes into a frame. Its own guesses of speed and time are off: they follow the whole run, not
// the last seconds, and can be negative. It never finishes, since after that it draws no rows.
func newBar(frame *bytes.Buffer, shape barShape, rows int) *progressbar.ProgressBar {
	end := int64(barScale)
	if !shape.known {
		end = -1
	}
	return progressbar.NewOptions64(end,
		progressbar.OptionSetWriter(frame),
		progressbar.OptionSetWidth(shape.width),
		progressbar.OptionSetPredictTime(false),
		progressbar.OptionSetElapsedTime(false),
		progressbar.OptionSetSpinnerChangeInterval(0), // or a goroutine of its own draws as well, and nobody ends it
		progressbar.OptionShowDescriptionAtLineEnd(),
		progressbar.OptionSetMaxDetailRow(rows),
	)
}

// row is the line of the job in that place; "" when there are not so many.
func (r reading) row(i int) string {
	if i >= len(r.running) {
		return ""
	}
	job := r.running[i]
	text := "  " + formatSize(job.done)
	if wait := job.until.Sub(r.at); wait > 0 {
		text = "  again in " + wait.Round(time.Second).String()
	} else if job.reading && job.size > 0 {
		text = "  read " + part(job.read, job.size)
	} else if job.size > 0 {
		text = fmt.Sprintf("%4d%% of %s", min(job.done*100/job.size, 100), formatSize(job.size))
	}
	return fmt.Sprintf("%-22s %s", text, visible(job.key))
}

// clip cuts text to a number of columns, since a line that wraps would tear the picture.
func clip(text string, columns int) string {
	runes := []rune(text)
	if len(runes) <= max(columns, 0) {
		return text
	}
	if columns < 1 {
		return ""
	}
	return string(runes[:columns-1]) + "…"
}

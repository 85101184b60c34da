package bench

import (
	"html/template"
)

// bar is a median with its spread.
type bar struct {
	name string
	stat Stat
	ours bool
}

const (
	barHeight = 24  // with the room below it
	barLeft   = 250 // for the names
	barRight  = 90  // for the figures
)

// bars draws medians, the rounds' spread as a thin line over each. "" when there are none.
func bars(title, unit string, all []bar) template.HTML {
	x := axis{from: barLeft, to: pictureWidth - barRight}
	for _, b := range all {
		x.max = max(x.max, b.stat.Max)
	}
	if x.max == 0 {
		return ""
	}
	var d drawing
	d.begin(float64(len(all))*barHeight+8, title)
	for i, b := range all {
		d.bar(x, float64(i)*barHeight+4, unit, b)
	}
	return d.end()
}

func (d *drawing) bar(x axis, y float64, unit string, b bar) {
	colour := palette[1]
	if b.ours {
		colour = palette[0]
	}
	middle := y + (barHeight-6)/2
	d.text(barLeft-8, middle+4, "right", b.name)
	d.add(`<rect x="%.1f" y="%.1f" width="%.1f" height="%d" fill="%s"/>`, x.from, y, x.at(b.stat.Median)-x.from, barHeight-6, colour)
	d.add(`<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" class="spread"/>`, x.at(b.stat.Min), middle, x.at(b.stat.Max), middle)
	d.text(x.at(b.stat.Max)+6, middle+4, "left", figure(b.stat.Median)+" "+unit)
}

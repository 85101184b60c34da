package bench

import (
	"fmt"
	"html"
	"html/template"
	"math"
	"strings"
)

// Pictures are SVG that needs nothing from elsewhere. All lengths are in pixels.
const (
	pictureWidth = 720
	plotLeft     = 70
	plotRight    = 34
	plotTop      = 28
	plotHeight   = 240
	axisHeight   = 44 // below the plot: ticks and their title
	legendHeight = 20 // of one series
)

// palette has the colour of ours first, then those of what it stands beside.
var palette = []string{"#0b62a4", "#8a8f98", "#c77d1e", "#5a9e6f", "#a0527f", "#6d5bb0"}

// line is a series of points; those with the same colour belong together.
type line struct {
	name   string
	points [][2]float64
	colour string
	dashed bool
}

// axis is how values are laid onto pixels.
type axis struct {
	title    string
	log      bool // by powers of 2
	label    func(float64) string
	min, max float64
	from, to float64 // pixels
}

func (a axis) at(v float64) float64 {
	low, high := a.min, a.max
	if a.log {
		v, low, high = math.Log2(v), math.Log2(low), math.Log2(high)
	}
	if high == low {
		return (a.from + a.to) / 2
	}
	return a.from + (v-low)/(high-low)*(a.to-a.from)
}

// ticks are round values from min to max, a handful of them.
func (a axis) ticks() []float64 {
	var all []float64
	if a.log {
		for v := a.min; v <= a.max*1.01; v *= 8 {
			all = append(all, v)
		}
		return all
	}
	step := roundStep((a.max - a.min) / 5)
	for v := math.Ceil(a.min/step) * step; v <= a.max+step/1e6; v += step {
		all = append(all, v)
	}
	return all
}

// roundStep is 1, 2 or 5 times a power of 10, not below v.
func roundStep(v float64) float64 {
	if v <= 0 {
		return 1
	}
	power := math.Pow(10, math.Floor(math.Log10(v)))
	for _, m := range []float64{1, 2, 5} {
		if m*power >= v*0.999 {
			return m * power
		}
	}
	return 10 * power
}

type drawing struct{ strings.Builder }

func (d *drawing) add(format string, args ...any) { fmt.Fprintf(&d.Builder, format+"\n", args...) }

func (d *drawing) text(x, y float64, class, text string) {
	d.add(`<text x="%.1f" y="%.1f" class="%s">%s</text>`, x, y, class, html.EscapeString(text))
}

func (d *drawing) begin(height float64, title string) {
	d.add(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %.0f" role="img" aria-label="%s">`, pictureWidth, height, html.EscapeString(title))
	d.add(`<title>%s</title>`, html.EscapeString(title))
}

func (d *drawing) end() template.HTML {
	d.add(`</svg>`)
	return template.HTML(d.String())
}

// plot draws lines over two axes, with a legend below. "" when there are no points.
func plot(title string, x, y axis, lines []line) template.HTML {
	if !bounds(&x, &y, lines) {
		return ""
	}
	x.from, x.to = plotLeft, pictureWidth-plotRight
	y.from, y.to = plotTop+plotHeight, plotTop
	var d drawing
	d.begin(plotTop+plotHeight+axisHeight+float64(len(lines))*legendHeight, title)
	d.grid(x, y)
	for i, l := range lines {
		d.series(x, y, l)
		d.legend(plotTop+plotHeight+axisHeight+float64(i)*legendHeight, l)
	}
	return d.end()
}

// bounds spans the axes over the points: from 0, save where an axis is logarithmic.
func bounds(x, y *axis, lines []line) bool {
	found := false
	for _, l := range lines {
		for _, p := range l.points {
			if !found {
				x.min, x.max = p[0], p[0]
			}
			found = true
			x.min, x.max, y.max = min(x.min, p[0]), max(x.max, p[0]), max(y.max, p[1])
		}
	}
	if !x.log {
		x.min = 0
	}
	y.max = math.Ceil(y.max/roundStep(y.max/5)) * roundStep(y.max/5)
	return found
}

func (d *drawing) grid(x, y axis) {
	for _, v := range y.ticks() {
		d.add(`<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" class="grid"/>`, x.from, y.at(v), x.to, y.at(v))
		d.text(x.from-8, y.at(v)+4, "right", y.label(v))
	}
	for _, v := range x.ticks() {
		d.add(`<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" class="axis"/>`, x.at(v), y.from, x.at(v), y.from+5)
		d.text(x.at(v), y.from+18, "middle", x.label(v))
	}
	d.add(`<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" class="axis"/>`, x.from, y.from, x.to, y.from)
	d.text((x.from+x.to)/2, y.from+34, "middle", x.title)
	d.text(plotLeft-8, plotTop-14, "right", y.title)
}

func (d *drawing) series(x, y axis, l line) {
	var points []string
	for _, p := range l.points {
		points = append(points, fmt.Sprintf("%.1f,%.1f", x.at(p[0]), y.at(p[1])))
	}
	d.add(`<polyline points="%s" fill="none" stroke="%s" stroke-width="2"%s/>`, strings.Join(points, " "), l.colour, l.dash())
	if len(points) > 12 {
		return
	}
	for _, p := range l.points {
		d.add(`<circle cx="%.1f" cy="%.1f" r="3" fill="%s"/>`, x.at(p[0]), y.at(p[1]), l.colour)
	}
}

func (l line) dash() string {
	if l.dashed {
		return ` stroke-dasharray="6 4"`
	}
	return ""
}

func (d *drawing) legend(y float64, l line) {
	d.add(`<line x1="%d" y1="%.1f" x2="%d" y2="%.1f" stroke="%s" stroke-width="2"%s/>`, plotLeft, y+8, plotLeft+28, y+8, l.colour, l.dash())
	d.text(plotLeft+36, y+12, "left", l.name)
}

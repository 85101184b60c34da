package bench

import (
	"fmt"
	"html/template"
	"strings"
)

// picture is a plot with what stands above it.
type picture struct {
	Title, Text string
	SVG         template.HTML
}

// pictures are those for which there are rows.
func (r *Report) pictures() []picture {
	var all []picture
	add := func(title, text string, svg template.HTML) {
		if svg != "" {
			all = append(all, picture{title, text, svg})
		}
	}
	for _, direction := range []string{"upload", "download"} {
		add("Throughput by size: "+direction, "One file after the other on one connection, from a file to nowhere. Logarithmic to the right.",
			r.speedBySize(direction))
	}
	for _, task := range r.tasks() {
		row := task[0]
		switch {
		case row.Sized > 0:
		case row.Part == "codec":
			add("Codec: "+row.Task, "", rowBars(task, "GB/s", func(r *Row) Stat { return scaled(r.Speed(), 1e-9) }))
		case row.Files > 0:
			add("CPU per 1 000 files: "+row.Task, "Both sides together; less is better.", rowBars(task, "s", (*Row).CPU))
		default:
			add("CPU per GiB: "+row.Task, "Both sides together; less is better.", rowBars(task, "s", (*Row).CPU))
		}
	}
	for _, part := range []string{"path", "bulk"} {
		add("Memory over time: "+part, "Resident, of the last round of each.", r.memory(part))
	}
	for _, direction := range []string{"send", "receive"} {
		add("Latency of small files: "+direction, fmt.Sprintf("The part of the files that took at most so long; %d at once.", smallJobs), r.latency(direction))
	}
	return all
}

func rowBars(rows []*Row, unit string, of func(*Row) Stat) template.HTML {
	var all []bar
	for _, row := range rows {
		if s := of(row); s.N > 0 {
			all = append(all, bar{name: row.Who, stat: s, ours: row.Ours})
		}
	}
	return bars(rows[0].Task, unit, all)
}

// coloured gives each line the next colour; ours comes first in every task.
func coloured(lines []line) []line {
	for i := range lines {
		lines[i].colour = palette[i%len(palette)]
	}
	return lines
}

func (r *Report) speedBySize(direction string) template.HTML {
	var lines []line
	at := map[string]int{}
	for i := range r.Rows {
		row := &r.Rows[i]
		if row.Sized == 0 || !strings.HasPrefix(row.Task, direction) {
			continue
		}
		if _, ok := at[row.Who]; !ok {
			at[row.Who] = len(lines)
			lines = append(lines, line{name: row.Who})
		}
		l := &lines[at[row.Who]]
		l.points = append(l.points, [2]float64{float64(row.Sized), row.Speed().Median / 1e6})
	}
	x := axis{title: "size of the file", log: true, label: func(v float64) string { return size(int64(v)) }}
	return plot("Throughput by size, "+direction, x, axis{title: "MB/s", label: figureOf}, coloured(lines))
}

func figureOf(v float64) string { return fmt.Sprintf("%g", float64(int64(v*1e6+0.5))/1e6) }

// memory has both sides of our rows.
func (r *Report) memory(part string) template.HTML {
	var lines []line
	for i := range r.Rows {
		row := &r.Rows[i]
		if row.Part != part || row.Who != ours || row.Sized > 0 || len(row.Held) == 0 {
			continue
		}
		name := row.Task
		colour := palette[len(lines)/2%len(palette)]
		client, far := line{name: name + ": client", colour: colour}, line{name: name + ": far side", colour: colour, dashed: true}
		for _, held := range row.Held {
			client.points = append(client.points, [2]float64{held.Seconds, float64(held.Client) / (1 << 20)})
			if held.Far > 0 {
				far.points = append(far.points, [2]float64{held.Seconds, float64(held.Far) / (1 << 20)})
			}
		}
		lines = append(lines, client)
		if far.points != nil {
			lines = append(lines, far)
		}
	}
	return plot("Memory over time", axis{title: "seconds", label: figureOf}, axis{title: "MiB", label: figureOf}, lines)
}

func (r *Report) latency(direction string) template.HTML {
	var lines []line
	for i := range r.Rows {
		row := &r.Rows[i]
		if row.Files == 0 || !strings.HasPrefix(row.Task, direction) {
			continue
		}
		l := line{name: row.Who}
		for q, seconds := range row.latency() {
			l.points = append(l.points, [2]float64{seconds * 1000, Quantiles[q] * 100})
		}
		lines = append(lines, l)
	}
	return plot("Latency of small files, "+direction, axis{title: "milliseconds", label: figureOf}, axis{title: "% of files", label: figureOf}, coloured(lines))
}

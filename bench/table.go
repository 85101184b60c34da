package bench

import (
	"fmt"
)

// table is a task with its rows as they are read: in HTML, in Markdown and on a terminal.
type table struct {
	Part, Task string
	Heads      []string
	Rows       []tableRow
}

type tableRow struct {
	Ours  bool
	Cells []string
}

// column is a figure that a table has where one of its rows does.
type column struct {
	head string
	of   func(*Row) Stat
	less bool // less is better: the ratio is that of a cost
}

func columns(files bool) []column {
	cost := "CPU s/GiB"
	if files {
		cost = "CPU s/1 000 files"
	}
	return []column{
		{"MB/s", func(r *Row) Stat {
			if r.Files > 0 {
				return Stat{}
			}
			return scaled(r.Speed(), 1e-6)
		}, false},
		{"files/s", (*Row).FileRate, false},
		{cost, (*Row).CPU, true},
		{"peak MiB", func(r *Row) Stat { return scaled(r.Peak(), 1.0/(1<<20)) }, true},
		{"packed to", (*Row).Packed, true},
	}
}

// tables are the tasks in the order in which they were measured, without those that are for a picture by size.
func (r *Report) tables() []table {
	var all []table
	for _, task := range r.tasks() {
		if task[0].Sized == 0 {
			all = append(all, newTable(task))
		}
	}
	return all
}

// tasks are the rows, those of one task together.
func (r *Report) tasks() [][]*Row {
	var all [][]*Row
	at := map[string]int{}
	for i := range r.Rows {
		row := &r.Rows[i]
		key := fmt.Sprint(row.Part, "\n", row.Task, "\n", row.Sized)
		if _, ok := at[key]; !ok {
			at[key] = len(all)
			all = append(all, nil)
		}
		all[at[key]] = append(all[at[key]], row)
	}
	return all
}

func newTable(rows []*Row) table {
	t := table{Part: rows[0].Part, Task: rows[0].Task, Heads: []string{""}}
	var base *Row
	for _, row := range rows {
		t.Rows = append(t.Rows, tableRow{Ours: row.Ours, Cells: []string{row.label()}})
		if row.Base {
			base = row
		}
	}
	for _, c := range columns(rows[0].Files > 0) {
		t.add(c, rows, base)
	}
	return t
}

// add puts a column in, with the ratio to the base beside it. What no row has is left out.
func (t *table) add(c column, rows []*Row, base *Row) {
	any := false
	for _, row := range rows {
		any = any || c.of(row).N > 0
	}
	if !any {
		return
	}
	t.Heads = append(t.Heads, c.head)
	if base != nil {
		t.Heads = append(t.Heads, "ratio")
	}
	for i, row := range rows {
		s := c.of(row)
		t.Rows[i].Cells = append(t.Rows[i].Cells, spread(s))
		if base != nil {
			t.Rows[i].Cells = append(t.Rows[i].Cells, ratio(s, c.of(base)))
		}
	}
}

func (r *Row) label() string {
	if r.Note == "" {
		return r.Who
	}
	return r.Who + " (" + r.Note + ")"
}

// spread is a median with how far the rounds lie from each other.
func spread(s Stat) string {
	switch {
	case s.N == 0:
		return ""
	case s.N == 1:
		return figure(s.Median)
	}
	return fmt.Sprintf("%s ± %.0f %%", figure(s.Median), s.Spread()*50)
}

func ratio(s, base Stat) string {
	if s.N == 0 || base.N == 0 {
		return ""
	}
	return fmt.Sprintf("%.2f×", per(s.Median, base.Median))
}

package bench

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// Change is how a figure of a row came out in two reports.
type Change struct {
	Row      string // part, task, who
	Figure   string
	Old, New Stat
}

// Sure reports whether the rounds of the two do not overlap.
func (c Change) Sure() bool { return c.Old.apart(c.New) }

// Ratio is the new median over the old one.
func (c Change) Ratio() float64 { return per(c.New.Median, c.Old.Median) }

// Percent is the change for a person; "~" where the rounds overlap.
func (c Change) Percent() string {
	if !c.Sure() {
		return "~"
	}
	return fmt.Sprintf("%+.0f %%", (c.Ratio()-1)*100)
}

// Comparison is two reports beside each other.
type Comparison struct {
	Changes []Change
	Only    []string // rows that one of the two has alone
	Notes   []string // why the two can hardly be compared
}

// figures are those that are compared.
var figures = []struct {
	name string
	of   func(*Row) Stat
}{
	{"MB/s", func(r *Row) Stat { return scaled(r.Speed(), 1e-6) }},
	{"files/s", (*Row).FileRate},
	{"CPU s", (*Row).CPU},
	{"peak MiB", func(r *Row) Stat { return scaled(r.Peak(), 1.0/(1<<20)) }},
	{"packed", (*Row).Packed},
}

func scaled(s Stat, by float64) Stat {
	return Stat{Median: s.Median * by, Min: s.Min * by, Max: s.Max * by, N: s.N}
}

// Compare says what has changed from an older report to a newer one.
func Compare(older, newer *Report) Comparison {
	var c Comparison
	if older.Machine.CPU != newer.Machine.CPU || older.Machine.Cores != newer.Machine.Cores || older.Machine.OS != newer.Machine.OS {
		c.Notes = append(c.Notes, "they were made on different machines")
	}
	if older.Settings != newer.Settings {
		c.Notes = append(c.Notes, "they were made with different settings")
	}
	left := map[string]*Row{}
	for i := range older.Rows {
		left[older.Rows[i].benchmark()] = &older.Rows[i]
	}
	for i := range newer.Rows {
		row := &newer.Rows[i]
		was, ok := left[row.benchmark()]
		if !ok {
			c.Only = append(c.Only, row.name()+" (new)")
			continue
		}
		delete(left, row.benchmark())
		c.add(was, row)
	}
	for i := range older.Rows {
		if row := &older.Rows[i]; left[row.benchmark()] != nil {
			c.Only = append(c.Only, row.name()+" (old)")
		}
	}
	return c
}

func (c *Comparison) add(older, newer *Row) {
	for _, f := range figures {
		was, is := f.of(older), f.of(newer)
		if was.N > 0 && is.N > 0 {
			c.Changes = append(c.Changes, Change{Row: newer.name(), Figure: f.name, Old: was, New: is})
		}
	}
}

func (r *Row) name() string {
	name := r.Part + ": " + r.Task
	if r.Sized > 0 {
		name += ", " + size(r.Sized)
	}
	return name + ": " + r.Who
}

// WriteText writes a table. A change is shown where the rounds of the two do not overlap; else "~".
func (c Comparison) WriteText(w io.Writer) error {
	for _, note := range c.Notes {
		fmt.Fprintf(w, "The two can hardly be compared: %s.\n", note)
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "row\tfigure\told\tnew\tchange")
	for _, change := range c.Changes {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", change.Row, change.Figure, figure(change.Old.Median), figure(change.New.Median), change.Percent())
	}
	err := table.Flush()
	for _, only := range c.Only {
		fmt.Fprintf(w, "only in one: %s\n", only)
	}
	return err
}

// figure is a number with three digits or so.
func figure(v float64) string {
	switch {
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	case v >= 0.01 || v == 0:
		return fmt.Sprintf("%.2f", v)
	}
	return fmt.Sprintf("%.4f", v)
}

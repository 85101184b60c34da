package bench

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// WriteMarkdown writes the report as RESULTS.md: the machine, the versions, and a table for each task.
func (r *Report) WriteMarkdown(w io.Writer) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "# Results\n\nMade by `altinn-transfer bench` on %s.\n\n", r.Made.Format("2006-01-02"))
	for _, fact := range r.facts() {
		fmt.Fprintf(out, "- %s: %s\n", fact[0], fact[1])
	}
	fmt.Fprintf(out, "\n%s\n", explanation)
	for _, note := range r.Notes {
		fmt.Fprintf(out, "\nNote: %s.\n", note)
	}
	part := ""
	for _, t := range r.tables() {
		if t.Part != part {
			part = t.Part
			fmt.Fprintf(out, "\n## %s\n", partTitles[part])
		}
		writeTable(out, t)
	}
	return out.Flush()
}

func writeTable(w io.Writer, t table) {
	fmt.Fprintf(w, "\n%s:\n\n|%s |\n|---|%s\n", sentence(t.Task), strings.Join(t.Heads, " | "), strings.Repeat("---:|", len(t.Heads)-1))
	for _, row := range t.Rows {
		cells := strings.Join(row.Cells, " | ")
		if row.Ours {
			cells = strings.Replace(cells, row.Cells[0], "**"+row.Cells[0]+"**", 1)
		}
		fmt.Fprintf(w, "| %s |\n", cells)
	}
}

// sentence begins with a capital.
func sentence(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

var partTitles = map[string]string{
	"codec": "The codec alone, in one process", "path": "The path, from a file to nowhere",
	"bulk": "Many files and large ones, to disk", "zip": "Packing",
}

const explanation = `A figure is the median of the rounds, with half of the distance between the lowest and the highest behind it. The
ratio is that to the row that has 1.00×, from the same rounds. CPU is user and system time of both sides together, without
what a pair of processes costs that carries nothing; peak is the resident memory of the larger side. Before the rounds, each
row was run with the digests compared.`

// facts are what one must know of where a report was made.
func (r *Report) facts() [][2]string {
	m := r.Machine
	system := m.OS + "/" + m.Arch
	if m.Kernel != "" {
		system += ", kernel " + m.Kernel
	}
	facts := [][2]string{
		{"altinn-transfer", m.Version},
		{"Go", m.Go},
		{"system", system},
		{"processor", fmt.Sprintf("%s, %d cores", orUnknown(m.CPU), m.Cores)},
		{"rounds", fmt.Sprintf("%d of each row, in turn, after one that is not counted", r.Settings.Rounds)},
		{"sizes", fmt.Sprintf("%s a large file, %d small ones of %s", size(r.Settings.Size), r.Settings.Files, size(smallSize))},
	}
	if r.Idle != nil {
		facts = append(facts, [2]string{"idle", fmt.Sprintf("a process takes %s of memory that carries nothing", size(r.Idle.peak()))})
	}
	if r.Settings.Quick {
		facts = append(facts, [2]string{"quick", "the figures say only that each row works"})
	}
	return facts
}

func orUnknown(text string) string {
	if text == "" {
		return "unknown"
	}
	return text
}

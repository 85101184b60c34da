package bench

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// WriteLines writes each round of each row as a line of Go's benchmark format, which benchstat reads.
func (r *Report) WriteLines(w io.Writer) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "goos: %s\ngoarch: %s\npkg: github.com/altinn-transfer/altinn-transfer/bench\n", r.Machine.OS, r.Machine.Arch)
	if r.Machine.CPU != "" {
		fmt.Fprintf(out, "cpu: %s\n", r.Machine.CPU)
	}
	for i := range r.Rows {
		for _, round := range r.Rows[i].Rounds {
			r.Rows[i].writeLine(out, round, r.Machine.Cores)
		}
	}
	return out.Flush()
}

func (r *Row) writeLine(w io.Writer, round Round, cores int) {
	fmt.Fprintf(w, "%s-%d 1 %.0f ns/op %.2f MB/s", r.benchmark(), cores, round.Seconds*1e9, per(float64(r.Bytes), round.Seconds)/1e6)
	one := Row{Bytes: r.Bytes, Files: r.Files, Rounds: []Round{round}}
	figure := func(s Stat, unit string) {
		if s.N > 0 {
			fmt.Fprintf(w, " %.6g %s", s.Median, unit)
		}
	}
	figure(one.FileRate(), "files/s")
	if r.Files > 0 {
		figure(one.CPU(), "cpu-s/1000-files")
	} else {
		figure(one.CPU(), "cpu-s/GiB")
	}
	figure(one.Peak(), "peak-B")
	figure(one.Packed(), "packed/unpacked")
	fmt.Fprintln(w)
}

// benchmark is the row's name as benchstat groups it: BenchmarkPath/upload/net-http-PUT,-copying.
func (r *Row) benchmark() string {
	name := "Benchmark" + strings.ToUpper(r.Part[:1]) + r.Part[1:] + "/" + oneWord(r.Task)
	if r.Sized > 0 {
		name += "/" + strings.ReplaceAll(size(r.Sized), " ", "")
	}
	return name + "/" + oneWord(r.Who)
}

// oneWord makes one word of a text, and no path of it.
func oneWord(text string) string {
	return strings.NewReplacer(" ", "-", "/", "-", ",", "").Replace(text)
}

// size is a number of bytes for a person.
func size(n int64) string {
	for _, unit := range []struct {
		name  string
		bytes int64
	}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}} {
		if n >= unit.bytes {
			return strings.TrimSuffix(fmt.Sprintf("%.1f", float64(n)/float64(unit.bytes)), ".0") + " " + unit.name
		}
	}
	return fmt.Sprintf("%d B", n)
}

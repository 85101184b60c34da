package bench

import (
	"slices"
	"strings"
	"testing"
)

// A change is told where no round of the one lies among those of the other.
func TestCompareTellsWhatHasChangedForSure(t *testing.T) {
	for name, c := range map[string]struct {
		older, newer []float64 // seconds
		want         string
	}{
		"the same":      {[]float64{1, 1.1}, []float64{1, 1.1}, "~"},
		"overlapping":   {[]float64{1, 1.4}, []float64{1.3, 1.7}, "~"},
		"twice as long": {[]float64{1, 1}, []float64{2, 2}, "-50 %"},
		"half as long":  {[]float64{2, 2.1}, []float64{1, 1.05}, "+100 %"},
	} {
		t.Run(name, func(t *testing.T) {
			report := func(seconds []float64) *Report {
				row := Row{Part: "path", Task: "upload", Who: ours, Bytes: 1e6}
				for _, s := range seconds {
					row.Rounds = append(row.Rounds, Round{Seconds: s})
				}
				return &Report{Rows: []Row{row}}
			}
			changes := Compare(report(c.older), report(c.newer)).Changes
			if len(changes) != 1 || changes[0].Figure != "MB/s" || changes[0].Percent() != c.want {
				t.Errorf("%+v", changes)
			}
		})
	}
}

func TestCompareTellsWhatCannotBeCompared(t *testing.T) {
	older, newer := sample(), sample()
	older.Rows = older.Rows[1:]
	older.Rows[0].Who = "another"
	newer.Machine.Cores, newer.Settings.Size = 8, 1
	c := Compare(older, newer)
	if want := []string{
		"codec: decode text: altinn-transfer (new)", "codec: decode text: mime/multipart (new)", "codec: decode text: another (old)",
	}; !slices.Equal(c.Only, want) {
		t.Errorf("%q", c.Only)
	}
	var text strings.Builder
	if err := c.WriteText(&text); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"different machines", "different settings", "only in one: codec"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("no %q in\n%s", want, text.String())
		}
	}
}

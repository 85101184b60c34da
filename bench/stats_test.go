package bench

import (
	"math"
	"testing"
)

func TestStatsOfRounds(t *testing.T) {
	for name, c := range map[string]struct {
		seconds []float64
		want    Stat
		spread  float64
	}{
		"none":               {nil, Stat{}, 0},
		"one":                {[]float64{2}, Stat{2, 2, 2, 1}, 0},
		"odd, in any order":  {[]float64{3, 1, 2}, Stat{2, 1, 3, 3}, 1},
		"even":               {[]float64{4, 1, 2, 3}, Stat{2.5, 1, 4, 4}, 1.2},
		"a zero is no round": {[]float64{0, 5}, Stat{5, 5, 5, 1}, 0},
		"an outlier":         {[]float64{1, 1, 1, 1, 100}, Stat{1, 1, 100, 5}, 99},
	} {
		t.Run(name, func(t *testing.T) {
			var row Row
			for _, s := range c.seconds {
				row.Rounds = append(row.Rounds, Round{Seconds: s})
			}
			got := row.Seconds()
			if got != c.want || math.Abs(got.Spread()-c.spread) > 1e-9 {
				t.Errorf("%+v with spread %v, not %+v with %v", got, got.Spread(), c.want, c.spread)
			}
		})
	}
}

func TestQuantilesLieBetweenValues(t *testing.T) {
	sorted := []float64{10, 20, 30, 40, 50}
	for q, want := range map[float64]float64{0: 10, 0.25: 20, 0.5: 30, 0.9: 46, 0.99: 49.6, 1: 50} {
		if got := quantile(sorted, q); math.Abs(got-want) > 1e-9 {
			t.Errorf("%v: %v, not %v", q, got, want)
		}
	}
}

// What a figure is counted per: bytes, or files where they are what matters.
func TestFiguresOfARow(t *testing.T) {
	row := Row{Bytes: 2 * gib, Rounds: []Round{{Seconds: 4, CPU: 3, Packed: gib, Pair: &Pair{Client: Usage{Peak: 5}, Far: &Usage{Peak: 7}}}}}
	files := row
	files.Files = 500
	for name, c := range map[string]struct{ got, want float64 }{
		"bytes a second":    {row.Speed().Median, gib / 2},
		"CPU per GiB":       {row.CPU().Median, 1.5},
		"CPU per 1000":      {files.CPU().Median, 6},
		"files a second":    {files.FileRate().Median, 125},
		"the larger side's": {row.Peak().Median, 7},
		"packed":            {row.Packed().Median, 0.5},
	} {
		if c.got != c.want {
			t.Errorf("%s: %v, not %v", name, c.got, c.want)
		}
	}
}

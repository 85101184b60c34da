package bench

import "slices"

// Quantiles are those of which a run tells the latency of single files.
var Quantiles = [...]float64{0, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1}

// Stat is how a figure came out over the runs of a row.
type Stat struct {
	Median, Min, Max float64
	N                int
}

// newStat counts what f gives for each run; a zero is a figure that the run does not have.
func newStat(runs []Round, f func(Round) float64) Stat {
	var all []float64
	for _, run := range runs {
		if v := f(run); v > 0 {
			all = append(all, v)
		}
	}
	if len(all) == 0 {
		return Stat{}
	}
	slices.Sort(all)
	return Stat{Median: quantile(all, 0.5), Min: all[0], Max: all[len(all)-1], N: len(all)}
}

// Spread is how far the runs lie apart, as a part of the median: 0.04 is 4 %.
func (s Stat) Spread() float64 {
	if s.Median == 0 {
		return 0
	}
	return (s.Max - s.Min) / s.Median
}

// apart reports whether the runs of two stats do not overlap.
func (s Stat) apart(o Stat) bool { return s.Max < o.Min || o.Max < s.Min }

// quantile is that of values in order, between two of them in proportion.
func quantile(sorted []float64, q float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	at := q * float64(len(sorted)-1)
	below := int(at)
	if below == len(sorted)-1 {
		return sorted[below]
	}
	return sorted[below] + (at-float64(below))*(sorted[below+1]-sorted[below])
}

// latencies are the quantiles of single times, which it puts in order.
func latencies(seconds []float64) []float64 {
	if len(seconds) == 0 {
		return nil
	}
	slices.Sort(seconds)
	found := make([]float64, len(Quantiles))
	for i, q := range Quantiles {
		found[i] = quantile(seconds, q)
	}
	return found
}

const gib = 1 << 30

// Seconds is the time of a run by the clock.
func (r *Row) Seconds() Stat {
	return newStat(r.Rounds, func(run Round) float64 { return run.Seconds })
}

// Speed is in bytes a second.
func (r *Row) Speed() Stat {
	return newStat(r.Rounds, func(run Round) float64 { return per(float64(r.Bytes), run.Seconds) })
}

// FileRate is in files a second.
func (r *Row) FileRate() Stat {
	return newStat(r.Rounds, func(run Round) float64 { return per(float64(r.Files), run.Seconds) })
}

// CPU is in seconds per GiB, or per 1 000 files where files are counted, of both sides together.
func (r *Row) CPU() Stat {
	amount := float64(r.Bytes) / gib
	if r.Files > 0 {
		amount = float64(r.Files) / 1000
	}
	return newStat(r.Rounds, func(run Round) float64 { return per(run.CPU, amount) })
}

// Peak is the memory of the larger side, in bytes.
func (r *Row) Peak() Stat {
	return newStat(r.Rounds, func(run Round) float64 { return float64(run.Pair.peak()) })
}

// Packed is the size of a ZIP as a part of what went in.
func (r *Row) Packed() Stat {
	return newStat(r.Rounds, func(run Round) float64 { return per(float64(run.Packed), float64(r.Bytes)) })
}

// latency is the median over the runs of each quantile, in seconds.
func (r *Row) latency() []float64 {
	var found []float64
	for i := range Quantiles {
		s := newStat(r.Rounds, func(run Round) float64 {
			if i >= len(run.Latency) {
				return 0
			}
			return run.Latency[i]
		})
		if s.N == 0 {
			return nil
		}
		found = append(found, s.Median)
	}
	return found
}

func per(amount, of float64) float64 {
	if of == 0 {
		return 0
	}
	return amount / of
}

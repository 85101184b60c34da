package resume

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"testing"
	"time"
)

// sentJobs writes a journal of jobs that were sent, as a run leaves it: a line for each step.
func sentJobs(t testing.TB, jobs int) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "a.journal")
	file, err := os.Create(path)
	must(t, err)
	w := bufio.NewWriter(file)
	w.Write(headLine())
	var steps [][]byte
	for _, s := range []State{Planned, Initiated, Sending, Sent} {
		text, err := json.Marshal([]Record{record(Key("0"), s)})
		must(t, err)
		steps = append(steps, text)
	}
	for i := range jobs {
		key := []byte(Key(fmt.Sprint(i)))
		for n, text := range steps {
			w.Write(appendLine(nil, uint32(4*i+n+1), false, bytes.ReplaceAll(text, []byte(Key("0")), key)))
		}
	}
	must(t, w.Flush())
	must(t, file.Close())
	return path
}

// The journal of 10 000 jobs is open in less than a second.
func TestTenThousandJobs(t *testing.T) {
	path := sentJobs(t, 10_000)
	must(t, open(t, path).Close()) // which writes it anew, once
	start := time.Now()
	f := open(t, path)
	if took := time.Since(start); took > time.Second {
		t.Errorf("it took %v", took)
	}
	if r, ok := get(t, f, Key("9999")); !ok || r.State != Sent || len(f.found.index) != 10_000 {
		t.Errorf("%d records, %+v", len(f.found.index), r)
	}
}

// BenchmarkOpen opens a journal that nothing needs to be done about.
func BenchmarkOpen(b *testing.B) {
	for _, jobs := range []int{10_000, 1_000_000} {
		b.Run(fmt.Sprintf("jobs=%d", jobs), func(b *testing.B) {
			path := sentJobs(b, jobs)
			first := time.Now()
			must(b, open(b, path).Close()) // which writes it anew
			took := time.Since(first)
			for b.Loop() {
				must(b, open(b, path).Close())
			}
			b.ReportMetric(took.Seconds(), "s/first")
			b.ReportMetric(held(b, path), "MiB/held")
		})
	}
}

// held is what an open journal keeps in memory.
func held(b *testing.B, path string) float64 {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	f := open(b, path)
	runtime.GC()
	runtime.ReadMemStats(&after)
	runtime.KeepAlive(f)
	return float64(after.HeapAlloc-before.HeapAlloc) / (1 << 20)
}

// BenchmarkPut is of eight who put at once, as eight files do that are on their way.
func BenchmarkPut(b *testing.B) {
	f := open(b, journalPath(b))
	var n atomic.Int64
	b.SetParallelism(8 / min(8, runtime.GOMAXPROCS(0)))
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			must(b, f.Put(b.Context(), record(Key(fmt.Sprint(n.Add(1)/4)), Sending)))
		}
	})
}

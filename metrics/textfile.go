package metrics

import (
	"fmt"
	"os"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// WriteTextfile writes all that was counted to a file for the textfile collector of node_exporter, whole or not at all. Everybody
// may read it. What the Go runtime and the process say is left out: node_exporter says the same of itself.
//
// A run without a success would take the time of the last one from the file; so where the file at path has a later one, that stays.
func (m *Metrics) WriteTextfile(path string) error {
	m.keepSuccesses(successes(path))
	if err := prometheus.WriteToTextfile(path, m.registry); err != nil {
		return fmt.Errorf("write metrics: %w", err)
	}
	return nil
}

func (m *Metrics) keepSuccesses(earlier map[string]float64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, j := range m.observers {
		j.succeeded(earlier[string(j.direction)])
	}
}

// successes are the times of the last success in the file that an earlier run wrote. One that cannot be read has none.
func successes(path string) map[string]float64 {
	file, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer file.Close()
	parser := expfmt.NewTextParser(model.LegacyValidation)
	families, _ := parser.TextToMetricFamilies(file)
	times := make(map[string]float64)
	for _, metric := range families[namespace+"_"+lastSuccess].GetMetric() {
		for _, label := range metric.GetLabel() {
			times[label.GetValue()] = metric.GetGauge().GetValue()
		}
	}
	return times
}

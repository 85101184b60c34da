package main

import (
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/altinn-transfer/altinn-transfer/metrics"
	"github.com/altinn-transfer/altinn-transfer/resume"
)

func TestTheHelpTellsOfEveryMetric(t *testing.T) {
	m := metrics.New()
	m.Jobs(resume.Send).Retrying("a", 1, 0, nil)
	m.Requests().Began()(metrics.Request{})
	m.RunEnded(time.Now(), 0)
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	words := strings.FieldsFunc(metricsHelp, func(r rune) bool { return strings.ContainsRune(" ,\n", r) })
	all := regexp.MustCompile(`(?m)^# HELP altinn_transfer_(\S+)`).FindAllStringSubmatch(w.Body.String(), -1)
	for _, found := range all {
		if !slices.Contains(words, found[1]) {
			t.Errorf("it does not tell of %s", found[1])
		}
	}
	if len(all) < 16 {
		t.Errorf("only %d metrics", len(all))
	}
}

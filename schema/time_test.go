package schema_test

import (
	"testing"
	"time"

	"github.com/altinn-transfer/altinn-transfer/schema"
)

func TestTimes(t *testing.T) {
	for text, want := range map[string]string{ // "" is no time
		"2026-07-01T12:00:00":           "2026-07-01T10:00:00Z",
		"2026-01-01T12:00:00.5":         "2026-01-01T11:00:00.5Z",
		"2026-01-01T12:00:00Z":          "2026-01-01T12:00:00Z",
		"2026-01-01T12:00:00.25+05:00":  "2026-01-01T07:00:00.25Z",
		"2026-07-01":                    "2026-06-30T22:00:00Z",
		"":                              "",
		"2026-02-30":                    "",
		"01.07.2026":                    "",
		"2026-07-01T12:00":              "",
		"2026-07-01T12:00:00+05:00 now": "",
	} {
		got, err := schema.ParseTime(text)
		if want == "" {
			if err == nil || !got.IsZero() {
				t.Errorf("%q: %v, %v", text, got, err)
			}
			continue
		}
		if err != nil || got.UTC().Format(time.RFC3339Nano) != want {
			t.Errorf("%q: %v, %v, want %s", text, got, err, want)
		}
	}
}

package soap

import (
	"math"
	"strconv"
	"testing"
	"time"
)

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 5, 31, 12, 0, 0, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"":                                0,
		"0":                               0,
		"1":                               time.Second,
		"007":                             7 * time.Second,
		"120":                             2 * time.Minute,
		"300":                             5 * time.Minute,
		"301":                             5 * time.Minute,
		"86400":                           5 * time.Minute,
		strconv.Itoa(math.MaxInt32):       5 * time.Minute,
		"9223372036854775807":             5 * time.Minute,
		"99999999999999999999999999999":   5 * time.Minute,
		"-1":                              0,
		"-99999999999999999999999999":     0,
		"+1":                              0,
		"1.5":                             0,
		"1e3":                             0,
		"1 s":                             0,
		"soon":                            0,
		"Sun, 31 May 2026 12:00:30 GMT":   30 * time.Second,
		"Sunday, 31-May-26 12:00:30 GMT":  30 * time.Second,
		"Sun May 31 12:00:30 2026":        30 * time.Second,
		"Sun, 31 May 2026 11:59:59 GMT":   0,
		"Thu, 01 Jan 1970 00:00:00 GMT":   0,
		"Mon, 01 Jan 0001 00:00:00 GMT":   0,
		"Sun, 31 May 2026 14:00:30 +0200": 0, // not a form of HTTP
		"Fri, 31 Dec 9999 23:59:59 GMT":   5 * time.Minute,
		"2026-05-31T12:00:30Z":            0,
	} {
		if got := retryAfter(value, now); got != want {
			t.Errorf("%q: %v, not %v", value, got, want)
		}
	}
}

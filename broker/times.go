package broker

import (
	"sync"
	"time"
)

// localTime is how the services write a time: Norwegian, without a zone.
const localTime = "2006-01-02T15:04:05.999999999"

// parseTime reads a service's time: local, or with an offset from services that moved to Altinn 3. The zero time when it
// is neither: a date is worth less than the file that bears it.
func parseTime(s string) time.Time {
	if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return t
	}
	if t, err := time.ParseInLocation(localTime, s, norway()); err == nil {
		return t
	}
	return time.Time{}
}

func formatTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(norway()).Format("2006-01-02T15:04:05")
}

// norway is the services' zone; UTC+1 on a machine that has no zone database. It is looked up once: each look reads a file,
// and a list has a time for every line.
var norway = sync.OnceValue(func() *time.Location {
	zone, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		return time.FixedZone("CET", 60*60)
	}
	return zone
})

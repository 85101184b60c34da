package schema

import (
	"fmt"
	"sync"
	"time"
)

// timeLayouts are how a time is written: local, with an offset, or as a plain date.
var timeLayouts = []string{"2006-01-02T15:04:05", time.RFC3339, time.DateOnly}

// ParseTime reads a time as the services write it: Norwegian, without a zone; or with an offset, as those have it that moved to
// Altinn 3; or a plain date, which is its first moment in Norway.
func ParseTime(text string) (time.Time, error) {
	for _, layout := range timeLayouts {
		if t, err := time.ParseInLocation(layout, text, Norway()); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("%.40q is not a time", text)
}

// Norway is the zone of every time that names none; UTC+1 on a machine that has no zone database.
func Norway() *time.Location { return norway() }

// norway is looked up once: each look reads a file, and a list has a time for every line.
var norway = sync.OnceValue(func() *time.Location {
	zone, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		return time.FixedZone("CET", 60*60)
	}
	return zone
})

package binding

import (
	"time"

	"github.com/altinn-transfer/altinn-transfer/schema"
)

// ParseTime reads a service's time; see [schema.ParseTime]. The zero time when it is none: a date is worth less than what bears
// it.
func ParseTime(text string) time.Time {
	t, _ := schema.ParseTime(text)
	return t
}

// FormatTime writes a time as the services do: Norwegian, to the second, without a zone; "" for the zero time.
func FormatTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(schema.Norway()).Format("2006-01-02T15:04:05")
}

package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// units are what a size may be written in, the ones that sizes are shown in first.
var units = []struct {
	name  string
	bytes float64
}{
	{"TiB", 1 << 40},
	{"GiB", 1 << 30},
	{"MiB", 1 << 20},
	{"KiB", 1 << 10},
	{"TB", 1e12},
	{"GB", 1e9},
	{"MB", 1e6},
	{"kB", 1e3},
	{"B", 1},
}

// formatSize writes a number of bytes for a person: "817 B", "1.5 MiB".
func formatSize(n int64) string {
	for _, unit := range units[:4] {
		if float64(n) >= unit.bytes {
			return strconv.FormatFloat(float64(n)/unit.bytes, 'f', 1, 64) + " " + unit.name
		}
	}
	return fmt.Sprintf("%d B", n)
}

// parseSize reads a number of bytes with or without a unit: "4096", "2GiB", "1.5 MB".
func parseSize(text string) (int64, error) {
	number, factor := strings.TrimSpace(text), 1.0
	for _, unit := range units {
		if rest, ok := cutSuffixFold(number, unit.name); ok {
			number, factor = strings.TrimSpace(rest), unit.bytes
			break
		}
	}
	n, err := strconv.ParseFloat(number, 64)
	if err != nil || math.IsNaN(n) || n < 0 || n*factor >= math.MaxInt64 {
		return 0, fmt.Errorf("%q is not a size; write it as 4096, 64MiB or 2GiB", text)
	}
	return int64(n * factor), nil
}

func cutSuffixFold(s, suffix string) (string, bool) {
	at := len(s) - len(suffix)
	if at < 0 || !strings.EqualFold(s[at:], suffix) {
		return s, false
	}
	return s[:at], true
}

// sizeFlag is a flag that holds a number of bytes.
type sizeFlag int64

// String is the size as it is shown as a default, and written on a command line to be run again: exact, since segments of
// another size are other shipments. 0 is a default that the help leaves out.
func (s *sizeFlag) String() string {
	for _, unit := range units[:4] {
		if n, size := int64(*s), int64(unit.bytes); n != 0 && n%size == 0 {
			return strconv.FormatInt(n/size, 10) + unit.name
		}
	}
	if *s != 0 {
		return strconv.FormatInt(int64(*s), 10) + "B"
	}
	return "0"
}

// Type is what the help calls it.
func (s *sizeFlag) Type() string { return "size" }

// Set reads a size.
func (s *sizeFlag) Set(text string) error {
	n, err := parseSize(text)
	*s = sizeFlag(n)
	return err
}

// rateFlag is a flag that holds a number of bytes a second.
type rateFlag struct{ sizeFlag }

// Type is what the help calls it.
func (r *rateFlag) Type() string { return "rate" }

// Set reads a size, with or without "/s".
func (r *rateFlag) Set(text string) error { return r.sizeFlag.Set(strings.TrimSuffix(text, "/s")) }

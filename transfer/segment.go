package transfer

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/altinn-transfer/altinn-transfer/broker"
)

// A file that is too large for one shipment goes in segments, each a shipment of its own: a ZIP of a manifest and one file that
// holds the segment. The sender's reference is PREFIX-KKKK-of-NNNN, with the same prefix for all segments of a file, the
// manifest has the properties below. Who sends and who receives agree on what is in this file, and on nothing else.

// maxSegments bounds the segments of one file, and with them what is remembered of it.
const maxSegments = 10_000

// What a segment's manifest says, in its properties.
const (
	propertyNumber      = "SegmentNumber" // from 1
	propertyCount       = "SegmentCount"
	propertySize        = "SegmentSize"   // bytes
	propertyOffset      = "SegmentOffset" // of its first byte in the whole file
	propertySHA256      = "SegmentSHA256" // hex
	propertyTotalName   = "TotalName"
	propertyTotalSize   = "TotalSize" // bytes
	propertyTotalSHA256 = "TotalSHA256"
)

// segmentEntry is the name of the one file in a segment's ZIP, whose own name is that and ".zip". The numbers have as many
// digits as the last one, and three at least, so that the names sort as the numbers do.
func segmentEntry(name string, number, count int) string {
	return fmt.Sprintf("%s.%0*d", name, max(3, len(strconv.Itoa(count))), number)
}

func segmentName(name string, number, count int) string {
	return segmentEntry(name, number, count) + ".zip"
}

// segmentReference is the sender's reference of a segment.
func segmentReference(prefix string, number, count int) string {
	return fmt.Sprintf("%s-%04d-of-%04d", prefix, number, count)
}

// splitReference takes a reference of [segmentReference] apart. One that was sent again may have "-" and a number behind it.
func splitReference(reference string) (prefix string, number, count int, ok bool) {
	head, tail, ok := cutLast(reference, "-of-")
	if !ok {
		return "", 0, 0, false
	}
	tail, generation, again := strings.Cut(tail, "-")
	if _, isNumber := digits(generation, 1); again && !isNumber {
		return "", 0, 0, false
	}
	prefix, last, ok := cutLast(head, "-")
	if !ok || prefix == "" {
		return "", 0, 0, false
	}
	number, numbered := digits(last, 4)
	count, counted := digits(tail, 4)
	if !numbered || !counted || number < 1 || number > count || count > maxSegments {
		return "", 0, 0, false
	}
	return prefix, number, count, true
}

func cutLast(s, sep string) (before, after string, ok bool) {
	at := strings.LastIndex(s, sep)
	if at < 0 {
		return "", "", false
	}
	return s[:at], s[at+len(sep):], true
}

// digits reads a number that has at least so many digits and nothing else.
func digits(s string, least int) (int, bool) {
	if len(s) < least || len(s) > 9 || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	return n, err == nil
}

// segmentClaims is what a segment's manifest says of it and of the whole file.
type segmentClaims struct {
	number, count int
	offset, size  int64
	sha256        string
	whole         wholeClaims
}

// wholeClaims are what all segments of a file must say alike.
type wholeClaims struct {
	name   string
	size   int64
	sha256 string
}

// properties say it in a manifest.
func (c segmentClaims) properties() []broker.Property {
	return []broker.Property{
		{Key: propertyNumber, Value: strconv.Itoa(c.number)},
		{Key: propertyCount, Value: strconv.Itoa(c.count)},
		{Key: propertySize, Value: strconv.FormatInt(c.size, 10)},
		{Key: propertyOffset, Value: strconv.FormatInt(c.offset, 10)},
		{Key: propertySHA256, Value: c.sha256},
		{Key: propertyTotalName, Value: c.whole.name},
		{Key: propertyTotalSize, Value: strconv.FormatInt(c.whole.size, 10)},
		{Key: propertyTotalSHA256, Value: c.whole.sha256},
	}
}

// isSegmentProperty reports whether a sender's own property cannot have that name.
func isSegmentProperty(key string) bool {
	return slices.ContainsFunc(segmentClaims{}.properties(), func(p broker.Property) bool { return p.Key == key })
}

// readClaims takes them from a manifest's properties. Other properties are the sender's own.
func readClaims(m broker.Manifest) (segmentClaims, error) {
	var c segmentClaims
	var number, count int64
	numbers := map[string]*int64{
		propertyNumber: &number, propertyCount: &count, propertyOffset: &c.offset, propertySize: &c.size, propertyTotalSize: &c.whole.size,
	}
	texts := map[string]*string{propertySHA256: &c.sha256, propertyTotalSHA256: &c.whole.sha256, propertyTotalName: &c.whole.name}
	said := make(map[string]bool)
	for _, p := range m.Properties {
		text, isText := texts[p.Key]
		n, isNumber := numbers[p.Key]
		switch {
		case !isText && !isNumber:
			continue
		case said[p.Key]:
			return c, fmt.Errorf("its manifest says %s twice", p.Key)
		case p.Value == "":
			return c, fmt.Errorf("its %s is empty", p.Key)
		case isText:
			*text = p.Value
		default:
			value, err := strconv.ParseInt(p.Value, 10, 64)
			if err != nil || value < 0 {
				return c, fmt.Errorf("its %s is %.20q", p.Key, p.Value)
			}
			*n = value
		}
		said[p.Key] = true
	}
	if len(said) != len(numbers)+len(texts) {
		return c, errors.New("its manifest does not say all that a segment must say")
	}
	if number > maxSegments || count > maxSegments {
		return c, errors.New("it has a number that no segment has")
	}
	c.number, c.count = int(number), int(count)
	c.sha256, c.whole.sha256 = strings.ToLower(c.sha256), strings.ToLower(c.whole.sha256)
	return c, nil
}

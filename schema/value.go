package schema

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/altinn-transfer/altinn-transfer/endpoint"
)

// valueType is a simple type that occurs in the catalogue.
type valueType struct {
	sample string
	allows func(string) bool
	form   string // how it is written, where the name does not say it
}

var valueTypes = map[endpoint.Type]valueType{
	endpoint.TypeString:      {"text", isText, "text that XML can hold"},
	endpoint.TypeInt:         {"1", isInt(32), ""},
	endpoint.TypeLong:        {"1", isInt(64), ""},
	endpoint.TypeUnsignedInt: {"1", isUnsigned, ""},
	endpoint.TypeDouble:      {"1.5", doubleForm.MatchString, ""},
	endpoint.TypeBoolean:     {"true", isBoolean, "true or false"},
	endpoint.TypeDateTime:    {"2026-01-02T03:04:05", isDateTime, "2026-01-02T03:04:05"},
	endpoint.TypeBase64:      {"dGV4dA==", isBase64, "dGV4dA=="},
	endpoint.TypeGUID:        {"00000000-0000-0000-0000-000000000001", guidForm.MatchString, "00000000-0000-0000-0000-000000000001"},
}

var (
	guidForm   = regexp.MustCompile(`^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$`)
	doubleForm = regexp.MustCompile(`^([-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?|-?INF|NaN)$`)
	// Go takes less than two digits of an hour and a comma in front of a fraction.
	timeForm = regexp.MustCompile(`^[-0-9]{10}(T[0-9:]{8}(\.[0-9]+)?(Z|[-+][0-9:]{5})?)?$`)
)

// isText reports whether XML can hold it; what it cannot hold would arrive as something else.
func isText(s string) bool {
	unfit := func(r rune) bool { return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF }
	return utf8.ValidString(s) && !strings.ContainsFunc(s, unfit)
}

func isInt(bits int) func(string) bool {
	return func(s string) bool { _, err := strconv.ParseInt(s, 10, bits); return err == nil }
}

func isUnsigned(s string) bool {
	_, err := strconv.ParseUint(s, 10, 32)
	return err == nil
}

func isBoolean(s string) bool { return slices.Contains([]string{"true", "false", "1", "0"}, s) }

// isDateTime takes a time with or without a zone, and a plain date, as the service does.
func isDateTime(s string) bool {
	_, err := ParseTime(s)
	return err == nil && timeForm.MatchString(s)
}

func isBase64(s string) bool {
	_, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(s), ""))
	return err == nil
}

// valueTypeOf finds what a simple type is built upon, if it is not one of those that are known by themselves.
func valueTypeOf(t endpoint.Type) (valueType, endpoint.Type) {
	if kind, ok := valueTypes[t]; ok {
		return kind, t
	}
	row, _ := endpoint.LookupType(t)
	return valueTypes[row.Base], row.Base
}

// normal is a text as it is sent. Blanks around it matter to a string alone.
func normal(t endpoint.Type, text string) string {
	if t == endpoint.TypeString {
		return text
	}
	return strings.TrimSpace(text)
}

// check reports what is wrong with a text of a simple type.
func check(t endpoint.Type, text string) error {
	if _, row := look(t); row.Values != nil {
		if !slices.Contains(row.Values, text) {
			return fmt.Errorf("%.100q is not %s", text, list(row.Values, "or"))
		}
		return nil
	}
	kind, base := valueTypeOf(t)
	if kind.allows == nil || kind.allows(text) {
		return nil
	}
	if kind.form == "" {
		return fmt.Errorf("%.100q is no %s", text, base)
	}
	return fmt.Errorf("%.100q is no %s (%s)", text, base.Name().Local, kind.form)
}

// scalar is a text as a number or boolean where its type says so and it is one.
func scalar(t endpoint.Type, text string) any {
	kind, base := valueTypeOf(t)
	trimmed := strings.TrimSpace(text)
	if kind.allows == nil || !kind.allows(trimmed) {
		return text
	}
	switch base {
	case endpoint.TypeBoolean:
		return trimmed == "true" || trimmed == "1"
	case endpoint.TypeInt, endpoint.TypeLong, endpoint.TypeUnsignedInt:
		n, _ := strconv.ParseInt(trimmed, 10, 64) // it was checked
		return n
	case endpoint.TypeDouble:
		if json.Valid([]byte(trimmed)) { // NaN is no number there, nor are 1. and +1
			return json.Number(trimmed)
		}
	}
	return text
}

// sample is a text that a simple type allows.
func sample(t endpoint.Type) string {
	if _, row := look(t); len(row.Values) > 0 {
		return row.Values[0]
	}
	kind, _ := valueTypeOf(t)
	return kind.sample
}

// describe is a simple type in words, for who fills it in.
func describe(t endpoint.Type) string {
	if _, row := look(t); len(row.Values) > 0 {
		return list(row.Values, "or")
	}
	return t.Name().Local
}

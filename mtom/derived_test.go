package mtom_test

import (
	"fmt"
	"io"
	"maps"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// outcome is what became of a message that was damaged in one octet.
type outcome string

const (
	refused   outcome = "refused"
	unharmed  outcome = "read as if undamaged"
	rootOnly  outcome = "values right, the root's text damaged"
	valueOnly outcome = "value damaged where the octet was"
	silent    outcome = "read as something else"
)

// damages are the ways to damage one octet.
var damages = map[string]func(body string, at int) string{
	"lost":        func(body string, at int) string { return body[:at] + body[at+1:] },
	"lowest bit":  func(body string, at int) string { return flip(body, at, 0x01) },
	"case":        func(body string, at int) string { return flip(body, at, 0x20) },
	"highest bit": func(body string, at int) string { return flip(body, at, 0x80) },
	"blank":       func(body string, at int) string { return body[:at] + " " + body[at+1:] },
	"line feed":   func(body string, at int) string { return body[:at] + "\n" + body[at+1:] },
	"dash":        func(body string, at int) string { return body[:at] + "-" + body[at+1:] },
}

func flip(s string, at int, bits byte) string {
	return s[:at] + string([]byte{s[at] ^ bits}) + s[at+1:]
}

// A message that was damaged in one octet is refused, or read with its values as they were, or with a value that is damaged in
// just that octet. Never is a value lost, cut, or longer by what belongs to the frame.
func TestADamagedOctetNeverChangesWhatAValueIs(t *testing.T) {
	for name, m := range goldens(t) {
		t.Run(name, func(t *testing.T) {
			want, err := decode(strings.NewReader(m.body), m.contentType)
			if err != nil {
				t.Fatal(err)
			}
			counts := map[outcome]int{}
			for damage, apply := range damages {
				for at := range len(m.body) {
					damaged := apply(m.body, at)
					got, err := decode(strings.NewReader(damaged), m.contentType)
					result := classify(got, err, want, isValue(m.body, at))
					counts[result]++
					if result == silent {
						t.Errorf("octet %d %s, %q: read as %q", at, damage, m.body[max(0, at-10):min(len(m.body), at+10)], fmt.Sprint(got.values))
					}
				}
			}
			t.Log(counts)
		})
	}
}

func classify(got *decoded, err error, want *decoded, within bool) outcome {
	switch {
	case err != nil:
		return refused
	case maps.Equal(got.values, want.values) && got.root == want.root:
		return unharmed
	case maps.Equal(got.values, want.values):
		return rootOnly
	case within && len(got.values) == 1 && nearly(got.values[0], want.values[0]):
		return valueOnly
	}
	return silent
}

// isValue reports whether an octet belongs to a golden message's value, as it is or as base64.
func isValue(body string, at int) bool {
	from := strings.Index(body, golden)
	length := len(golden)
	if from < 0 {
		from = max(strings.Index(body, "UEsDB"), 0)
		length = strings.Index(body[from:], "Qo=") + len("Qo=")
	}
	return at >= from && at < from+length
}

// nearly reports whether two values differ in one stretch of at most three octets, the reach of one character of base64.
func nearly(got, want string) bool {
	for len(got) > 0 && len(want) > 0 && got[0] == want[0] {
		got, want = got[1:], want[1:]
	}
	for len(got) > 0 && len(want) > 0 && got[len(got)-1] == want[len(want)-1] {
		got, want = got[:len(got)-1], want[:len(want)-1]
	}
	return len(got) <= 3 && len(want) <= 3
}

// However a network cuts a message into two reads, it is read the same.
func TestASplitAnywhereGivesTheSame(t *testing.T) {
	for name, m := range goldens(t) {
		want, err := decode(strings.NewReader(m.body), m.contentType)
		if err != nil {
			t.Fatal(name, err)
		}
		for at := range len(m.body) {
			got, err := decode(io.MultiReader(strings.NewReader(m.body[:at]), strings.NewReader(m.body[at:])), m.contentType)
			if err != nil || !cmp.Equal(got, want, cmp.AllowUnexported(decoded{})) {
				t.Fatalf("%s split at %d: %v, %v", name, at, got, err)
			}
		}
	}
}

// A connection that breaks may say so with an error that has an io.EOF in it. That is no end of the message.
func TestABrokenBodyIsNeverItsEnd(t *testing.T) {
	broken := fmt.Errorf("connection broken: %w", io.EOF)
	for name, m := range goldens(t) {
		for at := range len(m.body) + 1 {
			got, err := decode(io.MultiReader(strings.NewReader(m.body[:at]), iotest.ErrReader(broken)), m.contentType)
			if err == nil {
				t.Fatalf("%s broken at %d of %d was read as %v", name, at, len(m.body), got)
			}
		}
	}
}

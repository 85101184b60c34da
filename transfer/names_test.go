package transfer

import (
	"strings"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/broker"
)

func TestCheckName(t *testing.T) {
	for name, ok := range map[string]bool{
		"sbd.zip":                        true,
		"årsmelding 2026 (æøå).zip":      true,
		".hidden":                        true,
		strings.Repeat("a", 255):         true,
		"":                               false,
		".":                              false,
		"..":                             false,
		"../x":                           false,
		"a/b":                            false,
		`a\b`:                            false,
		"C:x":                            false,
		"a\nb":                           false,
		"a\x1b[2Jb":                      false,
		"a\u0085b":                       false,
		"a\x00b":                         false,
		"invoice\u202efdp.exe":           false,
		"\xff\xfe":                       false,
		strings.Repeat("a", 256):         false,
		strings.Repeat("å", 128) + ".zi": false,
	} {
		if err := CheckName(name); (err == nil) != ok {
			t.Errorf("CheckName(%q) = %v", name, err)
		}
	}
}

func TestAReferenceIsPutIntoAName(t *testing.T) {
	for _, test := range []struct{ name, want string }{
		{"sbd.zip", "sbd-0e1d.zip"},
		{"noext", "noext-0e1d"},
		{".hidden", "-0e1d.hidden"},
		{"a." + strings.Repeat("x", 250), "a." + strings.Repeat("x", 248) + "-0e1d"},
		{strings.Repeat("å", 125) + ".zip", strings.Repeat("å", 123) + "-0e1d.zip"},
	} {
		got := withReference(test.name, "0e1d")
		if got != test.want || len(got) > maxName {
			t.Errorf("withReference(%q) = %q (%d bytes), want %q", test.name, got, len(got), test.want)
		}
	}
}

// What a service gives as a reference is not for us to trust.
func TestAReferenceThatFillsANameIsNoPanic(t *testing.T) {
	reference := broker.Reference(strings.Repeat("r", 300))
	if got := withReference("a.zip", reference); got != "-"+string(reference)+".zip" {
		t.Errorf("got %q", got)
	}
}

func TestShortenCutsBetweenCharacters(t *testing.T) {
	for max, want := range []string{"", "", "å", "å", "åå", "ååa"} {
		if got := shorten("ååa", max); got != want {
			t.Errorf("shorten to %d = %q, want %q", max, got, want)
		}
	}
	if got := shorten("abc", 3); got != "abc" {
		t.Errorf("a name that fits became %q", got)
	}
}

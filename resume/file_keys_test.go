package resume

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestKeysOfALine(t *testing.T) {
	odd := record("a \"key\":\"b\" \\", Sent)
	odd.Name, odd.Problem = `"}],[{"key":"c"`, `\`
	text, err := json.Marshal([]Record{odd, record("b", Planned)})
	must(t, err)
	tests := map[string]struct {
		records string
		want    []keyed
	}{
		"records":             {string(text), []keyed{{odd.Key, Sent}, {"b", Planned}}},
		"unknown members":     {`[{"x":{"key":"y","z":[{"key":"w"}]},"key":"a","n":-1.5e3,"o":null,"state":"sent"}]`, []keyed{{"a", Sent}}},
		"escapes":             {`[{"key":"\u00f8\u0022\\"}]`, []keyed{{`ø"\`, ""}}},
		"white space":         {`[ {"key": "a" , "state": "sent"} ]`, []keyed{{"a", Sent}}},
		"no key":              {`[{"state":"sent"}]`, nil},
		"one without":         {`[{"key":"a"},{}]`, nil},
		"an empty key":        {`[{"key":""}]`, nil},
		"a number":            {`[{"key":1}]`, nil},
		"nothing":             {``, nil},
		"no record":           {`[]`, nil},
		"cut in a record":     {`[{"key":"a"}`, nil},
		"cut in a string":     {`[{"key":"a`, nil},
		"cut in an escape":    {`[{"key":"a\`, nil},
		"closed more often":   {`[{"key":"a"}]]`, nil},
		"string of its own":   {`"key"`, nil},
		"closed before":       {`]}"key":"a"`, nil},
		"many that are open":  {strings.Repeat("[", 1000), nil},
		"members of no value": {`[{"key":"a","state":}]`, []keyed{{"a", ""}}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := keysOf(line{records: []byte(test.records)})
			if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(keyed{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

package endpoint_test

import (
	"cmp"
	"strings"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/endpoint"
)

// The rows share constants and helpers, so that a slip in one of them moves many rows at once. The messages in testdata are
// written out in full.
func TestMessagesOfEveryOperation(t *testing.T) {
	var got []string
	for o := range endpoint.All() {
		if o.Base != "Test" {
			got = append(got, strings.Join([]string{o.Path, o.Name, cmp.Or(o.Action(), "-"), takes(o), gives(o)}, "\t"))
		}
	}
	want := readLines(t, "testdata/messages.tsv")
	if len(want) != 117+21 {
		t.Fatalf("%d lines, want those of the table's 117 rows and 21 others", len(want))
	}
	same(t, got, want)
}

func takes(o endpoint.Operation) string {
	body := o.RequestWrapper() + "(" + elements(o.Params) + ")"
	if len(o.Headers) == 0 {
		return body
	}
	return "[" + elements(o.Headers) + "] " + body
}

func gives(o endpoint.Operation) string {
	switch {
	case o.Stream == endpoint.StreamRequest:
		return o.ReplyWrapper()
	case o.ResultElement() == "":
		return o.ReplyWrapper() + "()"
	}
	return o.ReplyWrapper() + "(" + o.ResultElement() + " " + string(o.Result) + ")"
}

func elements(params []endpoint.Param) string {
	var all []string
	for _, p := range params {
		name := p.Name
		if p.Optional {
			name += "?"
		}
		all = append(all, name+" "+string(p.Type))
	}
	return strings.Join(all, ", ")
}

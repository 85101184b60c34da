package mtom_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/altinn-transfer/altinn-transfer/mtom"
)

// soon is not soon: what is not linear takes far longer, and the race detector slows the rest down.
const soon = 20 * time.Second

// Each limit takes what it says and refuses one more.
func TestEveryLimitIsExactAndNamedByItsError(t *testing.T) {
	many := strings.Repeat
	withParts := func(n int) string {
		return strings.Replace(multi(included), "--b--", many("--b\r\n\r\n\r\n", n-2)+"--b--", 1)
	}
	for limit, test := range map[string]struct {
		max     int
		message func(n int) message
	}{
		"Root":       {4 << 20, func(n int) message { return message{"text/xml", "<a>" + many("x", n-7) + "</a>"} }},
		"Depth":      {100, func(n int) message { return message{"text/xml", many("<a>", n) + many("</a>", n)} }},
		"Elements":   {128 << 10, func(n int) message { return message{"text/xml", "<a>" + many("<b/>", n-1) + "</a>"} }},
		"Attributes": {256, func(n int) message { return message{"text/xml", "<a" + attributes(n) + "/>"} }},
		"Parts":      {64, func(n int) message { return message{related, withParts(n)} }},
		"FieldBytes": {16 << 10, func(n int) message {
			return message{related, multi(included, "X: "+many("y", n-len("Content-ID: <p@x>\r\nX: \r\n"))+"\r\n")}
		}},
		"Fields":   {100, func(n int) message { return message{related, multi(included, many("X: y\r\n", n-1))} }},
		"Preamble": {64 << 10, func(n int) message { return message{related, many("x", n) + "\r\n" + multi(included)} }},
		"Epilogue": {64 << 10, func(n int) message { return message{related, multi(included) + many("x", n)} }},
		"Padding": {1 << 10, func(n int) message {
			return message{related, strings.Replace(multi(included), "--b--", "--b--"+many(" ", n), 1)}
		}},
		"Spool": {8 << 20, func(n int) message {
			return message{related + "; start=root", "--b\r\n\r\n" + many("x", n) + "\r\n--b\r\nContent-ID: <root>\r\n\r\n<a/>\r\n--b--"}
		}},
		"ContentType": {4 << 10, func(n int) message {
			return message{related + "; x=" + many("y", n-len(related+"; x=")), multi(included)}
		}},
	} {
		t.Run(limit, func(t *testing.T) {
			m := test.message(test.max)
			if _, err := decode(strings.NewReader(m.body), m.contentType); err != nil {
				t.Errorf("%d: %v", test.max, err)
			}
			m = test.message(test.max + 1)
			_, err := decode(strings.NewReader(m.body), m.contentType)
			if e, ok := errors.AsType[*mtom.LimitError](err); !ok || e.Limit != limit || !strings.Contains(err.Error(), limit) {
				t.Errorf("%d: got %v", test.max+1, err)
			}
		})
	}
}

func TestLimitsCanBeSet(t *testing.T) {
	decoder, err := mtom.NewDecoder(strings.NewReader(multi(included)), related, &mtom.Options{Limits: mtom.Limits{Parts: 1, FieldBytes: 1 << 40}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = decoder.Next()
	if e, ok := errors.AsType[*mtom.LimitError](err); !ok || e.Limit != "Parts" || e.Max != 1 {
		t.Errorf("got %v", err)
	}
}

func attributes(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, ` a%d="1"`, i)
	}
	return b.String()
}

func TestFoldingDoesNotGetRoundTheLimit(t *testing.T) {
	body := multi(included, "X: a\r\n"+strings.Repeat(" b\r\n", 10_000))
	_, err := decode(strings.NewReader(body), related)
	if e, ok := errors.AsType[*mtom.LimitError](err); !ok || e.Limit != "FieldBytes" {
		t.Errorf("got %v", err)
	}
}

// A message of any size is refused or read without holding it.
func TestEndlessMessagesEndSoonAndInLittleMemory(t *testing.T) {
	for name, m := range map[string]struct{ contentType, head, unit string }{
		"depth":      {"text/xml", "", "<a>"},
		"elements":   {"text/xml", "<a>", "<b/>"},
		"attributes": {"text/xml", "<a", ` b="c"`},
		"name":       {"text/xml", "<", "a"},
		"text":       {"text/xml", "<a>", "x"},
		"comment":    {"text/xml", "<!--", "x"},
		"preamble":   {related, "", "x\r\n"},
		"fields":     {related, "--b\r\n", "X: y\r\n"},
		"one field":  {related, "--b\r\nX: ", "y"},
		"parts":      {related, "--b\r\n\r\n<a/>\r\n", "--b\r\n\r\n\r\n"},
		"padding":    {related, "--b", " "},
		"epilogue":   {related, "--b\r\n\r\n<a/>\r\n--b--\r\n", "x"},
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := time.Now()
			_, err := decode(io.MultiReader(strings.NewReader(m.head), &endless{unit: m.unit}), m.contentType)
			runtime.ReadMemStats(&after)
			if _, ok := errors.AsType[*mtom.LimitError](err); !ok {
				t.Errorf("got %v", err)
			}
			if took := time.Since(start); took > soon {
				t.Errorf("took %v", took)
			}
			if grown := after.TotalAlloc - before.TotalAlloc; grown > 64<<20 {
				t.Errorf("allocated %d MiB in all", grown>>20)
			}
		})
	}
}

type endless struct {
	unit string
	rest []byte
}

func (e *endless) Read(p []byte) (int, error) {
	if len(e.rest) == 0 {
		e.rest = bytes.Repeat([]byte(e.unit), 4096/len(e.unit))
	}
	n := copy(p, e.rest)
	e.rest = e.rest[n:]
	return n, nil
}

func TestAReaderThatGivesNothingIsGivenUp(t *testing.T) {
	_, err := decode(nothing{}, related)
	if !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("got %v", err)
	}
}

type nothing struct{}

func (nothing) Read([]byte) (int, error) { return 0, nil }

// What is costly to look at must be cheap to refuse, or cheap to read.
func TestCostlyMessagesAreReadInTime(t *testing.T) {
	var declared strings.Builder
	for depth := range 90 {
		declared.WriteString("<a")
		for i := range 250 {
			fmt.Fprintf(&declared, ` xmlns:p%d-%d="u"`, depth, i)
		}
		declared.WriteString(">")
	}
	prefixes := declared.String() + strings.Repeat("<p0-0:a/>", 120_000) + strings.Repeat("</a>", 90)
	fields := strings.Repeat("--b\r\nX: "+strings.Repeat("y", 16<<10-10)+"\r\n\r\n\r\n", 60)
	for name, test := range map[string]struct {
		contentType string
		body        io.Reader
	}{
		"many prefixes":            {"text/xml", strings.NewReader(prefixes)},
		"long fields byte by byte": {related, iotest.OneByteReader(strings.NewReader(strings.Replace(multi(included), "--b--", fields+"--b--", 1)))},
		"a spool byte by byte": {related + "; start=root", iotest.OneByteReader(strings.NewReader(
			"--b\r\n\r\n" + strings.Repeat("x", 8<<20) + "\r\n--b\r\nContent-ID: <root>\r\n\r\n<a/>\r\n--b--"))},
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := time.Now()
			_, err := decode(test.body, test.contentType)
			took := time.Since(start)
			runtime.ReadMemStats(&after)
			if grown := after.TotalAlloc - before.TotalAlloc; err != nil || took > soon || grown > 256<<20 {
				t.Errorf("%v after %v and %d MiB", err, took, grown>>20)
			}
		})
	}
}

// Every Include must have a part; so there are no more of them than parts.
func TestIncludesAreBoundedLikeParts(t *testing.T) {
	for n, ok := range map[int]bool{63: true, 64: false, 40_000: false} {
		var root, parts strings.Builder
		for i := range n {
			fmt.Fprintf(&root, `<b><i:Include href="cid:%d"/></b>`, i)
			fmt.Fprintf(&parts, "--b\r\nContent-ID: <%d>\r\n\r\n\r\n", i)
		}
		body := "--b\r\n\r\n<a xmlns:i=\"" + mtom.NamespaceXOP + "\">" + root.String() + "</a>\r\n" + parts.String() + "--b--"
		start := time.Now()
		got, err := decode(strings.NewReader(body), related)
		if e, limited := errors.AsType[*mtom.LimitError](err); ok != (err == nil) || ok && len(got.values) != n || !ok && (!limited || e.Limit != "Parts") {
			t.Errorf("%d: %v", n, err)
		}
		if took := time.Since(start); took > soon {
			t.Errorf("%d took %v", n, took)
		}
	}
}

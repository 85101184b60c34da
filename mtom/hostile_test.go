package mtom_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/altinn-transfer/altinn-transfer/mtom"
)

const related = `multipart/related; type="application/xop+xml"; boundary=b`

// multi is a message of a root with content in Data, and one part under p@x.
func multi(content string, partFields ...string) string {
	fields := "Content-ID: <p@x>\r\n" + strings.Join(partFields, "")
	return "--b\r\nContent-Type: application/xop+xml; charset=utf-8\r\n\r\n<a><Data>" + content + "</Data></a>\r\n--b\r\n" + fields + "\r\nvalue\r\n--b--\r\n"
}

var included = mtom.Include("p@x")

func include(attributes string) string {
	return `<xop:Include ` + attributes + ` xmlns:xop="http://www.w3.org/2004/08/xop/include"/>`
}

func TestWhatIsLegalIsRead(t *testing.T) {
	for name, test := range map[string]struct{ contentType, body, want string }{
		"folded field":                     {related, multi(included, "X-Long: a\r\n\tb\r\n c\r\n"), "value"},
		"Content-ID without brackets":      {related, strings.Replace(multi(included), "<p@x>", "p@x", 1), "value"},
		"8bit part":                        {related, multi(included, "content-transfer-encoding: 8BIT\r\n"), "value"},
		"percent-encoded href":             {related, multi(mtom.Include("p%40x")), "value"},
		"CID in capitals":                  {related, multi(include(`href="CID:p@x"`)), "value"},
		"blanks and comments around":       {related, multi(" \r\n<!-- c -->" + included + "<!-- d --> "), "value"},
		"Include with an end tag":          {related, multi(`<i:Include xmlns:i="http://www.w3.org/2004/08/xop/include" href="cid:p@x"> </i:Include>`), "value"},
		"attribute of another namespace":   {related, multi(`<i:Include xmlns:i="http://www.w3.org/2004/08/xop/include" href='cid:p@x' n:m="1" xmlns:n="urn:n"/>`), "value"},
		"padding behind delimiters":        {related, strings.ReplaceAll(multi(included), "--b\r\n", "--b \t\r\n"), "value"},
		"preamble":                         {related, "This is MIME.\r\n--bb\r\n" + multi(included), "value"},
		"epilogue":                         {related, multi(included) + "the end\r\n--b\r\n", "value"},
		"parameters in capitals, unquoted": {"Multipart/Related; BOUNDARY=b; Type=Application/Xop+Xml; start-info=text/xml; charset=utf-8;", multi(included), "value"},
		"boundary with escapes":            {`multipart/related; boundary="\b"`, multi(included), "value"},
		"part without a body":              {related, strings.Replace(multi(included), "\r\nvalue\r\n--b--", "\r\n--b--", 1), ""},
		"part without fields behind":       {related, strings.Replace(multi(included), "--b--", "--b\r\n\r\nother\r\n--b--", 1), "value"},
		"declaration and mark":             {"text/xml", "\uFEFF<?xml version='1.0' encoding='UTF-8' standalone='yes'?><Data>QQ==</Data>\n<!-- end -->", "A"},
		"empty element":                    {"text/xml", "<a><Data/></a>", ""},
		"empty element with end tag":       {"text/xml", "<a><Data></Data></a>", ""},
		"blank element":                    {"text/xml", "<a><Data> \n </Data></a>", ""},
		"bits that belong to no octet":     {"text/xml", "<a><Data>QR==</Data></a>", "A"},
		"decimal reference":                {"text/xml", "<a><Data>&#81;Q=&#x3D;&#10;</Data></a>", "A"},
		"line that begins like delimiter":  {related, strings.Replace(multi(included), "value", "\r\n--bx\r\n--b-\r\n--b--y\r\n--b z", 1), "\r\n--bx\r\n--b-\r\n--b--y\r\n--b z"},
		"LF is no line end of a delimiter": {related, strings.Replace(multi(included), "value", "\n--b\n--b--\n", 1), "\n--b\n--b--\n"},
		"CR before the delimiter":          {related, strings.Replace(multi(included), "value", "\r\r\r\n\r", 1), "\r\r\r\n\r"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := decode(strings.NewReader(test.body), test.contentType)
			if err != nil || len(got.values) != 1 || got.values[0] != test.want {
				t.Errorf("got %v, %v; want %q", got, err, test.want)
			}
		})
	}
}

func TestANullHoldsNoValue(t *testing.T) {
	got, err := decode(strings.NewReader(`<a xmlns:i="http://www.w3.org/2001/XMLSchema-instance"><Data i:nil="true"/></a>`), "text/xml")
	if err != nil || len(got.values) != 0 {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestWhatIsHostileIsRefused(t *testing.T) {
	xml := func(s string) [2]string { return [2]string{"text/xml", s} }
	parts := func(s string) [2]string { return [2]string{related, s} }
	typed := func(s string) [2]string { return [2]string{s, multi(included)} }
	rooted := func(start, content, part string) [2]string {
		body := strings.Replace(multi(content), "charset=utf-8\r\n", "charset=utf-8\r\nContent-ID: <r@x>\r\n", 1)
		return [2]string{related + `; start="` + start + `"`, strings.Replace(body, "--b--", "--b\r\n"+part+"\r\n--b--", 1)}
	}
	for name, m := range map[string][2]string{
		"href http":                      parts(multi(include(`href="http://127.0.0.1/x"`))),
		"href file":                      parts(multi(include(`href="file:///etc/passwd"`))),
		"href without scheme":            parts(multi(include(`href="p@x"`))),
		"href empty":                     parts(multi(include(`href="cid:"`))),
		"no href":                        parts(multi(include(``))),
		"href names nothing":             parts(multi(mtom.Include("q@x"))),
		"href twice":                     parts(multi(included + "</Data><Data>" + included)),
		"href twice, escaped once":       parts(multi(included + "</Data><Data>" + mtom.Include("p%40x"))),
		"Include beside text":            parts(multi("x" + included)),
		"text beside Include":            parts(multi(included + "QUJD")),
		"Include beside an element":      parts(multi("<b/>" + included)),
		"two Includes in one element":    parts(multi(included + mtom.Include("q@x"))),
		"Include with content":           parts(multi(`<i:Include xmlns:i="http://www.w3.org/2004/08/xop/include" href="cid:p@x">x</i:Include>`)),
		"Include with another attribute": parts(multi(include(`href="cid:p@x" parse="text"`))),
		"Include in a plain message":     xml("<a><Data>" + included + "</Data></a>"),
		"Include as root":                parts("--b\r\n\r\n" + included + "\r\n--b\r\nContent-ID: p@x\r\n\r\n--b--"),
		"two parts of one id":            parts(strings.Replace(multi(included), "--b--", "--b\r\nContent-ID: <p@x>\r\n\r\nother\r\n--b--", 1)),
		"two roots, one with something":  rooted("<r@x>", included, "Content-ID: <r@x>\r\n\r\nother"),
		"two roots, one named":           rooted("<r@x>", mtom.Include("r@x"), "Content-ID: <r@x>\r\n\r\n"),
		"two roots, start not given":     rooted("", included, "Content-ID: <r@x>\r\n\r\n"),
		"field twice":                    parts(multi(included, "Content-Id: <q@x>\r\n")),
		"encoding twice":                 parts(multi(included, "Content-Transfer-Encoding: binary\r\nContent-Transfer-Encoding: binary\r\n")),
		"quoted-printable":               parts(multi(included, "Content-Transfer-Encoding: quoted-printable\r\n")),
		"unknown encoding":               parts(multi(included, "Content-Transfer-Encoding: gzip\r\n")),
		"base64 part that is none":       parts(multi(included, "Content-Transfer-Encoding: base64\r\n")),
		"field without a colon":          parts(multi(included, "garbage\r\n")),
		"blank before the colon":         parts(multi(included, "X : y\r\n")),
		"NUL in a field":                 parts(multi(included, "X: a\x00b\r\n")),
		"bare LF in a field":             parts(multi(included, "X: a\nb\r\n")),
		"bare CR in a field":             parts(multi(included, "X: a\rb\r\n")),
		"root in base64":                 parts(strings.Replace(multi(included), "charset=utf-8\r\n", "charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n", 1)),
		"root in latin-1":                parts(strings.Replace(multi(included), "charset=utf-8", "charset=iso-8859-1", 1)),
		"root of another type":           parts(strings.Replace(multi(included), "application/xop+xml", "text/html", 1)),
		"LF framing":                     parts(strings.ReplaceAll(multi(included), "\r\n", "\n")),
		"no root":                        {related + `; start="<other>"`, multi(included)},
		"closed at once":                 parts("--b--\r\n"),
		"no delimiter":                   parts("hello"),
		"empty body":                     parts(""),

		"boundary twice":             typed(related + "; boundary=b"),
		"start twice":                typed(related + "; start=a; START=a"),
		"no boundary":                typed(`multipart/related; type="application/xop+xml"`),
		"boundary too long":          typed(`multipart/related; boundary=` + strings.Repeat("b", 71)),
		"boundary ends in a blank":   typed(`multipart/related; boundary="b "`),
		"boundary with a line break": typed("multipart/related; boundary=\"b\r\n\""),
		"boundary in pieces":         typed(`multipart/related; boundary*0=b`),
		"quote without an end":       typed(`multipart/related; boundary="b`),
		"text behind a quoted value": typed(`multipart/related; boundary="b"c`),
		"other parts":                typed(`multipart/related; type="text/html"; boundary=b`),
		"multipart/mixed":            typed(`multipart/mixed; boundary=b`),
		"a web page":                 {"text/html", "<html/>"},
		"JSON":                       {"application/json", "{}"},
		"no type":                    {"", "<a/>"},
		"UTF-16 by name":             {"text/xml; charset=utf-16", "<a/>"},

		"document type":                xml(`<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>`),
		"unknown entity":               xml(`<a>&e;</a>`),
		"instruction":                  xml(`<?php x?><a/>`),
		"instruction inside":           xml(`<a><?x y?></a>`),
		"declaration late":             xml(` <?xml version="1.0"?><a/>`),
		"XML 1.1":                      xml(`<?xml version="1.1"?><a/>`),
		"UTF-16 by its mark":           xml("\xfe\xff\x00<\x00a\x00/\x00>"),
		"another encoding":             xml(`<?xml version="1.0" encoding="iso-8859-1"?><a/>`),
		"two roots":                    xml(`<a/><a/>`),
		"text behind":                  xml(`<a/>x`),
		"text before":                  xml(`x<a/>`),
		"no element":                   xml(`<!-- c -->`),
		"blank":                        xml(` `),
		"nothing":                      xml(``),
		"JSON as XML":                  xml(`{"a":1}`),
		"end tag of another":           xml(`<a><b></a></b>`),
		"end tag of another prefix":    xml(`<p:a xmlns:p="u" xmlns:q="u"></q:a>`),
		"end tag alone":                xml(`</a>`),
		"attribute twice":              xml(`<a b="1" b="2"/>`),
		"attribute twice by namespace": xml(`<a p:b="1" q:b="2" xmlns:p="u" xmlns:q="u"/>`),
		"attributes without a blank":   xml(`<a b="1"c="2"/>`),
		"attribute without quotes":     xml(`<a b=1/>`),
		"prefix of nobody":             xml(`<p:a/>`),
		"attribute of nobody's prefix": xml(`<a p:b="1"/>`),
		"prefix bound to nothing":      xml(`<p:a xmlns:p=""/>`),
		"xml bound elsewhere":          xml(`<a xmlns:xml="u"/>`),
		"xmlns bound":                  xml(`<a xmlns:xmlns="u"/>`),
		"two colons":                   xml(`<p:q:a xmlns:p="u"/>`),
		"invalid UTF-8":                xml("<a>\xff</a>"),
		"invalid UTF-8 in a comment":   xml("<a><!-- \xff --></a>"),
		"control character":            xml("<a>\x01</a>"),
		"control in a comment":         xml("<a><!-- \x01 --></a>"),
		"reference to NUL":             xml(`<a>&#0;</a>`),

		"base64 cut in a group":        xml(`<a><Data>QUJ</Data></a>`),
		"base64 behind its padding":    xml(`<a><Data>QQ==QUJD</Data></a>`),
		"base64 behind, apart":         xml(`<a><Data>QQ==<!-- c -->QUJD</Data></a>`),
		"base64 of another alphabet":   xml(`<a><Data>QU_-</Data></a>`),
		"base64 with only padding":     xml(`<a><Data>====</Data></a>`),
		"base64 with an entity":        xml(`<a><Data>QUJ&lt;</Data></a>`),
		"base64 with a long reference": xml(`<a><Data>&#000000000000081;</Data></a>`),
		"an element in base64":         xml(`<a><Data>QUJD<b/></Data></a>`),
		"an element instead":           xml(`<a><Data><b/></Data></a>`),
		"instruction in base64":        xml(`<a><Data>QUJD<?x y?></Data></a>`),
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := decode(strings.NewReader(m[1]), m[0]); err == nil {
				t.Errorf("it was read as %v", got)
			}
		})
	}
}

func TestEveryLimitIsNamedByItsError(t *testing.T) {
	many := func(n int, s string) string { return strings.Repeat(s, n) }
	for limit, m := range map[string][2]string{
		"Root":        {"text/xml", "<a>" + many(5<<20, "x") + "</a>"},
		"Depth":       {"text/xml", many(101, "<a>") + many(101, "</a>")},
		"Attributes":  {"text/xml", "<a" + attributes(257) + "/>"},
		"Parts":       {related, strings.Replace(multi(included), "--b--", many(63, "--b\r\n\r\n\r\n")+"--b--", 1)},
		"FieldBytes":  {related, multi(included, "X: "+many(17<<10, "y")+"\r\n")},
		"Fields":      {related, multi(included, many(101, "X: y\r\n"))},
		"Preamble":    {related, many(70<<10, "x") + "\r\n" + multi(included)},
		"Epilogue":    {related, multi(included) + many(70<<10, "x")},
		"Padding":     {related, strings.Replace(multi(included), "--b--", "--b--"+many(1100, " "), 1)},
		"Spool":       {related + "; start=root", "--b\r\n\r\n" + many(9<<20, "x") + "\r\n" + multi(included)},
		"ContentType": {related + "; x=" + many(5<<10, "y"), multi(included)},
	} {
		t.Run(limit, func(t *testing.T) {
			_, err := decode(strings.NewReader(m[1]), m[0])
			if e, ok := errors.AsType[*mtom.LimitError](err); !ok || e.Limit != limit || !strings.Contains(err.Error(), limit) {
				t.Errorf("got %v", err)
			}
		})
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
		"elements":   {"text/xml", "", "<a>"},
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
			if took := time.Since(start); took > 5*time.Second {
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

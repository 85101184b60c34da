package mtom_test

import (
	"strings"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/internal/iofault"
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
		"no type, no start":                {`multipart/related; boundary=b`, multi(included), "value"},
		"charset on the multipart type":    {related + `; charset="UTF-8"`, multi(included), "value"},
		"start-info of another version":    {related + `; start-info="application/soap+xml"`, multi(included), "value"},
		"parameter of the action":          {`application/soap+xml; charset=utf-8; action="urn:x/Get"`, "<a><Data>QQ==</Data></a>", "A"},
		"text/xml without a charset":       {"text/xml", "<a><Data>QQ==</Data></a>", "A"},
		"byte order mark of a root part":   {related, strings.Replace(multi(included), "<a>", "\uFEFF<a>", 1), "value"},
		"line breaks after the envelope":   {related, strings.Replace(multi(included), "</a>", "</a>\r\n\r\n", 1), "value"},
		"escapes in the id itself":         {related, strings.Replace(multi(mtom.Include("p%40x")), "<p@x>", "<p%40x>", 1), "value"},
		"a part without an id before":      {related, strings.Replace(multi(included), "--b\r\nContent-ID", "--b\r\n\r\nother\r\n--b\r\nContent-ID", 1), "value"},
		"a part that nothing names before": {related, strings.Replace(multi(included), "--b\r\nContent-ID", "--b\r\nContent-ID: <q@x>\r\nContent-Transfer-Encoding: x-gzip\r\n\r\nother\r\n--b\r\nContent-ID", 1), "value"},
		"fields that mean nothing":         {related, multi(included, "Content-Disposition: attachment; filename=\"\xc3\xa6.zip\"\r\nX-Y:\r\nContent-Length: 5\r\nContent-Features: none\r\nContent-Encoding: identity\r\n"), "value"},
		"part of nothing, long form":       {related, strings.Replace(multi(included), "value", "", 1), ""},
		"part of one line break":           {related, strings.Replace(multi(included), "value", "\r\n", 1), "\r\n"},
		"part in base64":                   {related, strings.Replace(multi(included, "Content-Transfer-Encoding: Base64\r\n"), "value", "dmFs\r\ndWU=\r\n", 1), "value"},
		"part in base64 of nothing":        {related, strings.Replace(multi(included, "Content-Transfer-Encoding: base64\r\n"), "value", "\r\n", 1), ""},
		"base64 in pieces":                 {"text/xml", "<a><Data> d<!-- c -->mF<![CDATA[sd]]>&#x57;&#85;= </Data></a>", "value"},
		"prefix redeclared within":         {related, multi(included + "</Data><x xmlns:xop='urn:other'><xop:y/></x><Data>"), "value"},
		"CR before the delimiter":          {related, strings.Replace(multi(included), "value", "\r\r\r\n\r", 1), "\r\r\r\n\r"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, step := range []int{1 << 20, 1, 2, 3, 5, 7, 11} {
				got, err := decode(iofault.Steps(strings.NewReader(test.body), step), test.contentType)
				if err != nil || got.values[0] != test.want {
					t.Errorf("in steps of %d: got %v, %v; want %q", step, got, err, test.want)
				}
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
		"href names the root":            parts(strings.Replace(multi(mtom.Include("r@x")), "--b\r\n", "--b\r\nContent-ID: <r@x>\r\n", 1)),
		"part with the root's id":        parts(strings.Replace(multi(included), "--b\r\n", "--b\r\nContent-ID: <p@x>\r\n", 1)),
		"Include within an Include":      parts(multi(`<i:Include xmlns:i="http://www.w3.org/2004/08/xop/include" href="cid:p@x">` + included + `</i:Include>`)),
		"Include in another namespace":   parts(multi(`<i:Include xmlns:i="http://www.w3.org/2003/06/xop/include" href="cid:p@x"/>`)),
		"Include with a slip in it":      parts(multi(`<i:Inclvde xmlns:i="http://www.w3.org/2004/08/xop/include" href="cid:p@x"/>`)),
		"two ids, one escaped":           parts(strings.Replace(multi(mtom.Include("p%40x")), "--b--", "--b\r\nContent-ID: <p%40x>\r\n\r\nother\r\n--b--", 1)),
		"part with Content-Encoding":     parts(multi(included, "Content-Encoding: gzip\r\n")),
		"encoding with a slip in it":     parts(multi(included, "Kontent-Transfer-Encoding: base64\r\n")),
		"base64 part cut in a group":     parts(strings.Replace(multi(included, "Content-Transfer-Encoding: base64\r\n"), "value", "dmFsdWU", 1)),
		"root in quoted-printable":       parts(strings.Replace(multi(included), "charset=utf-8\r\n", "charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n", 1)),
		"LF within the frame":            parts(strings.Replace(multi(included), "<p@x>\r\n", "<p@x>\n", 1)),
		"delimiter without a line break": parts(strings.Replace(multi(included), "--b\r\nContent-ID", "--b Content-ID", 1)),
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

		"document type":                 xml(`<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>`),
		"unknown entity":                xml(`<a>&e;</a>`),
		"instruction":                   xml(`<?php x?><a/>`),
		"instruction inside":            xml(`<a><?x y?></a>`),
		"declaration late":              xml(` <?xml version="1.0"?><a/>`),
		"XML 1.1":                       xml(`<?xml version="1.1"?><a/>`),
		"UTF-16 by its mark":            xml("\xfe\xff\x00<\x00a\x00/\x00>"),
		"UTF-16 without a mark":         xml("<\x00a\x00/\x00>\x00"),
		"UTF-16, little end first":      xml("\xff\xfe<\x00a\x00/\x00>\x00"),
		"UTF-32":                        xml("\x00\x00\xfe\xff\x00\x00\x00<"),
		"half a mark":                   xml("\xef\xbb<a/>"),
		"two marks":                     xml("\uFEFF\uFEFF<a/>"),
		"CDATA outside":                 xml("<a/><![CDATA[]]>"),
		"reference outside":             xml("<a/>&#32;"),
		"name that begins with a colon": xml("<:a/>"),
		"attribute that ends in one":    xml(`<a b:=""/>`),
		"another encoding":              xml(`<?xml version="1.0" encoding="iso-8859-1"?><a/>`),
		"two roots":                     xml(`<a/><a/>`),
		"text behind":                   xml(`<a/>x`),
		"text before":                   xml(`x<a/>`),
		"no element":                    xml(`<!-- c -->`),
		"blank":                         xml(` `),
		"nothing":                       xml(``),
		"JSON as XML":                   xml(`{"a":1}`),
		"end tag of another":            xml(`<a><b></a></b>`),
		"end tag of another prefix":     xml(`<p:a xmlns:p="u" xmlns:q="u"></q:a>`),
		"end tag alone":                 xml(`</a>`),
		"attribute twice":               xml(`<a b="1" b="2"/>`),
		"attribute twice by namespace":  xml(`<a p:b="1" q:b="2" xmlns:p="u" xmlns:q="u"/>`),
		"attributes without a blank":    xml(`<a b="1"c="2"/>`),
		"attribute without quotes":      xml(`<a b=1/>`),
		"prefix of nobody":              xml(`<p:a/>`),
		"attribute of nobody's prefix":  xml(`<a p:b="1"/>`),
		"prefix bound to nothing":       xml(`<p:a xmlns:p=""/>`),
		"xml bound elsewhere":           xml(`<a xmlns:xml="u"/>`),
		"xmlns bound":                   xml(`<a xmlns:xmlns="u"/>`),
		"two colons":                    xml(`<p:q:a xmlns:p="u"/>`),
		"invalid UTF-8":                 xml("<a>\xff</a>"),
		"invalid UTF-8 in a comment":    xml("<a><!-- \xff --></a>"),
		"control character":             xml("<a>\x01</a>"),
		"control in a comment":          xml("<a><!-- \x01 --></a>"),
		"reference to NUL":              xml(`<a>&#0;</a>`),

		"base64 of three characters":   xml(`<a><Data>QQ=</Data></a>`),
		"base64 with padding first":    xml(`<a><Data>=QUJ</Data></a>`),
		"base64 with five":             xml(`<a><Data>QQ===</Data></a>`),
		"base64 with a dot":            xml(`<a><Data>QUJD.</Data></a>`),
		"base64 in UTF-8":              xml("<a><Data>QUJ\u00c4</Data></a>"),
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

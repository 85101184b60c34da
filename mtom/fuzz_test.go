package mtom_test

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/altinn-transfer/altinn-transfer/internal/iofault"
	"github.com/altinn-transfer/altinn-transfer/mtom"
)

// Whatever a message is, it is read the same in any delivery, or refused in any; and a decoder does not panic.
func FuzzDecoder(f *testing.F) {
	for _, m := range goldens(f) {
		f.Add(m.contentType, []byte(m.body), 40)
	}
	two := twoParts("one", "two")
	f.Add(two.contentType, []byte(two.body), 3)
	near := strings.Replace(multi(included), "value", "\r\n--bx\r\n--b-\r\n--b--y\r\n--b z", 1)
	f.Add(related, []byte(near), 7)
	f.Fuzz(func(t *testing.T, contentType string, body []byte, step int) {
		want, wantErr := decode(bytes.NewReader(body), contentType)
		for _, r := range []io.Reader{
			iotest.OneByteReader(bytes.NewReader(body)), iotest.DataErrReader(bytes.NewReader(body)),
			iofault.Steps(bytes.NewReader(body), max(1, step%1000)),
		} {
			got, err := decode(r, contentType)
			if (err == nil) != (wantErr == nil) || err == nil && fmt.Sprint(got) != fmt.Sprint(want) {
				t.Fatalf("read as %v, %v at once, as %v, %v in pieces", want, wantErr, got, err)
			}
		}
	})
}

// What is encoded comes back, whatever it is.
func FuzzRoundTrip(f *testing.F) {
	f.Add([]byte(golden), []byte("\r\n--uuid:"), 7)
	f.Fuzz(func(t *testing.T, first, second []byte, step int) {
		e, err := mtom.NewEncoder([]byte("<a><x>"+mtom.Include("1@x")+"</x><y>"+mtom.Include("2@x")+"</y></a>"), "text/xml",
			mtom.Attachment{ContentID: "1@x", Size: int64(len(first)), Body: bytes.NewReader(first)},
			mtom.Attachment{ContentID: "2@x", Size: -1, Body: bytes.NewReader(second)})
		if err != nil {
			t.Fatal(err)
		}
		got, err := decode(iofault.Steps(e, max(1, step%5000)), e.ContentType())
		if err != nil || got.values[0] != string(first) || got.values[1] != string(second) {
			t.Fatalf("%q and %q came back as %v, %v", first, second, got, err)
		}
	})
}

func FuzzContentType(f *testing.F) {
	for _, m := range goldens(f) {
		f.Add(m.contentType)
	}
	f.Add(`multipart/related; boundary="\"`)
	f.Add(`multipart/related; boundary*0=a; boundary*1=b`)
	f.Fuzz(func(t *testing.T, contentType string) {
		_, err := mtom.NewDecoder(strings.NewReader(""), contentType, nil)
		if err == nil && strings.ContainsAny(contentType, "\r\n\x00") {
			t.Errorf("%q was taken", contentType)
		}
	})
}

// Base64 in place decodes as the standard library has it, however it is broken up.
func FuzzBase64(f *testing.F) {
	f.Add([]byte("QUJD"), 3)
	f.Add([]byte("QQ== \r\n"), 1)
	f.Add([]byte("QQ=Q"), 2)
	f.Fuzz(func(t *testing.T, text []byte, step int) {
		if bytes.ContainsAny(text, "<&") {
			t.Skip()
		}
		got, err := decode(iofault.Steps(strings.NewReader("<Data>"+string(text)+"</Data>"), max(1, step%100)), "text/xml")
		compact := strings.NewReplacer(" ", "", "\t", "", "\r", "", "\n", "").Replace(string(text))
		want, wantErr := base64.StdEncoding.DecodeString(compact)
		if (err == nil) != (wantErr == nil) || err == nil && got.values[0] != string(want) {
			t.Errorf("%q: got %v, %v; want %q, %v", text, got, err, want, wantErr)
		}
	})
}

// What the decoder takes for XML, the standard library does, too; it is the stricter of the two.
func FuzzXML(f *testing.F) {
	f.Add([]byte(`<?xml version="1.0"?><a xmlns="u" b='1'><!-- c --><![CDATA[x]]>&amp;</a>`))
	f.Add([]byte(`<p:a xmlns:p="u" p:b="1"><p:c/></p:a>`))
	f.Add([]byte(`<a><Data>QUJD</Data></a>`))
	f.Fuzz(func(t *testing.T, document []byte) {
		got, err := decode(bytes.NewReader(document), "text/xml")
		if err != nil {
			return
		}
		decoder := xml.NewDecoder(strings.NewReader(strings.TrimPrefix(got.root, "\uFEFF")))
		for {
			if _, err := decoder.Token(); errors.Is(err, io.EOF) {
				return
			} else if err != nil {
				t.Fatalf("%q was taken as %q, which encoding/xml refuses: %v", document, got.root, err)
			}
		}
	})
}

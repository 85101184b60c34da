package security_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/altinn-transfer/altinn-transfer/security"
	"github.com/beevik/etree"
)

// Whatever comes, the answer is an error or a good one, never a panic. A message that is taken says what it said before it was
// damaged: that is TestNoOctetOfWhatIsSignedCanBeChanged's.
func FuzzHeaders(f *testing.F) {
	checker := newChecker(f, nil)
	request := newRequest(f)
	f.Add(bytesOf(f, envelope(f, request.Header, request.Body)))
	f.Add(bytesOf(f, signed(f, begin(f, checker), now)))
	f.Add(bytesOf(f, withPassword(f, now)))
	f.Add([]byte(published))
	f.Fuzz(func(t *testing.T, text []byte) {
		doc := etree.NewDocument()
		if doc.ReadFromBytes(text) != nil || doc.Root() == nil {
			return
		}
		header, body := parts(t, doc)
		checker.Session(header)
		if login, err := checker.Password(header); err == nil {
			checker.Take(login)
		}
		checker.Issue(header, body, path)
		security.ReadAddress(header)
		for _, block := range header {
			security.Understands(block)
		}
		request.Session(body)
	})
}

// FuzzSplicing puts something into a signed message: what is taken then must have been signed for the same time and recipient.
// The beginning is signed once, since RSA takes its time; so each try has a checker of its own, which has not seen it before.
func FuzzSplicing(f *testing.F) {
	checker := newChecker(f, nil)
	session := begin(f, checker)
	request := newRequest(f)
	beginning := envelope(f, request.Header, request.Body)
	f.Add(uint16(700), uint8(0), []byte("<x/>"))
	f.Add(uint16(900), uint8(20), []byte("<!-- c -->"))
	f.Add(uint16(3000), uint8(1), []byte("&#x41;"))
	f.Fuzz(func(t *testing.T, at uint16, cut uint8, put []byte) {
		message := signed(t, session, now)
		if doc := spliced(t, message, at, cut, put); doc != nil && check(t, checker, doc) == nil {
			says(t, doc, "Timestamp", message)
		}
		if doc := spliced(t, beginning, at, cut, put); doc != nil && issue(t, newChecker(t, nil), doc) == nil {
			says(t, doc, "Timestamp", beginning)
			says(t, doc, "To", beginning)
		}
	})
}

func spliced(t *testing.T, message *etree.Document, at uint16, cut uint8, put []byte) *etree.Document {
	text := bytesOf(t, message)
	from := int(at) % len(text)
	to := min(from+int(cut), len(text))
	doc := etree.NewDocument()
	if doc.ReadFromBytes(slices.Concat(text[:from], put, text[to:])) != nil || doc.Root() == nil {
		return nil
	}
	return doc
}

// says fails unless a part, found by its place, has the text that it had.
func says(t *testing.T, doc *etree.Document, part string, original *etree.Document) {
	t.Helper()
	header, _ := parts(t, doc)
	for _, block := range header {
		if block.Tag == "Security" && block.NamespaceURI() == nsWSS && part != "To" {
			header = block.ChildElements()
		}
	}
	want := textOf(original.FindElement("//" + part))
	for _, el := range header {
		if el.Tag == part && (el.NamespaceURI() == nsUtility || part == "To") && textOf(el) != want {
			t.Errorf("a %s that says %q is taken, and %q was signed", part, textOf(el), want)
		}
	}
}

// textOf is all text in an element.
func textOf(el *etree.Element) string {
	var b strings.Builder
	for _, token := range el.Child {
		switch token := token.(type) {
		case *etree.CharData:
			b.WriteString(token.Data)
		case *etree.Element:
			b.WriteString(textOf(token) + " ")
		}
	}
	return b.String()
}

func FuzzKeyPair(f *testing.F) {
	for name, secret := range map[string]string{"windows-rc2": "Blåbær€ 7", "windows-aes": "Blåbær€ 7", "empty": ""} {
		data, err := os.ReadFile(filepath.Join("testdata", name+".p12"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data, secret)
	}
	f.Add([]byte("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), "")
	f.Add([]byte{0x30, 0x80}, "x")
	f.Fuzz(func(t *testing.T, data []byte, password string) {
		pair, err := security.ReadKeyPair(data, password)
		if err == nil && (pair.Leaf == nil || pair.PrivateKey == nil) {
			t.Error("half a pair")
		}
	})
}

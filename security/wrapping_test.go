package security_test

import (
	"bytes"
	"encoding/pem"
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"github.com/beevik/etree"
)

// wrappings are the eight forms of XML signature wrapping, for a signed part of a header: forged, a copy that says something else,
// is put where a careless service looks, and the original where the signature's reference still finds it.
var wrappings = map[string]func(doc *etree.Document, original, forged *etree.Element){
	"1: the original in a header block of its own": func(doc *etree.Document, original, forged *etree.Element) {
		replace(original, forged)
		wrapper(doc).AddChild(original)
	},
	"2: the original behind the forgery": func(_ *etree.Document, original, forged *etree.Element) {
		original.Parent().InsertChildAt(original.Index(), forged)
	},
	"3: the original before the forgery": func(_ *etree.Document, original, forged *etree.Element) {
		original.Parent().InsertChildAt(original.Index()+1, forged)
	},
	"4: the original in the forgery": func(_ *etree.Document, original, forged *etree.Element) {
		replace(original, forged)
		forged.AddChild(original)
	},
	"5: the original in the signature": func(doc *etree.Document, original, forged *etree.Element) {
		replace(original, forged)
		doc.FindElement("//Signature").CreateElement("Object").AddChild(original)
	},
	"6: the original in the body": func(doc *etree.Document, original, forged *etree.Element) {
		replace(original, forged)
		doc.FindElement("//Body").CreateElement("x:Wrapper").AddChild(original)
	},
	"7: the original in a second Security header": func(doc *etree.Document, original, forged *etree.Element) {
		replace(original, forged)
		security := doc.FindElement("//Security")
		second := etree.NewElement("o:Security")
		second.CreateAttr("xmlns:o", security.NamespaceURI())
		second.AddChild(original)
		security.Parent().AddChild(second)
	},
	"8: the original beside header and body": func(doc *etree.Document, original, forged *etree.Element) {
		replace(original, forged)
		doc.Root().AddChild(original)
	},
}

func replace(old, with *etree.Element) {
	parent, at := old.Parent(), old.Index()
	parent.RemoveChildAt(at)
	parent.InsertChildAt(at, with)
}

// wrapper is a header block that nobody has to understand.
func wrapper(doc *etree.Document) *etree.Element {
	return doc.FindElement("//Header").CreateElement("x:Wrapper")
}

// forge is a copy of a part that says something else.
func forge(part *etree.Element) *etree.Element {
	forged := part.Copy()
	switch forged.Tag {
	case "Timestamp":
		forged.FindElement("Expires").SetText("2099-01-01T00:00:00.000Z")
	case "To":
		forged.SetText("https://far.example/A/b.svc")
	}
	return forged
}

// wrapped is a message after one of the wrappings. id is the forgery's; "": the original's.
func wrapped(t *testing.T, message *etree.Document, part, id string, wrap func(doc *etree.Document, original, forged *etree.Element)) *etree.Document {
	t.Helper()
	original := message.FindElement("//" + part)
	forged := forge(original)
	if id != "" {
		forged.CreateAttr("u:Id", id)
	}
	wrap(message, original, forged)
	return declared(t, message)
}

// declared reads a message again, after the prefix of the wrapper was declared.
func declared(t *testing.T, doc *etree.Document) *etree.Document {
	doc.Root().CreateAttr("xmlns:x", "urn:x")
	return reread(t, doc)
}

func TestWrappedSignaturesAreRefused(t *testing.T) {
	if len(wrappings) != 8 {
		t.Fatalf("%d forms", len(wrappings))
	}
	checker := newChecker(t, nil)
	session := begin(t, checker)
	for name, wrap := range wrappings {
		for _, id := range []string{"", "_forged"} {
			message := wrapped(t, signed(t, session, now), "Timestamp", id, wrap)
			refusesWrapping(t, name+", in a message", check(t, checker, message))
			for _, part := range []string{"Timestamp", "To"} {
				request := newRequest(t)
				message := wrapped(t, envelope(t, request.Header, request.Body), part, id, wrap)
				refusesWrapping(t, name+", in a beginning, of "+part, issue(t, checker, message))
			}
		}
	}
}

// refusesWrapping fails unless it is the place of the parts that is refused.
func refusesWrapping(t *testing.T, name string, err error) {
	t.Helper()
	wants(t, name, err, "InvalidSecurity")
	if err != nil && strings.Contains(err.Error(), "taken before") {
		t.Errorf("%s: it is refused for another reason: %v", name, err)
	}
}

// The test above proves something only as long as whoever looks at the signature alone believes the wrapped messages.
func TestWrappedSignaturesHold(t *testing.T) {
	tool := xmlsec(t)
	certificate := put(t, "certificate.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: identity().Certificate[0]}))
	session, key := beginWithKey(t, newChecker(t, nil))
	secret := put(t, "key.bin", key)
	believes := func(name string, message *etree.Document, with ...string) {
		args := append([]string{"--verify", "--id-attr:Id", "Timestamp", "--id-attr:Id", "To"}, with...)
		out, err := exec.Command(tool, append(args, put(t, "message.xml", bytesOf(t, message)))...).CombinedOutput()
		if err != nil || !bytes.Contains(out, []byte("OK")) {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
	for name, wrap := range wrappings {
		believes(name+", in a message", wrapped(t, signed(t, session, now), "Timestamp", "_forged", wrap), "--hmackey", secret)
		for _, part := range []string{"Timestamp", "To"} {
			request := newRequest(t)
			message := wrapped(t, envelope(t, request.Header, request.Body), part, "_forged", wrap)
			believes(name+", in a beginning, of "+part, message, "--pubkey-cert-pem", certificate)
		}
	}
}

// A message in a block that nobody reads harms nobody: it is not for the block that the wrappings are refused.
func TestAnUnforgedWrappingIsStillSigned(t *testing.T) {
	checker := newChecker(t, nil)
	message := signed(t, begin(t, checker), now)
	wrapper(message).CreateElement("x:Harmless")
	wants(t, "a block that nobody reads", check(t, checker, declared(t, message)), "")
}

func TestIdsAreUnique(t *testing.T) {
	checker := newChecker(t, nil)
	session := begin(t, checker)
	for _, attribute := range []string{"u:Id", "Id", "xml:id", "ID", "AssertionID"} {
		for _, place := range []string{"//Header", "//Body"} {
			message := signed(t, session, now)
			block := message.FindElement(place).CreateElement("x:Wrapper")
			block.CreateAttr("xmlns:u", message.FindElement("//Timestamp").NamespaceURI())
			block.CreateAttr(attribute, "_0")
			wants(t, attribute+" in "+place, check(t, checker, declared(t, message)), "InvalidSecurity")
		}
	}
}

// Every octet of what stands in the Security header is changed, and of the recipient in a beginning: what is taken then must say
// the same as before. Each try has a message id and a memory of its own, or one that was taken would hide the next.
func TestNoOctetOfWhatIsSignedCanBeChanged(t *testing.T) {
	checker := newChecker(t, nil)
	message := bytesOf(t, signed(t, begin(t, checker), now))
	tamper(t, message, "<o:Security", "</o:Security>", func(doc *etree.Document) error {
		id := doc.FindElement("//MessageID")
		if id == nil {
			return nil
		}
		id.SetText(fmt.Sprint("urn:try:", ticks.Add(1)))
		return check(t, checker, doc)
	})
	request := newRequest(t)
	message = bytesOf(t, envelope(t, request.Header, request.Body))
	for from, to := range map[string]string{"<o:Security": "</o:Security>", "<a:To": "</a:To>"} {
		tamper(t, message, from, to, func(doc *etree.Document) error { return issue(t, newChecker(t, nil), doc) })
	}
}

// tamper changes one octet after the other from one text to another.
func tamper(t *testing.T, message []byte, from, to string, taken func(*etree.Document) error) {
	t.Helper()
	first, last := bytes.Index(message, []byte(from)), bytes.Index(message, []byte(to))
	if first < 0 || last < first {
		t.Fatal("the message is laid out otherwise")
	}
	said, harmless := whatIsSigned(t, message), 0
	for at := first; at < last; at++ {
		damaged := bytes.Clone(message)
		damaged[at] ^= 1
		doc := etree.NewDocument()
		if doc.ReadFromBytes(damaged) != nil || doc.Root() == nil || taken(doc) != nil {
			continue
		}
		harmless++
		if got := whatIsSigned(t, damaged); got != said {
			t.Errorf("octet %d (%q): %s is taken", at-first, damaged[max(0, at-20):at+1], got)
		}
	}
	if harmless > maxHarmless {
		t.Errorf("%d damaged messages were taken", harmless)
	}
}

// maxHarmless is more than the octets that no signature covers and nothing hangs on: the attributes mustUnderstand, ValueType and
// EncodingType, and declarations of prefixes that are not in use.
const maxHarmless = 350

// whatIsSigned is what a service reads of the signed parts.
func whatIsSigned(t *testing.T, text []byte) string {
	doc := etree.NewDocument()
	if err := doc.ReadFromBytes(text); err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, path := range []string{"//Timestamp/Created", "//Timestamp/Expires", "//To"} {
		for _, el := range doc.FindElements(path) {
			said = append(said, el.Text())
		}
	}
	return strings.Join(said, " ")
}

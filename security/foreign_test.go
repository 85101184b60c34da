package security_test

import (
	"bytes"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/altinn-transfer/altinn-transfer/internal/certs"
	"github.com/altinn-transfer/altinn-transfer/security"
	"github.com/beevik/etree"
)

// xmlsec finds the tool that signs and checks as we do, by code of others.
func xmlsec(t *testing.T) string {
	t.Helper()
	tool, err := exec.LookPath("xmlsec1")
	if err != nil {
		t.Skip("xmlsec1 is not installed, so no code but ours has looked at these signatures; on Debian: apt-get install xmlsec1")
	}
	return tool
}

func put(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestXmlsecBelievesABeginning(t *testing.T) {
	tool := xmlsec(t)
	request := newRequest(t)
	message := put(t, "message.xml", bytesOf(t, envelope(t, request.Header, request.Body)))
	certificate := put(t, "certificate.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: identity().Certificate[0]}))
	out, err := exec.Command(tool, "--verify", "--id-attr:Id", "Timestamp", "--id-attr:Id", "To", "--pubkey-cert-pem", certificate, message).CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte("OK")) {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestXmlsecBelievesAMessage(t *testing.T) {
	tool := xmlsec(t)
	session, key := beginWithKey(t, newChecker(t, nil))
	message := bytesOf(t, signed(t, session, now))
	secret := put(t, "key.bin", key)
	path := put(t, "message.xml", message)
	out, err := exec.Command(tool, "--verify", "--id-attr:Id", "Timestamp", "--hmackey", secret, path).CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte("OK")) {
		t.Errorf("%v\n%s", err, out)
	}
	damaged := put(t, "damaged.xml", bytes.Replace(message, []byte(after(0)), []byte(after(time.Second)), 1))
	if out, err := exec.Command(tool, "--verify", "--id-attr:Id", "Timestamp", "--hmackey", secret, damaged).CombinedOutput(); err == nil {
		t.Errorf("a damaged message is believed: %s", out)
	}
}

// templates are what xmlsec1 signs: as we do, and as CXF and WSS4J do, with prefixes and SHA-256.
var templates = map[string]func(*etree.Document){
	"as we do": func(*etree.Document) {},
	"with prefixes": func(d *etree.Document) {
		prefixes("//CanonicalizationMethod", "s o")(d)
		for _, transform := range d.FindElements("//Transform") {
			inclusive := transform.CreateElement("ec:InclusiveNamespaces")
			inclusive.CreateAttr("xmlns:ec", excC14N)
			inclusive.CreateAttr("PrefixList", "o s x")
		}
	},
	"with SHA-256": func(d *etree.Document) {
		for _, method := range d.FindElements("//DigestMethod") {
			method.CreateAttr("Algorithm", digest256)
		}
	},
	"laid out in lines": func(d *etree.Document) {
		for _, path := range []string{"//Timestamp", "//SignedInfo"} {
			d.FindElement(path).AddChild(etree.NewText("\n\t"))
		}
	},
}

// bySomebodyElse has xmlsec1 sign a message, whose own signature is gone before.
func bySomebodyElse(t *testing.T, message *etree.Document, change func(*etree.Document), key ...string) *etree.Document {
	t.Helper()
	change(message)
	for _, path := range []string{"//DigestValue", "//SignatureValue"} {
		for _, el := range message.FindElements(path) {
			el.SetText("")
		}
	}
	target := filepath.Join(t.TempDir(), "signed.xml")
	args := append([]string{"--sign", "--id-attr:Id", "Timestamp", "--id-attr:Id", "To", "--output", target}, key...)
	args = append(args, put(t, "template.xml", bytesOf(t, declared(t, message))))
	if out, err := exec.Command(xmlsec(t), args...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	text, err := os.ReadFile(target)
	if err != nil {
		t.Fatal(err)
	}
	return read(t, string(text))
}

func TestXmlsecsSignatureIsBelieved(t *testing.T) {
	xmlsec(t)
	text, err := certs.EncodePEM(identity())
	if err != nil {
		t.Fatal(err)
	}
	private := put(t, "key.pem", text)
	checker := newChecker(t, nil)
	session, key := beginWithKey(t, checker)
	shared := put(t, "key.bin", key)
	for name, change := range templates {
		request := newRequest(t)
		message := bySomebodyElse(t, envelope(t, request.Header, request.Body), change, "--privkey-pem", private)
		wants(t, "a beginning, signed "+name, issue(t, checker, message), "")
		message = bySomebodyElse(t, signed(t, session, now), change, "--hmackey", shared)
		wants(t, "a message, signed "+name, check(t, checker, message), "")
	}
}

// hard are documents whose canonical form is not what they look like. QUIRK: two things are left out, in which the canonicaliser
// differs: xml:lang beside attributes with other prefixes (it sorts by another name of the prefix xml), and line ends in attributes
// (the parser keeps them). A part that is signed with either is refused.
var hard = []string{
	`<a:r xmlns:a="urn:a" xmlns:z="urn:1" xmlns:y="urn:2"><a:e y:b="1" z:b="2" b="3" a="4"/></a:r>`,
	`<r xmlns="urn:a"><e xmlns=""><f xmlns="urn:b"/></e><g/></r>`,
	`<r xmlns="urn:a" xmlns:p="urn:p"><p:e><x xmlns="" q="1"><y xmlns="urn:a"/></x></p:e></r>`,
	`<p:r xmlns:p="urn:p"><p:e xmlns:p="urn:q"><p:f xmlns:p="urn:p"/></p:e><p:g/></p:r>`,
	"<r a='x&#9;y&#10;z&#13;q' b='\"&lt;&gt;&amp;'>t&#13;&gt;&quot;\r\n\ttab<![CDATA[<&>]]><e></e></r>",
	`<r><?pi?><e/><?x  y ?><!-- nobody signs this --></r>`,
	`<r xmlns:u="urn:u" xmlns:unused="urn:unused"><u:e xmlns:w="urn:w"><f w:a="1"/><f w:a="1" u:a="2"/></u:e></r>`,
	`<?xml version="1.0" encoding="utf-8"?><r æ="ø"><å>&#x1F600;€&#xE9;</å></r>`,
	`<r xmlns:b="urn:x" xmlns:a="urn:x"><e b:z="1" a:y="2"/></r>`,
	`<r xml:lang="nb" xml:space="preserve"><e xml:lang="no" b="1"> </e></r>`,
}

func TestCanonicalFormsAreThoseOfXmllint(t *testing.T) {
	tool, err := exec.LookPath("xmllint")
	if err != nil {
		t.Skip("xmllint is not installed, so nobody else has looked at these forms; on Debian: apt-get install libxml2-utils")
	}
	for _, text := range hard {
		out, err := exec.Command(tool, "--exc-c14n", put(t, "hard.xml", []byte(text))).Output()
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		got, err := security.Canonical(read(t, text).Root(), "")
		want := regexp.MustCompile(`<!--.*?-->|\n$`).ReplaceAllString(string(out), "") // it keeps comments
		if err != nil || string(got) != want {
			t.Errorf("%v\ngot  %q\nwant %q", err, got, want)
		}
	}
}

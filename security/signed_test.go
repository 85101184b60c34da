package security_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/altinn-transfer/altinn-transfer/internal/certs"
	"github.com/altinn-transfer/altinn-transfer/security"
	"github.com/beevik/etree"
)

const (
	excC14N   = "http://www.w3.org/2001/10/xml-exc-c14n#"
	nsDSig    = "http://www.w3.org/2000/09/xmldsig#"
	digest256 = "http://www.w3.org/2001/04/xmlenc#sha256"
	rsaSHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
)

// signAgain signs a message as it stands now, as somebody would who has the key and no scruples: whatever a reference names is
// digested, wherever it is.
func signAgain(t *testing.T, doc *etree.Document, value func(octets []byte) []byte) *etree.Document {
	t.Helper()
	doc = declared(t, doc)
	for _, reference := range doc.FindElements("//SignedInfo/Reference") {
		octets := canonicalOf(t, reference.FindElement("./Transforms/Transform"), named(doc, reference.SelectAttrValue("URI", "")))
		reference.FindElement("DigestValue").SetText(base64.StdEncoding.EncodeToString(digestBy(reference, octets)))
	}
	info := doc.FindElement("//SignedInfo")
	octets := canonicalOf(t, info.FindElement("CanonicalizationMethod"), info)
	doc.FindElement("//SignatureValue").SetText(base64.StdEncoding.EncodeToString(value(octets)))
	return reread(t, doc)
}

func canonicalOf(t *testing.T, method, el *etree.Element) []byte {
	t.Helper()
	prefixes := ""
	if method != nil && method.FindElement("InclusiveNamespaces") != nil {
		prefixes = strings.ReplaceAll(method.FindElement("InclusiveNamespaces").SelectAttrValue("PrefixList", ""), "#default", "")
	}
	octets, err := security.Canonical(el, prefixes)
	if err != nil {
		return nil // it is refused for that, too
	}
	return octets
}

// named is what goes by an id, anywhere; the whole document where nothing does.
func named(doc *etree.Document, uri string) *etree.Element {
	for _, el := range doc.FindElements("//*") {
		if "#"+el.SelectAttrValue("u:Id", "") == uri && uri != "#" {
			return el
		}
	}
	return doc.Root()
}

func digestBy(reference *etree.Element, octets []byte) []byte {
	if reference.FindElement("DigestMethod").SelectAttrValue("Algorithm", "") == digest256 {
		sum := sha256.Sum256(octets)
		return sum[:]
	}
	sum := sha1.Sum(octets)
	return sum[:]
}

func byHMAC(key []byte) func([]byte) []byte {
	return func(octets []byte) []byte {
		mac := hmac.New(sha1.New, key)
		mac.Write(octets)
		return mac.Sum(nil)
	}
}

func byRSA(hash crypto.Hash) func([]byte) []byte {
	return func(octets []byte) []byte {
		h := hash.New()
		h.Write(octets)
		value, err := rsa.SignPKCS1v15(nil, identity().PrivateKey.(*rsa.PrivateKey), hash, h.Sum(nil))
		if err != nil {
			panic(err)
		}
		return value
	}
}

func set(path, attribute, value string) func(*etree.Document) {
	return func(d *etree.Document) { d.FindElement(path).CreateAttr(attribute, value) }
}

// prefixes puts a PrefixList where CXF and WSS4J put theirs.
func prefixes(path, list string) func(*etree.Document) {
	return func(d *etree.Document) {
		inclusive := d.FindElement(path).CreateElement("ec:InclusiveNamespaces")
		inclusive.CreateAttr("xmlns:ec", excC14N)
		inclusive.CreateAttr("PrefixList", list)
	}
}

func addReference(uri string) func(*etree.Document) {
	return func(d *etree.Document) {
		reference := d.FindElement("//SignedInfo/Reference").Copy()
		reference.CreateAttr("URI", uri)
		d.FindElement("//SignedInfo").AddChild(reference)
	}
}

// changes are what a signature that holds may be like, and what it may not. They apply to a message and to a beginning.
var changes = map[string]struct {
	change func(*etree.Document)
	want   string
}{
	"as it was":                      {func(*etree.Document) {}, ""},
	"digests of SHA-256":             {set("//DigestMethod", "Algorithm", digest256), ""},
	"prefixes of a part":             {prefixes("//Transform", "s u"), ""},
	"prefixes of the signature":      {prefixes("//CanonicalizationMethod", "s o a"), ""},
	"a prefix that is not there":     {prefixes("//Transform", "soapenv"), ""},
	"the default among the prefixes": {prefixes("//Transform", "u #default"), "UnsupportedAlgorithm"},
	"it, of the signature":           {prefixes("//CanonicalizationMethod", "#default"), "UnsupportedAlgorithm"},
	"canonical with comments":        {set("//Transform", "Algorithm", excC14N+"WithComments"), "UnsupportedAlgorithm"},
	"inclusively canonical":          {set("//CanonicalizationMethod", "Algorithm", "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"), "UnsupportedAlgorithm"},
	"an enveloped signature":         {set("//Transform", "Algorithm", nsDSig+"enveloped-signature"), "UnsupportedAlgorithm"},
	"a transformation more":          {func(d *etree.Document) { double(d.FindElement("//Transform")) }, "UnsupportedAlgorithm"},
	"no transformation":              {func(d *etree.Document) { remove(d.FindElement("//Transforms")) }, "UnsupportedAlgorithm"},
	"digests of MD5":                 {set("//DigestMethod", "Algorithm", "http://www.w3.org/2001/04/xmldsig-more#md5"), "UnsupportedAlgorithm"},
	"signed by another algorithm":    {set("//SignatureMethod", "Algorithm", nsDSig+"dsa-sha1"), "UnsupportedAlgorithm"},
	"the whole document signed":      {addReference(""), "InvalidSecurity"},
	"something far away signed":      {addReference("http://far.example/x"), "InvalidSecurity"},
	"a pointer":                      {addReference("#xpointer(id('_0'))"), "InvalidSecurity"},
	"something that is not there":    {addReference("#nowhere"), "InvalidSecurity"},
	"no name":                        {addReference("#"), "InvalidSecurity"},
	"a part without a name": {func(d *etree.Document) {
		d.FindElement("//Timestamp").RemoveAttr("u:Id")
		set("//SignedInfo/Reference", "URI", "#")(d)
	}, "InvalidSecurity"},
	"a name that is an address":        {set("//SignedInfo/Reference", "URI", "_0"), "InvalidSecurity"},
	"nothing signed":                   {func(d *etree.Document) { remove(d.FindElement("//SignedInfo/Reference")) }, "InvalidSecurity"},
	"the message id signed, not there": {func(d *etree.Document) { d.FindElement("//MessageID").CreateAttr("u:Id", "_2"); addReference("#_2")(d) }, "InvalidSecurity"},
	"a body signed":                    {func(d *etree.Document) { d.FindElement("//Body").CreateAttr("u:Id", "_2"); addReference("#_2")(d) }, "InvalidSecurity"},
	"nine parts signed": {func(d *etree.Document) {
		for range 8 {
			addReference("#_0")(d)
		}
	}, "InvalidSecurity"},
	"a large SignedInfo": {func(d *etree.Document) {
		for range 100 {
			d.FindElement("//SignatureMethod").CreateElement("x")
		}
	}, "InvalidSecurity"},
	"many namespaces": {func(d *etree.Document) {
		for i := range 300 {
			d.FindElement("//SignatureMethod").CreateAttr(fmt.Sprint("xmlns:n", i), "urn:n")
		}
	}, "InvalidSecurity"},
	"a name for nothing in KeyInfo": {set("//KeyInfo//Reference", "URI", "#"), "InvalidSecurity"},
}

// utility declares the prefix of ids where the changes need it.
func utility(d *etree.Document) {
	d.Root().CreateAttr("xmlns:u", d.FindElement("//Timestamp").NamespaceURI())
}

func TestWhatASignatureMayBeLike(t *testing.T) {
	checker := newChecker(t, nil)
	session, key := beginWithKey(t, checker)
	for name, test := range changes {
		message := signed(t, session, now)
		utility(message)
		test.change(message)
		wants(t, "a message, "+name, check(t, checker, signAgain(t, message, byHMAC(key))), test.want)

		request := newRequest(t)
		message = envelope(t, request.Header, request.Body)
		utility(message)
		test.change(message)
		wants(t, "a beginning, "+name, issue(t, checker, signAgain(t, message, byRSA(crypto.SHA1))), test.want)
	}
}

func TestTheCertificateMayBeSignedAsWell(t *testing.T) {
	request := newRequest(t)
	message := envelope(t, request.Header, request.Body)
	addReference("#" + message.FindElement("//BinarySecurityToken").SelectAttrValue("u:Id", ""))(message)
	wants(t, "a beginning", issue(t, newChecker(t, nil), signAgain(t, message, byRSA(crypto.SHA1))), "")

	checker := newChecker(t, nil)
	session, key := beginWithKey(t, checker)
	message = signed(t, session, now)
	addReference("#" + message.FindElement("//SecurityContextToken").SelectAttrValue("u:Id", ""))(message)
	wants(t, "a message's token", check(t, checker, signAgain(t, message, byHMAC(key))), "InvalidSecurity")
}

// Each algorithm goes with its own kind of key: what everybody knows of a certificate is no secret to sign with.
func TestAlgorithmsOfABeginning(t *testing.T) {
	for name, test := range map[string]struct {
		algorithm string
		value     func([]byte) []byte
		want      string
	}{
		"RSA with SHA-256":             {rsaSHA256, byRSA(crypto.SHA256), ""},
		"RSA with SHA-1 under SHA-256": {rsaSHA256, byRSA(crypto.SHA1), "FailedCheck"},
		"the certificate as a secret":  {nsDSig + "hmac-sha1", byHMAC(identity().Certificate[0]), "UnsupportedAlgorithm"},
		"nothing as a secret":          {nsDSig + "hmac-sha1", byHMAC(nil), "UnsupportedAlgorithm"},
	} {
		request := newRequest(t)
		message := envelope(t, request.Header, request.Body)
		set("//SignatureMethod", "Algorithm", test.algorithm)(message)
		wants(t, name, issue(t, newChecker(t, nil), signAgain(t, message, test.value)), test.want)
	}
}

// A value that is cut short is none, even where the message says that it is to be cut.
func TestACutSignatureIsNone(t *testing.T) {
	checker := newChecker(t, nil)
	session, key := beginWithKey(t, checker)
	for name, length := range map[string]int{"none of it": 0, "a byte": 1, "half": 10, "all but one": 19} {
		message := signed(t, session, now)
		message.FindElement("//SignatureMethod").CreateElement("HMACOutputLength").SetText(fmt.Sprint(8 * length))
		cut := func(octets []byte) []byte { return byHMAC(key)(octets)[:length] }
		err := check(t, checker, signAgain(t, message, cut))
		if err == nil {
			t.Errorf("%s: it is taken", name)
		}
	}
}

// What a beginning must be signed for: that it was made now, and for whom.
func TestBothPartsOfABeginningAreSigned(t *testing.T) {
	for part, index := range map[string]int{"Timestamp": 0, "To": 1} {
		request := newRequest(t)
		message := envelope(t, request.Header, request.Body)
		remove(message.FindElements("//SignedInfo/Reference")[index])
		err := issue(t, newChecker(t, nil), signAgain(t, message, byRSA(crypto.SHA1)))
		wants(t, "without the "+part, err, "InvalidSecurity")
		if err != nil && !strings.Contains(err.Error(), part) {
			t.Errorf("without the %s: %v", part, err)
		}
	}
}

// Who has no key may still have work done for him: a certificate is no secret. What a message can make dear is bounded.
func TestWhatIsCanonicalisedIsBounded(t *testing.T) {
	request := newRequest(t)
	message := envelope(t, request.Header, request.Body)
	info := message.FindElement("//SignedInfo")
	for i := range 250 {
		for up := info; up != nil && up.Tag != ""; up = up.Parent() {
			up.CreateAttr(fmt.Sprintf("xmlns:n%d", i), "urn:n")
		}
	}
	for range 900 {
		info.CreateElement("x")
	}
	message = declared(t, message)
	begun := time.Now()
	wants(t, "a heavy message", issue(t, newChecker(t, nil), message), "InvalidSecurity")
	if took := time.Since(begun); took > time.Second {
		t.Errorf("refusing it took %v", took)
	}
}

func TestShortKeysAndOtherKeysAreRefused(t *testing.T) {
	for name, certificate := range weakPairs(t) {
		checker := newChecker(t, func(o *security.Options) { o.Pinned = [][32]byte{sha256.Sum256(certificate)} })
		request := newRequest(t)
		message := envelope(t, request.Header, request.Body)
		message.FindElement("//BinarySecurityToken").SetText(base64.StdEncoding.EncodeToString(certificate))
		wants(t, name, issue(t, checker, message), "InvalidSecurityToken")
	}
}

// weakPairs sign for themselves, with keys that are not asked for.
func weakPairs(t *testing.T) map[string][]byte {
	t.Helper()
	short, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	made := map[string][]byte{}
	for name, key := range map[string]crypto.Signer{"RSA of 1024 bits": short, "an elliptic curve": curve} {
		template := certs.EnterpriseTemplate("Enterprise", party)
		der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
		if err != nil {
			t.Fatal(err)
		}
		made[name] = der
	}
	return made
}

func TestASessionEndsWithItsCertificate(t *testing.T) {
	template := certs.EnterpriseTemplate("Enterprise", party)
	template.NotBefore, template.NotAfter = now.Add(-time.Hour), now.Add(time.Minute)
	pair, err := keys().authority.Issue(template)
	if err != nil {
		t.Fatal(err)
	}
	at := &clock{now}
	checker := newChecker(t, func(o *security.Options) { o.Roots, o.Now = keys().authority.Pool(), at.now })
	request, err := security.NewTokenRequest(address, pair, now)
	if err != nil {
		t.Fatal(err)
	}
	session := sessionOf(t, request, answer(t, checker, request))
	if want := now.Add(time.Minute); !session.Expires().Equal(want) {
		t.Errorf("it ends %v, want %v", session.Expires(), want)
	}
	wants(t, "while it is valid", check(t, checker, signed(t, session, now)), "")
	at.at = now.Add(time.Minute)
	wants(t, "behind its end", check(t, checker, signed(t, session, at.at)), "BadContextToken")
}

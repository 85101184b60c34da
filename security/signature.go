package security

import (
	"crypto/sha1"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"slices"
	"strings"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
	"github.com/russellhaering/goxmldsig/etreeutils"
)

const (
	algorithmC14N      = "http://www.w3.org/2001/10/xml-exc-c14n#"
	algorithmSHA1      = nsSignature + "sha1"
	algorithmSHA256    = "http://www.w3.org/2001/04/xmlenc#sha256"
	algorithmHMACSHA1  = nsSignature + "hmac-sha1"
	algorithmRSASHA1   = nsSignature + "rsa-sha1"
	algorithmRSASHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
)

// Bounds of an element that is canonicalised, which costs as much as its elements times the namespaces declared in and around it.
// A SignedInfo of all its references has 60 elements; some toolkits declare every namespace of a contract in the envelope.
const maxElements, maxDeclarations = 100, 256

// canonical is an element in exclusive canonical form (without comments), as it stands in its document. prefixes are those to be
// treated as the inclusive form does (InclusiveNamespaces).
//
// QUIRK: the canonicaliser changes what it is given, and fails on an element that leans on declarations further up; so it gets a
// copy that carries them.
func canonical(el *etree.Element, prefixes string) ([]byte, error) {
	if elements, declarations := weigh(el); elements > maxElements || declarations > maxDeclarations {
		return nil, errors.New("it has too many elements, or too many namespaces are declared")
	}
	scope, err := etreeutils.NSBuildParentContext(el)
	if err != nil {
		return nil, err
	}
	detached, err := etreeutils.NSDetatch(scope, el)
	if err != nil {
		return nil, err
	}
	return dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList(prefixes).Canonicalize(detached)
}

// weigh counts the elements of an element, and the namespace declarations in and around it.
func weigh(el *etree.Element) (elements, declarations int) {
	elements, declarations = weighBelow(el)
	for up := el.Parent(); up != nil; up = up.Parent() {
		declarations += declared(up)
	}
	return elements, declarations
}

func weighBelow(el *etree.Element) (elements, declarations int) {
	elements, declarations = 1, declared(el)
	for _, c := range el.ChildElements() {
		e, d := weighBelow(c)
		elements, declarations = elements+e, declarations+d
	}
	return elements, declarations
}

func declared(el *etree.Element) int {
	n := 0
	for _, attr := range el.Attr {
		if isDeclaration(attr) {
			n++
		}
	}
	return n
}

func isDeclaration(attr etree.Attr) bool {
	return attr.Space == "xmlns" || attr.Space == "" && attr.Key == "xmlns"
}

// sign makes a Signature over elements that stand in the same document as security, and puts it there. key makes the signature's
// value of what is signed.
func sign(security *etree.Element, algorithm string, signed []*etree.Element, token *etree.Element, key func([]byte) ([]byte, error)) error {
	signature := security.CreateElement("Signature")
	signature.CreateAttr("xmlns", nsSignature)
	info := signature.CreateElement("SignedInfo")
	info.CreateElement("CanonicalizationMethod").CreateAttr("Algorithm", algorithmC14N)
	info.CreateElement("SignatureMethod").CreateAttr("Algorithm", algorithm)
	for _, el := range signed {
		if err := addReference(info, el); err != nil {
			return err
		}
	}
	octets, err := canonical(info, "")
	if err != nil {
		return err
	}
	value, err := key(octets)
	if err != nil {
		return err
	}
	signature.CreateElement("SignatureValue").SetText(base64.StdEncoding.EncodeToString(value))
	reference := signature.CreateElement("KeyInfo").CreateElement("o:SecurityTokenReference").CreateElement("o:Reference")
	reference.CreateAttr("ValueType", tokenType(token))
	reference.CreateAttr("URI", "#"+utilityID(token))
	return nil
}

func tokenType(token *etree.Element) string {
	return token.SelectAttrValue("ValueType", typeContext)
}

func addReference(info, signed *etree.Element) error {
	octets, err := canonical(signed, "")
	if err != nil {
		return err
	}
	sum := sha1.Sum(octets)
	reference := info.CreateElement("Reference")
	reference.CreateAttr("URI", "#"+utilityID(signed))
	reference.CreateElement("Transforms").CreateElement("Transform").CreateAttr("Algorithm", algorithmC14N)
	reference.CreateElement("DigestMethod").CreateAttr("Algorithm", algorithmSHA1)
	reference.CreateElement("DigestValue").SetText(base64.StdEncoding.EncodeToString(sum[:]))
	return nil
}

// refersTo reports whether a reference of WS-Security is to an element of the message.
func refersTo(reference, el *etree.Element) bool {
	id := utilityID(el)
	return id != "" && reference.SelectAttrValue("URI", "") == "#"+id
}

// utilityID is an element's wsu:Id.
func utilityID(el *etree.Element) string {
	for _, attr := range el.Attr {
		if attr.Key == "Id" && attr.NamespaceURI() == nsUtility {
			return attr.Value
		}
	}
	return ""
}

// signature is a Signature that was received, taken apart and not yet believed.
type signature struct {
	info      *etree.Element
	algorithm string
	value     []byte
	keyInfo   *etree.Element
}

// maxReferences is how many parts a signature may cover: two are asked for, and a few more are signed by other toolkits.
const maxReferences = 8

func readSignature(security *etree.Element) (*signature, error) {
	el := child(security, nsSignature, "Signature")
	info := child(el, nsSignature, "SignedInfo")
	s := &signature{
		info: info, algorithm: algorithmOf(child(info, nsSignature, "SignatureMethod")), keyInfo: child(el, nsSignature, "KeyInfo"),
	}
	var err error
	s.value, err = decode(content(child(el, nsSignature, "SignatureValue")))
	if info == nil || err != nil || len(s.value) == 0 {
		return nil, invalid("the Security header holds no single whole Signature")
	}
	return s, nil
}

func algorithmOf(el *etree.Element) string {
	if el == nil {
		return ""
	}
	return el.SelectAttrValue("Algorithm", "")
}

// octets are what the signature's value is made of.
func (s *signature) octets() ([]byte, error) {
	return canonicalBy(child(s.info, nsSignature, "CanonicalizationMethod"), s.info)
}

// canonicalBy is an element in the canonical form that the sender has chosen, in a CanonicalizationMethod or a Transform.
//
// QUIRK: the canonicaliser knows no "#default" among the prefixes, which stands for the default namespace.
func canonicalBy(method, el *etree.Element) ([]byte, error) {
	prefixes := prefixList(method)
	if algorithmOf(method) != algorithmC14N || slices.Contains(strings.Fields(prefixes), "#default") {
		return nil, unsupported("the %s is signed after another transformation than exclusive canonicalisation, without #default", el.Tag)
	}
	octets, err := canonical(el, prefixes)
	if err != nil {
		return nil, invalid("the %s has no canonical form: %v", el.Tag, err)
	}
	return octets, nil
}

// covers checks that each reference of the signature is to one of the parts, which were found by their position, that it has the
// part's digest, and that all of required are among them.
func (s *signature) covers(parts, required []*etree.Element) error {
	references := children(s.info, nsSignature, "Reference")
	if len(references) > maxReferences {
		return invalid("the signature covers more than %d parts", maxReferences)
	}
	var covered []*etree.Element
	for _, reference := range references {
		part, err := s.covered(reference, parts)
		if err != nil {
			return err
		}
		covered = append(covered, part)
	}
	for _, part := range required {
		if !slices.Contains(covered, part) {
			return invalid("the signature does not cover the %s", part.Tag)
		}
	}
	return nil
}

func (s *signature) covered(reference *etree.Element, parts []*etree.Element) (*etree.Element, error) {
	id, ok := strings.CutPrefix(reference.SelectAttrValue("URI", ""), "#")
	at := slices.IndexFunc(parts, func(p *etree.Element) bool { return utilityID(p) == id })
	if !ok || id == "" || at < 0 {
		return nil, invalid("the signature covers something that is not where it belongs")
	}
	sum, err := digestOf(reference, parts[at])
	if err != nil {
		return nil, err
	}
	want, err := decode(content(child(reference, nsSignature, "DigestValue")))
	if err != nil || subtle.ConstantTimeCompare(sum, want) != 1 {
		return nil, broken("the %s is not what was signed", parts[at].Tag)
	}
	return parts[at], nil
}

func digestOf(reference, part *etree.Element) ([]byte, error) {
	octets, err := canonicalBy(child(child(reference, nsSignature, "Transforms"), nsSignature, "Transform"), part)
	if err != nil {
		return nil, err
	}
	switch method := algorithmOf(child(reference, nsSignature, "DigestMethod")); method {
	case algorithmSHA1:
		sum := sha1.Sum(octets)
		return sum[:], nil
	case algorithmSHA256:
		sum := sha256.Sum256(octets)
		return sum[:], nil
	default:
		return nil, unsupported("the %s is digested by %.80q", part.Tag, method)
	}
}

func prefixList(method *etree.Element) string {
	if inclusive := child(method, algorithmC14N, "InclusiveNamespaces"); inclusive != nil {
		return inclusive.SelectAttrValue("PrefixList", "")
	}
	return ""
}

// maxBase64 bounds a value that is decoded here: certificates are the longest.
const maxBase64 = 64 << 10

// decode reads base64 that may be broken into lines.
func decode(text string) ([]byte, error) {
	if len(text) > maxBase64 {
		return nil, invalid("a value is too long")
	}
	return base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), ""))
}

// uniqueIDs makes sure that no two elements of a document go by the same id, in any of the attributes that somebody may take for
// one.
func uniqueIDs(el *etree.Element) error {
	top := el
	for top.Parent() != nil {
		top = top.Parent()
	}
	return uniqueBelow(top, map[string]bool{})
}

func uniqueBelow(el *etree.Element, seen map[string]bool) error {
	for _, attr := range el.Attr {
		if attr.Space == "xmlns" || !isID(attr.Key) {
			continue
		}
		if seen[attr.Value] {
			return invalid("two elements go by the same id")
		}
		seen[attr.Value] = true
	}
	for _, c := range el.ChildElements() {
		if err := uniqueBelow(c, seen); err != nil {
			return err
		}
	}
	return nil
}

func isID(name string) bool {
	return strings.EqualFold(name, "id") || name == "AssertionID"
}

package security

import (
	"crypto/rand"
	"crypto/sha256"
	"strconv"
	"time"

	"github.com/beevik/etree"
)

// Issued is the answer to a token request.
type Issued struct {
	Identity
	Header []*etree.Element
	Body   *etree.Element
}

// Issue checks a token request and begins a session. path is that of the address that it was posted to: a request that was made
// for another service begins none. Errors are [*Error].
func (c *Checker) Issue(header []*etree.Element, body *etree.Element, path string) (*Issued, error) {
	certificate, err := c.signer(header, path)
	if err != nil {
		return nil, err
	}
	theirs, err := requested(body)
	if err != nil {
		return nil, err
	}
	ours := make([]byte, keySize)
	rand.Read(ours)
	now := c.now()
	s := sealed{
		Identity: Identity{
			Session: NewMessageID(), Fingerprint: sha256.Sum256(certificate.Raw),
			Subject: certificate.Subject.String(), Organisation: Organisation(certificate), Vouched: c.vouched(certificate),
		},
		Key: pSHA1(theirs, ours, keySize), Expires: earlier(now.Add(lifetime), certificate.NotAfter),
	}
	cookie, err := c.cookie(s)
	if err != nil {
		return nil, err
	}
	return &Issued{
		Identity: s.Identity,
		Header:   Reply(ActionTokenIssued, addressed(header, "MessageID"), now),
		Body:     response(s, cookie, ours, now),
	}, nil
}

// earlier ends a session with its certificate.
func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// requested checks what is asked for, and gives the sender's half of the key.
func requested(body *etree.Element) ([]byte, error) {
	if body == nil || body.Tag != "RequestSecurityToken" || body.NamespaceURI() != nsTrust {
		return nil, invalid("the body is no RequestSecurityToken")
	}
	kind, request := content(child(body, nsTrust, "TokenType")), content(child(body, nsTrust, "RequestType"))
	if kind != "" && kind != typeContext || request != requestIssue {
		return nil, invalid("only a security context token can be asked for")
	}
	if size := content(child(body, nsTrust, "KeySize")); size != "" && size != "0" && size != strconv.Itoa(keySize*8) {
		return nil, invalid("a key has %d bits here, and not %.20q", keySize*8, size)
	}
	entropy, err := entropyOf(body)
	if err != nil {
		return nil, invalid("the request's half of the key is not %d to %d bytes", minEntropy, maxEntropy)
	}
	return entropy, nil
}

// response gives the token to the sender, in the order of a WCF service.
func response(s sealed, cookie string, entropy []byte, now time.Time) *etree.Element {
	id := "uuid-" + NewGUID() + "-1"
	body := block("t", nsTrust, "RequestSecurityTokenResponse")
	body.CreateAttr("xmlns:u", nsUtility)
	body.CreateElement("t:TokenType").SetText(typeContext)
	token := block("c", nsConversation, "SecurityContextToken")
	token.CreateAttr("u:Id", id)
	token.CreateElement("c:Identifier").SetText(s.Session)
	token.AddChild(textBlock("dnse", nsCookie, "Cookie", cookie))
	body.CreateElement("t:RequestedSecurityToken").AddChild(token)
	addTokenReference(body.CreateElement("t:RequestedAttachedReference"), "#"+id)
	addTokenReference(body.CreateElement("t:RequestedUnattachedReference"), s.Session)
	body.CreateElement("t:RequestedProofToken").CreateElement("t:ComputedKey").SetText(keyPSHA1)
	addEntropy(body, entropy)
	lifetime := body.CreateElement("t:Lifetime")
	lifetime.CreateElement("u:Created").SetText(formatTime(now))
	lifetime.CreateElement("u:Expires").SetText(formatTime(s.Expires))
	body.CreateElement("t:KeySize").SetText(strconv.Itoa(keySize * 8))
	return body
}

func addTokenReference(parent *etree.Element, uri string) {
	holder := block("o", nsSecurity, "SecurityTokenReference")
	reference := holder.CreateElement("o:Reference")
	reference.CreateAttr("ValueType", typeContext)
	reference.CreateAttr("URI", uri)
	parent.AddChild(holder)
}

package security

import (
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/beevik/etree"
)

// keySize is the length of a session's key, and of each side's half of it, in bytes.
const keySize = 32

// TokenRequest asks for a session of the EC2 binding (WS-Trust's RequestSecurityToken). It goes to the address of the service
// itself, as plain SOAP 1.2 also where that speaks MTOM.
type TokenRequest struct {
	Header []*etree.Element // signed with the certificate
	Body   *etree.Element
	// ID is the request's wsa:MessageID.
	ID string
	// Secret is this side's half of the session's key, as the message writes it.
	Secret string

	entropy []byte
}

// NewTokenRequest makes a request that identity, whose key is RSA, signs.
func NewTokenRequest(to string, identity *tls.Certificate, now time.Time) (*TokenRequest, error) {
	key, ok := identity.PrivateKey.(crypto.Signer)
	if _, isRSA := publicKey(key).(*rsa.PublicKey); !ok || !isRSA || len(identity.Certificate) == 0 {
		return nil, errors.New("sign the request for a session: the certificate has no RSA key")
	}
	m := Message{Action: ActionRequestToken, To: to, Now: now}.complete()
	r := &TokenRequest{ID: m.ID, entropy: make([]byte, keySize)}
	rand.Read(r.entropy)
	r.Secret = base64.StdEncoding.EncodeToString(r.entropy)
	r.Body = r.body()
	var err error
	r.Header, err = m.signedBy(identity.Certificate[0], key)
	if err != nil {
		return nil, fmt.Errorf("sign the request for a session: %w", err)
	}
	return r, nil
}

// String says what it is, without its secret.
func (r *TokenRequest) String() string { return "token request " + r.ID }

func publicKey(key crypto.Signer) crypto.PublicKey {
	if key == nil {
		return nil
	}
	return key.Public()
}

// signedBy is the header of a message that a certificate signs: Timestamp and recipient.
func (m Message) signedBy(certificate []byte, key crypto.Signer) ([]*etree.Element, error) {
	header := m.addressing()
	to := header[len(header)-1]
	to.CreateAttr("xmlns:u", nsUtility)
	to.CreateAttr("u:Id", "_1")
	stamp, token := timestamp(m.Now), certificateToken(certificate)
	security := securityBlock(stamp, token)
	header = append(header, security)
	within(header)
	err := sign(security, algorithmRSASHA1, []*etree.Element{stamp, to}, token, func(octets []byte) ([]byte, error) {
		sum := sha1.Sum(octets)
		return key.Sign(rand.Reader, sum[:], crypto.SHA1)
	})
	return header, err
}

// within puts blocks into an envelope, whose prefix they use.
func within(header []*etree.Element) {
	parent := block("s", nsSOAP, "Envelope").CreateElement("s:Header")
	for _, b := range header {
		parent.AddChild(b)
	}
}

func certificateToken(certificate []byte) *etree.Element {
	token := block("o", nsSecurity, "BinarySecurityToken")
	token.CreateAttr("xmlns:u", nsUtility)
	token.CreateAttr("u:Id", "uuid-"+NewGUID()+"-1")
	token.CreateAttr("ValueType", typeX509)
	token.CreateAttr("EncodingType", typeBase64)
	token.SetText(base64.StdEncoding.EncodeToString(certificate))
	return token
}

func (r *TokenRequest) body() *etree.Element {
	body := block("t", nsTrust, "RequestSecurityToken")
	body.CreateElement("t:TokenType").SetText(typeContext)
	body.CreateElement("t:RequestType").SetText(requestIssue)
	addEntropy(body, r.entropy)
	body.CreateElement("t:KeySize").SetText(strconv.Itoa(keySize * 8))
	return body
}

func addEntropy(parent *etree.Element, entropy []byte) {
	secret := parent.CreateElement("t:Entropy").CreateElement("t:BinarySecret")
	secret.CreateAttr("xmlns:u", nsUtility)
	secret.CreateAttr("u:Id", "uuid-"+NewGUID()+"-2")
	secret.CreateAttr("Type", typeNonce)
	secret.SetText(base64.StdEncoding.EncodeToString(entropy))
}

// Session reads the answer, whose body this is.
func (r *TokenRequest) Session(body *etree.Element) (*Session, error) {
	s, err := r.read(body)
	if err != nil {
		return nil, fmt.Errorf("read the session that was given: %w", err)
	}
	return s, nil
}

func (r *TokenRequest) read(body *etree.Element) (*Session, error) {
	if body != nil && body.Tag == "RequestSecurityTokenResponseCollection" && body.NamespaceURI() == nsTrust {
		body = child(body, nsTrust, "RequestSecurityTokenResponse")
	}
	if body == nil || body.Tag != "RequestSecurityTokenResponse" || body.NamespaceURI() != nsTrust {
		return nil, errors.New("the answer is no RequestSecurityTokenResponse")
	}
	token := child(child(body, nsTrust, "RequestedSecurityToken"), nsConversation, "SecurityContextToken")
	if token == nil || utilityID(token) == "" || content(child(token, nsConversation, "Identifier")) == "" {
		return nil, errors.New("the answer holds no SecurityContextToken with an id")
	}
	if how := content(child(child(body, nsTrust, "RequestedProofToken"), nsTrust, "ComputedKey")); how != keyPSHA1 {
		return nil, fmt.Errorf("the key is computed by %.80q, and only P_SHA1 is known", how)
	}
	size := content(child(body, nsTrust, "KeySize"))
	if size != "" && size != strconv.Itoa(keySize*8) {
		return nil, fmt.Errorf("the key has %.20q bits instead of %d", size, keySize*8)
	}
	theirs, err := entropyOf(body)
	if err != nil {
		return nil, err
	}
	return &Session{token: standalone(token), key: pSHA1(r.entropy, theirs, keySize), expires: expiry(body)}, nil
}

// Bounds of the other side's half of a key, in bytes.
const minEntropy, maxEntropy = 16, 128

func entropyOf(body *etree.Element) ([]byte, error) {
	entropy, err := decode(content(child(child(body, nsTrust, "Entropy"), nsTrust, "BinarySecret")))
	if err != nil || len(entropy) < minEntropy || len(entropy) > maxEntropy {
		return nil, fmt.Errorf("its half of the key is not %d to %d bytes", minEntropy, maxEntropy)
	}
	return entropy, nil
}

func expiry(body *etree.Element) time.Time {
	at, err := time.Parse(time.RFC3339Nano, content(child(child(body, nsTrust, "Lifetime"), nsUtility, "Expires")))
	if err != nil {
		return time.Time{}
	}
	return at
}

// standalone is a copy of an element that declares every prefix in use in it, so that it can be sent elsewhere as it is.
func standalone(el *etree.Element) *etree.Element {
	copied := el.Copy()
	for up := el.Parent(); up != nil; up = up.Parent() {
		for _, attr := range up.Attr {
			if isDeclaration(attr) && copied.SelectAttr(attr.FullKey()) == nil {
				copied.CreateAttr(attr.FullKey(), attr.Value)
			}
		}
	}
	return copied
}

// pSHA1 is P_SHA1 of RFC 2246 (section 5), as WS-Trust computes a key of both sides' halves.
func pSHA1(secret, seed []byte, size int) []byte {
	var key []byte
	a := seed
	for len(key) < size {
		a = hmacSHA1(secret, a)
		key = append(key, hmacSHA1(secret, a, seed)...)
	}
	return key[:size]
}

func hmacSHA1(key []byte, parts ...[]byte) []byte {
	mac := hmac.New(sha1.New, key)
	for _, part := range parts {
		mac.Write(part)
	}
	return mac.Sum(nil)
}

// Session is a secure conversation: a token that the service gave, and a key that both sides know. It is safe for concurrent
// use.
type Session struct {
	token   *etree.Element
	key     []byte
	expires time.Time

	mu   sync.Mutex
	last time.Time
}

// Expires is when the service will forget it; the zero time when it did not say.
func (s *Session) Expires() time.Time { return s.expires }

// String says what it is, without its key.
func (s *Session) String() string {
	return "session " + content(child(s.token, nsConversation, "Identifier"))
}

// Sign is the header of a message in the EC2 binding: WS-Addressing, Timestamp, token and signature. No two of one session have
// the same Timestamp, which is all that is signed: a service that remembers signatures would take the second for the first one
// come again.
func (s *Session) Sign(m Message) ([]*etree.Element, error) {
	m = m.complete()
	stamp, token := timestamp(s.moment(m.Now)), s.token.Copy()
	security := securityBlock(stamp, token)
	header := append(m.addressing(), security)
	within(header)
	err := sign(security, algorithmHMACSHA1, []*etree.Element{stamp}, token, func(octets []byte) ([]byte, error) {
		return hmacSHA1(s.key, octets), nil
	})
	return header, err
}

// maxLead is how far the times of a session's messages may run ahead of the clock: what a receiver allows for, with room for the
// sender's own clock. A last message further ahead means that the clock was set back.
const maxLead = time.Minute

// moment is now, or a millisecond after the last one. It runs ahead of the clock where a session sends more than a thousand
// messages a second.
func (s *Session) moment(now time.Time) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	if next := s.last.Add(time.Millisecond); now.Before(next) && next.Sub(now) <= maxLead {
		now = next
	}
	s.last = now.Truncate(time.Millisecond)
	return s.last
}

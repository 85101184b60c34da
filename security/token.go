package security

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"time"

	"github.com/beevik/etree"
)

// Identity is the sender whom a checked certificate stands for.
type Identity struct {
	Session      string // the session's identifier, a URN
	Fingerprint  [32]byte
	Subject      string
	Vouched      bool   // one of the roots vouches for the certificate, which is not only pinned
	Organisation string // number from the subject's serialNumber or organizationIdentifier; "" when there is none
}

// sealed is what a session's token holds for the service alone, so that it need not remember sessions.
type sealed struct {
	Identity
	Key     []byte
	Expires time.Time
}

func newSeal() (cipher.AEAD, error) {
	key := make([]byte, keySize)
	rand.Read(key)
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// cookie seals a session. It is good beside the session's identifier only.
func (c *Checker) cookie(s sealed) (string, error) {
	plain, err := json.Marshal(s)
	if err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(c.seal.Seal(nil, nil, plain, []byte(s.Session))), nil
}

// open reads the token of a request. A cookie beside another identifier than its own does not open.
func (c *Checker) open(token *etree.Element) (sealed, error) {
	var s sealed
	identifier := content(child(token, nsConversation, "Identifier"))
	box, err := decode(content(child(token, nsCookie, "Cookie")))
	if err != nil || identifier == "" {
		return s, BadContext()
	}
	plain, err := c.seal.Open(nil, nil, box, []byte(identifier))
	if err != nil || json.Unmarshal(plain, &s) != nil || !c.now().Before(s.Expires) {
		return s, BadContext()
	}
	return s, nil
}

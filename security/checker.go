package security

import (
	"crypto/cipher"
	"crypto/x509"
	"encoding/xml"
	"fmt"
	"time"

	"github.com/beevik/etree"
)

// Options of a [Checker].
type Options struct {
	// Roots are who may vouch for a certificate: those who issue them themselves, since a message holds the sender's certificate
	// alone and no chain. nil: nobody.
	Roots *x509.CertPool
	// Pinned are certificates that are believed as they are, by the SHA-256 of their DER.
	Pinned [][32]byte
	// Now is the clock; nil: time.Now.
	Now func() time.Time
}

// Checker is the far side: it checks headers of requests, remembers them so that none is taken twice, and begins sessions. It
// keeps nothing of a session: what it must know about one travels, sealed, in the session's token. It is safe for concurrent use.
type Checker struct {
	roots  *x509.CertPool
	pinned map[[32]byte]bool
	now    func() time.Time
	seal   cipher.AEAD
	seen   *memory
}

const (
	skew     = 5 * time.Minute // how far a sender's clock may be off
	lifetime = 10 * time.Hour  // of a session, as the reference client asks for
)

// NewChecker makes a checker; sessions that another one began are unknown to it.
func NewChecker(o Options) (*Checker, error) {
	seal, err := newSeal()
	if err != nil {
		return nil, fmt.Errorf("make a key for sessions: %w", err)
	}
	c := &Checker{
		roots: o.Roots, pinned: map[[32]byte]bool{}, now: o.Now, seal: seal, seen: newMemory(),
	}
	if c.now == nil {
		c.now = time.Now
	}
	for _, print := range o.Pinned {
		c.pinned[print] = true
	}
	return c, nil
}

// Error is why a sender is not believed, in the words of WS-Security or WS-SecureConversation.
type Error struct {
	Subcode xml.Name // wsse:FailedAuthentication, wsse:MessageExpired, sc:BadContextToken ...
	Reason  string   // for the sender
}

func (e *Error) Error() string { return e.Reason }

func subcode(name string) xml.Name { return xml.Name{Space: nsSecurity, Local: name} }

// invalid is a message that is not made as it must be.
func invalid(format string, args ...any) error {
	return &Error{Subcode: subcode("InvalidSecurity"), Reason: fmt.Sprintf(format, args...)}
}

// broken is a signature that is none.
func broken(format string, args ...any) error {
	return &Error{Subcode: subcode("FailedCheck"), Reason: fmt.Sprintf(format, args...)}
}

func unsupported(format string, args ...any) error {
	return &Error{Subcode: subcode("UnsupportedAlgorithm"), Reason: fmt.Sprintf(format, args...)}
}

// badToken is a certificate that says itself that it is not good for this.
func badToken(format string, args ...any) error {
	return &Error{Subcode: subcode("InvalidSecurityToken"), Reason: fmt.Sprintf(format, args...)}
}

// BadContext is the one error that a client mends by itself, with a new session.
func BadContext() error {
	return &Error{
		Subcode: xml.Name{Space: nsConversation, Local: "BadContextToken"},
		Reason:  "The security context token is expired or is not valid. The message was not processed.",
	}
}

// securityOf finds the one Security block of a header. Everything else is found by its place below it.
func securityOf(header []*etree.Element) (*etree.Element, error) {
	found := named(header, nsSecurity, "Security")
	if len(found) != 1 {
		return nil, invalid("the message has %d Security headers instead of one", len(found))
	}
	return found[0], nil
}

// once remembers that a message came, and refuses it when it comes again. A message that nothing tells from others ("") passes.
func (c *Checker) once(key string) error {
	if key == "" {
		return nil
	}
	// What is older than this is refused for its age.
	switch c.seen.add(key, c.now(), validity+2*skew) {
	case seenBefore:
		return invalid("the message was taken before; each is taken once")
	case seenTooMany:
		return invalid("too many messages came within minutes to tell whether this one came before; try again later")
	}
	return nil
}

package security

import (
	"crypto/subtle"

	"github.com/beevik/etree"
)

// Session checks the header of a request in the EC2 binding. Errors are [*Error].
func (c *Checker) Session(header []*etree.Element) (*Identity, error) {
	security, stamp, err := c.stamped(header)
	if err != nil {
		return nil, err
	}
	token := child(security, nsConversation, "SecurityContextToken")
	if token == nil {
		return nil, BadContext()
	}
	session, err := c.open(token)
	if err != nil {
		return nil, err
	}
	s, err := readSignature(security)
	if err != nil {
		return nil, err
	}
	if !s.isOf(token, session) {
		return nil, invalid("the signature is said to be made by something else than the token beside it")
	}
	if err := s.verifyHMAC(session.Key); err != nil {
		return nil, err
	}
	if err := s.covers([]*etree.Element{stamp}, []*etree.Element{stamp}); err != nil {
		return nil, err
	}
	if err := c.fresh(stamp, validity+skew); err != nil {
		return nil, err
	}
	// Only the Timestamp is signed, in milliseconds: two messages that another client makes at once have one signature, and are
	// told apart by their ids.
	return &session.Identity, c.once("signature " + string(s.value) + " " + addressed(header, "MessageID"))
}

// isOf reports whether the signature's KeyInfo means the token: by its id in the message, or by the session's identifier.
func (s *signature) isOf(token *etree.Element, session sealed) bool {
	reference := child(child(s.keyInfo, nsSecurity, "SecurityTokenReference"), nsSecurity, "Reference")
	if reference == nil {
		return false
	}
	return refersTo(reference, token) || reference.SelectAttrValue("URI", "") == session.Session
}

func (s *signature) verifyHMAC(key []byte) error {
	octets, err := s.octets()
	if err != nil {
		return err
	}
	if s.algorithm != algorithmHMACSHA1 {
		return unsupported("the message is signed by %.80q", s.algorithm)
	}
	if subtle.ConstantTimeCompare(hmacSHA1(key, octets), s.value) != 1 {
		return broken("the signature is not the session's")
	}
	return nil
}

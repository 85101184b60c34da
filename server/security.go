package server

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/altinn-transfer/altinn-transfer/endpoint"
	"github.com/altinn-transfer/altinn-transfer/security"
	"github.com/altinn-transfer/altinn-transfer/soap"
)

// tokenRequest stands for a row of the catalogue: what begins a session is asked for at the address of every service of the EC2
// binding.
const tokenRequest = "RequestSecurityToken"

// newChecker knows the certificates that users are pinned to.
func newChecker(o Options, users *logins) (*security.Checker, error) {
	checked := security.Options{Roots: o.ClientRoots, Now: o.Now}
	for _, u := range users.byName {
		checked.Pinned = append(checked.Pinned, u.pinned...)
	}
	return security.NewChecker(checked)
}

func parseFingerprints(texts []string) ([][sha256.Size]byte, error) {
	var all [][sha256.Size]byte
	for _, text := range texts {
		fingerprint, err := parseFingerprint(text)
		if err != nil {
			return nil, err
		}
		all = append(all, fingerprint)
	}
	return all, nil
}

// parseFingerprint reads a SHA-256 in hexadecimal, with colons between the bytes or without, as tools print it.
func parseFingerprint(text string) ([sha256.Size]byte, error) {
	sum, err := hex.DecodeString(strings.ReplaceAll(text, ":", ""))
	if err != nil || len(sum) != sha256.Size {
		return [sha256.Size]byte{}, fmt.Errorf("%.100q is not the SHA-256 of a certificate in hexadecimal", text)
	}
	return [sha256.Size]byte(sum), nil
}

// secure checks what the header says of the sender, in the bindings in which it does, before anything is read from the body.
// Test is no exception, although it asks for no login.
func (x *exchange) secure() (err error) {
	switch x.place.Binding {
	case endpoint.WS:
		x.sender, err = x.server.checker.Password(x.envelope.Header)
	case endpoint.EC2:
		if x.identity, err = x.server.checker.Session(x.envelope.Header); err == nil {
			err = x.checkAffinity()
		}
	}
	return securityFault(err)
}

// securityFault puts the reason why a sender is not believed into a fault.
func securityFault(err error) error {
	if e, ok := errors.AsType[*security.Error](err); ok {
		return &soap.Fault{Code: "Client", Subcode: e.Subcode, Reason: e.Reason}
	}
	return err
}

// issueToken begins a session, and gives the cookie that follows it.
func (x *exchange) issueToken() (*reply, error) {
	issued, err := x.server.checker.Issue(x.envelope.Header, x.envelope.Body, x.request.URL.Path)
	if err != nil {
		return nil, securityFault(err)
	}
	x.about = issued.Subject
	http.SetCookie(x.writer, &http.Cookie{
		Name: affinityCookie, Value: affinity(issued.Session), Path: "/", HttpOnly: true, Secure: x.request.TLS != nil,
	})
	return &reply{body: issued.Body, action: security.ActionTokenIssued}, nil
}

// affinityCookie is called as the real service's load balancer called its own.
const affinityCookie = "BIGipServeraltinn-transfer"

// affinity ties a cookie to its session.
func affinity(session string) string {
	sum := sha256.Sum256([]byte(session))
	return hex.EncodeToString(sum[:16])
}

// checkAffinity refuses the cookie of another session, which a client that mixes its users up sends. One that is missing is no
// harm: all that is to be known about a session is in its token.
func (x *exchange) checkAffinity() error {
	for _, cookie := range x.request.CookiesNamed(affinityCookie) {
		if cookie.Value != affinity(x.identity.Session) {
			return security.BadContext()
		}
	}
	return nil
}

// holds reports whether a certificate is the user's: one that the user is pinned to, or, where there is none, one that somebody
// vouches for, made out to an organisation that the user has a right for.
func (u *login) holds(identity *security.Identity) bool {
	if len(u.pinned) > 0 {
		return slices.Contains(u.pinned, identity.Fingerprint)
	}
	return identity.Vouched && u.right(identity.Organisation) != Right{}
}

package security

import "github.com/beevik/etree"

// WithPassword is the header of a message in the WS binding: WS-Addressing, Timestamp and UsernameToken (PasswordText).
func (m Message) WithPassword(name, password string) []*etree.Element {
	m = m.complete()
	token := block("o", nsSecurity, "UsernameToken")
	token.CreateAttr("xmlns:u", nsUtility)
	token.CreateAttr("u:Id", "uuid-"+NewGUID()+"-1")
	token.CreateElement("o:Username").SetText(name)
	secret := token.CreateElement("o:Password")
	secret.CreateAttr("Type", typeText)
	secret.SetText(password)
	return append(m.addressing(), securityBlock(timestamp(m.Now), token))
}

// Login is a name and password that came in a UsernameToken. They have not been compared with anything.
type Login struct {
	Name, Password string

	message string // what it is known by when it comes again; "": nothing tells it from others
}

// String says whose it is, without the password.
func (l Login) String() string { return "login of " + l.Name }

// Password reads the header of a request in the WS binding. A Timestamp and a MessageID may be missing, as they are in the
// published example; what is there must be good. When name and password have been found right, the message is to be taken:
// [Checker.Take]. Errors are [*Error].
func (c *Checker) Password(header []*etree.Element) (Login, error) {
	security, err := securityOf(header)
	if err != nil {
		return Login{}, err
	}
	token := child(security, nsSecurity, "UsernameToken")
	if token == nil {
		return Login{}, invalid("the Security header holds no single UsernameToken")
	}
	if err := c.freshParts(security, token); err != nil {
		return Login{}, err
	}
	login, err := readLogin(token)
	login.message = passwordKey(header, token)
	return login, err
}

// Take refuses a message that was taken before. It comes after the comparison of the password, so that only who may log in can
// make the memory of messages larger. Errors are [*Error].
func (c *Checker) Take(l Login) error { return c.once(l.message) }

func (c *Checker) freshParts(security, token *etree.Element) error {
	if stamps := children(security, nsUtility, "Timestamp"); len(stamps) > 1 {
		return invalid("there is more than one Timestamp")
	} else if len(stamps) == 1 {
		if err := c.fresh(stamps[0], validity+skew); err != nil {
			return err
		}
	}
	return c.fresh(token, skew)
}

func readLogin(token *etree.Element) (Login, error) {
	name, password := child(token, nsSecurity, "Username"), child(token, nsSecurity, "Password")
	if name == nil || password == nil {
		return Login{}, invalid("the UsernameToken holds no single Username and Password")
	}
	if form := password.SelectAttrValue("Type", typeText); form != typeText {
		return Login{}, &Error{Subcode: subcode("UnsupportedSecurityToken"), Reason: "only a password of type PasswordText is understood"}
	}
	return Login{Name: content(name), Password: verbatim(password)}, nil
}

// passwordKey is what a message is known by when it comes again: its Nonce, or else its MessageID; "" when it has neither.
func passwordKey(header []*etree.Element, token *etree.Element) string {
	if nonce := content(child(token, nsSecurity, "Nonce")); nonce != "" {
		return "nonce " + nonce + " " + content(child(token, nsUtility, "Created"))
	}
	if id := addressed(header, "MessageID"); id != "" {
		return "message " + id
	}
	return ""
}

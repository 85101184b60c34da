package server

import (
	"crypto/rand"
	"crypto/subtle"
	"fmt"
	"math/big"
	"sync"
	"time"

	"github.com/altinn-transfer/altinn-transfer/endpoint"
	"github.com/altinn-transfer/altinn-transfer/soap"
)

// Person is somebody on whose behalf a system calls, with a login of their own.
type Person struct {
	SSN          string  // national identity number, 11 digits
	PasswordHash string  // by [HashPassword]
	Rights       []Right // nil: those of the system that calls
}

// persons are those on whose behalf systems may call.
type persons struct {
	logins *logins
	now    func() time.Time
	codes  map[string]*code // by national identity number; each person has one
}

// code is the state of one person's login.
type code struct {
	mu     sync.Mutex
	wrong  int // logins in a row
	locked time.Time
	pin    string // "": none was asked for
	method string
	made   time.Time
	until  time.Time
}

// How long a code lives, as documented; and when somebody who guesses has to stop, which is documented without a number.
const (
	pinTime    = 30 * time.Minute // from its making, and again from each use
	pinMost    = 8 * time.Hour
	wrongMost  = 5
	lockedTime = time.Hour
)

// pinMethods are the ways in which a code is sent.
var pinMethods = []string{"AltinnPin", "SMSPin"}

// newPersons gives nil where there are none.
func newPersons(all []Person, now func() time.Time) (*persons, error) {
	if len(all) == 0 {
		return nil, nil
	}
	var users []User
	for _, p := range all {
		if len(p.SSN) != ssnLength || !isParty(p.SSN) {
			return nil, fmt.Errorf("%q is not a national identity number", p.SSN)
		}
		users = append(users, User{Name: p.SSN, PasswordHash: p.PasswordHash, Rights: p.Rights})
	}
	logins, err := newLogins(users)
	if err != nil {
		return nil, err
	}
	p := &persons{logins: logins, now: now, codes: map[string]*code{}}
	for _, u := range users {
		p.codes[u.Name] = &code{}
	}
	return p, nil
}

const ssnLength = 11

// login gives the person with that password and code, nil when there is none. Without needsPin the password is enough.
func (p *persons) login(ssn, password, pin, method string, needsPin bool) *login {
	state := p.codes[ssn]
	if state == nil {
		p.logins.check(ssn, password) // which takes as long
		return nil
	}
	state.mu.Lock()
	defer state.mu.Unlock()
	now := p.now()
	if now.Before(state.locked) {
		return nil
	}
	person := p.logins.check(ssn, password)
	if person == nil || needsPin && !state.is(pin) {
		state.miss(now)
		return nil
	}
	if needsPin && !state.use(method, now) {
		return nil
	}
	if needsPin { // else a guesser of codes could have the count forgotten
		state.wrong = 0
	}
	return person
}

// is compares a code with the one that was sent, which no other answer stands for.
func (c *code) is(pin string) bool {
	return c.pin != "" && subtle.ConstantTimeCompare([]byte(c.pin), []byte(pin)) == 1
}

// use reports whether the code, which was right, may still be used, and makes it live on.
func (c *code) use(method string, now time.Time) bool {
	if method != c.method || now.After(c.until) {
		return false
	}
	c.until = now.Add(pinTime)
	if last := c.made.Add(pinMost); c.until.After(last) {
		c.until = last
	}
	return true
}

// miss counts a wrong login, and locks the person out when there were too many in a row.
func (c *code) miss(now time.Time) {
	if c.wrong++; c.wrong >= wrongMost {
		c.wrong, c.locked = 0, now.Add(lockedTime)
	}
}

// renew makes a new code; the old one ends.
func (c *code) renew(method string, now time.Time) error {
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		return err
	}
	c.pin, c.method, c.made, c.until = fmt.Sprintf("%06d", n), method, now, now.Add(pinTime)
	return nil
}

// personLogin finds out on whose behalf the system asks, where there are persons and the operation has a place for one.
func (x *exchange) personLogin() error {
	if x.server.persons == nil || !x.op.Takes(endpoint.RoleUserSSN) {
		return nil
	}
	x.person = x.server.persons.login(
		x.credential(endpoint.RoleUserSSN), x.credential(endpoint.RoleUserPassword), x.credential(endpoint.RoleUserPinCode),
		x.credential(endpoint.RoleAuthMethod), x.op.Takes(endpoint.RoleUserPinCode),
	)
	if x.person == nil {
		return altinnFault(soap.CodePersonLogin)
	}
	return nil
}

// right is what the asker may do for a party: the person, where one with rights has logged in, otherwise the system.
func (x *exchange) right(party string) Right {
	if x.person != nil && x.person.Rights != nil {
		return x.person.right(party)
	}
	return x.user.right(party)
}

package server

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"sync"

	"golang.org/x/crypto/bcrypt"
)

// HashPassword makes the hash that a [User] is known by (bcrypt). A password has at most 72 bytes.
func HashPassword(password string) (string, error) {
	return hashPassword(password, bcrypt.DefaultCost)
}

func hashPassword(password string, cost int) (string, error) {
	hash, err := bcrypt.GenerateFromPassword([]byte(password), cost)
	if err != nil {
		return "", fmt.Errorf("hash password: %w", err)
	}
	return string(hash), nil
}

// DemoUsers are two systems to try things with: avsender (password avsender-demo) may send and receive for 910075918, mottaker
// (mottaker-demo) for 910077473. Their passwords are known to everybody.
func DemoUsers() []User {
	return []User{demoUser("avsender", "910075918"), demoUser("mottaker", "910077473")}
}

func demoUser(name, party string) User {
	hash, err := hashPassword(name+"-demo", bcrypt.MinCost)
	if err != nil {
		panic("server: hash a demo password: " + err.Error())
	}
	return User{Name: name, PasswordHash: hash, Rights: []Right{{Party: party, Send: true, Receive: true}}}
}

// logins are the users, by name.
type logins struct {
	byName map[string]*login
	nobody *login // stands for names that nobody has, so that they take as long to refuse
	key    [32]byte
}

// login is one user. A hash that is slow to guess is slow to check as well, so a password that was right once is remembered,
// under a key that ends with the process.
type login struct {
	User
	pinned [][sha256.Size]byte // the user's certificates

	mu    sync.Mutex
	known [sha256.Size]byte
	valid bool
}

func newLogins(users []User) (*logins, error) {
	if len(users) == 0 {
		return nil, errors.New("there are none, so nobody could log in")
	}
	all := &logins{byName: make(map[string]*login), nobody: &login{User: User{PasswordHash: users[0].PasswordHash}}}
	rand.Read(all.key[:])
	for _, u := range users {
		if u.Name == "" || all.byName[u.Name] != nil {
			return nil, fmt.Errorf("the name %q is empty or comes twice", u.Name)
		}
		if _, err := bcrypt.Cost([]byte(u.PasswordHash)); err != nil {
			return nil, fmt.Errorf("the password hash of %s: %w", u.Name, err)
		}
		for _, right := range u.Rights {
			if !isParty(right.Party) {
				return nil, fmt.Errorf("a right of %s: %q is neither an organisation number nor a national identity number", u.Name, right.Party)
			}
		}
		pinned, err := parseFingerprints(u.Certificates)
		if err != nil {
			return nil, fmt.Errorf("a certificate of %s: %w", u.Name, err)
		}
		all.byName[u.Name] = &login{User: u, pinned: pinned}
	}
	return all, nil
}

// check gives the user with that name and password, nil when there is none.
func (l *logins) check(name, password string) *login {
	user := l.byName[name]
	if user == nil {
		l.nobody.is(password, l.key[:])
		return nil
	}
	if !user.is(password, l.key[:]) {
		return nil
	}
	return user
}

func (u *login) is(password string, key []byte) bool {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(password))
	sum := [sha256.Size]byte(mac.Sum(nil))
	if u.remembers(sum) {
		return true
	}
	if bcrypt.CompareHashAndPassword([]byte(u.PasswordHash), []byte(password)) != nil {
		return false
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.known, u.valid = sum, true
	return true
}

func (u *login) remembers(sum [sha256.Size]byte) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.valid && subtle.ConstantTimeCompare(u.known[:], sum[:]) == 1
}

// right is what a user may do for a party, all of its rights for it taken together; the zero value when there is none.
func (u *login) right(party string) Right {
	var all Right
	for _, r := range u.Rights {
		if r.Party == party {
			all = Right{Party: party, Send: all.Send || r.Send, Receive: all.Receive || r.Receive}
		}
	}
	return all
}

// mayReceive reports whether anybody may receive for a party.
func (l *logins) mayReceive(party string) bool {
	for _, u := range l.byName {
		if u.right(party).Receive {
			return true
		}
	}
	return false
}

// isParty reports whether s has the form of an organisation number or a national identity number.
func isParty(s string) bool {
	if len(s) != 9 && len(s) != 11 {
		return false
	}
	for _, c := range s {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

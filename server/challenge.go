package server

import (
	"slices"
	"time"

	"github.com/beevik/etree"
)

// What a challenge can come to, as the contract calls it. Its NoPinFound and NoPhoneNumber do not occur: whoever is known here
// can be sent a code.
const (
	challengeOK      = "Ok"
	challengeWrong   = "InvalidCredentials"
	challengeLocked  = "UserLockedOut"
	challengeBadType = "InvalidPinType"
)

// challenge sends a person a code, to be given in the calls that are made on behalf of that person. What is wrong is no fault
// here, but a status.
func (x *exchange) challenge() (*reply, error) {
	asked := x.data("challengeRequest")
	now := x.server.options.Now()
	status, until, err := x.sendPin(asked, now)
	if err != nil {
		return nil, err
	}
	return x.typed(func(result *etree.Element) {
		result.CreateElement("Message").SetText(challengeMessages[status])
		result.CreateElement("Status").SetText(status)
		result.CreateElement("ValidFrom").SetText(formatTime(now))
		result.CreateElement("ValidTo").SetText(formatTime(until))
	})
}

var challengeMessages = map[string]string{
	challengeOK:      "Use the code that this server's log shows. Where the server knows no persons, any code will do.",
	challengeWrong:   "The identity number, the password or the name of the system is wrong.",
	challengeLocked:  "There were too many wrong logins in a row. Wait for an hour.",
	challengeBadType: "A code can be sent as AltinnPin or SMSPin.",
}

// sendPin makes the code, and shows it where that is wanted; nobody is sent anything by this server.
func (x *exchange) sendPin(asked data, now time.Time) (status string, until time.Time, err error) {
	ssn, method := asked.text("UserSSN"), asked.text("AuthMethod")
	all := x.server.persons
	if all == nil {
		return challengeOK, now.Add(pinTime), nil
	}
	if !slices.Contains(pinMethods, method) {
		return challengeBadType, now, nil
	}
	state := all.codes[ssn]
	if state == nil || x.server.users.byName[asked.text("SystemUserName")] == nil {
		all.logins.check("", asked.text("UserPassword")) // which takes as long
		return challengeWrong, now, nil
	}
	state.mu.Lock()
	defer state.mu.Unlock()
	switch {
	case now.Before(state.locked):
		return challengeLocked, now, nil
	case all.logins.check(ssn, asked.text("UserPassword")) == nil:
		state.miss(now)
		return challengeWrong, now, nil
	}
	if err := state.renew(method, now); err != nil {
		return "", now, err
	}
	if x.server.options.ShowPINs {
		x.server.log.Info("code for a person", "person", ssn, "method", method, "code", state.pin, "until", state.until)
	}
	return challengeOK, state.until, nil
}

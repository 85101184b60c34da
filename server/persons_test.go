package server_test

import (
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/altinn-transfer/altinn-transfer/server"
)

const (
	person         = "01018012345"
	personPassword = "hemmelig"
)

// clock is a time that a test moves.
type clock struct{ now atomic.Int64 }

func (c *clock) Now() time.Time          { return time.Unix(0, c.now.Load()) }
func (c *clock) advance(d time.Duration) { c.now.Add(int64(d)) }

// withPerson is a server where a person may act for the sender's party, and the system may not.
func withPerson(t *testing.T) (*far, *clock) {
	t.Helper()
	hash := quickHash(t, personPassword)
	c := &clock{}
	c.advance(time.Duration(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC).UnixNano()))
	return start(t, func(o *server.Options) {
		o.Persons = []server.Person{{SSN: person, PasswordHash: hash, Rights: []server.Right{{Party: sender, Send: true}}}}
		o.ShowPINs, o.Now = true, c.Now
		for i := range o.Users {
			o.Users[i].Rights = nil
		}
	}), c
}

func (f *far) challenge(system, ssn, password, method string) answer {
	f.t.Helper()
	return f.post(challengePath, "", "text/xml", envelope("", `<GetAuthenticationChallenge xmlns="`+nsChallenge+`"><challengeRequest xmlns:d="`+
		`http://schemas.altinn.no/services/Authentication/2009/10"><d:AuthMethod>`+method+`</d:AuthMethod><d:SystemUserName>`+system+
		`</d:SystemUserName><d:UserPassword>`+password+`</d:UserPassword><d:UserSSN>`+ssn+`</d:UserSSN></challengeRequest></GetAuthenticationChallenge>`))
}

// shown is the last code in the log.
func (f *far) shown() string {
	f.t.Helper()
	all := regexp.MustCompile(`code=(\d{6}) `).FindAllStringSubmatch(f.log.String(), -1)
	if len(all) == 0 {
		f.t.Fatalf("no code in %s", f.log)
	}
	return all[len(all)-1][1]
}

// behalf submits a form task on a person's behalf.
func (f *far) behalf(ssn, password, pin, method string) answer {
	f.t.Helper()
	return f.ask(asSender, inboundPath, nsForms, "SubmitFormTaskBasic", `<userSSN>`+ssn+`</userSSN><userPassword>`+password+`</userPassword><userPinCode>`+pin+
		`</userPinCode><authMethod>`+method+`</authMethod>`+aShipment().xml())
}

// attachBehalf attaches something to a person's form task.
func (f *far) attachBehalf(element, password string) answer {
	f.t.Helper()
	block := func(name, text string) string {
		return `<` + name + ` xmlns="` + nsInbound + `">` + text + `</` + name + `>`
	}
	return f.post(submitPath, submitAction, related, message(envelope(block("FileName", "a.pdf")+block("ReporteeElementId", element)+
		block("systemPassword", asSender.password)+block("systemUserName", asSender.user)+block("userPassword", password)+block("userSSN", person),
		`<StreamedAttachmentBasicBE xmlns="`+nsInbound+`"><dataStream>`+inPart+`</dataStream></StreamedAttachmentBasicBE>`), "x"))
}

func TestACodeOpensTheDoorForAPerson(t *testing.T) {
	f, clock := withPerson(t)
	if a := f.behalf(person, personPassword, "", "AltinnPin"); a.fault() != 989 {
		t.Fatalf("without a code: %d %s", a.fault(), a.body)
	}
	a := f.challenge("avsender", person, personPassword, "AltinnPin").good(t)
	a.holds(t, ">Ok<", ">2026-03-01T13:00:00.000<", ">2026-03-01T13:30:00.000<")
	pin := f.shown()
	if strings.Contains(a.body, pin) {
		t.Error("the code is in the answer")
	}
	element := f.behalf(person, personPassword, pin, "AltinnPin").good(t).reference(t, "WorkFlowReference")
	for range 15 { // each use renews it
		clock.advance(29 * time.Minute)
		f.behalf(person, personPassword, pin, "AltinnPin").good(t)
	}
	clock.advance(29 * time.Minute)
	f.behalf(person, personPassword, pin, "AltinnPin").good(t)
	clock.advance(29 * time.Minute) // 8 h 13 min
	if a := f.behalf(person, personPassword, pin, "AltinnPin"); a.fault() != 989 {
		t.Errorf("after eight hours: %d", a.fault())
	}
	f.challenge("avsender", person, personPassword, "SMSPin").good(t).holds(t, ">Ok<")
	for name, a := range map[string]answer{
		"the old code":   f.behalf(person, personPassword, pin, "AltinnPin"),
		"another method": f.behalf(person, personPassword, f.shown(), "AltinnPin"),
		"a password":     f.behalf(person, "x", f.shown(), "SMSPin"),
		"a stranger":     f.behalf("02028054321", personPassword, f.shown(), "SMSPin"),
	} {
		if a.fault() != 989 {
			t.Errorf("%s: %d %s", name, a.fault(), a.body)
		}
	}
	f.behalf(person, personPassword, f.shown(), "SMSPin").good(t)
	clock.advance(31 * time.Minute)
	if a := f.behalf(person, personPassword, f.shown(), "SMSPin"); a.fault() != 989 {
		t.Errorf("a code that was not used for half an hour: %d", a.fault())
	}

	// The streamed attachment of Basic has no place for a code.
	f.attachBehalf(element, personPassword).good(t)
	if a := f.attachBehalf(element, "x"); a.fault() != 989 {
		t.Errorf("an attachment with a wrong password: %d %s", a.fault(), a.body)
	}
	// What has no place for a person is the system's, which has no rights here.
	if a := f.archived(asSender, element); a.fault() != 14 {
		t.Errorf("the system has a person's rights: %d %s", a.fault(), a.body)
	}
	if strings.Contains(f.log.String(), personPassword) {
		t.Error("the password is in the log")
	}
}

func TestWhatAChallengeComesTo(t *testing.T) {
	f, clock := withPerson(t)
	for _, c := range []struct{ name, system, ssn, password, method, want string }{
		{"good", "avsender", person, personPassword, "SMSPin", "Ok"},
		{"another way", "avsender", person, personPassword, "Pigeon", "InvalidPinType"},
		{"no way", "avsender", person, personPassword, "", "InvalidPinType"},
		{"an unknown system", "x", person, personPassword, "SMSPin", "InvalidCredentials"},
		{"an unknown person", "avsender", "02028054321", personPassword, "SMSPin", "InvalidCredentials"},
		{"a wrong password", "avsender", person, "x", "SMSPin", "InvalidCredentials"},
		{"and another", "avsender", person, "y", "SMSPin", "InvalidCredentials"},
		{"a third", "avsender", person, "y", "SMSPin", "InvalidCredentials"},
		{"a fourth", "avsender", person, "y", "SMSPin", "InvalidCredentials"},
		{"still good", "avsender", person, personPassword, "SMSPin", "Ok"},
		{"a fifth", "avsender", person, "y", "SMSPin", "InvalidCredentials"},
		{"locked", "avsender", person, personPassword, "SMSPin", "UserLockedOut"},
	} {
		if a := f.challenge(c.system, c.ssn, c.password, c.method).good(t); !strings.Contains(a.body, ">"+c.want+"<") {
			t.Errorf("%s: not %s in %s", c.name, c.want, a.body)
		}
	}
	if a := f.behalf(person, personPassword, f.shown(), "SMSPin"); a.fault() != 989 {
		t.Errorf("who is locked out can work: %d", a.fault())
	}
	clock.advance(time.Hour)
	f.challenge("avsender", person, personPassword, "SMSPin").good(t).holds(t, ">Ok<")
	for range 5 {
		if a := f.behalf(person, personPassword, "x", "SMSPin"); a.fault() != 989 {
			t.Fatalf("a guess is taken: %s", a.body)
		}
		f.attachBehalf("1", personPassword) // which asks for no code, and must not make the guesses forgotten
	}
	if a := f.behalf(person, personPassword, f.shown(), "SMSPin"); a.fault() != 989 {
		t.Errorf("codes can be guessed without an end: %d", a.fault())
	}
}

func TestAPersonWithoutRightsHasThoseOfTheSystem(t *testing.T) {
	f, _ := withPerson(t)
	f.close()
	f.options.Persons[0].Rights, f.options.Users = nil, server.DemoUsers()
	f.open()
	f.challenge("avsender", person, personPassword, "SMSPin").good(t)
	f.behalf(person, personPassword, f.shown(), "SMSPin").good(t)
}

func TestCodesAreShownOnlyWhenAsked(t *testing.T) {
	f, _ := withPerson(t)
	f.close()
	f.options.ShowPINs = false
	f.open()
	f.challenge("avsender", person, personPassword, "SMSPin").good(t).holds(t, ">Ok<")
	if regexp.MustCompile(`code=\d`).MatchString(f.log.String()) {
		t.Errorf("a code is in %s", f.log)
	}
}

// Where there are no persons, their logins are not looked at, and a client that asks for a code goes on.
func TestAServerWithoutPersons(t *testing.T) {
	f := start(t, nil)
	f.challenge("x", "x", "x", "x").good(t).holds(t, ">Ok<")
	f.behalf("x", "x", "x", "x").good(t)
}

func TestPersonsThatCannotBeMeant(t *testing.T) {
	hash := server.DemoUsers()[0].PasswordHash
	for name, p := range map[string][]server.Person{
		"an organisation": {{SSN: sender, PasswordHash: hash}},
		"no hash":         {{SSN: person}},
		"one twice":       {{SSN: person, PasswordHash: hash}, {SSN: person, PasswordHash: hash}},
	} {
		if _, err := server.New(server.Options{Dir: t.TempDir(), Users: server.DemoUsers(), Persons: p}); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

package security_test

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/altinn-transfer/altinn-transfer/security"
	"github.com/beevik/etree"
)

func TestASessionFromItsBeginning(t *testing.T) {
	checker := newChecker(t, nil)
	request := newRequest(t)
	header, body := parts(t, envelope(t, request.Header, request.Body))
	issued, err := checker.Issue(header, body, "/a/b.SVC")
	if err != nil {
		t.Fatal(err)
	}
	if issued.Organisation != party || issued.Vouched || !strings.Contains(issued.Subject, "Søn AS") {
		t.Errorf("the identity is %+v", issued.Identity)
	}
	answer := envelope(t, issued.Header, issued.Body)
	answered, body := parts(t, answer)
	if got := security.ReadAddress(answered); got.Action != security.ActionTokenIssued || got.RelatesTo != request.ID {
		t.Errorf("the answer is addressed %+v", got)
	}
	session, err := request.Session(body)
	if err != nil {
		t.Fatal(err)
	}
	if want := now.Add(10 * time.Hour); !session.Expires().Equal(want) {
		t.Errorf("it expires at %v, want %v", session.Expires(), want)
	}
	for range 3 {
		header, _ := parts(t, signed(t, session, now))
		who, err := checker.Session(header)
		if err != nil {
			t.Fatal(err)
		}
		if *who != issued.Identity {
			t.Errorf("got %+v, want %+v", who, issued.Identity)
		}
	}
}

func TestNoMessageIsTakenTwice(t *testing.T) {
	at := &clock{now}
	checker := newChecker(t, func(o *security.Options) { o.Now = at.now })
	request := newRequest(t)
	beginning := envelope(t, request.Header, request.Body)
	wants(t, "a beginning", issue(t, checker, beginning), "")
	wants(t, "it again", issue(t, checker, beginning), "InvalidSecurity")
	message := signed(t, begin(t, checker), now)
	wants(t, "a message", check(t, checker, message), "")
	wants(t, "it again", check(t, checker, message), "InvalidSecurity")
	for _, later := range []time.Duration{5 * time.Minute, 9*time.Minute + 59*time.Second} {
		at.at = now.Add(later)
		wants(t, "it again after "+later.String(), check(t, checker, message), "InvalidSecurity")
	}
	at.at = now.Add(10 * time.Minute)
	wants(t, "it again when it is stale", check(t, checker, message), "MessageExpired")
}

// A message from a clock that is ahead stays fresh for longer, and is remembered for as long.
func TestAMessageFromAheadIsNotTakenTwice(t *testing.T) {
	at := &clock{now}
	checker := newChecker(t, func(o *security.Options) { o.Now = at.now })
	message := signed(t, begin(t, checker), now.Add(5*time.Minute-time.Millisecond))
	wants(t, "a message", check(t, checker, message), "")
	at.at = now.Add(15*time.Minute - 2*time.Millisecond)
	wants(t, "it again", check(t, checker, message), "InvalidSecurity")
	at.at = now.Add(15 * time.Minute)
	wants(t, "it again when it is stale", check(t, checker, message), "MessageExpired")
}

// A signature may name its token by the session's identifier, as the answer's RequestedUnattachedReference does, and by no
// other's. A token without an id is none to refer to.
func TestHowASignatureNamesItsToken(t *testing.T) {
	checker := newChecker(t, nil)
	session := begin(t, checker)
	for name, test := range map[string]struct {
		change func(token, reference *etree.Element)
		want   string
	}{
		"by the identifier": {func(token, reference *etree.Element) {
			reference.CreateAttr("URI", token.FindElement("Identifier").Text())
		}, ""},
		"by another": {func(_, reference *etree.Element) { reference.CreateAttr("URI", "urn:uuid:another") }, "InvalidSecurity"},
		"by nothing": {func(token, reference *etree.Element) {
			token.RemoveAttr("u:Id")
			reference.CreateAttr("URI", "#")
		}, "InvalidSecurity"},
		"not at all": {func(_, reference *etree.Element) { reference.RemoveAttr("URI") }, "InvalidSecurity"},
	} {
		message := signed(t, session, now)
		test.change(message.FindElement("//SecurityContextToken"), message.FindElement("//KeyInfo//Reference"))
		wants(t, name, check(t, checker, reread(t, message)), test.want)
	}
}

// Another client may make two messages in one millisecond; only the Timestamp is signed, so they have one signature.
func TestMessagesOfOneMillisecondAreToldApart(t *testing.T) {
	checker := newChecker(t, nil)
	message := signed(t, begin(t, checker), now)
	other := reread(t, message)
	other.FindElement("//MessageID").SetText("urn:uuid:another")
	wants(t, "one", check(t, checker, message), "")
	wants(t, "the other", check(t, checker, other), "")
	wants(t, "the other again", check(t, checker, other), "InvalidSecurity")
}

func TestNoTwoTimestampsOfASessionAreEqual(t *testing.T) {
	session := begin(t, newChecker(t, nil))
	const each = 200
	var group sync.WaitGroup
	stamps := make(chan string, 4*each)
	for range 4 {
		group.Go(func() {
			for range each {
				header, err := session.Sign(security.Message{Action: "urn:do", To: address, Now: now})
				if err != nil {
					t.Error(err)
					return
				}
				stamps <- header[len(header)-1].FindElement("Timestamp/Created").Text()
			}
		})
	}
	group.Wait()
	close(stamps)
	seen := map[string]bool{}
	for stamp := range stamps {
		if seen[stamp] {
			t.Fatalf("%s twice", stamp)
		}
		seen[stamp] = true
	}
}

// A clock that is set back takes the session's messages with it; a moment's hurry does not.
func TestTimestampsFollowTheClock(t *testing.T) {
	session := begin(t, newChecker(t, nil))
	for i, step := range []struct{ at, want time.Duration }{
		{0, 0},
		{0, time.Millisecond},
		{-time.Minute + 2*time.Millisecond, 2 * time.Millisecond},
		{-time.Minute, -time.Minute},
		{-time.Minute, -time.Minute + time.Millisecond},
		{time.Hour + 300*time.Microsecond, time.Hour},
		{-time.Hour, -time.Hour},
	} {
		message := signed(t, session, now.Add(step.at))
		if got := message.FindElement("//Created").Text(); got != after(step.want) {
			t.Errorf("step %d: %s, want %s", i, got, after(step.want))
		}
	}
}

// Of a message that comes many times at once, one is taken.
func TestAMessageIsTakenOnceHoweverItComes(t *testing.T) {
	checker := newChecker(t, nil)
	session := begin(t, checker)
	for range 20 {
		text := bytesOf(t, signed(t, session, now))
		var group sync.WaitGroup
		var taken atomic.Int32
		for range 8 {
			group.Go(func() {
				if check(t, checker, read(t, string(text))) == nil {
					taken.Add(1)
				}
			})
		}
		group.Wait()
		if taken.Load() != 1 {
			t.Fatalf("it was taken %d times", taken.Load())
		}
	}
}

func TestASessionEnds(t *testing.T) {
	at := &clock{now}
	checker := newChecker(t, func(o *security.Options) { o.Now = at.now })
	session := begin(t, checker)
	at.at = now.Add(10*time.Hour - time.Second)
	wants(t, "just before its end", check(t, checker, signed(t, session, at.at)), "")
	at.at = now.Add(10 * time.Hour)
	wants(t, "at its end", check(t, checker, signed(t, session, at.at)), "BadContextToken")
	wants(t, "at another service", check(t, newChecker(t, nil), signed(t, session, now)), "BadContextToken")
}

func TestATokenIsTakenAsAWhole(t *testing.T) {
	checker := newChecker(t, nil)
	one, other := begin(t, checker), begin(t, checker)
	foreign := signed(t, other, now)
	for name, damage := range map[string]func(*etree.Document){
		"the cookie of another session": func(d *etree.Document) {
			d.FindElement("//Cookie").SetText(foreign.FindElement("//Cookie").Text())
		},
		"the identifier of another session": func(d *etree.Document) {
			d.FindElement("//Identifier").SetText(foreign.FindElement("//Identifier").Text())
		},
		"no cookie":     func(d *etree.Document) { remove(d.FindElement("//Cookie")) },
		"no identifier": func(d *etree.Document) { remove(d.FindElement("//Identifier")) },
		"no token":      func(d *etree.Document) { remove(d.FindElement("//SecurityContextToken")) },
		"a damaged cookie": func(d *etree.Document) {
			text := d.FindElement("//Cookie").Text()
			d.FindElement("//Cookie").SetText("AAAA" + text[4:])
		},
		"a cookie that is no base64": func(d *etree.Document) { d.FindElement("//Cookie").SetText("*") },
	} {
		message := signed(t, one, now)
		damage(message)
		wants(t, name, check(t, checker, reread(t, message)), "BadContextToken")
	}
	// The token as a whole is another session's, whose key this one is not.
	message := signed(t, one, now)
	token := message.FindElement("//SecurityContextToken")
	token.Parent().InsertChildAt(token.Index(), foreign.FindElement("//SecurityContextToken").Copy())
	id := token.SelectAttrValue("u:Id", "")
	remove(token)
	message.FindElement("//SecurityContextToken").CreateAttr("u:Id", id)
	wants(t, "the token of another session", check(t, checker, reread(t, message)), "FailedCheck")
}

func remove(el *etree.Element) { el.Parent().RemoveChild(el) }

// The answer comes from the other side of a connection that is trusted, and may still be nonsense.
func TestWhatIsNoSession(t *testing.T) {
	checker := newChecker(t, nil)
	for name, damage := range map[string]func(*etree.Document){
		"another answer":        func(d *etree.Document) { d.FindElement("//RequestSecurityTokenResponse").Tag = "Other" },
		"no token":              func(d *etree.Document) { remove(d.FindElement("//SecurityContextToken")) },
		"a token without id":    func(d *etree.Document) { d.FindElement("//SecurityContextToken").RemoveAttr("u:Id") },
		"a token without name":  func(d *etree.Document) { remove(d.FindElement("//Identifier")) },
		"another key":           func(d *etree.Document) { d.FindElement("//ComputedKey").SetText("urn:other") },
		"no word on the key":    func(d *etree.Document) { remove(d.FindElement("//RequestedProofToken")) },
		"another size":          func(d *etree.Document) { d.FindElement("//KeySize").SetText("128") },
		"no entropy":            func(d *etree.Document) { remove(d.FindElement("//Entropy")) },
		"entropy of 8 bytes":    func(d *etree.Document) { d.FindElement("//BinarySecret").SetText("AAAAAAAAAAA=") },
		"entropy of 3000 bytes": func(d *etree.Document) { d.FindElement("//BinarySecret").SetText(strings.Repeat("AAAA", 1000)) },
		"entropy in no base64":  func(d *etree.Document) { d.FindElement("//BinarySecret").SetText("***") },
	} {
		request := newRequest(t)
		header, body := parts(t, envelope(t, request.Header, request.Body))
		issued, err := checker.Issue(header, body, path)
		if err != nil {
			t.Fatal(err)
		}
		answer := envelope(t, issued.Header, issued.Body)
		damage(answer)
		_, body = parts(t, reread(t, answer))
		if _, err := request.Session(body); err == nil {
			t.Errorf("%s: it is taken", name)
		}
	}
	if _, err := newRequest(t).Session(nil); err == nil {
		t.Error("no body: it is taken")
	}
}

// As other toolkits write it: in a collection, with other prefixes, declared far up.
func TestAnAnswerInAnotherHand(t *testing.T) {
	checker := newChecker(t, nil)
	request := newRequest(t)
	header, body := parts(t, envelope(t, request.Header, request.Body))
	issued, err := checker.Issue(header, body, path)
	if err != nil {
		t.Fatal(err)
	}
	text := string(bytesOf(t, envelope(t, nil, issued.Body)))
	text = strings.NewReplacer(
		`xmlns:t="`, `xmlns:wst="`, "<t:", "<wst:", "</t:", "</wst:",
		"<s:Body>", `<s:Body><wst:RequestSecurityTokenResponseCollection xmlns:wst="http://schemas.xmlsoap.org/ws/2005/02/trust">`,
		"</s:Body>", "</wst:RequestSecurityTokenResponseCollection></s:Body>",
		` xmlns:c="http://schemas.xmlsoap.org/ws/2005/02/sc"`, "", "<s:Envelope ", `<s:Envelope xmlns:c="http://schemas.xmlsoap.org/ws/2005/02/sc" `,
	).Replace(text)
	doc := etree.NewDocument()
	if err := doc.ReadFromString(text); err != nil {
		t.Fatal(err)
	}
	_, body = parts(t, doc)
	session, err := request.Session(body)
	if err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	wants(t, "a message", check(t, checker, signed(t, session, now)), "")
}

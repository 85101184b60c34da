package security_test

import (
	"testing"
	"time"

	"github.com/altinn-transfer/altinn-transfer/security"
	"github.com/beevik/etree"
)

func BenchmarkSign(b *testing.B) {
	session := begin(b, newChecker(b, nil))
	b.ReportAllocs()
	for at := now; b.Loop(); at = at.Add(time.Millisecond) {
		if _, err := session.Sign(security.Message{Action: "urn:do", To: address, Now: at}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSession(b *testing.B) {
	checker := newChecker(b, nil)
	message := signed(b, begin(b, checker), now)
	header, _ := parts(b, message)
	id := message.FindElement("//MessageID")
	b.ReportAllocs()
	for b.Loop() {
		another(id)
		if _, err := checker.Session(header); err != nil {
			b.Fatal(err)
		}
	}
}

// another makes a message one that did not come before.
func another(id *etree.Element) { id.SetText(security.NewMessageID()) }

func BenchmarkIssue(b *testing.B) {
	checker := newChecker(b, nil)
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		request := newRequest(b)
		header, body := parts(b, envelope(b, request.Header, request.Body))
		b.StartTimer()
		if _, err := checker.Issue(header, body, path); err != nil {
			b.Fatal(err)
		}
	}
}

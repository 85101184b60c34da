package security

import (
	"encoding/base64"
	"testing"
	"time"

	"github.com/beevik/etree"
)

// The values were computed by other means, of the halves 00..1f and 20..3f and a Timestamp of 10 February 2020.
const (
	vectorKey       = "31kTLCr20jDkM3cyB2oUVhaUvhKDjMACA9Y8gWZT11s="
	vectorDigest    = "NUZttkwBAneER2ck3+/AuIzq1pA="
	vectorSignature = "mBePg15kVIprD5OZUz8d3XY+OVg="
)

func counting(from byte) []byte {
	b := make([]byte, keySize)
	for i := range b {
		b[i] = from + byte(i)
	}
	return b
}

func TestKnownAnswers(t *testing.T) {
	key := pSHA1(counting(0), counting(keySize), keySize)
	if got := base64.StdEncoding.EncodeToString(key); got != vectorKey {
		t.Errorf("the key is %s, want %s", got, vectorKey)
	}
	token := block("c", nsConversation, "SecurityContextToken")
	token.CreateAttr("xmlns:u", nsUtility)
	token.CreateAttr("u:Id", "uuid-11111111-2222-3333-4444-555555555555-7")
	session := &Session{token: token, key: key}
	header, err := session.Sign(Message{Now: time.Date(2020, 2, 10, 14, 2, 42, 166e6, time.UTC)})
	if err != nil {
		t.Fatal(err)
	}
	security := header[len(header)-1]
	for path, want := range map[string]string{"//DigestValue": vectorDigest, "//SignatureValue": vectorSignature} {
		if got := security.FindElement(path).Text(); got != want {
			t.Errorf("%s is %s, want %s", path, got, want)
		}
	}
	octets, err := canonical(security.FindElement("Timestamp"), "")
	const want = `<u:Timestamp xmlns:u="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd" u:Id="_0"><u:Created>2020-02-10T14:02:42.166Z</u:Created><u:Expires>2020-02-10T14:07:42.166Z</u:Expires></u:Timestamp>`
	if err != nil || string(octets) != want {
		t.Errorf("got  %s, %v\nwant %s", octets, err, want)
	}
}

func TestCanonicalizingChangesNothing(t *testing.T) {
	doc := etree.NewDocument()
	if err := doc.ReadFromString(`<a:x xmlns:a="urn:a" xmlns:b="urn:b"><a:y b:k="1"><!-- c --><z xmlns="urn:z">æ &amp; &lt;</z></a:y></a:x>`); err != nil {
		t.Fatal(err)
	}
	before, _ := doc.WriteToString()
	got, err := canonical(doc.FindElement("//y"), "")
	const want = `<a:y xmlns:a="urn:a" xmlns:b="urn:b" b:k="1"><z xmlns="urn:z">æ &amp; &lt;</z></a:y>`
	if err != nil || string(got) != want {
		t.Errorf("got %s, %v; want %s", got, err, want)
	}
	if after, _ := doc.WriteToString(); after != before {
		t.Errorf("the document became %s", after)
	}
}

func TestAMemoryForgetsInTime(t *testing.T) {
	m := newMemory()
	at := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	steps := []struct {
		after time.Duration
		key   string
		want  verdict
	}{
		{0, "a", seenNever},
		{0, "a", seenBefore},
		{time.Second, "b", seenNever},
		{time.Minute - time.Nanosecond, "a", seenBefore},
		{time.Minute, "a", seenNever},
		{time.Minute, "b", seenBefore},
	}
	for i, step := range steps {
		if got := m.add(step.key, at.Add(step.after), time.Minute); got != step.want {
			t.Errorf("step %d: got %d, want %d", i, got, step.want)
		}
	}
	if len(m.seen) != len(m.order) || len(m.seen) != 2 {
		t.Errorf("%d and %d are remembered", len(m.seen), len(m.order))
	}
	m.order = make([]remembered, maxSeen)
	for i := range m.order {
		m.order[i].until = at.Add(time.Hour).UnixNano()
	}
	if got := m.add("c", at, time.Minute); got != seenTooMany {
		t.Errorf("a full memory says %d", got)
	}
}

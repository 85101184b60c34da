package security_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/altinn-transfer/altinn-transfer/internal/certs"
	"github.com/altinn-transfer/altinn-transfer/security"
	"github.com/beevik/etree"
)

// withPassword is a message of WS as it is on the wire.
func withPassword(t testing.TB, at time.Time) *etree.Document {
	return envelope(t, security.Message{Action: "urn:do", To: address, Now: at}.WithPassword("412", " hemmelig & <ærlig> "), nil)
}

func password(t testing.TB, checker *security.Checker, doc *etree.Document) (security.Login, error) {
	header, _ := parts(t, doc)
	login, err := checker.Password(header)
	if err == nil {
		err = checker.Take(login)
	}
	return login, err
}

func TestAPasswordComesAsItWasSent(t *testing.T) {
	checker := newChecker(t, nil)
	message := withPassword(t, now)
	login, err := password(t, checker, message)
	if err != nil || login.Name != "412" || login.Password != " hemmelig & <ærlig> " {
		t.Errorf("got %q, %v", login, err)
	}
	_, err = password(t, checker, message)
	wants(t, "again", err, "InvalidSecurity")
}

// As the documentation has it: no Timestamp, no MessageID, mustUnderstand="true", a Nonce with a Created of its own.
const published = `<soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope">
  <soap:Header xmlns:wsa="http://www.w3.org/2005/08/addressing">
    <wsse:Security soap:mustUnderstand="true" xmlns:wsse="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd">
      <wsse:UsernameToken wsu:Id="UsernameToken-1" xmlns:wsu="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd">
        <wsse:Username>77</wsse:Username>
        <wsse:Password Type="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordText">lapskaus</wsse:Password>
        <wsse:Nonce>bm9uY2UtMDAwMQ==</wsse:Nonce>
        <wsu:Created>CREATED</wsu:Created>
      </wsse:UsernameToken>
    </wsse:Security>
    <wsa:Action>urn:do</wsa:Action>
    <wsa:To>http://far.example:81/A/B.svc</wsa:To>
  </soap:Header>
  <soap:Body/>
</soap:Envelope>`

func read(t testing.TB, text string) *etree.Document {
	t.Helper()
	doc := etree.NewDocument()
	if err := doc.ReadFromString(text); err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestThePublishedExampleIsTaken(t *testing.T) {
	checker := newChecker(t, nil)
	example := func(created string) *etree.Document {
		return read(t, strings.Replace(published, "CREATED", created, 1))
	}
	login, err := password(t, checker, example(after(4*time.Minute)))
	if err != nil || login.Name != "77" || login.Password != "lapskaus" {
		t.Errorf("got %q, %v", login, err)
	}
	_, err = password(t, checker, example(after(4*time.Minute)))
	wants(t, "the same Nonce again", err, "InvalidSecurity")
	_, err = password(t, checker, example("2009-08-25T19:17:07.369Z"))
	wants(t, "an old one", err, "MessageExpired")
}

func TestWhatIsNoPassword(t *testing.T) {
	for name, test := range map[string]struct {
		damage func(*etree.Document)
		want   string
	}{
		"no header":          {func(d *etree.Document) { remove(d.FindElement("//Security")) }, "InvalidSecurity"},
		"two headers":        {func(d *etree.Document) { double(d.FindElement("//Security")) }, "InvalidSecurity"},
		"no token":           {func(d *etree.Document) { remove(d.FindElement("//UsernameToken")) }, "InvalidSecurity"},
		"two tokens":         {func(d *etree.Document) { double(d.FindElement("//UsernameToken")) }, "InvalidSecurity"},
		"two passwords":      {func(d *etree.Document) { double(d.FindElement("//Password")) }, "InvalidSecurity"},
		"no name":            {func(d *etree.Document) { remove(d.FindElement("//Username")) }, "InvalidSecurity"},
		"a digest":           {func(d *etree.Document) { d.FindElement("//Password").CreateAttr("Type", "urn:x#PasswordDigest") }, "UnsupportedSecurityToken"},
		"two Timestamps":     {func(d *etree.Document) { double(d.FindElement("//Timestamp")) }, "InvalidSecurity"},
		"no time":            {func(d *etree.Document) { d.FindElement("//Created").SetText("yesterday") }, "InvalidSecurity"},
		"two times":          {func(d *etree.Document) { double(d.FindElement("//Created")) }, "InvalidSecurity"},
		"no Type":            {func(d *etree.Document) { d.FindElement("//Password").RemoveAttr("Type") }, ""},
		"no Timestamp":       {func(d *etree.Document) { remove(d.FindElement("//Timestamp")) }, ""},
		"no Expires":         {func(d *etree.Document) { remove(d.FindElement("//Expires")) }, ""},
		"no MessageID":       {func(d *etree.Document) { remove(d.FindElement("//MessageID")) }, ""},
		"a comment within":   {func(d *etree.Document) { d.FindElement("//Username").CreateComment("x") }, ""},
		"a block beside it":  {func(d *etree.Document) { d.FindElement("//Header").CreateElement("other") }, ""},
		"an element of ours": {func(d *etree.Document) { d.FindElement("//Security").CreateElement("other") }, ""},
	} {
		message := withPassword(t, now)
		test.damage(message)
		_, err := password(t, newChecker(t, nil), reread(t, message))
		wants(t, name, err, test.want)
	}
}

func double(el *etree.Element) { el.Parent().InsertChildAt(el.Index(), el.Copy()) }

// A clock may be off by the skew either way; a message lives for five minutes beside it.
func TestClocks(t *testing.T) {
	for _, test := range []struct {
		off  time.Duration // of the sender's clock
		want string
	}{
		{0, ""},
		{5*time.Minute - time.Millisecond, ""},
		{5 * time.Minute, "MessageExpired"},
		{time.Hour, "MessageExpired"},
		{-5 * time.Minute, ""},
		{-10*time.Minute + time.Millisecond, ""},
		{-10 * time.Minute, "MessageExpired"},
		{-24 * time.Hour, "MessageExpired"},
	} {
		checker := newChecker(t, nil)
		_, err := password(t, checker, withPassword(t, now.Add(test.off)))
		wants(t, fmt.Sprint("WS ", test.off), err, test.want)
		if err != nil && (!strings.Contains(err.Error(), "clock") || !strings.Contains(err.Error(), now.Format(time.DateOnly))) {
			t.Errorf("%v: the error says nothing of clocks: %v", test.off, err)
		}
		request, err := security.NewTokenRequest(address, identity(), now.Add(test.off))
		if err != nil {
			t.Fatal(err)
		}
		wants(t, fmt.Sprint("a beginning ", test.off), issue(t, newChecker(t, nil), envelope(t, request.Header, request.Body)), test.want)
		wants(t, fmt.Sprint("EC2 ", test.off), check(t, checker, signed(t, begin(t, checker), now.Add(test.off))), test.want)
	}
}

// A UsernameToken's own time has no end beside it, so it is good for as long as clocks may differ.
func TestATokensOwnClock(t *testing.T) {
	for _, test := range []struct {
		off  time.Duration
		want string
	}{
		{0, ""},
		{5*time.Minute - time.Millisecond, ""},
		{5 * time.Minute, "MessageExpired"},
		{-5*time.Minute + time.Millisecond, ""},
		{-5 * time.Minute, "MessageExpired"},
	} {
		message := withPassword(t, now)
		created := message.FindElement("//UsernameToken").CreateElement("u:Created")
		created.SetText(after(test.off))
		_, err := password(t, newChecker(t, nil), message)
		wants(t, fmt.Sprint(test.off), err, test.want)
	}
}

// A message that says when it ends is refused behind that, whenever it was made.
func TestAMessageEndsWhenItSays(t *testing.T) {
	for off, want := range map[time.Duration]string{-5*time.Minute + time.Millisecond: "", -5 * time.Minute: "MessageExpired"} {
		message := withPassword(t, now)
		message.FindElement("//Expires").SetText(after(off))
		_, err := password(t, newChecker(t, nil), message)
		wants(t, fmt.Sprint(off), err, want)
	}
}

// What is not signed, or signed otherwise than agreed, is not believed.
func TestSignaturesOfMessages(t *testing.T) {
	checker := newChecker(t, nil)
	session := begin(t, checker)
	for name, test := range map[string]struct {
		damage func(*etree.Document)
		want   string
	}{
		"another time":      {func(d *etree.Document) { d.FindElement("//Expires").SetText(after(9 * time.Minute)) }, "FailedCheck"},
		"another value":     {func(d *etree.Document) { d.FindElement("//SignatureValue").SetText("AAAAAAAAAAAAAAAAAAAAAAAAAAA=") }, "FailedCheck"},
		"another digest":    {func(d *etree.Document) { d.FindElement("//DigestValue").SetText("AAAAAAAAAAAAAAAAAAAAAAAAAAA=") }, "FailedCheck"},
		"no value":          {func(d *etree.Document) { remove(d.FindElement("//SignatureValue")) }, "InvalidSecurity"},
		"no signature":      {func(d *etree.Document) { remove(d.FindElement("//Signature")) }, "InvalidSecurity"},
		"two signatures":    {func(d *etree.Document) { double(d.FindElement("//Signature")) }, "InvalidSecurity"},
		"no Timestamp":      {func(d *etree.Document) { remove(d.FindElement("//Timestamp")) }, "InvalidSecurity"},
		"no Created":        {func(d *etree.Document) { remove(d.FindElement("//Created")) }, "InvalidSecurity"},
		"two tokens":        {func(d *etree.Document) { double(d.FindElement("//SecurityContextToken")) }, "InvalidSecurity"},
		"another key":       {func(d *etree.Document) { d.FindElement("//KeyInfo//Reference").CreateAttr("URI", "#_0") }, "InvalidSecurity"},
		"no key":            {func(d *etree.Document) { remove(d.FindElement("//KeyInfo")) }, "InvalidSecurity"},
		"another algorithm": {func(d *etree.Document) { d.FindElement("//SignatureMethod").CreateAttr("Algorithm", "urn:x") }, "UnsupportedAlgorithm"},
		"another transform": {func(d *etree.Document) { d.FindElement("//Transform").CreateAttr("Algorithm", "urn:x") }, "FailedCheck"},
		"inclusive C14N": {func(d *etree.Document) {
			d.FindElement("//CanonicalizationMethod").CreateAttr("Algorithm", "http://www.w3.org/TR/2001/REC-xml-c14n-20010315")
		}, "UnsupportedAlgorithm"},
		"the whole document": {func(d *etree.Document) { d.FindElement("//SignedInfo/Reference").CreateAttr("URI", "") }, "FailedCheck"},
		"many references": {func(d *etree.Document) {
			for range 9 {
				double(d.FindElement("//SignedInfo/Reference"))
			}
		}, "FailedCheck"},
		"a value that is too long": {func(d *etree.Document) { d.FindElement("//SignatureValue").SetText(strings.Repeat("A", 70_000)) }, "InvalidSecurity"},
	} {
		message := signed(t, session, now)
		test.damage(message)
		err := check(t, checker, reread(t, message))
		wants(t, name, err, test.want)
	}
}

func TestWhoMayBegin(t *testing.T) {
	authority := keys().authority
	other, err := certs.NewAuthority("another root")
	if err != nil {
		t.Fatal(err)
	}
	made := func(change func(*x509.Certificate)) *tls.Certificate {
		template := certs.EnterpriseTemplate("Enterprise", party)
		template.NotBefore, template.NotAfter = now.Add(-time.Hour), now.Add(time.Hour)
		change(template)
		pair, err := authority.Issue(template)
		if err != nil {
			t.Fatal(err)
		}
		return pair
	}
	stranger, err := other.Enterprise("Enterprise", party)
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		pair *tls.Certificate
		want string
	}{
		"pinned":              {identity(), ""},
		"vouched for":         {made(func(*x509.Certificate) {}), ""},
		"somebody else's":     {stranger, "FailedAuthentication"},
		"expired":             {made(func(c *x509.Certificate) { c.NotAfter = now.Add(-time.Second) }), "InvalidSecurityToken"},
		"not yet valid":       {made(func(c *x509.Certificate) { c.NotBefore = now.Add(time.Second) }), "InvalidSecurityToken"},
		"made for encryption": {made(func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageKeyEncipherment }), "InvalidSecurityToken"},
		"no usage said":       {made(func(c *x509.Certificate) { c.KeyUsage, c.ExtKeyUsage = 0, nil }), ""},
	} {
		checker := newChecker(t, func(o *security.Options) { o.Roots = authority.Pool() })
		request, err := security.NewTokenRequest(address, test.pair, now)
		if err != nil {
			t.Fatal(err)
		}
		err = issue(t, checker, envelope(t, request.Header, request.Body))
		wants(t, name, err, test.want)
		if test.want == "InvalidSecurityToken" && name != "made for encryption" && !strings.Contains(err.Error(), after(0)) {
			t.Errorf("%s: no time in %v", name, err)
		}
	}
	nobody := newChecker(t, func(o *security.Options) { o.Pinned = nil })
	request := newRequest(t)
	wants(t, "with nobody to vouch", issue(t, nobody, envelope(t, request.Header, request.Body)), "FailedAuthentication")
}

func TestWhatIsNoBeginning(t *testing.T) {
	for name, test := range map[string]struct {
		damage func(*etree.Document)
		want   string
	}{
		"another recipient":       {func(d *etree.Document) { d.FindElement("//To").SetText("https://far.example/A/C.svc") }, "FailedCheck"},
		"no recipient":            {func(d *etree.Document) { remove(d.FindElement("//To")) }, "InvalidSecurity"},
		"two recipients":          {func(d *etree.Document) { double(d.FindElement("//To")) }, "InvalidSecurity"},
		"another time":            {func(d *etree.Document) { d.FindElement("//Created").SetText(after(time.Hour)) }, "FailedCheck"},
		"no certificate":          {func(d *etree.Document) { remove(d.FindElement("//BinarySecurityToken")) }, "InvalidSecurity"},
		"no readable certificate": {func(d *etree.Document) { d.FindElement("//BinarySecurityToken").SetText("AAAA") }, "InvalidSecurityToken"},
		"one reference less":      {func(d *etree.Document) { remove(d.FindElements("//SignedInfo/Reference")[1]) }, "FailedCheck"},
		"another body":            {func(d *etree.Document) { d.FindElement("//RequestSecurityToken").Tag = "Other" }, "InvalidSecurity"},
		"another token":           {func(d *etree.Document) { d.FindElement("//TokenType").SetText("urn:x") }, "InvalidSecurity"},
		"another request":         {func(d *etree.Document) { d.FindElement("//RequestType").SetText("urn:x") }, "InvalidSecurity"},
		"another key size":        {func(d *etree.Document) { d.FindElement("//KeySize").SetText("128") }, "InvalidSecurity"},
		"no entropy":              {func(d *etree.Document) { remove(d.FindElement("//Entropy")) }, "InvalidSecurity"},
		"too little entropy":      {func(d *etree.Document) { d.FindElement("//BinarySecret").SetText("AAAA") }, "InvalidSecurity"},
	} {
		request := newRequest(t)
		message := envelope(t, request.Header, request.Body)
		test.damage(message)
		wants(t, name, issue(t, newChecker(t, nil), reread(t, message)), test.want)
	}
	request := newRequest(t)
	header, body := parts(t, envelope(t, request.Header, request.Body))
	_, err := newChecker(t, nil).Issue(header, body, "/A/Other.svc")
	wants(t, "posted to another service", err, "InvalidSecurity")
}

// A certificate's thumbprint is another way to say whose signature it is; the policy of the seen contracts asks for it.
func TestAThumbprintNamesTheCertificate(t *testing.T) {
	const form = `<o:KeyIdentifier xmlns:o="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd" ValueType="http://docs.oasis-open.org/wss/oasis-wss-soap-message-security-1.1#ThumbprintSHA1">%s</o:KeyIdentifier>`
	for name, test := range map[string]struct{ print, want string }{
		"its own": {thumbprint(identity()), ""},
		"another": {"AAAAAAAAAAAAAAAAAAAAAAAAAAA=", "InvalidSecurity"},
	} {
		request := newRequest(t)
		message := envelope(t, request.Header, request.Body)
		reference := message.FindElement("//KeyInfo//Reference")
		replace(reference, read(t, fmt.Sprintf(form, test.print)).Root())
		wants(t, name, issue(t, newChecker(t, nil), reread(t, message)), test.want)
	}
}

func TestOnlyRSASignsARequest(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, pair := range map[string]*tls.Certificate{
		"another key":    {Certificate: identity().Certificate, PrivateKey: key},
		"no key":         {Certificate: identity().Certificate},
		"no certificate": {PrivateKey: identity().PrivateKey},
	} {
		if _, err := security.NewTokenRequest(address, pair, now); err == nil {
			t.Errorf("%s: it signs", name)
		}
	}
}

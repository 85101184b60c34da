package soap

import (
	"cmp"
	"encoding/xml"
	"strconv"
	"strings"

	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/beevik/etree"
)

// NamespaceFault is the namespace of AltinnFault in every contract.
const NamespaceFault = "http://www.altinn.no/services/common/fault/2009/10"

// Fault is a SOAP fault of either version.
type Fault struct {
	Code    string   // local name: Client, Server, MustUnderstand ... (1.1) or Sender, Receiver ... (1.2)
	Subcode xml.Name // the first subcode (1.2), the zero name when there is none; in 1.1 it is written in Code's place
	Reason  string
	Altinn  *AltinnFault // the detail, nil when the fault came from below the service
}

// AltinnFault is the detail that every operation of every service declares.
type AltinnFault struct {
	Message, Extended, Localized string
	ErrorGUID                    string
	ErrorID                      int
	UserGUID, UserID             string
}

// Error gives the service's own words.
func (f *Fault) Error() string {
	if f.unforeseen() && f.Altinn.Localized != "" {
		return f.Altinn.Localized // which has the reason, where the message has none
	}
	if f.Altinn != nil {
		return cmp.Or(f.Altinn.Message, f.Altinn.Localized, f.Reason, f.Code)
	}
	text := cmp.Or(f.Reason, "no reason given")
	if code := cmp.Or(f.Subcode.Local, f.Code); code != "" {
		text = code + ": " + text
	}
	return text
}

// Kind says what the fault means for the caller.
func (f *Fault) Kind() failure.Kind {
	if f.Altinn == nil {
		return f.securityKind()
	}
	if f.unforeseen() {
		return failure.Refused
	}
	if c, ok := LookupCode(f.Altinn.ErrorID); ok {
		return c.Kind
	}
	return failure.Refused
}

// unforeseen reports whether this is an error that the platform did not foresee.
//
// QUIRK: its ErrorID is 0, which is that of a refused login as well.
func (f *Fault) unforeseen() bool {
	return f.Altinn != nil && f.Altinn.ErrorID == CodeUserLogin && strings.Contains(f.Altinn.Message, "non-functional error")
}

// definite reports whether the fault says by itself that the request was not carried out. One that nobody foresaw may have
// come up when all was done.
func (f *Fault) definite() bool {
	foreseen := f.Altinn != nil || f.Code != "Server" && f.Code != "Receiver"
	return foreseen && !f.unforeseen()
}

const (
	nsSecurity     = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
	nsConversation = "http://schemas.xmlsoap.org/ws/2005/02/sc"
)

// securityKinds has the subcodes of WS-Security 1.1 (section 12) and WS-SecureConversation (February 2005) that say that the sender
// was not believed. None of them is helped by another try, except the one of a session that has ended.
var securityKinds = map[xml.Name]failure.Kind{
	{Space: nsConversation, Local: "BadContextToken"}:  failure.SessionExpired,
	{Space: nsSecurity, Local: "FailedAuthentication"}: failure.Unauthenticated,
	{Space: nsSecurity, Local: "InvalidSecurityToken"}: failure.Unauthenticated,
	{Space: nsSecurity, Local: "InvalidSecurity"}:      failure.Unauthenticated,
	{Space: nsSecurity, Local: "FailedCheck"}:          failure.Unauthenticated,
	{Space: nsSecurity, Local: "MessageExpired"}:       failure.Unauthenticated,
}

func (f *Fault) securityKind() failure.Kind {
	if kind, ok := securityKinds[f.Subcode]; ok {
		return kind
	}
	return failure.Refused
}

// Fault gives the fault in the envelope's body, nil when the body is something else.
func (e *Envelope) Fault() *Fault {
	ns := e.Version.Namespace()
	if e.Body == nil || e.Body.Tag != "Fault" || e.Body.NamespaceURI() != ns {
		return nil
	}
	if e.Version == SOAP12 {
		return fault12(e.Body, ns)
	}
	return fault11(e.Body)
}

func fault11(el *etree.Element) *Fault {
	return &Fault{
		Code:   local(Text(el, "", "faultcode")),
		Reason: Text(el, "", "faultstring"),
		Altinn: altinnFault(Child(el, "", "detail")),
	}
}

func fault12(el *etree.Element, ns string) *Fault {
	code := Child(el, ns, "Code")
	return &Fault{
		Code:    local(Text(code, ns, "Value")),
		Subcode: qualified(Child(Child(code, ns, "Subcode"), ns, "Value")),
		Reason:  Text(Child(el, ns, "Reason"), ns, "Text"),
		Altinn:  altinnFault(Child(el, ns, "Detail")),
	}
}

func altinnFault(detail *etree.Element) *AltinnFault {
	el := Child(detail, NamespaceFault, "AltinnFault")
	if el == nil {
		return nil
	}
	text := func(name string) string { return Text(el, NamespaceFault, name) }
	id, err := strconv.Atoi(text("ErrorID"))
	if err != nil {
		id = -1 // not a number: no documented code, and not to be taken for code 0, a refused login
	}
	return &AltinnFault{
		Message:   text("AltinnErrorMessage"),
		Extended:  text("AltinnExtendedErrorMessage"),
		Localized: text("AltinnLocalizedErrorMessage"),
		ErrorGUID: text("ErrorGuid"),
		ErrorID:   id,
		UserGUID:  text("UserGuid"),
		UserID:    text("UserId"),
	}
}

// qualified reads an element's text as a qualified name.
func qualified(el *etree.Element) xml.Name {
	text := Content(el)
	prefix, _, _ := strings.Cut(text, ":")
	if prefix == text {
		prefix = ""
	}
	return xml.Name{Space: namespaceOf(el, prefix), Local: local(text)}
}

// namespaceOf is what a prefix, or none, stands for at an element.
func namespaceOf(el *etree.Element, prefix string) string {
	space, key := "xmlns", prefix
	if prefix == "" {
		space, key = "", "xmlns"
	}
	for ; el != nil; el = el.Parent() {
		for _, attr := range el.Attr {
			if attr.Space == space && attr.Key == key {
				return attr.Value
			}
		}
	}
	return ""
}

// local is the local part of a qualified name.
func local(qname string) string {
	return qname[strings.LastIndexByte(qname, ':')+1:]
}

// Element writes the fault for a body of version v, in the form of the recorded messages.
func (f *Fault) Element(v Version) *etree.Element {
	el := etree.NewElement("s:Fault")
	if v == SOAP12 {
		f.fill12(el)
	} else {
		f.fill11(el)
	}
	return el
}

func (f *Fault) fill11(el *etree.Element) {
	code := el.CreateElement("faultcode")
	if code.SetText("s:" + f.Code); f.Subcode.Local != "" {
		setQualified(code, f.Subcode) // there is room for one code, and WCF keeps the one that says more
	}
	reason := el.CreateElement("faultstring")
	reason.CreateAttr("xml:lang", "nb-NO")
	reason.SetText(f.Reason)
	if f.Altinn != nil {
		el.CreateElement("detail").AddChild(f.Altinn.element())
	}
}

// setQualified makes a qualified name an element's text.
func setQualified(el *etree.Element, name xml.Name) {
	el.CreateAttr("xmlns:c", name.Space)
	el.SetText("c:" + name.Local)
}

// codes12 are the codes of SOAP 1.1 that have another name in 1.2.
var codes12 = map[string]string{"Client": "Sender", "Server": "Receiver"}

func (f *Fault) fill12(el *etree.Element) {
	code := el.CreateElement("s:Code")
	code.CreateElement("s:Value").SetText("s:" + cmp.Or(codes12[f.Code], f.Code))
	if f.Subcode.Local != "" {
		setQualified(code.CreateElement("s:Subcode").CreateElement("s:Value"), f.Subcode)
	}
	reason := el.CreateElement("s:Reason").CreateElement("s:Text")
	reason.CreateAttr("xml:lang", "nb-NO")
	reason.SetText(f.Reason)
	if f.Altinn != nil {
		el.CreateElement("s:Detail").AddChild(f.Altinn.element())
	}
}

func (a *AltinnFault) element() *etree.Element {
	el := NewElement(NamespaceFault, "AltinnFault")
	for _, member := range []struct{ name, text string }{
		{"AltinnErrorMessage", a.Message},
		{"AltinnExtendedErrorMessage", a.Extended},
		{"AltinnLocalizedErrorMessage", a.Localized},
		{"ErrorGuid", a.ErrorGUID},
		{"ErrorID", strconv.Itoa(a.ErrorID)},
		{"UserGuid", a.UserGUID},
		{"UserId", a.UserID},
	} {
		el.CreateElement(member.name).SetText(member.text)
	}
	return el
}

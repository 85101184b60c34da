package soap

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/altinn-transfer/altinn-transfer/failure"
	"github.com/beevik/etree"
)

// NamespaceFault is the namespace of AltinnFault in every contract.
const NamespaceFault = "http://www.altinn.no/services/common/fault/2009/10"

// Fault is a SOAP fault of either version.
type Fault struct {
	Code    string // local name: Client, Server, MustUnderstand ... (1.1) or Sender, Receiver ... (1.2)
	Subcode string // local name of the first subcode (1.2), "" when there is none
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
	if f.Altinn != nil {
		return cmp.Or(f.Altinn.Message, f.Altinn.Localized, f.Reason, f.Code)
	}
	text := cmp.Or(f.Reason, "no reason given")
	if code := cmp.Or(f.Subcode, f.Code); code != "" {
		text = code + ": " + text
	}
	return text
}

// Kind says what the fault means for the caller.
func (f *Fault) Kind() failure.Kind {
	if f.Altinn == nil {
		return failure.Refused
	}
	// QUIRK: ErrorID 0 is a refused login, but also every error the platform did not foresee ("non-functional error").
	if f.Altinn.ErrorID == CodeUserLogin && strings.Contains(f.Altinn.Message, "non-functional error") {
		return failure.Refused
	}
	if c, ok := LookupCode(f.Altinn.ErrorID); ok {
		return c.Kind
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
		Subcode: local(Text(Child(code, ns, "Subcode"), ns, "Value")),
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
	el.CreateElement("faultcode").SetText("s:" + f.Code)
	reason := el.CreateElement("faultstring")
	reason.CreateAttr("xml:lang", "nb-NO")
	reason.SetText(f.Reason)
	if f.Altinn != nil {
		el.CreateElement("detail").AddChild(f.Altinn.element())
	}
}

func (f *Fault) fill12(el *etree.Element) {
	el.CreateElement("s:Code").CreateElement("s:Value").SetText("s:" + f.Code)
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

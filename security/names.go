package security

import "github.com/beevik/etree"

// NamespaceAddressing is WS-Addressing 1.0, whose faults name what was wrong in a header.
const NamespaceAddressing = nsAddressing

// The namespaces of a secured message, and the prefixes that a WCF client gives them.
const (
	nsSOAP         = "http://www.w3.org/2003/05/soap-envelope"
	nsAddressing   = "http://www.w3.org/2005/08/addressing"
	nsSecurity     = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
	nsUtility      = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
	nsSignature    = "http://www.w3.org/2000/09/xmldsig#"
	nsTrust        = "http://schemas.xmlsoap.org/ws/2005/02/trust"
	nsConversation = "http://schemas.xmlsoap.org/ws/2005/02/sc"
	nsCookie       = "http://schemas.microsoft.com/ws/2006/05/security"
)

// What the messages name by an address.
const (
	anonymous    = nsAddressing + "/anonymous"
	typeText     = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordText"
	typeX509     = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509v3"
	typeThumb    = "http://docs.oasis-open.org/wss/oasis-wss-soap-message-security-1.1#ThumbprintSHA1"
	typeBase64   = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary"
	typeContext  = nsConversation + "/sct"
	typeNonce    = nsTrust + "/Nonce"
	requestIssue = nsTrust + "/Issue"
	keyPSHA1     = nsTrust + "/CK/PSHA1"
)

// block makes an element that declares its own prefix, so that it can stand in any header.
func block(prefix, namespace, name string) *etree.Element {
	el := etree.NewElement(prefix + ":" + name)
	el.CreateAttr("xmlns:"+prefix, namespace)
	return el
}

// textBlock is a block that holds a text.
func textBlock(prefix, namespace, name, text string) *etree.Element {
	el := block(prefix, namespace, name)
	el.SetText(text)
	return el
}

// mustUnderstand marks a header block. The envelope declares the prefix.
func mustUnderstand(el *etree.Element) *etree.Element {
	el.CreateAttr("s:mustUnderstand", "1")
	return el
}

// child is the one child element of that name; nil when there is none, or more than one.
func child(parent *etree.Element, namespace, name string) *etree.Element {
	found := children(parent, namespace, name)
	if len(found) != 1 {
		return nil
	}
	return found[0]
}

func children(parent *etree.Element, namespace, name string) []*etree.Element {
	if parent == nil {
		return nil
	}
	return named(parent.ChildElements(), namespace, name)
}

func named(elements []*etree.Element, namespace, name string) []*etree.Element {
	var found []*etree.Element
	for _, el := range elements {
		if el.Tag == name && el.NamespaceURI() == namespace {
			found = append(found, el)
		}
	}
	return found
}

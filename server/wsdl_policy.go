package server

import (
	"github.com/altinn-transfer/altinn-transfer/security"
	"github.com/beevik/etree"
)

// namespacePolicy is WS-SecurityPolicy 1.1, which the seen contracts are written in.
const namespacePolicy = "http://schemas.xmlsoap.org/ws/2005/07/securitypolicy"

const alwaysToRecipient = namespacePolicy + "/IncludeToken/AlwaysToRecipient"

// assertion is an element of a policy. Where it holds a nested policy, that is an element more on the wire.
type assertion struct {
	name   string
	attrs  []string // name, value, name, value
	policy []assertion
	nested bool // it holds a policy, even if an empty one
	within []assertion
}

func (a assertion) write(parent *etree.Element) {
	el := parent
	if a.name != "" {
		el = parent.CreateElement(a.name)
	}
	for i := 0; i+1 < len(a.attrs); i += 2 {
		el.CreateAttr(a.attrs[i], a.attrs[i+1])
	}
	for _, part := range a.within {
		part.write(el)
	}
	if !a.nested {
		return
	}
	policy := el.CreateElement("wsp:Policy")
	for _, part := range a.policy {
		part.write(policy)
	}
}

// is is an assertion that says all by its name.
func is(name string) assertion { return assertion{name: name} }

// of is one with a policy in it.
func of(name string, policy ...assertion) assertion {
	return assertion{name: name, policy: policy, nested: true}
}

// together are several side by side.
func together(parts ...assertion) assertion { return assertion{within: parts} }

// demand says what every message of the binding must have: multipart form, addresses, a proof of the sender. A policy stands
// before everything else, where the tools look for it.
func (c *contract) demand(binding *etree.Element, form wireForm, tls bool) {
	if !c.mtom && form.secure == nil {
		return
	}
	id := c.portName + "_policy"
	policy := etree.NewElement("wsp:Policy")
	policy.CreateAttr("wsu:Id", id)
	every := policy.CreateElement("wsp:ExactlyOne").CreateElement("wsp:All")
	if c.mtom {
		is("wsoma:OptimizedMimeSerialization").write(every)
	}
	if form.secure != nil {
		form.secure(tls).write(every)
		is("wsaw:UsingAddressing").write(every)
	}
	c.root.InsertChildAt(0, policy)
	binding.CreateElement("wsp:PolicyReference").CreateAttr("URI", "#"+id)
}

// transport says that TLS protects the message. QUIRK: the seen contracts say sp:HttpToken, because TLS ended in front of the
// service; a client that was generated from one had to be told otherwise. So that stands only where this server is called
// without TLS as well.
func transport(tls bool) assertion {
	token := is("sp:HttpToken")
	if tls {
		token = assertion{name: "sp:HttpsToken", attrs: []string{"RequireClientCertificate", "false"}}
	}
	return of("sp:TransportBinding",
		of("sp:TransportToken", token), of("sp:AlgorithmSuite", is("sp:Basic256")), of("sp:Layout", is("sp:Strict")), is("sp:IncludeTimestamp"))
}

func trust10() assertion {
	return of("sp:Trust10", is("sp:MustSupportIssuedTokens"), is("sp:RequireClientEntropy"), is("sp:RequireServerEntropy"))
}

// userNamePolicy is that of WS: a user name and password over TLS.
func userNamePolicy(tls bool) assertion {
	token := of("sp:UsernameToken", is("sp:WssUsernameToken10"))
	token.attrs = []string{"sp:IncludeToken", alwaysToRecipient}
	return together(transport(tls), of("sp:SignedSupportingTokens", token), of("sp:Wss11"), trust10())
}

// conversationPolicy is that of EC2: a secure conversation that a certificate begins, over TLS.
func conversationPolicy(tls bool) assertion {
	token := of("sp:SecureConversationToken", is("mssp:MustNotSendCancel"), of("sp:BootstrapPolicy", bootstrap(tls)))
	token.attrs = []string{"sp:IncludeToken", alwaysToRecipient}
	return together(transport(tls), of("sp:EndorsingSupportingTokens", token), of("sp:Wss11"), trust10())
}

// bootstrap is how a conversation begins. What the body is to be signed and encrypted by is TLS.
func bootstrap(tls bool) assertion {
	signed := assertion{name: "sp:SignedParts", within: []assertion{is("sp:Body")}}
	for _, block := range []string{"To", "From", "FaultTo", "ReplyTo", "MessageID", "RelatesTo", "Action"} {
		signed.within = append(signed.within, addressBlock(block))
	}
	certificate := of("sp:X509Token", is("sp:RequireThumbprintReference"), is("sp:WssX509V3Token10"))
	certificate.attrs = []string{"sp:IncludeToken", alwaysToRecipient}
	return together(
		signed,
		assertion{name: "sp:EncryptedParts", within: []assertion{is("sp:Body")}},
		transport(tls),
		of("sp:EndorsingSupportingTokens", certificate, assertion{name: "sp:SignedParts", within: []assertion{addressBlock("To")}}),
		of("sp:Wss11", is("sp:MustSupportRefThumbprint")),
		trust10(),
	)
}

func addressBlock(name string) assertion {
	return assertion{name: "sp:Header", attrs: []string{"Name", name, "Namespace", security.NamespaceAddressing}}
}

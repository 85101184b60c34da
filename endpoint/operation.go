package endpoint

import "slices"

// Operation is a row of the catalogue: one operation in one binding.
type Operation struct {
	Service string // the heading that the endpoint table has it under
	Base    string // its name in the documentation, the same in every binding
	Binding Binding
	Name    string // its name at this endpoint, which the action ends with

	Path      string // of the endpoint, from "/" to ".svc"
	Namespace string // of the message's elements
	Interface string // the part of the action before the name

	// Headers are the SOAP header blocks of a streamed upload, in the contract's order, which does not matter.
	Headers []Param
	// Wrapper is the one element of the request's body; "" is Name. [Operation.RequestWrapper] gives either.
	Wrapper string
	// Params are the children of the wrapper, in wire order, which does matter.
	Params []Param
	// Result is the type of what comes back, "" when nothing does. To a streamed upload it is the element that is the
	// reply's body itself.
	Result Type

	Stream Stream // where the payload is
	MTOM   bool   // whether the endpoint speaks MTOM, in every message

	Evidence Evidence
	Also     []string // other names that a server should answer to

	// InTable reports whether the endpoint table of the Altinn II documentation (version of 14 October 2019) has this row.
	InTable bool
	// What the table says, each "" where it agrees with this row.
	TableService, TableBase, TableName, TablePath string
	// Note is one sentence on why the table is not followed, or on what is inferred.
	Note string
}

// Misprinted reports whether the endpoint table has this row with anything that is not right.
func (o Operation) Misprinted() bool {
	return o.TableService != "" || o.TableBase != "" || o.TableName != "" || o.TablePath != ""
}

// Stream says which of an operation's two messages carries a payload of any length.
type Stream uint8

// The places of a payload.
const (
	NoStream Stream = iota
	StreamRequest
	StreamReply
)

// String is none, request or reply.
func (s Stream) String() string {
	switch s {
	case StreamRequest:
		return "request"
	case StreamReply:
		return "reply"
	}
	return "none"
}

// Evidence is what a row's wire form rests on.
type Evidence uint8

// The kinds of evidence. The zero value claims less.
const (
	Inferred Evidence = iota // built by the rules that the seen contracts follow
	Seen                     // read from a contract or a recorded message
	Guessed                  // built by likeness alone: a contract, should one be found, may well say otherwise
)

var evidenceNames = [...]string{Inferred: "inferred", Seen: "seen", Guessed: "guessed"}

// String is inferred, seen or guessed.
func (e Evidence) String() string {
	if int(e) < len(evidenceNames) {
		return evidenceNames[e]
	}
	return evidenceNames[Inferred]
}

// Action is the SOAPAction or wsa:Action of a request, without quotes; "" for the zero Operation.
func (o Operation) Action() string {
	if o.Interface == "" {
		return ""
	}
	return o.Namespace + "/" + o.Interface + "/" + o.Name
}

// ReplyAction is the action of the answer, which SOAP 1.2 sends; "" for the zero Operation.
func (o Operation) ReplyAction() string { return o.actionWith("Response") }

// FaultAction is the action of an answer that is an AltinnFault; "" for the zero Operation.
func (o Operation) FaultAction() string { return o.actionWith("AltinnFaultFault") }

func (o Operation) actionWith(suffix string) string {
	if action := o.Action(); action != "" {
		return action + suffix
	}
	return ""
}

// RequestWrapper is the local name of the one element in the request's body.
func (o Operation) RequestWrapper() string {
	if o.Wrapper != "" {
		return o.Wrapper
	}
	return o.Name
}

// ReplyWrapper is the local name of the one element in the reply's body.
func (o Operation) ReplyWrapper() string {
	if o.Stream == StreamRequest {
		return o.Result.Name().Local
	}
	return o.Name + "Response"
}

// ResultElement is the local name of the reply wrapper's one child; "" when it has none, or members of its own, as the
// receipt of a streamed upload has.
func (o Operation) ResultElement() string {
	if o.Stream == StreamRequest || o.Result == "" {
		return ""
	}
	return o.Name + "Result"
}

// StreamElement is the local name of the element that holds the payload, in the request or in the reply; "" without one.
func (o Operation) StreamElement() string {
	if o.Stream == StreamReply {
		return o.ResultElement()
	}
	for _, p := range o.Params {
		if p.Type == TypeStream {
			return p.Name
		}
	}
	return ""
}

// Param finds a parameter by its name, in the body or as a header block.
func (o Operation) Param(name string) (Param, bool) {
	return o.findParam(func(p Param) bool { return p.Name == name })
}

// Takes reports whether a part of a login has a place among the parameters.
func (o Operation) Takes(r Role) bool {
	_, ok := o.findParam(func(p Param) bool { return p.Role == r })
	return ok
}

func (o Operation) findParam(is func(Param) bool) (Param, bool) {
	for _, params := range [][]Param{o.Params, o.Headers} {
		if i := slices.IndexFunc(params, is); i >= 0 {
			return params[i], true
		}
	}
	return Param{}, false
}

// clone keeps the catalogue out of the reach of whoever changes what it was given.
func (o Operation) clone() Operation {
	o.Headers = cloneParams(o.Headers)
	o.Params = cloneParams(o.Params)
	o.Also = slices.Clone(o.Also)
	return o
}

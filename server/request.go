package server

import (
	"cmp"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/altinn-transfer/altinn-transfer/endpoint"
	"github.com/altinn-transfer/altinn-transfer/mtom"
	"github.com/altinn-transfer/altinn-transfer/security"
	"github.com/altinn-transfer/altinn-transfer/soap"
	"github.com/beevik/etree"
)

// How long a request may take to say what it wants, and how many bytes: a manifest with thousands of files in it. Anybody may
// make the server hold as much before it is clear who it is.
const (
	envelopeTime = 30 * time.Second
	envelopeSize = 1 << 20
)

// findByAction finds the service, and the operation where the HTTP message names it: SOAP 1.1 does as a rule, 1.2 may.
func (x *exchange) findByAction() error {
	for row := range endpoint.At(x.request.URL.Path) {
		x.place = row
		break
	}
	if x.place.Path == "" {
		return &httpError{status: http.StatusNotFound, text: "there is no service at this path"}
	}
	x.action = strings.Trim(x.request.Header.Get("SOAPAction"), `"`)
	if x.place.Binding.SOAP12() {
		x.action = actionOf(x.request.Header.Get("Content-Type"))
	}
	x.lookUp(x.action)
	if x.op.Base != "" {
		x.meetTrouble()
	}
	return nil
}

// actionOf is the action in a Content-Type of SOAP 1.2, which is looked at again when the message is read. In multipart, CXF and
// Metro have it in the type of the root part.
func actionOf(contentType string) string {
	_, params, _ := mime.ParseMediaType(contentType)
	_, ofRoot, _ := mime.ParseMediaType(params["start-info"])
	return cmp.Or(params["action"], ofRoot["action"])
}

// lookUp finds the operation of an action.
func (x *exchange) lookUp(action string) {
	if action == security.ActionRequestToken && x.place.Binding == endpoint.EC2 {
		x.op = endpoint.Operation{Base: tokenRequest, Binding: endpoint.EC2}
		return
	}
	x.op, _ = endpoint.Lookup(x.request.URL.Path, action)
}

func (x *exchange) meetTrouble() {
	x.met = true
	x.trouble = x.server.troubles.meet(x.op.Base)
	if x.trouble.Kind == CutRequest {
		x.body.cutAfter(x.trouble.After)
	}
}

// streamElements are the elements that may hold a file as base64 in place.
var streamElements = func() map[xml.Name]bool {
	names := map[xml.Name]bool{}
	for op := range endpoint.All() {
		switch {
		case op.Stream == endpoint.StreamRequest:
			names[xml.Name{Space: op.Namespace, Local: op.StreamElement()}] = true
		case takesValues(op):
			names[xml.Name{Space: op.Namespace, Local: valueElement}] = true
		}
	}
	return names
}()

func (x *exchange) readEnvelope() (err error) {
	if x.request.Header.Get("Content-Encoding") != "" {
		return &httpError{status: http.StatusUnsupportedMediaType, text: "a compressed request is not read"}
	}
	x.decoder, err = mtom.NewDecoder(x.body, x.request.Header.Get("Content-Type"), &mtom.Options{
		Inline: func(name xml.Name) bool { return streamElements[name] },
		Limits: mtom.Limits{Root: envelopeSize},
	})
	if err != nil {
		return &httpError{status: http.StatusUnsupportedMediaType, text: err.Error()}
	}
	root, err := x.decoder.Root()
	if err != nil {
		return unreadable(err)
	}
	if err := x.enter(); err != nil {
		return err
	}
	if x.envelope, err = soap.ParseEnvelope(root); err != nil {
		return unreadable(err)
	}
	return nil
}

// findByEnvelope makes sure which operation is asked for, by the action in the envelope and at last by the body.
func (x *exchange) findByEnvelope() error {
	if x.envelope.Version != x.version() {
		return &soap.Fault{Code: "VersionMismatch", Reason: "this endpoint speaks another version of SOAP"}
	}
	if x.place.Binding.SOAP12() {
		if err := x.findByAddress(); err != nil {
			return err
		}
	}
	body := x.envelope.Body
	if body == nil {
		return unreadable(errors.New("the body is empty"))
	}
	name := xml.Name{Space: body.NamespaceURI(), Local: body.Tag}
	if x.op.Base == "" {
		x.op, _ = endpoint.LookupBody(x.request.URL.Path, name)
	}
	if !x.met {
		x.meetTrouble()
	}
	switch {
	case x.op.Base == tokenRequest:
		return nil
	case x.op.Base == "":
		return x.notSupported(name.Local)
	case name.Local != x.op.RequestWrapper() || name.Space != x.op.Namespace:
		return unreadable(fmt.Errorf("the body holds %.80q instead of %s", name.Local, x.op.RequestWrapper()))
	}
	return nil
}

// findByAddress reads the action of WS-Addressing. Where the HTTP message has one too, both are to be the same.
func (x *exchange) findByAddress() error {
	action := security.ReadAddress(x.envelope.Header).Action
	if action == "" || action == x.action {
		return nil
	}
	if x.action != "" {
		return &soap.Fault{
			Code: "Client", Subcode: x.addressingFault("ActionMismatch"),
			Reason: "the action of the HTTP message is not that of the envelope",
		}
	}
	if x.lookUp(action); x.op.Base == "" {
		return x.notSupported(action)
	}
	return nil
}

// notSupported is what a dispatcher says to an action, or a body, that means nothing to it.
func (x *exchange) notSupported(what string) error {
	return &soap.Fault{
		Code: "Client", Subcode: x.addressingFault("ActionNotSupported"),
		Reason: fmt.Sprintf("%.200q at this endpoint is not answered here", what),
	}
}

// noAddressing is where WCF has the faults of WS-Addressing for a binding that has no addressing.
const noAddressing = "http://schemas.microsoft.com/ws/2005/05/addressing/none"

func (x *exchange) addressingFault(name string) xml.Name {
	if x.place.Binding.SOAP12() {
		return xml.Name{Space: security.NamespaceAddressing, Local: name}
	}
	return xml.Name{Space: noAddressing, Local: name}
}

// checkHeader refuses a block that must be understood and is not.
func (x *exchange) checkHeader() error {
	ns := x.envelope.Version.Namespace()
	for _, block := range x.envelope.Header {
		if mustUnderstand(block, ns) && !x.isParameter(block) && !x.isSecurity(block) {
			return &soap.Fault{Code: "MustUnderstand", Reason: fmt.Sprintf("the header block %.80q is not understood", block.Tag)}
		}
	}
	return nil
}

func mustUnderstand(block *etree.Element, ns string) bool {
	for _, attr := range block.Attr {
		if attr.Key == "mustUnderstand" && attr.NamespaceURI() == ns {
			return attr.Value == "1" || attr.Value == "true"
		}
	}
	return false
}

// isSecurity reports whether a block belongs to the bindings that have blocks for the sender.
func (x *exchange) isSecurity(block *etree.Element) bool {
	return x.place.Binding.SOAP12() && security.Understands(block)
}

func (x *exchange) isParameter(block *etree.Element) bool {
	for _, p := range x.op.Headers {
		if named(block, x.op.Namespace, p) {
			return true
		}
	}
	return false
}

// readToEnd makes sure that a message without a stream is whole before anything is done on its word.
func (x *exchange) readToEnd() error {
	switch _, err := x.decoder.Next(); {
	case err == nil:
		return unreadable(errors.New("it carries an attachment, which this operation does not take"))
	case !errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return unreadable(err)
	}
	return nil
}
